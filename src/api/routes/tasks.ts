// `/api/scrape`: one URL or many become tasks; looked at, waited for, listed, taken back.
import { z } from "zod";
import {
  isFinished,
  KeyReused,
  QueueFull,
  TASK_STATUSES,
  type Task,
  type TaskWish,
} from "../../jobs/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces, RecipeNames } from "../faces.ts";
import { ProblemError } from "../problems.ts";
import { scrapeUrl, URL_CHARACTERS_MAX } from "../scrape-url.ts";
import { problems, sliceOf } from "../shapes.ts";

/** Seconds until whoever found no room should ask again. */
const FULL_RETRY_S = 5;

const time = z.iso.datetime();

/** A line of `--out`, or null while there is none. */
const result = z.record(z.string(), z.unknown()).nullable();

export const taskSchema = z
  .object({
    id: z.uuid(),
    url: z.string(),
    lane: z.enum(["auto", "fast", "rich"]),
    recipe: z.string().nullable(),
    priority: z.int(),
    status: z.enum(TASK_STATUSES),
    /** The page's; lists have it too. */
    title: z.string().nullable(),
    result,
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    attempts: z.int(),
    schedule_id: z.uuid().nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: "Task" });

const url = z.string().min(1).max(URL_CHARACTERS_MAX).meta({ example: "https://example.com/" });

const common = {
  lane: z.enum(["auto", "fast", "rich"]).default("auto"),
  /** Of `render.recipes`, one whose `match` fits the URL, be it the first or not; with it `auto` is `rich`. */
  recipe: z.string().min(1).max(200).nullable().default(null),
  priority: z.int().min(-100).max(100).default(0),
  /** The same key again brings the task there is; of many URLs each has the key with its place. */
  idempotency_key: z.string().min(1).max(200).nullable().default(null),
  webhook: url.nullable().default(null),
};

const bodySchema = (urlsMax: number) =>
  z
    .strictObject({ url: url.optional(), urls: z.array(url).min(1).max(urlsMax).optional(), ...common })
    .refine(({ url, urls }) => (url === undefined) !== (urls === undefined), {
      error: "must have either url or urls",
    });

export function taskRoutes(app: ApiApp, faces: ApiFaces): void {
  const { jobsOptions } = faces;
  const { tasks } = faces.jobs;
  const { urlsMax, waitMaxS } = jobsOptions.tasks;
  const tags = ["scrape"];

  app.post(
    "/api/scrape",
    {
      schema: {
        tags,
        summary: "Scrape a URL, or many",
        querystring: z.strictObject({ wait: z.coerce.number().min(0).max(waitMaxS).default(0) }),
        body: bodySchema(urlsMax),
        response: {
          200: taskSchema,
          202: z.union([taskSchema, z.object({ items: z.array(taskSchema) })]),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const isOne = body.url !== undefined;
      const urls = body.url === undefined ? (body.urls ?? []) : [body.url];
      const wishes = wishesOf(urls, body, isOne, faces);
      const made = await created(tasks, wishes, isOne && request.query.wait > 0);
      const [first] = made;
      if (!isOne || first === undefined) return reply.code(202).send({ items: made.map(shownTask) });
      reply.header("location", `/api/scrape/${first.id}/`);
      if (request.query.wait === 0) return reply.code(202).send(shownTask(first));
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const task = await tasks.wait(first.id, request.query.wait * 1_000, gone.signal, first);
      if (task === null) throw new ProblemError("not-found", `task ${first.id} was taken back`);
      return reply.code(isFinished(task.status) ? 200 : 202).send(shownTask(task));
    },
  );

  app.get(
    "/api/scrape",
    {
      schema: {
        tags,
        summary: "Tasks, newest first, without their results",
        querystring: z.strictObject({
          status: z.enum(TASK_STATUSES).optional(),
          ...sliceOf(faces.limitMax),
        }),
        response: {
          200: z.object({ items: z.array(taskSchema), cursor: z.string().nullable() }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { items, cursor } = await tasks.list(request.query);
      return { items: items.map(shownTask), cursor };
    },
  );

  const params = z.object({ id: z.uuid() });
  app.get(
    "/api/scrape/:id",
    {
      schema: {
        tags,
        summary: "A task with its result",
        params,
        querystring: z.strictObject({ wait: z.coerce.number().min(0).max(waitMaxS).default(0) }),
        response: { 200: taskSchema, ...problems },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const task = await tasks.wait(request.params.id, request.query.wait * 1_000, gone.signal);
      if (task === null) throw new ProblemError("not-found", `no task ${request.params.id}`);
      return shownTask(task);
    },
  );

  app.delete(
    "/api/scrape/:id",
    {
      schema: {
        tags,
        summary: "Cancels and forgets a task",
        params,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      if (!(await tasks.remove(request.params.id)))
        throw new ProblemError("not-found", `no task ${request.params.id}`);
      return reply.code(204).send(null);
    },
  );
}

type Common = z.output<z.ZodObject<typeof common>>;

/** All of them, or a problem that names each that cannot be: nothing is half done. */
function wishesOf(
  urls: readonly string[],
  { lane, recipe, priority, idempotency_key: key, webhook }: Common,
  isOne: boolean,
  { allowPrivate, recipes }: ApiFaces,
): TaskWish[] {
  type Kind = "invalid-url" | "blocked-address" | "unknown-recipe";
  const errors: { path: string; message: string; kind: Kind }[] = [];
  const judged = (written: string, path: string): string => {
    const checked = scrapeUrl(written, allowPrivate);
    if (checked.ok) return checked.value;
    const kind = checked.error.kind === "blocked-address" ? "blocked-address" : "invalid-url";
    errors.push({ path, message: checked.error.message, kind });
    return "";
  };
  const hook = webhook === null ? null : judged(webhook, "body/webhook");
  const wishes = urls.map((written, at) => ({
    url: judged(written, isOne ? "body/url" : `body/urls/${at}`),
    // By a recipe a page can only be shown.
    lane: recipe !== null && lane === "auto" ? "rich" : lane,
    recipe,
    priority,
    idempotencyKey: key === null ? null : isOne ? key : `${key}/${at}`,
    scheduleId: null,
    webhook: hook,
  }));
  if (errors.length === 0 && recipe !== null)
    for (const message of recipeErrors(recipe, lane, wishes, recipes))
      errors.push({ path: "body/recipe", message, kind: "unknown-recipe" });
  const [first] = errors;
  if (first === undefined) return wishes;
  throw new ProblemError(
    first.kind,
    `${first.path}: ${first.message}`,
    errors.map(({ path, message }) => ({ path, message })),
  );
}

function recipeErrors(
  recipe: string,
  lane: TaskWish["lane"],
  wishes: readonly TaskWish[],
  { names, fits }: RecipeNames,
): string[] {
  const quoted = JSON.stringify(recipe);
  if (!names.includes(recipe)) return [`recipe ${quoted} is not known`];
  if (lane === "fast") return [`recipe ${quoted} is for a browser, which lane "fast" does without`];
  return (
    wishes
      .filter(({ url }) => !fits(recipe, url))
      // What a recipe types and brings along is for its own site, not for whatever a caller names.
      .map(({ url }) => `recipe ${quoted} is not for ${url}: see its match`)
  );
}

async function created(
  tasks: ApiFaces["jobs"]["tasks"],
  wishes: readonly TaskWish[],
  isWaited: boolean,
): Promise<Task[]> {
  try {
    return await tasks.create(wishes, isWaited);
  } catch (thrown) {
    if (thrown instanceof KeyReused) throw new ProblemError("idempotency-key-reused", thrown.message);
    if (thrown instanceof QueueFull)
      throw new ProblemError("too-many-tasks", thrown.message, undefined, FULL_RETRY_S);
    throw thrown;
  }
}

/** Under the URL that was asked for, wherever it led. */
function shownResult(text: string, asked: string): Record<string, unknown> {
  // Our own writer made it.
  const line = JSON.parse(text) as Record<string, unknown>;
  return { ...line, url: asked };
}

export function shownTask(task: Task): z.output<typeof taskSchema> {
  const result = task.result === null ? null : shownResult(task.result, task.url);
  return {
    id: task.id,
    url: task.url,
    lane: task.lane,
    recipe: task.recipe,
    priority: task.priority,
    status: task.status,
    title: typeof result?.title === "string" ? result.title : task.title,
    result,
    error_code: task.errorCode,
    error_message: task.errorMessage,
    attempts: task.attempts,
    schedule_id: task.scheduleId,
    created_at: new Date(task.createdAtMs).toISOString(),
    updated_at: new Date(task.updatedAtMs).toISOString(),
  };
}
