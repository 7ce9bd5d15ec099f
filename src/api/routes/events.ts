// `/api/events`: what happens, as server-sent events (`task`, `job`, `schedule`, and every second `engine`), and
// `/api/scrape/results`: finished tasks as NDJSON from a cursor on. Both go no faster than they are read.
import { Readable } from "node:stream";
import { z } from "zod";
import { describe } from "../../base/index.ts";
import type { Happening } from "../../jobs/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces } from "../faces.ts";
import type { ApiOptions } from "../options.ts";
import { ProblemError } from "../problems.ts";
import { answerIn, isoOf, problems } from "../shapes.ts";
import { shownStatus } from "./engine.ts";
import { shownTask } from "./tasks.ts";

const ENGINE_MS = 1_000;
/** Events that wait for a slow reader; the oldest are dropped beyond that. */
const WAITING_MAX = 1_000;
const RESULTS_AT_ONCE = 100;

export function eventRoutes(app: ApiApp, faces: ApiFaces, options: ApiOptions): void {
  const { jobs } = faces;
  const closing = new AbortController();
  let open = 0;
  app.addHook("preClose", async () => closing.abort());

  app.get(
    "/api/events",
    {
      schema: {
        tags: ["events"],
        summary: "Server-sent events: tasks, jobs, schedules, the engine's figures",
        response: { 200: answerIn(["text/event-stream"], "a stream without end"), ...problems },
      },
    },
    async (request, reply) => {
      if (open >= options.eventStreamsMax)
        throw new ProblemError("unavailable", "too many event streams are open");
      open++;
      const gone = new AbortController();
      request.raw.once("close", () => gone.abort());
      const signal = AbortSignal.any([gone.signal, closing.signal]);
      const stream = Readable.from(eventsOf(faces, signal), { objectMode: false, highWaterMark: 16_384 });
      stream.once("close", () => {
        open--;
        gone.abort();
      });
      reply.header("content-type", "text/event-stream; charset=utf-8");
      reply.header("cache-control", "no-store");
      reply.header("x-accel-buffering", "no");
      return reply.send(stream);
    },
  );

  app.get(
    "/api/scrape/results",
    {
      schema: {
        tags: ["scrape"],
        summary: "Finished tasks with their results as NDJSON, in the order they finished",
        description: "Each line is a task with a `cursor`; handed back, the next request goes on after it.",
        querystring: z.strictObject({
          cursor: z.string().min(1).max(1_000).optional(),
          limit: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
        }),
        response: { 200: answerIn(["application/x-ndjson"], "one task a line"), ...problems },
      },
    },
    async ({ query: { cursor, limit } }, reply) => {
      // What is wrong with the cursor is said before the first line.
      const first = await jobs.tasks.finished(cursor, Math.min(limit, RESULTS_AT_ONCE));
      const lines = async function* (): AsyncGenerator<string> {
        let slice = first;
        let left = limit;
        for (;;) {
          for (const { task, cursor: at } of slice)
            yield `${JSON.stringify({ ...shownTask(task), cursor: at })}\n`;
          left -= slice.length;
          const last = slice.at(-1);
          if (last === undefined || left <= 0 || slice.length < RESULTS_AT_ONCE || closing.signal.aborted)
            return;
          slice = await jobs.tasks.finished(last.cursor, Math.min(left, RESULTS_AT_ONCE));
        }
      };
      reply.header("content-type", "application/x-ndjson; charset=utf-8");
      return reply.send(Readable.from(lines()));
    },
  );
}

async function* eventsOf(
  { jobs, engine, clock, log }: ApiFaces,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const waiting: Happening[] = [];
  let told = Promise.withResolvers<void>();
  const stopListening = jobs.happenings.listen((happening) => {
    waiting.push(happening);
    if (waiting.length > WAITING_MAX) waiting.shift();
    told.resolve();
  });
  let nextEngineMs = 0;
  try {
    // Proxies and readers see at once that it is open.
    yield ": open\n\n";
    while (!signal.aborted) {
      told = Promise.withResolvers<void>();
      for (const happening of waiting.splice(0)) yield eventOf(happening);
      const nowMs = clock.monotonicMs();
      if (nowMs >= nextEngineMs) {
        nextEngineMs = nowMs + ENGINE_MS;
        const status = await engine?.status({});
        if (status?.ok === true)
          yield `event: engine\ndata: ${JSON.stringify(shownStatus(status.value, null))}\n\n`;
        else yield ": still open\n\n";
      }
      const over = new AbortController();
      const slept = clock.sleep(nextEngineMs - clock.monotonicMs(), AbortSignal.any([signal, over.signal]));
      await Promise.race([told.promise, slept.catch(() => undefined)]);
      over.abort();
    }
  } catch (thrown) {
    log.warn({ cause: describe(thrown) }, "an event stream ended early");
  } finally {
    stopListening();
  }
}

function eventOf(happening: Happening): string {
  const at = isoOf(happening.atMs);
  switch (happening.kind) {
    case "task": {
      const { id, url, status, attempts, errorMessage } = happening;
      return text("task", { id, url, status, attempts, error_message: errorMessage, at });
    }
    case "job": {
      const { job, runId, status } = happening;
      return text("job", { job, run_id: runId, status, at });
    }
    case "schedule": {
      const { id, nextRunMs } = happening;
      return text("schedule", { id, next_run: nextRunMs === null ? null : isoOf(nextRunMs), at });
    }
  }
}

const text = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
