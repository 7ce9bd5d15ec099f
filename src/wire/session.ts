// One life of a group member: from joining to a loss or to the end. It fills the partitions' logs, pauses those that are
// full, and commits what they allow. kafkajs tells of a revocation only when it is over, so every log ends with a rebalance.
import { type Consumer, type EachBatchPayload, type Kafka, PartitionAssigners } from "kafkajs";
import { asError, type Clock, deadline } from "../base/index.ts";
import { abortable } from "../engine/index.ts";
import { RETRY } from "./client.ts";
import type { WireOptions } from "./options.ts";
import { PartitionLog } from "./partition-log.ts";
import type { RawRecord } from "./record.ts";
import type { SourceEvents, SourceSpec } from "./source-spec.ts";
import { staticAssigner } from "./static-assigner.ts";
import { PARTITIONS } from "./topics.ts";
import { notConnected } from "./trouble.ts";

export interface SessionParts {
  readonly kafka: Kafka;
  readonly spec: SourceSpec;
  readonly options: WireOptions["consumer"];
  readonly clock: Clock;
  readonly events: SourceEvents;
  /** Something came, went or was lost: whoever reads looks again. */
  readonly wake: () => void;
}

/** A partition that must be read again waits so long, so that a fault that repeats does not spin. */
const REWIND_MS = 1_000;

export class Session {
  readonly #parts: SessionParts;
  readonly #consumer: Consumer;
  readonly #life = new AbortController();
  #logs = new Map<number, PartitionLog>();
  #lost: Error | null = null;
  #heardAtMs: number;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#heardAtMs = parts.clock.monotonicMs();
    const { options, spec } = parts;
    this.#consumer = parts.kafka.consumer({
      groupId: spec.groupId,
      partitionAssigners:
        spec.shard === null
          ? [PartitionAssigners.roundRobin]
          : [staticAssigner(spec.shard, PARTITIONS[spec.topic])],
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.rebalanceTimeoutMs,
      heartbeatInterval: Math.min(options.heartbeatMs, Math.floor(options.sessionTimeoutMs / 3)),
      maxBytesPerPartition: options.partitionFetchBytesMax,
      minBytes: 1,
      maxBytes: options.fetchBytesMax,
      maxWaitTimeInMs: options.fetchWaitMs,
      readUncommitted: true, // nobody sends in transactions
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      // The engine begins a new session; kafkajs beginning the old one again beside it would make two members.
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
  }

  /** Why nothing more comes, or null while it lives. */
  get lost(): Error | null {
    if (this.#lost === null && this.#silentMs > this.#silentMsMax)
      this.#lose(new Error(`the consumer has been silent for ${Math.round(this.#silentMs)} ms`));
    return this.#lost;
  }

  get logs(): ReadonlyMap<number, PartitionLog> {
    return this.#logs;
  }

  /** Aborts with the session's loss or end. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Joins the group. Throws NotConnected, also where a broker that went in its midst leaves kafkajs waiting for ever. */
  async start(): Promise<void> {
    const { spec, clock } = this.#parts;
    const { CRASH, GROUP_JOIN, REBALANCING, FETCH_START, HEARTBEAT } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload }) => this.#lose(payload.error));
    this.#consumer.on(REBALANCING, () => this.#rebalancing());
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#assign(payload.memberAssignment[spec.topic] ?? []));
    this.#consumer.on(FETCH_START, () => this.#hear());
    this.#consumer.on(HEARTBEAT, () => this.#hear());
    const late = deadline(clock, this.#silentMsMax, () => new Error("joining took too long"));
    try {
      await abortable(this.#join(), late.signal);
    } catch (thrown) {
      this.#lose(asError(thrown));
    } finally {
      late.clear();
    }
    if (this.#lost !== null) throw notConnected(this.#lost, `joining the group ${spec.groupId}`);
  }

  async #join(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.#parts.spec.topic], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 1,
      eachBatch: async (payload) => this.#take(payload),
    });
  }

  /** Half empty logs are fetched again, full ones are not. */
  regulate(log: PartitionLog): void {
    if (this.#lost !== null || this.#logs.get(log.partition) !== log) return;
    const place = [{ topic: this.#parts.spec.topic, partitions: [log.partition] }];
    if (!log.paused && log.full) {
      log.paused = true;
      this.#consumer.pause(place);
    } else if (log.paused && log.hungry) {
      log.paused = false;
      this.#consumer.resume(place);
    }
  }

  /** Reads a partition whose mark is stuck again, from its commit. */
  async rewind(log: PartitionLog): Promise<void> {
    if (this.#lost !== null || this.#logs.get(log.partition) !== log) return;
    const { clock, spec, options } = this.#parts;
    const place = [{ topic: spec.topic, partitions: [log.partition] }];
    const from = log.rewindTo;
    this.#consumer.pause(place);
    await this.commit();
    // A rebalance in between has ended this log and read the partition again already.
    if (this.#lost !== null || this.#logs.get(log.partition) !== log) return;
    log.revoke();
    const next = new PartitionLog(log.partition, options, from);
    next.paused = true;
    this.#logs.set(log.partition, next);
    await clock.sleep(REWIND_MS, this.signal);
    if (this.#lost !== null || this.#logs.get(log.partition) !== next) return;
    this.#consumer.seek({ topic: spec.topic, partition: log.partition, offset: String(from) });
    this.regulate(next);
  }

  /**
   * Commits what may be committed now. `all`: also what is committed already, because a commit that kafkajs repeated after a
   * rebalance may have set another's partition back. Never rejects: what fails is tried with the next.
   */
  async commit(all = false): Promise<void> {
    const { spec, events } = this.#parts;
    const due = [...this.#logs.values()].flatMap((log) => {
      const offset = all ? log.committable : log.toCommit;
      return offset === null ? [] : [{ log, offset }];
    });
    if (due.length === 0 || this.#lost !== null) return;
    try {
      await this.#consumer.commitOffsets(
        due.map(({ log, offset }) => ({
          topic: spec.topic,
          partition: log.partition,
          offset: String(offset),
        })),
      );
      for (const { log, offset } of due) log.committedTo(offset);
    } catch (thrown) {
      events.commitFailed?.(asError(thrown));
    }
  }

  /** Last commit, then out of the group. */
  async close(): Promise<void> {
    if (this.#lost === null) await this.commit();
    this.#lose(new Error("the consumer was closed"));
    await this.#consumer.disconnect();
  }

  #take({ batch, isStale }: EachBatchPayload): void {
    this.#hear();
    const log = this.#logs.get(batch.partition);
    if (log === undefined || isStale()) return;
    const { events, spec, wake } = this.#parts;
    for (const message of batch.messages) {
      const record: RawRecord = {
        topic: batch.topic,
        partition: batch.partition,
        offset: Number(message.offset),
        timestampMs: Number(message.timestamp),
        key: message.key,
        value: message.value,
      };
      const gone = log.take(record);
      if (gone > 0) events.expired?.({ topic: spec.topic, partition: log.partition, records: gone });
    }
    this.regulate(log);
    wake();
  }

  /** Told before the group is joined again: what is committed now still counts for the generation that did the work. */
  #rebalancing(): void {
    void this.commit(); // the request is on its way before the logs end
    this.#retire();
  }

  #assign(partitions: readonly number[]): void {
    this.#hear();
    this.#retire();
    const { spec, options, events, wake } = this.#parts;
    for (const partition of partitions) this.#logs.set(partition, new PartitionLog(partition, options));
    this.#consumer.resume([{ topic: spec.topic, partitions: [...partitions] }]);
    events.assigned?.([...partitions].sort((a, b) => a - b));
    wake();
  }

  #retire(): void {
    for (const log of this.#logs.values()) log.revoke();
    this.#logs = new Map();
  }

  #lose(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.#retire();
    this.#life.abort(error);
    this.#parts.wake();
  }

  #hear(): void {
    this.#heardAtMs = this.#parts.clock.monotonicMs();
  }

  get #silentMs(): number {
    return this.#parts.clock.monotonicMs() - this.#heardAtMs;
  }

  /** A rebalance may take its whole time-out, and a fetch its own. */
  get #silentMsMax(): number {
    const { sessionTimeoutMs, rebalanceTimeoutMs } = this.#parts.options;
    return 2 * (sessionTimeoutMs + rebalanceTimeoutMs);
  }
}
