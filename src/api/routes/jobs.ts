// `/api/jobs`: batch jobs, when they run next, their runs with steps and logs, and one by hand.
import { z } from "zod";
import type { RunRow, StepRow } from "../../jobs/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces } from "../faces.ts";
import { ProblemError } from "../problems.ts";
import { cursorOut, isoOf, isoOrNull, problems, sliceOf, time } from "../shapes.ts";

const jobSchema = z
  .object({
    name: z.string(),
    cron: z.string().nullable(),
    time_zone: z.string(),
    enabled: z.boolean(),
    sla_ms: z.number().nullable(),
    last_run: time.nullable(),
    next_run: time.nullable(),
  })
  .meta({ id: "Job" });

const stepSchema = z.object({
  name: z.string(),
  status: z.string(),
  started_at: time,
  finished_at: time.nullable(),
  log: z.string(),
});

const runSchema = z
  .object({
    id: z.uuid(),
    job: z.string(),
    cause: z.enum(["schedule", "person", "start"]),
    status: z.enum(["pending", "running", "completed", "failed"]),
    started_at: time,
    finished_at: time.nullable(),
    sla_missed: z.boolean(),
    error_message: z.string().nullable(),
    summary: z.unknown(),
    steps: z.array(stepSchema),
  })
  .meta({ id: "JobRun" });

export function jobRoutes(app: ApiApp, { jobs, limitMax }: ApiFaces): void {
  const tags = ["jobs"];
  const params = z.object({ name: z.string().min(1).max(200) });
  app.get(
    "/api/jobs",
    {
      schema: {
        tags,
        summary: "Batch jobs",
        response: { 200: z.object({ items: z.array(jobSchema) }), ...problems },
      },
    },
    async () => {
      const rows = await jobs.table.jobs();
      const items = rows.map(({ last_run: last, next_run: next, ...row }) => ({
        ...row,
        last_run: isoOrNull(last),
        next_run: isoOrNull(next),
      }));
      return { items };
    },
  );
  app.post(
    "/api/jobs/:name/run",
    { schema: { tags, summary: "Runs a job now", params, response: { 202: runSchema, ...problems } } },
    async ({ params: { name } }, reply) => {
      const run = await jobs.runner.run(name, "person");
      if (run === null) throw new ProblemError("not-found", `no job ${name}`);
      return reply.code(202).send(shown(run, []));
    },
  );
  app.get(
    "/api/jobs/:name/runs",
    {
      schema: {
        tags,
        summary: "A job's runs, newest first",
        params,
        querystring: z.strictObject(sliceOf(limitMax)),
        response: { 200: z.object({ items: z.array(runSchema), cursor: cursorOut }), ...problems },
      },
    },
    async ({ params: { name }, query }) => {
      if (!(await jobs.runner.knows(name))) throw new ProblemError("not-found", `no job ${name}`);
      const { items, cursor } = await jobs.table.runs(name, query);
      const steps = await jobs.table.steps(items.map(({ id }) => id));
      return {
        items: items.map((run) =>
          shown(
            run,
            steps.filter(({ run_id: of }) => of === run.id),
          ),
        ),
        cursor,
      };
    },
  );
}

function shown(run: RunRow, steps: readonly StepRow[]): z.output<typeof runSchema> {
  const { started_at: startedAt, finished_at: finishedAt, summary, ...rest } = run;
  return {
    ...rest,
    started_at: isoOf(startedAt),
    finished_at: isoOrNull(finishedAt),
    // Our own writer made it.
    summary: summary === null ? null : (JSON.parse(summary) as unknown),
    steps: steps.map(({ name, status, started_at: began, finished_at: ended, log }) => ({
      ...{ name, status, log },
      started_at: isoOf(began),
      finished_at: isoOrNull(ended),
    })),
  };
}
