// How far a log may be committed: the highest position with nothing open below it. Capped, so that one slow record holds
// the reader and not the memory. Knows no log; a source keeps one watermark a partition.
import { assert } from "../base/index.ts";
import type { Outcome } from "./ack.ts";
import { Deque } from "./deque.ts";

export interface Watermark<P> {
  /** Waits while the cap is reached; positions come in rising order. The returned function settles the position, once. */
  track(position: P, signal: AbortSignal): Promise<(outcome: Outcome) => void>;
  /** False: `track` would wait now (a consumer pauses its partition instead). */
  readonly hasRoom: boolean;
  /** Null: nothing yet, or revoked. */
  readonly committable: P | null;
  /** Tracked and not yet passed by the mark. */
  readonly pending: number;
  /** A position errored (or was put off): the mark will never pass it, and the reader must begin again from its commit. */
  readonly stuck: boolean;
  /** From now on nothing is committable and settling has no effect: the partition may be another's. Waiters are rejected. */
  revoke(): void;
}

interface Mark<P> {
  readonly position: P;
  passed: boolean;
}

interface Waiter<P> {
  readonly mark: Mark<P>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export function watermark<P>(trackedMax: number): Watermark<P> {
  return new CappedWatermark(trackedMax);
}

class CappedWatermark<P> implements Watermark<P> {
  readonly #trackedMax: number;
  readonly #marks = new Deque<Mark<P>>();
  readonly #waiters = new Deque<Waiter<P>>();
  #committable: P | null = null;
  #stuck = false;
  #revoked = false;

  constructor(trackedMax: number) {
    assert(trackedMax >= 1, "a watermark tracks at least one position");
    this.#trackedMax = trackedMax;
  }

  get hasRoom(): boolean {
    return !this.#revoked && this.#waiters.size === 0 && this.#marks.size < this.#trackedMax;
  }

  get committable(): P | null {
    return this.#committable;
  }

  get pending(): number {
    return this.#marks.size;
  }

  get stuck(): boolean {
    return this.#stuck;
  }

  async track(position: P, signal: AbortSignal): Promise<(outcome: Outcome) => void> {
    signal.throwIfAborted();
    const mark: Mark<P> = { position, passed: false };
    if (this.hasRoom) this.#marks.pushBack(mark);
    else await this.#turn(mark, signal);
    let settled = false;
    return (outcome) => {
      assert(!settled, "a position settles once");
      settled = true;
      this.#settle(mark, outcome);
    };
  }

  revoke(): void {
    this.#revoked = true;
    this.#committable = null;
    while (this.#marks.size > 0) this.#marks.popFront();
    const reason = new Error("the watermark was revoked");
    for (let next = this.#waiters.popFront(); next !== undefined; next = this.#waiters.popFront()) {
      next.reject(reason);
    }
  }

  #settle(mark: Mark<P>, outcome: Outcome): void {
    if (this.#revoked) return;
    if (outcome.kind === "errored" || outcome.kind === "later") {
      this.#stuck = true;
      return;
    }
    mark.passed = true;
    for (let first = this.#marks.peek(); first?.passed; first = this.#marks.peek()) {
      this.#committable = first.position;
      this.#marks.popFront();
    }
    // The mark of a waiter is set here and not when it wakes, so that a later caller cannot slip in before it.
    while (this.#waiters.size > 0 && this.#marks.size < this.#trackedMax) {
      const next = this.#waiters.popFront();
      if (next === undefined) break;
      this.#marks.pushBack(next.mark);
      next.resolve();
    }
  }

  #turn(mark: Mark<P>, signal: AbortSignal): Promise<void> {
    if (this.#revoked) return Promise.reject(new Error("the watermark was revoked"));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (this.#waiters.remove(waiter)) reject(signal.reason);
      };
      const over = (): void => signal.removeEventListener("abort", onAbort);
      const waiter: Waiter<P> = {
        mark,
        resolve: () => {
          over();
          resolve();
        },
        reject: (reason) => {
          over();
          reject(reason);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.pushBack(waiter);
    });
  }
}
