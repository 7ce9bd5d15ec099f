// How far behind its topic a group is, looked at every so often: for metrics, and for those who wait until nothing is left
// to read. Knows neither topic nor group.
import { asError, type Clock, describe } from "../base/index.ts";
import type { Actor } from "../engine/index.ts";
import type { Log } from "../observe/index.ts";
import type { GroupPosition } from "../wire/index.ts";
import { periodic } from "./periodic.ts";

export interface LagWatchParts {
  /** Throws while the broker is away; what it answers is what metrics show. */
  positions(): Promise<readonly GroupPosition[]>;
  /** Nothing of the graph is under way and nothing was left to read, for so long. */
  idle(forMs: number): void;
  /** Records read and not yet committed count as lag, so this is only about what has no offset. */
  isQuiet(): boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;

export function lagWatch({ positions, idle, isQuiet, clock, log }: LagWatchParts): Actor {
  let quietSinceMs: number | null = null;
  return periodic("lag", { everyMs: LOOK_MS, clock }, async (signal) => {
    try {
      const found = await positions();
      const isEmpty = found.length > 0 && found.every(({ lag }) => lag === 0) && isQuiet();
      const nowMs = clock.monotonicMs();
      quietSinceMs = isEmpty ? (quietSinceMs ?? nowMs) : null;
      if (quietSinceMs !== null) idle(nowMs - quietSinceMs);
    } catch (thrown) {
      quietSinceMs = null;
      if (!signal.aborted) log.debug({ cause: describe(asError(thrown)) }, "the lag cannot be read");
    }
  });
}
