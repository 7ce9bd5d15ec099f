// An engine Source over a Kafka topic: takes records from the partitions in turn, unpacks a few ahead, and lets the
// session commit what is settled. A record that cannot be read goes to `onPoison` and holds up nobody but its own commit.
import type { Kafka } from "kafkajs";
import { asError, backoffMs, describe, err, type Result, within } from "../base/index.ts";
import { abortable, type Delivery, Gate, NotConnected, type Outcome, type Source } from "../engine/index.ts";
import { kafkaClient, RETRY } from "./client.ts";
import { undecodable, type WireFailure } from "./failure.ts";
import { positionsOf } from "./group.ts";
import type { PartitionLog } from "./partition-log.ts";
import type { RawRecord } from "./record.ts";
import { Session } from "./session.ts";
import type { Opened, SourceEvents, SourceOptions, SourceStatistics } from "./source-spec.ts";
import { notConnected } from "./trouble.ts";

export interface KafkaSource<T> extends Source<T> {
  readonly statistics: SourceStatistics;
}

export function kafkaSource<T>(options: SourceOptions<T>): KafkaSource<T> {
  return new GroupSource(options);
}

const BACKOFF = { firstMs: 200, maxMs: 10_000, factor: 2, jitter: 0.2 };
/** Every so many commits all positions are committed, changed or not. */
const COMMIT_ALL_EVERY = 30;

class GroupSource<T> implements KafkaSource<T> {
  readonly name: string;
  readonly inFlightMax: number;
  readonly #options: SourceOptions<T>;
  readonly #events: SourceEvents;
  readonly #kafka: Kafka;
  readonly #gate = new Gate();
  #session: Session | null = null;
  /** Records being unpacked, in the order in which they are handed out; null: there was nothing to hand out. */
  #opening: Promise<Delivery<T> | null>[] = [];
  /** Dead letters being written. */
  readonly #burials = new Set<Promise<void>>();
  /** The partition that was read last: the next one's turn comes first. */
  #turn = -1;
  #cancelTick: (() => void) | null = null;
  #ticks = 0;
  #lastError: string | null = null;
  #recordsTotal = 0;
  #bytesTotal = 0;
  #poisonTotal = 0;
  #expiredTotal = 0;

  constructor(options: SourceOptions<T>) {
    this.name = options.name;
    this.inFlightMax = options.wire.consumer.inFlightMax;
    this.#options = options;
    this.#kafka = kafkaClient(options.wire, options.log);
    this.#events = {
      ...options.events,
      expired: (gone) => {
        this.#expiredTotal += gone.records;
        options.events?.expired?.(gone);
      },
      commitFailed: (error) => {
        this.#lastError = describe(error);
        options.events?.commitFailed?.(error);
      },
    };
  }

  get statistics(): SourceStatistics {
    const session = this.#session;
    return {
      connected: session !== null && session.lost === null,
      lastError: this.#lastError,
      recordsTotal: this.#recordsTotal,
      bytesTotal: this.#bytesTotal,
      poisonTotal: this.#poisonTotal,
      expiredTotal: this.#expiredTotal,
      partitions: [...(session?.logs.values() ?? [])].map((log) => ({
        partition: log.partition,
        buffered: log.buffered,
        bufferedBytes: log.bufferedBytes,
        open: log.open,
        paused: log.paused,
      })),
    };
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#end();
    signal.throwIfAborted();
    const { wire, clock } = this.#options;
    await this.#countExpired();
    const session = new Session({
      kafka: this.#kafka,
      spec: this.#options,
      options: wire.consumer,
      clock,
      events: this.#events,
      wake: this.#gate.open,
    });
    this.#session = session;
    try {
      await session.start();
    } catch (thrown) {
      this.#lastError = describe(thrown);
      throw thrown;
    }
    this.#lastError = null;
    this.#tick();
  }

  async read(signal: AbortSignal): Promise<Delivery<T> | null> {
    for (;;) {
      signal.throwIfAborted();
      const session = this.#session;
      if (session === null) throw new NotConnected(`${this.name}: not connected`);
      const { lost } = session;
      if (lost !== null) {
        this.#lastError = describe(lost);
        throw new NotConnected(`${this.name}: ${this.#lastError}`, { cause: lost });
      }
      this.#fill(session);
      const [first] = this.#opening;
      if (first === undefined) {
        await abortable(Promise.resolve(this.#gate.wait()), signal);
        continue;
      }
      const delivery = await abortable(first, signal);
      // A loss in between has let go of all that was being unpacked.
      if (this.#opening[0] === first) this.#opening.shift();
      if (delivery === null || this.#session !== session || session.lost !== null) continue;
      return delivery;
    }
  }

  async close(): Promise<void> {
    await this.#end();
  }

  /** Opens records ahead of the reader, one partition after the other. */
  #fill(session: Session): void {
    while (this.#opening.length < this.#options.wire.consumer.openingMax) {
      const log = this.#next(session);
      if (log === null) return;
      this.#opening.push(this.#open(session, log));
      session.regulate(log);
    }
  }

  #next(session: Session): PartitionLog | null {
    let best: PartitionLog | null = null;
    let first: PartitionLog | null = null;
    for (const log of session.logs.values()) {
      if (!log.readable) continue;
      if (first === null || log.partition < first.partition) first = log;
      if (log.partition > this.#turn && (best === null || log.partition < best.partition)) best = log;
    }
    const chosen = best ?? first;
    if (chosen !== null) this.#turn = chosen.partition;
    return chosen;
  }

  async #open(session: Session, log: PartitionLog): Promise<Delivery<T> | null> {
    const read = await log.read();
    if (read === null) return null;
    const { record } = read;
    const settle = (outcome: Outcome): void => {
      read.settle(outcome);
      if (log.mustRewind) void session.rewind(log).catch(() => undefined); // ends only with the session
      this.#gate.open();
    };
    try {
      const opened = await this.#tryOpen(record, session.signal);
      if (opened.ok) {
        this.#recordsTotal++;
        this.#bytesTotal += record.value?.byteLength ?? 0;
        return { ...opened.value, settle };
      }
      await this.#poison(record, opened.error, settle, session.signal);
    } catch (thrown) {
      // Only the session's end comes here; its successor reads the record again.
      settle({ kind: "errored", error: asError(thrown) });
    }
    return null;
  }

  /** What a record needs to be read may be away (a claim's store): it is waited for. */
  async #tryOpen(record: RawRecord, signal: AbortSignal): Promise<Result<Opened<T>, WireFailure>> {
    const { open, clock, random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      try {
        return await open(record, signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        // A defect of ours in one record must not hold up its partition for ever.
        if (!(thrown instanceof NotConnected)) return err(undecodable("garbage", describe(thrown)));
        this.#lastError = describe(thrown);
        await clock.sleep(backoffMs(BACKOFF, attempt, random), signal);
      }
    }
  }

  /** Returns when there is room for another; the record itself is seen to beside the reading. */
  async #poison(
    record: RawRecord,
    failure: WireFailure,
    settle: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#poisonTotal++;
    const burial = this.#bury(record, failure, signal)
      .then(
        () => settle({ kind: "delivered" }),
        (thrown: unknown) => settle({ kind: "errored", error: asError(thrown) }),
      )
      .finally(() => this.#burials.delete(burial));
    this.#burials.add(burial);
    // Several records may wait here at once; each looks for itself.
    while (this.#burials.size >= this.#options.wire.consumer.poisonMax)
      await abortable(Promise.race(this.#burials), signal);
  }

  async #bury(record: RawRecord, failure: WireFailure, signal: AbortSignal): Promise<void> {
    const { onPoison, clock, random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      try {
        await onPoison(record, failure, signal);
        return;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        this.#events.poisonDelayed?.(record, asError(thrown));
        await clock.sleep(backoffMs(BACKOFF, attempt, random), signal);
      }
    }
  }

  /** Records that retention took while nobody read: between the group's commit and the log's start. */
  async #countExpired(): Promise<void> {
    const { topic, groupId } = this.#options;
    const admin = this.#kafka.admin({ retry: RETRY });
    try {
      await admin.connect();
      for (const { partition, expired } of await positionsOf(admin, groupId, topic))
        if (expired > 0) this.#events.expired?.({ topic, partition, records: expired });
    } catch (thrown) {
      const failure = notConnected(thrown, `asking for the offsets of ${groupId}`);
      this.#lastError = describe(failure);
      throw failure;
    } finally {
      await admin.disconnect();
    }
  }

  #tick(): void {
    this.#cancelTick?.();
    const { clock, wire } = this.#options;
    this.#cancelTick = clock.schedule(wire.consumer.commitMs, () => {
      const session = this.#session;
      if (session === null || session.lost !== null) {
        this.#gate.open();
        return;
      }
      void session.commit(++this.#ticks % COMMIT_ALL_EVERY === 0).then(() => {
        this.#gate.open();
        if (this.#session === session) this.#tick();
      });
    });
  }

  /** The last commit and the leaving have a deadline: a broker that is away holds up no stop. */
  async #end(): Promise<void> {
    this.#cancelTick?.();
    this.#cancelTick = null;
    const session = this.#session;
    this.#session = null;
    this.#opening = [];
    this.#gate.open();
    if (session === null) return;
    const { clock, wire } = this.#options;
    const ending = session.close().catch((thrown: unknown) => {
      this.#lastError = describe(thrown);
    });
    await within(clock, wire.consumer.closeMs, ending);
  }
}
