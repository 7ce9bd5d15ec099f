// Dead letters of a machine whose only store is the frontier: a row each, by its id, so that a crash forgets none and they
// can be listed, copied, replayed and dropped. Knows no broker and no reason why.
import { z } from "zod";
import type { DeadLetter } from "../model/index.ts";
import type { Trees } from "./trees.ts";

export interface FrontierLetter extends DeadLetter {
  readonly origin: string | null;
  /** ms since 1970; null when never. */
  readonly replayedAtMs: number | null;
  readonly copiedAtMs: number | null;
}

const row = z.object({
  id: z.string(),
  stage: z.string(),
  topic: z.string(),
  captureId: z.string().nullable(),
  url: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  diedAtMs: z.number(),
  payload: z.string().nullable(),
  origin: z.string().nullable(),
  replayedAtMs: z.number().nullable(),
  copiedAtMs: z.number().nullable(),
});

/** What an id of ours looks like, as bytes of a key: order is that of time (UUIDv7). */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const keyOf = (id: string): Buffer | null =>
  UUID.test(id) ? Buffer.from(id.replaceAll("-", ""), "hex") : null;

export class Letters {
  readonly #trees: Trees;
  #count: number | null = null;

  constructor(trees: Trees) {
    this.#trees = trees;
  }

  /** Durable when it returns; a letter that is there already stays as it is. */
  write(letters: readonly DeadLetter[]): void {
    this.#trees.turn(() => {
      for (const letter of letters) {
        const key = keyOf(letter.id);
        if (key === null || this.#trees.letters.get(key) !== undefined) continue;
        this.#put(key, { ...letter, origin: letter.origin ?? null, replayedAtMs: null, copiedAtMs: null });
      }
      this.#count = null;
    });
  }

  /** Newest first. */
  list(request: { readonly limit: number; readonly cursor?: string; readonly topic?: string }): {
    items: FrontierLetter[];
    cursor: string | null;
  } {
    const { limit, cursor, topic } = request;
    const before = cursor === undefined ? null : keyOf(cursor);
    const items: FrontierLetter[] = [];
    const range = before === null ? { reverse: true } : { reverse: true, start: before };
    for (const { key, value } of this.#trees.letters.getRange(range)) {
      if (before?.equals(key)) continue;
      const letter = decoded(value);
      if (topic !== undefined && letter.topic !== topic) continue;
      if (items.length === limit) return { items, cursor: items.at(-1)?.id ?? null };
      items.push(letter);
    }
    return { items, cursor: null };
  }

  show(id: string): FrontierLetter | null {
    const key = keyOf(id);
    const value = key === null ? undefined : this.#trees.letters.get(key);
    return value === undefined ? null : decoded(value);
  }

  /** Those that no topic has yet, oldest first. */
  uncopied(limit: number): FrontierLetter[] {
    const found: FrontierLetter[] = [];
    for (const { value } of this.#trees.letters.getRange({})) {
      const letter = decoded(value);
      if (letter.copiedAtMs === null) found.push(letter);
      if (found.length === limit) break;
    }
    return found;
  }

  markCopied(ids: readonly string[], atMs: number): number {
    return this.#change(ids, (letter) => ({ ...letter, copiedAtMs: letter.copiedAtMs ?? atMs }));
  }

  markReplayed(ids: readonly string[], atMs: number): number {
    return this.#change(ids, (letter) => ({ ...letter, replayedAtMs: atMs }));
  }

  drop(ids: readonly string[]): number {
    return this.#change(ids, () => null);
  }

  count(): number {
    this.#count ??= Array.from(this.#trees.letters.getKeys({})).length;
    return this.#count;
  }

  /** Answers how many there were. */
  #change(ids: readonly string[], change: (letter: FrontierLetter) => FrontierLetter | null): number {
    return this.#trees.turn(() => {
      let changed = 0;
      for (const id of ids) {
        const letter = this.show(id);
        const key = keyOf(id);
        if (letter === null || key === null) continue;
        const now = change(letter);
        if (now === null) this.#trees.letters.removeSync(key);
        else this.#put(key, now);
        changed++;
      }
      this.#count = null;
      return changed;
    });
  }

  #put(key: Buffer, letter: FrontierLetter): void {
    const payload = letter.payload === null ? null : Buffer.from(letter.payload).toString("base64");
    this.#trees.letters.putSync(key, Buffer.from(JSON.stringify({ ...letter, payload })));
  }
}

function decoded(value: Buffer): FrontierLetter {
  const { payload, ...letter } = row.parse(JSON.parse(value.toString("utf8")));
  return { ...letter, payload: payload === null ? null : new Uint8Array(Buffer.from(payload, "base64")) };
}
