// Who stands waiting has the right of way: while a piece of his work is under way, what can wait holds back, so that processor, disk and
// database are free for him. Bounded: at most HOLD_MS_MAX at a time, and in the long run at most half of the time, so that
// nothing starves. Knows nothing of what either does.
import type { Clock } from "./clock.ts";

/** Longest hold, and the time without one that a hold so long is paid with. */
export const HOLD_MS_MAX = 250;
/** So long after the last one somebody is likely to come again. */
const FREQUENTED_MS = 2_000;

export class RightOfWay {
  readonly #clock: Clock;
  /** Pieces of urgent work that are under way. */
  #urgent = 0;
  /** How long may be held yet, milliseconds: spent by holding, earned without. */
  #creditMs = HOLD_MS_MAX;
  /** All was spent: nothing is held before all is earned again. */
  #isSpent = false;
  /** Monotonic; when the credit was reckoned. */
  #atMs: number;
  #leftAtMs = -FREQUENTED_MS;
  #held: (() => void)[] = [];
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.monotonicMs();
  }

  /** A piece of urgent work: short, and not a wait for somebody else's machine. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#reckon();
    this.#urgent++;
    try {
      return await work();
    } finally {
      this.#reckon();
      this.#urgent--;
      this.#leftAtMs = this.#clock.monotonicMs();
      if (this.#urgent === 0) this.#letGo();
    }
  }

  /** For what can wait, before each piece of it: null, or when it may go on. */
  clear(): Promise<void> | null {
    if (this.#urgent === 0) return null;
    this.#reckon();
    if (this.#isSpent) return null;
    this.#cancel ??= this.#clock.schedule(this.#creditMs, () => {
      this.#reckon();
      this.#isSpent = true;
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
    const isHolding = this.#urgent > 0 && !this.#isSpent;
    this.#creditMs = Math.min(HOLD_MS_MAX, Math.max(0, this.#creditMs + (isHolding ? -passedMs : passedMs)));
    if (this.#creditMs === 0) this.#isSpent = true;
    else if (this.#creditMs === HOLD_MS_MAX) this.#isSpent = false;
  }

  #letGo(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const go of this.#held.splice(0)) go();
  }
}
