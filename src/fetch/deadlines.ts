// One coarse timer for the total deadlines of all exchanges: they all last equally long, so the oldest is always first.
// Costs two set operations a request where an AbortController and a timer each cost some microseconds. A repetition, which
// has only what is left of its request's time, gets a timer of its own.
import type { Clock } from "../base/index.ts";

export interface Expiring {
  /** Monotonic milliseconds. */
  readonly expiresAtMs: number;
  expire(): void;
}

const TICK_MS_MAX = 250;

export class Deadlines {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #open = new Set<Expiring>();
  readonly #early = new Map<Expiring, () => void>();
  #latestMs = Number.NEGATIVE_INFINITY;
  #ticking = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#tickMs = Math.min(TICK_MS_MAX, Math.max(1, timeoutMs / 8));
  }

  add(item: Expiring): void {
    if (item.expiresAtMs < this.#latestMs) {
      const leftMs = item.expiresAtMs - this.#clock.monotonicMs();
      const cancel = this.#clock.schedule(leftMs, () => {
        this.#early.delete(item);
        item.expire();
      });
      this.#early.set(item, cancel);
      return;
    }
    this.#latestMs = item.expiresAtMs;
    this.#open.add(item);
    if (!this.#ticking) this.#tick();
  }

  remove(item: Expiring): void {
    if (this.#open.delete(item)) return;
    this.#early.get(item)?.();
    this.#early.delete(item);
  }

  #tick(): void {
    this.#ticking = true;
    this.#clock.schedule(this.#tickMs, () => {
      const nowMs = this.#clock.monotonicMs();
      for (const item of this.#open) {
        if (item.expiresAtMs > nowMs) break;
        this.#open.delete(item);
        item.expire();
      }
      if (this.#open.size > 0) this.#tick();
      else this.#ticking = false;
    });
  }
}
