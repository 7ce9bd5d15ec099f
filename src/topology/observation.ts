// From the engine's and the fetcher's call-backs to counters and log lines: the one place where what happened becomes a
// metric. Nothing here is waited for.
import { describe } from "../base/index.ts";
import type { Observer } from "../engine/index.ts";
import type { FetchReport } from "../model/index.ts";
import type { Log, Metrics, RequestOutcome } from "../observe/index.ts";
import type { Tally } from "./tally.ts";

const NOT_YET = "not connected yet";

/** What a role cannot do without counts as away until it was there once. */
export const awayAtFirst = (...names: readonly string[]): Map<string, string> =>
  new Map(names.map((name) => [name, NOT_YET]));

export function engineObserver(
  metrics: Metrics,
  log: Log,
  tally: Tally,
  away: Map<string, string>,
): Observer {
  return {
    recordHandled(stage, _ms, kind) {
      tally.handled(stage, kind === "reject");
    },
    batchHandled(stage, ms, items) {
      metrics.batchSaved(stage, items, ms);
    },
    retried(stage, traceId, attempt, cause) {
      log.warn({ stage, traceId, attempt, cause: describe(cause) }, "a record is tried again");
    },
    deadLetter(stage) {
      tally.deadLetters++;
      metrics.deadLetter(stage === "content" || stage === "metadata" ? "storage.dlq" : "processed.dlq");
    },
    deadLetterDelayed(stage, traceId, error) {
      log.error({ stage, traceId, cause: describe(error) }, "a dead letter cannot be written yet");
    },
    readiness(name, ready, error) {
      if (ready) {
        const before = away.get(name);
        away.delete(name);
        if (before !== undefined && before !== NOT_YET) log.info({ part: name }, "is back");
        return;
      }
      const why = error === null ? "away" : describe(error);
      if ((away.get(name) ?? NOT_YET) === NOT_YET)
        log.warn({ part: name, cause: why }, "is away; the line waits");
      away.set(name, why);
    },
    restarted(actor, error, backoffMs) {
      metrics.actorRestarted(actor);
      log.error({ actor, backoffMs: Math.round(backoffMs), err: error }, "an actor failed and starts again");
    },
    stalled(stage, traceId, inHandMs) {
      log.error(
        { stage, traceId, inHandMs: Math.round(inHandMs) },
        "a record is stuck; its stage is restarted",
      );
    },
    abandoned(actor) {
      log.error({ actor }, "an actor did not stop in time and was left behind");
    },
  };
}

/** The fetcher's report counted, then handed on. */
export function watchFetches(
  metrics: Metrics,
  tally: Tally,
  next: (report: FetchReport) => void,
): (report: FetchReport) => void {
  return (report) => {
    metrics.requestEnded(outcomeOf(report), report.failure?.code ?? null, report.elapsedMs);
    tally.bytes += report.bytes;
    next(report);
  };
}

function outcomeOf({ failure, status }: FetchReport): RequestOutcome {
  if (failure !== null || status === null || status >= 400) return "failed";
  if (status === 304) return "not_modified";
  return status >= 300 ? "redirect" : "fetched";
}
