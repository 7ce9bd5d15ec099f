// Two small ways to wait: a gate that one loop sleeps at until anyone opens it, and a guard that leaves a room's promise
// behind when a signal aborts. Neither knows what is waited for.

/** For one waiting loop. An opening while nobody waits is remembered, so no wake-up is lost. */
export class Gate {
  #opened = false;
  #wake: (() => void) | null = null;
  /** Bound, so that it can be handed out as a callback without a closure a time. */
  readonly open = (): void => {
    const wake = this.#wake;
    if (wake === null) {
      this.#opened = true;
      return;
    }
    this.#wake = null;
    wake();
  };

  wait(): Promise<void> | undefined {
    if (this.#opened) {
      this.#opened = false;
      return undefined;
    }
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/**
 * The promise's result, or a rejection with the signal's reason as soon as that aborts; what the promise yields after that
 * goes to `onLate` (a late failure is the abort's echo and is let go).
 */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  onLate?: (value: T) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = false;
    const onAbort = (): void => {
      left = true;
      reject(signal.reason);
    };
    promise.then(
      (value) => {
        if (left) {
          onLate?.(value);
          return;
        }
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (error: unknown) => {
        if (left) return;
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
