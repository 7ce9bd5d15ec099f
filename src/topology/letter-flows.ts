// Dead letters between table and topics: what ingestors tell on raw.page.dlq goes into the table, what the table holds and
// no topic yet is copied out. The row comes first, so a copy may come twice and a letter is never lost.
import type { Clock } from "../base/index.ts";
import type { Delivery, Sink, Source } from "../engine/index.ts";
import type { DeadLetter } from "../model/index.ts";
import type { MetadataStore } from "../store/index.ts";
import { TOPICS, type WireRecord } from "../wire/index.ts";

/** What only processors read: who could not read it there had written its row before its copy. */
const READ_HERE: readonly string[] = [TOPICS.rawPage, TOPICS.rawPageDlq];

const isOwn = ({ origin }: DeadLetter): boolean => READ_HERE.includes((origin ?? "").split("/", 1)[0] ?? "");

/**
 * Letters of another machine into the table; they have their copy already. A processor's own copies come back on the same topic:
 * they are passed by, or one that was dropped meanwhile would stand there again.
 */
export function letterTable(
  metadata: Pick<MetadataStore, "connect"> & {
    readonly deadLetters: Pick<MetadataStore["deadLetters"], "write" | "markCopied">;
  },
  clock: Clock,
): Sink<DeadLetter> {
  return {
    name: "letters",
    batch: { itemsMax: 256, bytesMax: 16 * 1024 * 1024, lingerMs: 200, inFlightMax: 1 },
    deadlineMs: 60_000,
    connect: (signal) => metadata.connect(signal),
    async write(batch, signal) {
      const others = batch.filter((letter) => !isOwn(letter));
      if (others.length > 0) {
        await metadata.deadLetters.write(others, signal);
        const ids = others.map(({ id }) => id);
        await metadata.deadLetters.markCopied(ids, clock.nowMs());
      }
      return batch.map(() => ({ kind: "written" }));
    },
    close: () => Promise.resolve(),
  };
}

const LOOK_MS = 1_000;
const LETTERS_A_LOOK = 100;

/** Rows of letters, wherever they lie. */
export interface LetterRows {
  connect(signal: AbortSignal): Promise<void>;
  /** Oldest first. */
  uncopied(limit: number): Promise<readonly DeadLetter[]>;
  markCopied(ids: readonly string[], atMs: number): Promise<number>;
}

export const rowsOf = (metadata: MetadataStore): LetterRows => ({
  connect: (signal) => metadata.connect(signal),
  uncopied: (limit) => metadata.deadLetters.uncopied(limit),
  markCopied: (ids, atMs) => metadata.deadLetters.markCopied(ids, atMs),
});

/** Letters that no topic has yet, oldest first, for ever. */
export function letterCopies(rows: LetterRows, clock: Clock): Source<WireRecord> {
  let waiting: DeadLetter[] = [];
  /** Handed out and not settled: the table does not know yet. */
  const open = new Set<string>();
  return {
    name: "letter-copies",
    inFlightMax: LETTERS_A_LOOK,
    connect: (signal) => rows.connect(signal),
    async read(signal: AbortSignal): Promise<Delivery<WireRecord>> {
      for (;;) {
        signal.throwIfAborted();
        const letter = waiting.shift();
        if (letter !== undefined) return delivery(letter);
        // One that is marked while the table is asked is open no longer when the answer comes, and stands in it still.
        const openBefore = new Set(open);
        const found = await rows.uncopied(LETTERS_A_LOOK);
        waiting = found.filter(({ id }) => !open.has(id) && !openBefore.has(id));
        if (waiting.length === 0) await clock.sleep(LOOK_MS, signal);
      }
    },
    close: () => Promise.resolve(),
  };

  function delivery(letter: DeadLetter): Delivery<WireRecord> {
    open.add(letter.id);
    return {
      payload: { kind: "dead", letter },
      sizeBytes: letter.payload?.byteLength ?? 0,
      traceId: letter.id,
      settle(outcome) {
        const isThere = outcome.kind === "delivered" || outcome.kind === "dead";
        const marked = isThere ? rows.markCopied([letter.id], clock.nowMs()) : Promise.resolve();
        // Not marked is copied again, which does no harm.
        void marked.catch(() => undefined).finally(() => open.delete(letter.id));
      },
    };
  }
}
