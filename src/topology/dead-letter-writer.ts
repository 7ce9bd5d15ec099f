// Dead letters of the graph: what died, where and why, written to the store before the record counts as done. The URL
// itself then ends `failed` through the frontier like any other.
import { type Clock, describe, uuidv7 } from "../base/index.ts";
import type { DeadLetterWriter, Letter } from "../engine/index.ts";
import type { DeadLetter } from "../model/index.ts";
import type { Log } from "../observe/index.ts";
import type { Store } from "../store/index.ts";

export function deadLetterWriter(parts: {
  readonly store: Store | null;
  readonly log: Log;
  readonly clock: Clock;
}): DeadLetterWriter {
  const { store, log, clock } = parts;
  return {
    async write(letter, signal) {
      const dead = deadLetterOf(letter, clock.nowMs());
      log.error(
        { traceId: letter.traceId, stage: letter.stage, code: dead.code, url: dead.url },
        dead.message,
      );
      if (store === null) return;
      await store.metadata.connect(signal);
      await store.metadata.deadLetters.write([dead], signal);
    },
  };
}

/** The letter as a record. The page itself is not kept in it: replaying means to fetch again. */
function deadLetterOf(letter: Letter, diedAtMs: number): DeadLetter {
  const cause = letter.cause === undefined ? "" : ` <- ${describe(letter.cause)}`;
  return {
    id: uuidv7(diedAtMs),
    stage: letter.stage,
    topic: ["content", "metadata", "out"].includes(letter.stage) ? "storage.dlq" : "processed.dlq",
    captureId: letter.traceId,
    url: urlOf(letter.payload),
    code: letter.code,
    message: `${letter.detail}${cause}`.slice(0, 1000),
    diedAtMs,
    payload: null,
  };
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
