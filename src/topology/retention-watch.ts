// Retention never meets an unread page: the ingestor leases nothing new while its oldest unreported page has been at the
// broker for more than half of what the topic keeps, and fetches again what was never reported within all of it. It
// does so only while somebody reads: with every processor away a page fetched again would only expire again.
import { asError, type Clock, describe } from "../base/index.ts";
import type { Actor } from "../engine/index.ts";
import type { Frontier } from "../frontier/index.ts";
import type { Log } from "../observe/index.ts";
import { periodic } from "./periodic.ts";

export interface RetentionParts {
  readonly frontier: Pick<
    Frontier,
    "oldestHandedAtMs" | "isHandedOverdue" | "pauseLeasing" | "pausedReason" | "expireHanded" | "isIdle"
  >;
  processorsAlive(signal: AbortSignal): Promise<boolean>;
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when nothing is left to do, here or on another machine; perhaps several times. */
  idle(): void;
}

const LOOK_MS = 500;

export function retentionWatch(parts: RetentionParts): Actor {
  return periodic("retention", { everyMs: LOOK_MS, clock: parts.clock }, (signal) => look(parts, signal));
}

async function look(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  const { frontier, retentionMs, clock, log } = parts;
  if (frontier.isIdle) parts.idle();
  const oldest = frontier.oldestHandedAtMs();
  const ageMs = oldest === null ? 0 : clock.nowMs() - oldest;
  const reason =
    ageMs > retentionMs / 2
      ? `a page handed over ${Math.round(ageMs / 1000)} s ago is not processed yet; raw.page keeps it ${Math.round(retentionMs / 1000)} s`
      : null;
  if ((reason === null) !== (frontier.pausedReason === null)) {
    if (reason === null) log.info({}, "pages are processed again; fetching goes on");
    else log.warn({ reason }, "nothing new is fetched until pages are processed");
  }
  frontier.pauseLeasing(reason);
  const beforeMs = clock.nowMs() - retentionMs;
  if (!frontier.isHandedOverdue(beforeMs)) return;
  try {
    if (!(await parts.processorsAlive(signal))) return;
    const expired = await frontier.expireHanded(beforeMs, signal);
    if (expired > 0) log.warn({ expired }, "pages that were never reported are fetched again");
  } catch (thrown) {
    if (signal.aborted) return;
    // The broker is away: looked at again the next time.
    log.warn({ cause: describe(asError(thrown)) }, "cannot tell whether pages are processed");
  }
}
