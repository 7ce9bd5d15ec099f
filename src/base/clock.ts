// The only door to time. Everything that waits or reads a clock takes a Clock, so that a test can own time.

export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump; use it for what is stored or shown. */
  nowMs(): number;
  /** Monotonic clock, milliseconds, fractional. Use it for durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` once after `delayMs`. The returned function cancels it. The timer does not keep the process alive. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** setTimeout fires at once beyond this; longer waits are cut to it and the caller looks again. */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep(delayMs, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(0, delayMs), TIMER_MS_MAX),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), TIMER_MS_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** What `work` comes to; null where it takes longer than `limitMs`, or `parent` aborts first. Rejects as `work` does. */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  work: Promise<T>,
  parent?: AbortSignal,
): Promise<T | null> {
  const over = new AbortController();
  const signal = parent === undefined ? over.signal : AbortSignal.any([over.signal, parent]);
  const late = clock.sleep(limitMs, signal).then(
    () => null,
    () => null,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

/** A signal that aborts with `reason()` after `delayMs` or when `parent` does; call `clear` when the work is over. */
export function deadline(
  clock: Clock,
  delayMs: number,
  reason: () => Error,
  parent?: AbortSignal,
): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const onParent = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) controller.abort(parent.reason);
  parent?.addEventListener("abort", onParent, { once: true });
  const cancel = clock.schedule(delayMs, () => controller.abort(reason()));
  return {
    signal: controller.signal,
    clear: () => {
      cancel();
      parent?.removeEventListener("abort", onParent);
    },
  };
}
