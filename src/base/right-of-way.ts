// Who stands waiting has the right of way: while a piece of his work is under way, what can wait holds back, so that processor, disk and
// database are free for him. Bounded: at most HOLD_MS_MAX at a time, CREDIT_MS_MAX of a burst, and in the long run half of the time, so
// that nothing starves. Knows nothing of what either does.
import type { Clock } from "./clock.ts";

/** Longest hold, and the time without one that follows a hold so long. */
export const HOLD_MS_MAX = 250;
/** So much may be held in all before as much has gone by without: some fifty who come one after the other. */
export const CREDIT_MS_MAX = 5_000;
/** So long after the last one somebody is likely to come again. */
const FREQUENTED_MS = 2_000;

export class RightOfWay {
  readonly #clock: Clock;
  /** Pieces of urgent work that are under way. */
  #urgent = 0;
  /** How long may be held yet, milliseconds: spent by holding, earned without. */
  #creditMs = CREDIT_MS_MAX;
  /** Of the hold at hand. */
  #leftMs = HOLD_MS_MAX;
  /** Until something may be held again, after a hold that met a bound; 0 where it may. */
  #restMs = 0;
  /** Monotonic; when the credit was reckoned. */
  #atMs: number;
  #leftAtMs = -FREQUENTED_MS;
  #held: (() => void)[] = [];
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.monotonicMs();
  }

  /** A piece of urgent work. One that waits for somebody else's machine has the way for its first `holdMs` alone. */
  async during<T>(work: () => Promise<T>, holdMs: number | null = null): Promise<T> {
    this.#reckon();
    this.#urgent++;
    let isUnderWay = true;
    const end = (): void => {
      if (!isUnderWay) return;
      isUnderWay = false;
      this.#reckon();
      this.#urgent--;
      this.#leftAtMs = this.#clock.monotonicMs();
      if (this.#urgent > 0) return;
      this.#leftMs = HOLD_MS_MAX;
      this.#letGo();
    };
    const cancel = holdMs === null ? null : this.#clock.schedule(holdMs, end);
    try {
      return await work();
    } finally {
      cancel?.();
      end();
    }
  }

  /** For what can wait, before each piece of it: null, or when it may go on. */
  clear(): Promise<void> | null {
    if (this.#urgent === 0) return null;
    this.#reckon();
    if (this.#restMs > 0) return null;
    this.#cancel ??= this.#clock.schedule(Math.min(this.#leftMs, this.#creditMs), () => {
      this.#reckon();
      if (this.#restMs === 0) this.#rest();
      this.#letGo();
    });
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** Somebody stands waiting, or did a moment ago: what can wait is better cut into short pieces. */
  get isFrequented(): boolean {
    return this.#urgent > 0 || this.#clock.monotonicMs() - this.#leftAtMs < FREQUENTED_MS;
  }

  /** What can wait, each piece when it may go on, and none longer than `itemsMax` while somebody is likely to come. */
  async *pieces<T>(items: readonly T[], itemsMax: number): AsyncGenerator<readonly T[]> {
    for (let from = 0; from < items.length; ) {
      const held = this.clear();
      if (held !== null) await held;
      const until = this.isFrequented ? from + itemsMax : items.length;
      yield items.slice(from, until);
      from = until;
    }
  }

  #reckon(): void {
    const nowMs = this.#clock.monotonicMs();
    const passedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    if (this.#urgent > 0 && this.#restMs === 0) {
      this.#creditMs -= passedMs;
      this.#leftMs -= passedMs;
      if (this.#creditMs <= 0 || this.#leftMs <= 0) this.#rest();
    } else {
      this.#creditMs = Math.min(CREDIT_MS_MAX, this.#creditMs + passedMs);
      this.#restMs = Math.max(0, this.#restMs - passedMs);
    }
  }

  #rest(): void {
    this.#creditMs = Math.max(0, this.#creditMs);
    this.#leftMs = HOLD_MS_MAX;
    this.#restMs = HOLD_MS_MAX;
  }

  #letGo(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const go of this.#held.splice(0)) go();
  }
}
