// Sends what is no page: records of frontier.links, dead letters' copies, events of the store. One batch may go to several
// topics in one request. Order a key holds, so one batch is under way at a time.
import { assert, type Result } from "../base/index.ts";
import type { BatchLimits, Sink, Written } from "../engine/index.ts";
import {
  type Code,
  type DeadLetter,
  type FrontierRecord,
  hostOf,
  hostPartition,
  type SavedEvent,
} from "../model/index.ts";
import type { WireLog } from "./client.ts";
import { encodeDeadLetter, encodeSavedEvent } from "./codec/events.ts";
import { encodeFrontierRecord } from "./codec/frontier.ts";
import type { WireOptions } from "./options.ts";
import { type ProducerStatistics, RecordProducer } from "./producer.ts";
import type { OutgoingRecord } from "./record.ts";
import { splitRecord } from "./split-record.ts";
import { PARTITIONS, TOPICS, type TopicName } from "./topics.ts";

export type WireRecord =
  | { readonly kind: "frontier"; readonly record: FrontierRecord }
  | { readonly kind: "saved"; readonly event: SavedEvent }
  /** Its own `topic` says where it goes. */
  | { readonly kind: "dead"; readonly letter: DeadLetter }
  /** A message as it was once: the payload of a dead letter, put back. */
  | { readonly kind: "raw"; readonly topic: TopicName; readonly key: string; readonly value: Uint8Array };

export interface RecordSinkOptions {
  /** The actor's name ("links", "events"). */
  readonly name: string;
  readonly wire: WireOptions;
  readonly log?: WireLog;
}

export interface RecordSink extends Sink<WireRecord, Code> {
  readonly statistics: ProducerStatistics;
}

export function recordSink(options: RecordSinkOptions): RecordSink {
  return new KafkaRecordSink(options);
}

const DEAD_LETTER_TOPICS: ReadonlySet<string> = new Set([
  TOPICS.rawPageDlq,
  TOPICS.processedDlq,
  TOPICS.storageDlq,
]);
/** Beside the payload of a dead letter: its message, its URL and the other fields. */
const LETTER_BYTES = 160 * 1024;

class KafkaRecordSink implements RecordSink {
  readonly name: string;
  readonly batch: BatchLimits;
  readonly deadlineMs: number;
  readonly #producer: RecordProducer;

  constructor({ name, wire, log }: RecordSinkOptions) {
    const { itemsMax, bytesMax, lingerMs, deadlineMs } = wire.producer;
    this.name = name;
    this.batch = { itemsMax, bytesMax, lingerMs, inFlightMax: 1 };
    this.deadlineMs = deadlineMs;
    this.#producer = new RecordProducer(Object.values(TOPICS), wire, log ?? null);
  }

  get statistics(): ProducerStatistics {
    return this.#producer.statistics;
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async write(batch: readonly WireRecord[]): Promise<readonly Written<Code>[]> {
    const parts = batch.map((record) => this.#encoded(record));
    const sent = await this.#producer.send(parts.flatMap((part) => (part.ok ? part.value : [])));
    let next = 0;
    return parts.map((part) => {
      if (!part.ok) return { kind: "rejected", code: "too_large", detail: part.error };
      const answers = sent.slice(next, next + part.value.length);
      next += part.value.length;
      if (answers.every((answer) => answer === "sent")) return { kind: "written" };
      return { kind: "rejected", code: "too_large", detail: "the record is larger than the broker takes" };
    });
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  /** The records that say it, in the order in which they must arrive. */
  #encoded(outgoing: WireRecord): Result<readonly OutgoingRecord[], string> {
    switch (outgoing.kind) {
      case "frontier": {
        const limit = this.#producer.valueBytesMax(TOPICS.frontierLinks, hostOf(outgoing.record));
        const split = splitRecord(outgoing.record, limit);
        if (!split.ok) return split;
        return {
          ok: true,
          value: split.value.map((record) =>
            keyed(TOPICS.frontierLinks, hostOf(record), encodeFrontierRecord(record)),
          ),
        };
      }
      case "saved":
        return {
          ok: true,
          value: [keyed(TOPICS.storageSaved, outgoing.event.url, encodeSavedEvent(outgoing.event))],
        };
      case "raw":
        return { ok: true, value: [keyed(outgoing.topic, outgoing.key, outgoing.value)] };
      case "dead": {
        const { letter } = outgoing;
        assert(DEAD_LETTER_TOPICS.has(letter.topic), `${letter.topic} is no topic of dead letters`);
        const topic = letter.topic as TopicName;
        const limit = this.#producer.valueBytesMax(topic, letter.id) - LETTER_BYTES;
        return { ok: true, value: [keyed(topic, letter.id, encodeDeadLetter(letter, limit))] };
      }
    }
  }
}

function keyed(topic: TopicName, key: string, value: Uint8Array): OutgoingRecord {
  return { topic, partition: hostPartition(key, PARTITIONS[topic]), key, value };
}
