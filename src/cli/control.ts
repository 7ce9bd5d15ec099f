// What one can ask of a data folder, whoever holds it: the same requests are answered by this process when it owns the
// folder, and by the running process through its socket when it does not. Shapes only.
import { z } from "zod";
import { err, ok, type Result } from "../base/index.ts";
import { CODES, type Failure } from "../model/index.ts";
import { newSubjectSchema } from "../recipes/index.ts";

const count = z.int().min(0);
const timeMs = z.number();
const cursor = z.string().max(4096);
const code = z.enum(CODES);
const state = z.enum(["queued", "waiting", "leased", "handed", "stored", "failed", "skipped"]);

const whyAnswer = z.object({
  url: z.string(),
  /** null: this URL never entered. */
  state: state.nullable(),
  code: code.nullable(),
  /** The reason in words. */
  message: z.string().nullable(),
  status: z.int().nullable(),
  finalUrl: z.string().nullable(),
  depth: count.nullable(),
  attempts: count.nullable(),
  referrer: z.string().nullable(),
  crawlId: z.string().nullable(),
  /** When a waiting URL is tried again, ms since 1970. */
  nextAttemptMs: timeMs.nullable(),
  /** Stored captures and what else is known of its past, oldest first. */
  history: z.array(z.object({ atMs: timeMs, event: z.string(), detail: z.string() })),
});

const searchAnswer = z.object({
  total: count,
  totalIsExact: z.boolean(),
  cursor: z.string().nullable(),
  items: z.array(
    z.object({
      url: z.string(),
      title: z.string().nullable(),
      description: z.string().nullable(),
      domain: z.string(),
      lang: z.string().nullable(),
      fetchedAtMs: timeMs,
      rank: z.number(),
    }),
  ),
});

const letter = z.object({
  id: z.string(),
  kind: z.enum(["record", "url"]),
  stage: z.string(),
  topic: z.string(),
  captureId: z.string().nullable(),
  url: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  diedAtMs: timeMs,
  replayedAtMs: timeMs.nullable(),
});

const statusAnswer = z.object({
  pid: z.int(),
  role: z.string(),
  startedAtMs: timeMs,
  ready: z.boolean(),
  reasons: z.array(z.string()),
  ended: z.object({ stored: count, failed: count, skipped: count }),
  bytes: z.number(),
  lanes: z.object({ fast: count, rich: count }),
  /** Pages in the render queue. */
  waitingForBrowser: count,
  open: count,
  openIsAll: z.boolean(),
  stages: z.array(
    z.object({ name: z.string(), busy: count, depth: count, depthMax: count, done: count, failed: count }),
  ),
  hosts: z.array(
    z.object({
      host: z.string(),
      inFlight: count,
      fetched: count,
      failed: count,
      latencyMs: z.number(),
      nextAtMs: timeMs,
    }),
  ),
});

const ids = z.array(z.string().min(1).max(8_192)).min(1).max(10_000);

/** Every request by name, with the schema of what is asked and of what is answered. */
export const CONTROL = {
  why: { request: z.strictObject({ url: z.string().max(8_192) }), answer: whyAnswer },
  search: {
    request: z.strictObject({
      query: z.string().min(1).max(1_000),
      domain: z.string().max(253).optional(),
      lang: z.string().max(35).optional(),
      limit: z.int().min(1).max(1_000),
      cursor: cursor.optional(),
    }),
    answer: searchAnswer,
  },
  status: { request: z.strictObject({}), answer: statusAnswer },
  dlqList: {
    request: z.strictObject({
      topic: z.string().max(249).optional(),
      limit: z.int().min(1).max(1_000),
      cursor: cursor.optional(),
    }),
    answer: z.object({ items: z.array(letter), cursor: z.string().nullable() }),
  },
  dlqShow: { request: z.strictObject({ id: z.string().max(8_192) }), answer: letter.nullable() },
  /** Queues these again: `id` of a record, or the URL of one that could not be fetched. Answers how many were. */
  dlqReplay: { request: z.strictObject({ ids }), answer: z.object({ count }) },
  dlqDrop: { request: z.strictObject({ ids }), answer: z.object({ count }) },
  /** What the router learned of these hosts; "" for all others. Those of which nothing was saved are left out. */
  routeMemory: {
    request: z.strictObject({ hosts: z.array(z.string().max(300)).min(1).max(100) }),
    answer: z.object({ rows: z.array(z.object({ host: z.string(), state: z.string() })) }),
  },
  metrics: { request: z.strictObject({}), answer: z.object({ text: z.string() }) },
  /** Subjects of a file, a batch at a time. */
  subjectsAdd: {
    request: z.strictObject({ subjects: z.array(newSubjectSchema).min(1).max(1_000) }),
    answer: z.object({ added: count, changed: count }),
  },
  /** A run of a batch job, begun by hand; null: there is no such job. */
  jobBegin: {
    request: z.strictObject({ job: z.string().min(1).max(200) }),
    answer: z.object({ runId: z.uuid() }).nullable(),
  },
  /** How a run goes; null: there is none. `summary`: JSON. */
  jobRun: {
    request: z.strictObject({ runId: z.uuid() }),
    answer: z
      .object({
        status: z.enum(["pending", "running", "completed", "failed"]),
        errorMessage: z.string().nullable(),
        summary: z.string().nullable(),
      })
      .nullable(),
  },
  /** Written by the folder's owner itself, to a path of the same machine. */
  export: {
    request: z.strictObject({
      format: z.enum(["jsonl", "markdown", "warc", "wacz", "csv", "parquet"]),
      out: z.string().min(1),
      changes: z.boolean(),
      rawCells: z.boolean(),
      domain: z.string().max(253).optional(),
      lane: z.enum(["fast", "rich"]).optional(),
      lang: z.string().max(35).optional(),
      q: z.string().max(1_000).optional(),
      since: timeMs.optional(),
    }),
    answer: z.object({
      records: count,
      bytes: z.number(),
      changes: z.object({ new: count, changed: count, gone: count }).nullable(),
      /** Pages that are not in it yet: fetched, and to be shown by a browser. */
      waitingForBrowser: count,
    }),
  },
} as const;

export type ControlName = keyof typeof CONTROL;
export type ControlRequest<K extends ControlName> = z.input<(typeof CONTROL)[K]["request"]>;
export type ControlAnswer<K extends ControlName> = z.output<(typeof CONTROL)[K]["answer"]>;

export type Control = {
  readonly [K in ControlName]: (request: ControlRequest<K>) => Promise<Result<ControlAnswer<K>, Failure>>;
};

/** One request as it came in from outside, checked and handed to its handler. */
export async function answerControl(
  control: Control,
  name: string,
  body: unknown,
): Promise<Result<unknown, Failure>> {
  if (!Object.hasOwn(CONTROL, name)) return err(refused(`unknown request ${JSON.stringify(name)}`));
  const known = name as ControlName;
  const request = CONTROL[known].request.safeParse(body);
  if (!request.success) return err(refused(`${name}: ${request.error.issues[0]?.message ?? "not allowed"}`));
  // The schema of this very name has passed the request, which the compiler cannot follow through the table.
  const handle = control[known] as (request: unknown) => Promise<Result<unknown, Failure>>;
  return handle(request.data);
}

/** An answer as it came over the socket. */
export function readAnswer<K extends ControlName>(name: K, body: unknown): Result<ControlAnswer<K>, Failure> {
  const outer = answerSchema.safeParse(body);
  if (!outer.success)
    return err(refused("the running process gave an answer of another form; is it of this version?"));
  if (!outer.data.ok) return err(outer.data.error);
  const answer = CONTROL[name].answer.safeParse(outer.data.value);
  if (!answer.success)
    return err(
      refused(`${name}: the running process gave an answer of another form; is it of this version?`),
    );
  return ok(answer.data as ControlAnswer<K>);
}

const answerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code, message: z.string() }) }),
]);

const refused = (message: string): Failure => ({ code: "internal", message });
