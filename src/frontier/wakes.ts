// News for those who wait: a count that rises with every event, and one waiter at a time who is told of the next.
import type { Clock } from "../base/index.ts";

/** Shortest wait, where what could be asked has no slot at hand; longest, so that a jump of the clock is noticed. */
const WAIT_MS_MIN = 1;
const WAIT_MS_MAX = 60_000;
/** Made once: by itself an abort makes an exception each time, with the stack of who rang. */
const NEWS = new Error("news");

export class Wakes {
  readonly #clock: Clock;
  #waker: (() => void) | null = null;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rises with every event. */
  get count(): number {
    return this.#count;
  }

  ring(): void {
    this.#count++;
    this.#waker?.();
  }

  /** Until the next event or `atMs`; null = the event alone. Rejects with the signal's reason. */
  async newsOrTime(atMs: number | null, signal: AbortSignal): Promise<void> {
    const untilMs = atMs === null ? WAIT_MS_MAX : atMs - this.#clock.nowMs();
    const waitMs = Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, untilMs));
    const news = new AbortController();
    this.#waker = () => news.abort(NEWS);
    try {
      await this.#clock.sleep(waitMs, AbortSignal.any([signal, news.signal]));
    } catch (thrown) {
      if (!news.signal.aborted) throw thrown;
    } finally {
      this.#waker = null;
    }
  }
}
