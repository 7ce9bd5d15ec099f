// An answer that a page shows: loaded, loaded again, replaced when what is asked for changes, dropped when the page is left.
import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";

export interface Loaded<T> {
  readonly data: Signal<T | null>;
  readonly error: Signal<unknown>;
  readonly isLoading: Signal<boolean>;
  /** Quiet: what is shown stays until the new answer is here. */
  reload(): void;
}

/** `key`: what is asked for; another one begins anew. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const data = useSignal<T | null>(null);
  const error = useSignal<unknown>(null);
  const isLoading = useSignal(true);
  const running = useRef<AbortController | null>(null);
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback(() => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    isLoading.value = true;
    latest.current(stop.signal).then(
      (answer) => {
        if (stop.signal.aborted) return;
        data.value = answer;
        error.value = null;
        isLoading.value = false;
      },
      (cause: unknown) => {
        if (stop.signal.aborted) return;
        error.value = cause;
        isLoading.value = false;
      },
    );
  }, []);

  // The key is what a new load depends on.
  useEffect(() => {
    data.value = null;
    error.value = null;
    reload();
    return () => running.current?.abort();
  }, [key]);
  return { data, error, isLoading, reload };
}
