// `/api/schedule`: what is scraped, or which batch job is run, again and again.
import { z } from "zod";
import type { Schedule, ScheduleRefusal } from "../../jobs/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces } from "../faces.ts";
import { ProblemError, type ProblemKind } from "../problems.ts";
import { scrapeUrl, URL_CHARACTERS_MAX } from "../scrape-url.ts";
import { cursorOut, given, isoOf, isoOrNull, problems, sliceOf, time } from "../shapes.ts";

const url = z.string().min(1).max(URL_CHARACTERS_MAX).nullable();

const scheduleSchema = z
  .object({
    id: z.uuid(),
    url: z.string().nullable(),
    recipe: z.string().nullable(),
    cron: z.string().nullable(),
    every_seconds: z.int().nullable(),
    time_zone: z.string(),
    lane: z.enum(["auto", "fast", "rich"]),
    webhook: z.string().nullable(),
    enabled: z.boolean(),
    last_run: time.nullable(),
    next_run: time.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: "Schedule" });

const fields = {
  url: url.meta({ example: "https://example.com/" }),
  recipe: z.string().min(1).max(200).nullable(),
  cron: z.string().min(1).max(200).nullable().meta({ example: "0 3 * * *" }),
  every_seconds: z.int().min(1).max(31_536_000).nullable(),
  time_zone: z.string().min(1).max(100).meta({ example: "Asia/Seoul" }),
  lane: z.enum(["auto", "fast", "rich"]),
  webhook: url,
  enabled: z.boolean(),
};

const newSchedule = z.strictObject({
  url: fields.url.default(null),
  recipe: fields.recipe.default(null),
  cron: fields.cron.default(null),
  every_seconds: fields.every_seconds.default(null),
  time_zone: fields.time_zone.default("UTC"),
  lane: fields.lane.default("auto"),
  webhook: fields.webhook.default(null),
  enabled: fields.enabled.default(true),
});
const changes = z.strictObject(fields).partial();

const KIND_OF = {
  invalid: "invalid-request",
  exists: "conflict",
  unknown: "not-found",
} as const satisfies Record<ScheduleRefusal["kind"], ProblemKind>;

export function scheduleRoutes(app: ApiApp, { jobs, allowPrivate, limitMax }: ApiFaces): void {
  const tags = ["schedule"];
  const params = z.object({ id: z.uuid() });
  const refused = ({ kind, message }: ScheduleRefusal) => new ProblemError(KIND_OF[kind], message);
  const judged = (written: string | null, name: string): string | null => {
    if (written === null) return null;
    const checked = scrapeUrl(written, allowPrivate);
    if (!checked.ok) throw new ProblemError(checked.error.kind, `body/${name}: ${checked.error.message}`);
    return checked.value;
  };

  app.post(
    "/api/schedule",
    {
      schema: {
        tags,
        summary: "Scrape a URL, or run a batch job, by the clock",
        description:
          "What was missed while nobody ran is made up for once. A time that there is not (clocks go forward) comes when they do; one that there is twice comes the first time.",
        body: newSchedule,
        response: { 201: scheduleSchema, ...problems },
      },
    },
    async ({ body }, reply) => {
      const { every_seconds: everySeconds, time_zone: timeZone, ...rest } = body;
      const wish = {
        ...rest,
        everySeconds,
        timeZone,
        url: judged(body.url, "url"),
        webhook: judged(body.webhook, "webhook"),
      };
      const made = await jobs.schedules.create(wish);
      if (!made.ok) throw refused(made.error);
      reply.header("location", `/api/schedule/${made.value.id}/`);
      return reply.code(201).send(shown(made.value));
    },
  );
  app.get(
    "/api/schedule",
    {
      schema: {
        tags,
        summary: "Schedules, newest first",
        querystring: z.strictObject(sliceOf(limitMax)),
        response: { 200: z.object({ items: z.array(scheduleSchema), cursor: cursorOut }), ...problems },
      },
    },
    async ({ query }) => {
      const { items, cursor } = await jobs.schedules.list(query);
      return { items: items.map(shown), cursor };
    },
  );
  app.get(
    "/api/schedule/:id",
    { schema: { tags, summary: "A schedule", params, response: { 200: scheduleSchema, ...problems } } },
    async ({ params: { id } }) => {
      const schedule = await jobs.schedules.get(id);
      if (schedule === null) throw new ProblemError("not-found", `no schedule ${id}`);
      return shown(schedule);
    },
  );
  app.patch(
    "/api/schedule/:id",
    {
      schema: {
        tags,
        summary: "Changes a schedule",
        params,
        body: changes,
        response: { 200: scheduleSchema, ...problems },
      },
    },
    async ({ params: { id }, body }) => {
      const { every_seconds: everySeconds, time_zone: timeZone, url: to, webhook, ...rest } = body;
      const changed = await jobs.schedules.change(id, {
        ...given({ ...rest, everySeconds, timeZone }),
        ...(to === undefined ? {} : { url: judged(to, "url") }),
        ...(webhook === undefined ? {} : { webhook: judged(webhook, "webhook") }),
      });
      if (!changed.ok) throw refused(changed.error);
      return shown(changed.value);
    },
  );
  app.delete(
    "/api/schedule/:id",
    { schema: { tags, summary: "Takes a schedule back", params, response: { 204: z.null(), ...problems } } },
    async ({ params: { id } }, reply) => {
      if (!(await jobs.schedules.remove(id))) throw new ProblemError("not-found", `no schedule ${id}`);
      return reply.code(204).send(null);
    },
  );
}

const shown = (schedule: Schedule): z.output<typeof scheduleSchema> => ({
  id: schedule.id,
  url: schedule.url,
  recipe: schedule.recipe,
  cron: schedule.cron,
  every_seconds: schedule.everySeconds,
  time_zone: schedule.timeZone,
  lane: schedule.lane,
  webhook: schedule.webhook,
  enabled: schedule.enabled,
  last_run: isoOrNull(schedule.lastRunMs),
  next_run: isoOrNull(schedule.nextRunMs),
  created_at: isoOf(schedule.createdAtMs),
  updated_at: isoOf(schedule.updatedAtMs),
});
