// Sends records: acks from all replicas, no compression (bodies are packed already), one answer a record. A produce request
// makes one batch a partition and the broker limits that batch, so what goes to one partition is cut to its limit, in
// order. Knows no record's meaning.
import { CompressionTypes, type Kafka, type Producer } from "kafkajs";
import { assert } from "../base/index.ts";
import { kafkaClient, RETRY, type WireLog } from "./client.ts";
import type { WireOptions } from "./options.ts";
import type { OutgoingRecord } from "./record.ts";
import { notConnected, troubleOf } from "./trouble.ts";

export type Sent = "sent" | "too_large";

/** What a record costs in a batch beside key and value: lengths, offsets, time stamp; and the batch's own header. */
const RECORD_BYTES = 64;
const BATCH_BYTES = 128;
const UNKNOWN_LIMIT_BYTES = Number.MAX_SAFE_INTEGER;

export interface ProducerStatistics {
  readonly connected: boolean;
  readonly recordsTotal: number;
  readonly bytesTotal: number;
  readonly lastError: string | null;
}

interface Indexed {
  readonly at: number;
  readonly record: OutgoingRecord;
}

export class RecordProducer {
  readonly #kafka: Kafka;
  readonly #options: WireOptions;
  readonly #topics: readonly string[];
  readonly #limits = new Map<string, number>();
  #producer: Producer | null = null;
  #recordsTotal = 0;
  #bytesTotal = 0;
  #lastError: string | null = null;

  constructor(topics: readonly string[], options: WireOptions, log: WireLog | null) {
    this.#kafka = kafkaClient(options, log);
    this.#options = options;
    this.#topics = topics;
  }

  get statistics(): ProducerStatistics {
    return {
      connected: this.#producer !== null,
      recordsTotal: this.#recordsTotal,
      bytesTotal: this.#bytesTotal,
      lastError: this.#lastError,
    };
  }

  /** Anew each time; asks what the topics take. Throws NotConnected. */
  async connect(): Promise<void> {
    await this.close();
    const producer = this.#kafka.producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
      allowAutoTopicCreation: false,
      idempotent: false,
      metadataMaxAge: 300_000,
      retry: RETRY,
    });
    try {
      await producer.connect();
      await this.#learnLimits();
    } catch (thrown) {
      await producer.disconnect().catch(() => undefined); // it never came up: there is nothing to lose with it
      throw this.#failed(thrown, "connecting a producer");
    }
    this.#producer = producer;
    this.#lastError = null;
  }

  /** The largest value that goes to the topic in one record with this key. */
  valueBytesMax(topic: string, key: string): number {
    const limit = Math.min(this.#options.messageBytesMax, this.#limits.get(topic) ?? UNKNOWN_LIMIT_BYTES);
    return limit - BATCH_BYTES - RECORD_BYTES - Buffer.byteLength(key);
  }

  /** One answer a record, in their order. Throws NotConnected when the broker is away; some may have been sent then. */
  async send(records: readonly OutgoingRecord[]): Promise<Sent[]> {
    const answers = records.map((): Sent => "sent");
    const fitting: Indexed[] = [];
    for (const [at, record] of records.entries()) {
      if (record.value.byteLength > this.valueBytesMax(record.topic, record.key)) answers[at] = "too_large";
      else fitting.push({ at, record });
    }
    for (const round of this.#rounds(fitting)) await this.#sendRound(round, answers);
    return answers;
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    if (producer === null) return;
    try {
      await producer.disconnect();
    } catch (thrown) {
      throw this.#failed(thrown, "disconnecting the producer");
    }
  }

  /** Requests one after another; in each at most one full batch a partition. */
  #rounds(records: readonly Indexed[]): Indexed[][] {
    const rounds: Indexed[][] = [];
    const filling = new Map<string, { round: number; bytes: number }>();
    for (const indexed of records) {
      const { topic, partition, key, value } = indexed.record;
      const limit = this.valueBytesMax(topic, "") + RECORD_BYTES;
      const bytes = value.byteLength + Buffer.byteLength(key) + RECORD_BYTES;
      const place = filling.get(`${topic}/${partition}`) ?? { round: 0, bytes: 0 };
      if (place.bytes > 0 && place.bytes + bytes > limit) {
        place.round++;
        place.bytes = 0;
      }
      place.bytes += bytes;
      filling.set(`${topic}/${partition}`, place);
      const round = rounds[place.round] ?? [];
      rounds[place.round] = round;
      round.push(indexed);
    }
    return rounds;
  }

  async #sendRound(round: readonly Indexed[], answers: Sent[]): Promise<void> {
    const producer = this.#producer;
    assert(producer !== null, "a producer is connected before it sends");
    const byTopic = new Map<string, OutgoingRecord[]>();
    for (const { record } of round) {
      const messages = byTopic.get(record.topic) ?? [];
      messages.push(record);
      byTopic.set(record.topic, messages);
    }
    try {
      await producer.sendBatch({
        acks: -1,
        timeout: this.#options.requestTimeoutMs,
        compression: CompressionTypes.None,
        topicMessages: [...byTopic].map(([topic, messages]) => ({
          topic,
          messages: messages.map(({ key, value, partition }) => ({
            key,
            partition,
            value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
          })),
        })),
      });
    } catch (thrown) {
      if (troubleOf(thrown) !== "too_large") throw this.#failed(thrown, "sending");
      await this.#sendHalves(round, answers);
      return;
    }
    this.#recordsTotal += round.length;
    for (const { record } of round) this.#bytesTotal += record.value.byteLength;
  }

  /** The broker takes less than it said: halves, in order, until the record that is too large stands alone. */
  async #sendHalves(round: readonly Indexed[], answers: Sent[]): Promise<void> {
    const [only] = round;
    if (only !== undefined && round.length === 1) {
      answers[only.at] = "too_large";
      return;
    }
    const middle = round.length >> 1;
    await this.#sendRound(round.slice(0, middle), answers);
    await this.#sendRound(round.slice(middle), answers);
  }

  async #learnLimits(): Promise<void> {
    const admin = this.#kafka.admin({ retry: RETRY });
    try {
      await admin.connect();
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: this.#topics.map((name) => ({ type: 2, name, configNames: ["max.message.bytes"] })),
      });
      for (const { resourceName, configEntries } of resources) {
        const said = Number(
          configEntries.find(({ configName }) => configName === "max.message.bytes")?.configValue,
        );
        if (Number.isSafeInteger(said) && said > 0) this.#limits.set(resourceName, said);
      }
    } catch (thrown) {
      // Not allowed to look: the option's limit stands, and a broker that takes less says so with each batch.
      if (troubleOf(thrown) !== "refused") throw thrown;
    } finally {
      await admin.disconnect();
    }
  }

  #failed(thrown: unknown, doing: string): unknown {
    const failure = notConnected(thrown, doing);
    this.#lastError = failure instanceof Error ? failure.message : String(failure);
    return failure;
  }
}
