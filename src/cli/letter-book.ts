// Dead letters as the folder's questions want them, whether their rows lie in the database or in the frontier's store.
import type { Letters } from "../frontier/index.ts";
import type { DeadLetterStore } from "../store/index.ts";

export type LetterBook = Pick<DeadLetterStore, "list" | "show" | "markReplayed" | "drop">;

const LIMIT_DEFAULT = 100;

export function lettersOfFrontier(letters: Letters): LetterBook {
  return {
    list: async ({ limit = LIMIT_DEFAULT, ...request } = {}) => letters.list({ limit, ...request }),
    show: async (id) => letters.show(id),
    markReplayed: async (ids, atMs) => letters.markReplayed(ids, atMs),
    drop: async (ids) => letters.drop(ids),
  };
}
