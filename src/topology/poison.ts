// A record of a topic that cannot be read, as a dead letter with its bytes: what it was is for people to say.
import { type Clock, uuidv7 } from "../base/index.ts";
import type { DeadLetter } from "../model/index.ts";
import type { RawRecord, WireFailure } from "../wire/index.ts";

export function poisonLetter(
  record: RawRecord,
  failure: Extract<WireFailure, { kind: "undecodable" }>,
  clock: Clock,
): DeadLetter {
  const diedAtMs = clock.nowMs();
  return {
    id: uuidv7(diedAtMs),
    stage: record.topic,
    topic: "raw.page.dlq",
    captureId: failure.captureId,
    url: null,
    code: failure.code,
    message: failure.message,
    diedAtMs,
    payload: record.value === null ? null : new Uint8Array(record.value),
    origin: `${record.topic}/${record.partition}@${record.offset}`,
  };
}
