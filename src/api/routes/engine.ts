// `/api/actors` and `/api/dlq`: how the running process goes, and what it could not do. Without an engine here they are empty.
import { z } from "zod";
import type { Result } from "../../base/index.ts";
import type { Failure } from "../../model/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces, EngineStatus, Letter } from "../faces.ts";
import { ProblemError } from "../problems.ts";
import { cursorOut, given, isoOf, isoOrNull, problems, sliceOf, time } from "../shapes.ts";

export const statusSchema = z
  .object({
    pid: z.int(),
    role: z.string(),
    started_at: time,
    ready: z.boolean(),
    reasons: z.array(z.string()),
    ended: z.object({ stored: z.int(), failed: z.int(), skipped: z.int() }),
    bytes: z.number(),
    lanes: z.object({ fast: z.int(), rich: z.int() }),
    waiting_for_browser: z.int(),
    open: z.int(),
    stages: z.array(
      z.object({
        name: z.string(),
        busy: z.int(),
        depth: z.int(),
        depth_max: z.number(),
        done: z.int(),
        failed: z.int(),
      }),
    ),
    hosts: z.array(
      z.object({
        host: z.string(),
        in_flight: z.int(),
        fetched: z.int(),
        failed: z.int(),
        latency_ms: z.number(),
        next_at: time,
      }),
    ),
    actors: z.unknown(),
  })
  .meta({ id: "Engine" });

const letterSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["record", "url"]),
    stage: z.string(),
    topic: z.string(),
    capture_id: z.string().nullable(),
    url: z.string().nullable(),
    code: z.string(),
    message: z.string(),
    died_at: time,
    replayed_at: time.nullable(),
  })
  .meta({ id: "DeadLetter" });

const ids = z.strictObject({ ids: z.array(z.string().min(1).max(8_192)).min(1).max(1_000) });
const count = z.object({ count: z.int() });

export function engineRoutes(app: ApiApp, { engine, limitMax }: ApiFaces): void {
  const tags = ["engine"];
  app.get(
    "/api/actors",
    {
      schema: {
        tags,
        summary: "The running graph: stages with what waits before them, hosts, the supervision tree",
        response: { 200: statusSchema, ...problems },
      },
    },
    async () => {
      if (engine === null) throw new ProblemError("not-found", "no engine runs in this process");
      return shownStatus(answerOf(await engine.status({})), engine.actors());
    },
  );
  app.get(
    "/api/dlq",
    {
      schema: {
        tags,
        summary: "Dead letters, and URLs that could not be fetched for good",
        querystring: z.strictObject({
          ...sliceOf(limitMax),
          topic: z.string().min(1).max(249).optional(),
        }),
        response: { 200: z.object({ items: z.array(letterSchema), cursor: cursorOut }), ...problems },
      },
    },
    async ({ query: { limit, cursor, topic } }) => {
      if (engine === null) return { items: [], cursor: null };
      const found = answerOf(await engine.dlqList({ limit, ...given({ cursor, topic }) }));
      return { items: found.items.map(shownLetter), cursor: found.cursor };
    },
  );
  app.post(
    "/api/dlq/replay",
    {
      schema: {
        tags,
        summary: "Queues dead letters again",
        body: ids,
        response: { 200: count, ...problems },
      },
    },
    async ({ body }) => (engine === null ? { count: 0 } : answerOf(await engine.dlqReplay(body))),
  );
  app.post(
    "/api/dlq/drop",
    {
      config: { role: "admin" },
      schema: { tags, summary: "Forgets dead letters", body: ids, response: { 200: count, ...problems } },
    },
    async ({ body }) => (engine === null ? { count: 0 } : answerOf(await engine.dlqDrop(body))),
  );
}

function answerOf<T>(answer: Result<T, Failure>): T {
  if (answer.ok) return answer.value;
  // A cursor that is none comes here too; of what else a store says nothing goes out.
  if (/not a cursor/.test(answer.error.message))
    throw new ProblemError("invalid-cursor", "not a cursor of this list");
  throw new ProblemError("unavailable", answer.error.message);
}

export function shownStatus(status: EngineStatus, actors: unknown): z.output<typeof statusSchema> {
  const { pid, role, ready, ended, bytes, lanes, open } = status;
  return {
    ...{ pid, role, ready, ended, bytes, lanes, open, actors },
    reasons: [...status.reasons],
    started_at: isoOf(status.startedAtMs),
    waiting_for_browser: status.waitingForBrowser,
    stages: status.stages.map(({ depthMax, name, busy, depth, done, failed }) => ({
      ...{ name, busy, depth, done, failed },
      depth_max: depthMax,
    })),
    hosts: status.hosts.map(({ host, inFlight, fetched, failed, latencyMs, nextAtMs }) => ({
      ...{ host, fetched, failed },
      in_flight: inFlight,
      latency_ms: latencyMs,
      next_at: isoOf(nextAtMs),
    })),
  };
}

const shownLetter = (letter: Letter): z.output<typeof letterSchema> => {
  const { id, kind, stage, topic, captureId, url, code, message, diedAtMs, replayedAtMs } = letter;
  return {
    ...{ id, kind, stage, topic, url, code, message },
    capture_id: captureId,
    died_at: isoOf(diedAtMs),
    replayed_at: isoOrNull(replayedAtMs),
  };
};
