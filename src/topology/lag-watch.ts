// How far behind its topic a group is, looked at every so often: for metrics, and for those who wait until nothing is left
// to read. Knows neither topic nor group.
import { asError, type Clock, describe } from "../base/index.ts";
import type { Actor } from "../engine/index.ts";
import type { Log } from "../observe/index.ts";
import type { GroupPosition } from "../wire/index.ts";

export interface LagWatchParts {
  /** Throws while the broker is away. */
  positions(): Promise<readonly GroupPosition[]>;
  /** Told at each look. */
  seen(positions: readonly GroupPosition[]): void;
  /** Nothing of the graph is under way and nothing was left to read, for so long. */
  idle(forMs: number): void;
  /** Records read and not yet committed count as lag, so this is only about what has no offset. */
  isQuiet(): boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;

export function lagWatch(parts: LagWatchParts): Actor {
  const { clock, log } = parts;
  const draining = new AbortController();
  let quietSinceMs: number | null = null;

  async function look(end: AbortSignal): Promise<void> {
    try {
      const positions = await parts.positions();
      parts.seen(positions);
      const isEmpty = positions.length > 0 && positions.every(({ lag }) => lag === 0) && parts.isQuiet();
      const nowMs = clock.monotonicMs();
      quietSinceMs = isEmpty ? (quietSinceMs ?? nowMs) : null;
      if (quietSinceMs !== null) parts.idle(nowMs - quietSinceMs);
    } catch (thrown) {
      quietSinceMs = null;
      if (!end.aborted) log.debug({ cause: describe(asError(thrown)) }, "the lag cannot be read");
    }
  }

  return {
    name: "lag",
    drain: () => draining.abort(new Error("draining")),
    async run(signal) {
      const end = AbortSignal.any([signal, draining.signal]);
      while (!end.aborted) {
        await look(end);
        await clock.sleep(LOOK_MS, end).catch(() => undefined); // ends with the signal, which the loop asks
      }
      signal.throwIfAborted();
    },
  };
}
