// Dead letters of the graph: what died, where and why, written to the store before the record counts as done. The URL
// itself then ends `failed` through the frontier like any other.
import { type Clock, describe, uuidv7 } from "../base/index.ts";
import type { DeadLetterWriter, Letter } from "../engine/index.ts";
import type { DeadLetter, Page } from "../model/index.ts";
import type { Log } from "../observe/index.ts";
import type { Store } from "../store/index.ts";

export interface LetterWriterParts {
  /** Resolves when the letter is safe. */
  write(letter: DeadLetter, signal: AbortSignal): Promise<void>;
  /** What replays the page without fetching it again; null where replaying means just that. */
  readonly payloadOf?: (page: Page) => Promise<Uint8Array>;
  readonly log: Log;
  readonly clock: Clock;
}

export function letterWriter({ write, payloadOf, log, clock }: LetterWriterParts): DeadLetterWriter {
  return {
    async write(letter, signal) {
      const page = payloadOf === undefined ? null : pageIn(letter.payload);
      const payload = page === null ? null : ((await payloadOf?.(page)) ?? null);
      const dead = deadLetterOf(letter, clock.nowMs(), payload);
      log.error(
        { traceId: letter.traceId, stage: letter.stage, code: dead.code, url: dead.url },
        dead.message,
      );
      await write(dead, signal);
    },
  };
}

/** Letters in the store's own table. */
export const intoTable =
  (store: Store): LetterWriterParts["write"] =>
  async (letter, signal) => {
    await store.metadata.connect(signal);
    await store.metadata.deadLetters.write([letter], signal);
  };

function deadLetterOf(letter: Letter, diedAtMs: number, payload: Uint8Array | null): DeadLetter {
  const cause = letter.cause === undefined ? "" : ` <- ${describe(letter.cause)}`;
  return {
    id: uuidv7(diedAtMs),
    stage: letter.stage,
    topic: ["content", "content.rich", "queue", "metadata", "out"].includes(letter.stage)
      ? "storage.dlq"
      : "processed.dlq",
    captureId: letter.traceId,
    url: urlOf(letter.payload),
    code: letter.code,
    message: `${letter.detail}${cause}`.slice(0, 1000),
    diedAtMs,
    payload,
  };
}

/** The page that a record of the graph is about, wherever it hangs. */
function pageIn(payload: unknown): Page | null {
  if (typeof payload !== "object" || payload === null) return null;
  const page: unknown = Reflect.get(payload, "page");
  // Only the graph's own records come here, and all of them call a fetched page so.
  return typeof page === "object" && page !== null && "body" in page ? (page as Page) : null;
}

/** Every record of the graph leads to a request; which one depends on how far it had come. */
function urlOf(payload: unknown): string | null {
  let at: unknown = payload;
  for (let depth = 0; depth < 4 && typeof at === "object" && at !== null; depth++) {
    const url: unknown = Reflect.get(at, "url");
    if (typeof url === "string") return url;
    at = Reflect.get(at, "request") ?? Reflect.get(at, "page") ?? Reflect.get(at, "report");
  }
  return null;
}
