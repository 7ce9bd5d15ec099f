// Time that a test owns: promises are real, timers fire one after another as fast as the machine can. Between two timers
// every promise that can move has moved, so that a run depends on its seed alone.
import { setImmediate } from "node:timers";
import { type Clock, Heap } from "../../src/base/index.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  task: (() => void) | null;
}

export class VirtualClock implements Clock {
  /** Called after each step, when all is at rest. */
  onRest: (() => void) | null = null;
  #atMs = 0;
  #order = 0;
  readonly #timers = new Heap<Timer>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));

  nowMs(): number {
    return 1_700_000_000_000 + this.#atMs;
  }

  monotonicMs(): number {
    return this.#atMs;
  }

  schedule(delayMs: number, task: () => void): () => void {
    const timer: Timer = { atMs: this.#atMs + Math.max(0, delayMs), order: this.#order++, task };
    this.#timers.push(timer);
    return () => {
      timer.task = null;
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.schedule(delayMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Runs until the promise has settled. Rejects when no timer is left or `horizonMs` has passed: nothing will ever move it. */
  async until<T>(promise: Promise<T>, horizonMs: number): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    const endMs = this.#atMs + horizonMs;
    for (;;) {
      await atRest();
      this.onRest?.();
      if (settled) return promise;
      const timer = this.#next();
      if (timer === null || timer.atMs > endMs) throw new Error(`stuck at ${Math.round(this.#atMs)} ms`);
      this.#atMs = timer.atMs;
      timer.task?.();
    }
  }

  #next(): Timer | null {
    for (let timer = this.#timers.pop(); timer !== undefined; timer = this.#timers.pop()) {
      if (timer.task !== null) return timer;
    }
    return null;
  }
}

/** The event loop turns only when no promise can move any more. */
function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
