// One partition in hand: records fetched and not yet read, its watermark, and when it is paused. A plain state machine:
// no broker, no timer. It belongs to one generation of the group and ends with it.
import type { Outcome, Watermark } from "../engine/index.ts";
import { watermark } from "../engine/index.ts";
import type { RawRecord } from "./record.ts";

export interface PartitionLimits {
  readonly bufferItemsMax: number;
  readonly bufferBytesMax: number;
  readonly trackedMax: number;
}

const sizeOf = (record: RawRecord): number => (record.value?.byteLength ?? 0) + (record.key?.byteLength ?? 0);

export class PartitionLog {
  readonly partition: number;
  readonly #limits: PartitionLimits;
  readonly #marks: Watermark<number>;
  #buffer: RawRecord[] = [];
  #head = 0;
  #bytes = 0;
  #open = 0;
  #revoked = false;
  #paused = false;
  /** The offset that comes next, once one is known. */
  #expected: number | null = null;
  #committed: number | null = null;
  #first: number | null = null;

  /** `from`: the offset that comes first, where it is known. */
  constructor(partition: number, limits: PartitionLimits, from: number | null = null) {
    this.partition = partition;
    this.#expected = from;
    this.#first = from;
    this.#limits = limits;
    this.#marks = watermark(limits.trackedMax);
  }

  /** Takes a fetched record. Its answer is how many records before it are gone unread (0 as it should be). */
  take(record: RawRecord): number {
    const { offset } = record;
    if (this.#expected !== null && offset < this.#expected) return 0; // fetched twice
    const gone = this.#expected === null ? 0 : offset - this.#expected;
    this.#first ??= offset;
    this.#expected = offset + 1;
    this.#buffer.push(record);
    this.#bytes += sizeOf(record);
    return gone;
  }

  /** Full: no more is to be fetched for now. */
  get full(): boolean {
    const { bufferItemsMax, bufferBytesMax } = this.#limits;
    return this.buffered >= bufferItemsMax || this.#bytes >= bufferBytesMax;
  }

  /** Half empty again: time to fetch on. */
  get hungry(): boolean {
    const { bufferItemsMax, bufferBytesMax } = this.#limits;
    return this.buffered * 2 <= bufferItemsMax && this.#bytes * 2 <= bufferBytesMax;
  }

  get buffered(): number {
    return this.#buffer.length - this.#head;
  }

  get bufferedBytes(): number {
    return this.#bytes;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
  }

  /** Something to read, and room to answer for it. */
  get readable(): boolean {
    return this.buffered > 0 && this.#marks.hasRoom && !this.#marks.stuck;
  }

  /** The next record, tracked from now on; `settle` is called once. Ask `readable` first. */
  async read(): Promise<{ record: RawRecord; settle: (outcome: Outcome) => void } | null> {
    const record = this.#buffer[this.#head];
    if (record === undefined) return null;
    this.#head++;
    this.#bytes -= sizeOf(record);
    if (this.#head > 1_024 && this.#head * 2 > this.#buffer.length) {
      this.#buffer = this.#buffer.slice(this.#head);
      this.#head = 0;
    }
    this.#open++;
    const settle = await this.#marks.track(record.offset, NEVER);
    return {
      record,
      settle: (outcome) => {
        this.#open--;
        settle(outcome);
      },
    };
  }

  /** The offset to commit (the next one to read), where it is further than the last that was. */
  get toCommit(): number | null {
    const { committable } = this;
    return committable === this.#committed ? null : committable;
  }

  /** The next offset to read, were this the end; null: nothing is done yet. */
  get committable(): number | null {
    const { committable } = this.#marks;
    return committable === null ? null : committable + 1;
  }

  /** Where reading must begin again. */
  get rewindTo(): number {
    return this.committable ?? this.#first ?? 0;
  }

  committedTo(offset: number): void {
    this.#committed = offset;
  }

  /** An answer that never passes came, and none is owed any more: to be read again from the commit. */
  get mustRewind(): boolean {
    return !this.#revoked && this.#marks.stuck && this.#open === 0;
  }

  /** Records handed out and not yet settled. */
  get open(): number {
    return this.#open;
  }

  /** What is still to be settled has no effect from now on. */
  revoke(): void {
    this.#revoked = true;
    this.#marks.revoke();
    this.#buffer = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

/** A record is read only where there is room, so that tracking it never waits. */
const NEVER = new AbortController().signal;
