// Short words after an action, read out by screen readers; gone by themselves.
import { signal } from "@preact/signals";

const SHOWN_MS = 4_000;
const TOASTS_MAX = 3;

interface Toast {
  readonly id: number;
  readonly words: string;
  readonly isBad: boolean;
}

const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function toast(words: string, isBad = false): void {
  last++;
  const id = last;
  toasts.value = [...toasts.value.slice(1 - TOASTS_MAX), { id, words, isBad }];
  setTimeout(() => {
    toasts.value = toasts.value.filter((shown) => shown.id !== id);
  }, SHOWN_MS);
}

export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map(({ id, words, isBad }) => (
      <p key={id} class={isBad ? "toast bad" : "toast"}>
        {words}
      </p>
    ))}
  </div>
);
