// A pause between the starts of two pages of one host, drawn anew each time, where a recipe asks for one. The crawl's own
// politeness is kept besides; this is for hosts that a browser must not hurry. Bounded; knows no page.
import type { Clock, Random } from "../base/index.ts";

export interface Pace {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Hosts remembered at once. Who falls out is one whose pause ends soonest. */
const HOSTS_MAX = 10_000;

export class HostPace {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #hostsMax: number;
  /** When the next page of a host may start. */
  readonly #freeAtMs = new Map<string, number>();

  constructor(clock: Clock, random: Random, hostsMax = HOSTS_MAX) {
    this.#clock = clock;
    this.#random = random;
    this.#hostsMax = hostsMax;
  }

  /** Resolves when it is this page's turn, in the order asked. Rejects with the signal's reason; the turn is then lost. */
  async turn(host: string, { minMs, maxMs }: Pace, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const startsAtMs = Math.max(nowMs, this.#freeAtMs.get(host) ?? 0);
    if (!this.#freeAtMs.has(host) && this.#freeAtMs.size >= this.#hostsMax) this.#forget(nowMs);
    this.#freeAtMs.set(host, startsAtMs + minMs + this.#random.next() * (maxMs - minMs));
    if (startsAtMs > nowMs) await this.#clock.sleep(startsAtMs - nowMs, signal);
  }

  /** Those whose pause is over; where there are none, the one with the shortest rest. */
  #forget(nowMs: number): void {
    let soonest: string | null = null;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const [host, freeAtMs] of this.#freeAtMs) {
      if (freeAtMs <= nowMs) this.#freeAtMs.delete(host);
      else if (freeAtMs < soonestMs) [soonest, soonestMs] = [host, freeAtMs];
    }
    if (this.#freeAtMs.size >= this.#hostsMax && soonest !== null) this.#freeAtMs.delete(soonest);
  }
}
