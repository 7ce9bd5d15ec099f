// Exponential backoff with jitter, as a pure function of the attempt.
import type { Random } from "./random.ts";

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** 0 = none; 0.2 = the delay is drawn from ±20 %. */
  readonly jitter: number;
}

/** Delay before attempt number `attempt` (1 = the first repetition), in milliseconds. */
export function backoffMs(backoff: Backoff, attempt: number, random?: Random): number {
  const plain = Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** Math.max(0, attempt - 1));
  if (random === undefined || backoff.jitter === 0) return plain;
  return plain * (1 + backoff.jitter * (2 * random.next() - 1));
}
