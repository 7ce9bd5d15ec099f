// What a source is told: which topic, as which group, how its records are read, and whom to tell what.
import type { Clock, Random, Result } from "../base/index.ts";
import type { Shard } from "../model/index.ts";
import type { WireLog } from "./client.ts";
import type { WireFailure } from "./failure.ts";
import type { WireOptions } from "./options.ts";
import type { RawRecord } from "./record.ts";
import type { TopicName } from "./topics.ts";

export interface SourceSpec {
  /** The actor's name. */
  readonly name: string;
  readonly topic: TopicName;
  readonly groupId: string;
  /** Not null: exactly this shard's partitions, in a group of its own. */
  readonly shard: Shard | null;
}

export interface Opened<T> {
  readonly payload: T;
  readonly traceId: string;
  readonly sizeBytes: number;
}

export interface Expired {
  readonly topic: string;
  readonly partition: number;
  /** Records that retention took before they were read. */
  readonly records: number;
}

/** Told, never waited for. */
export interface SourceEvents {
  /** Partitions from now on, rising; after each rebalance. */
  assigned?(partitions: readonly number[]): void;
  expired?(gone: Expired): void;
  commitFailed?(error: Error): void;
  /** A dead letter could not be written and is tried again. */
  poisonDelayed?(record: RawRecord, error: Error): void;
}

export interface SourceOptions<T> extends SourceSpec {
  readonly wire: WireOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly events?: SourceEvents;
  readonly log?: WireLog;
  /** Whatever the bytes are: the record, or why not. Rejects with NotConnected while something it needs is away. */
  readonly open: (record: RawRecord, signal: AbortSignal) => Promise<Result<Opened<T>, WireFailure>>;
  /** Keeps what could not be read, or orders it anew; tried until it resolves, then the record counts as done. */
  readonly onPoison: (record: RawRecord, failure: WireFailure, signal: AbortSignal) => Promise<void>;
}

export interface SourceStatistics {
  readonly connected: boolean;
  readonly lastError: string | null;
  readonly recordsTotal: number;
  readonly bytesTotal: number;
  readonly poisonTotal: number;
  readonly expiredTotal: number;
  readonly partitions: readonly PartitionStatistics[];
}

export interface PartitionStatistics {
  readonly partition: number;
  readonly buffered: number;
  readonly bufferedBytes: number;
  readonly open: number;
  readonly paused: boolean;
}
