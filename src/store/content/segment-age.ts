// Where a capture can lie, told by time alone: no segment that was closed before its lease can hold it. Pure.

/** A capture can lie in a segment begun this much before its lease, should clocks have been set back or differ. */
export const CLOCK_SLACK_MS = 10 * 60 * 1000;

/** The time a UUIDv7 was minted, ms since 1970 (RFC 9562 section 5.7). */
const mintedAtMs = (uuid: string): number => Number.parseInt(uuid.replace("-", "").slice(0, 12), 16);

/** When the oldest of these captures was minted. */
export function oldestOf(captureIds: Iterable<string>): number {
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const id of captureIds) oldestMs = Math.min(oldestMs, mintedAtMs(id));
  return oldestMs;
}
