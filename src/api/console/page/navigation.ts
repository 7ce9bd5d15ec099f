// Where the reader is: the fragment of the URL as a signal, and how to go elsewhere.
import { computed, signal } from "@preact/signals";
import { addressOf, type Place, readAddress } from "../address.ts";

const fragment = signal(location.hash);
addEventListener("hashchange", () => {
  fragment.value = location.hash;
});

export const address = computed(() => readAddress(fragment.value));

export function go(place: Place, item: string | null = null, query: Record<string, string> = {}): void {
  location.hash = addressOf(place, item, query);
}

/** Changes what the list shows without a new entry in the history of every letter typed. */
export function refine(query: Record<string, string>): void {
  const { place, item } = address.value;
  history.replaceState(null, "", addressOf(place, item, query));
  fragment.value = location.hash;
}
