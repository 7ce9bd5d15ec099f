// Where hosts stand on disk: the tree of ready hosts by the time they may be asked next, and the cursor up to which they are in
// memory. Knows no queue and no host at hand.
import type { HostRecord } from "./host-record.ts";
import { readyKey, readyKeyTicks, TICKS_PER_MS } from "./keys.ts";
import type { Trees } from "./trees.ts";

const LAST_HOST = Buffer.alloc(8, 0xff);
const FIRST_HOST = Buffer.alloc(8);
const AFTER_ALL = Buffer.alloc(15, 0xff);
const EMPTY = Buffer.alloc(0);

export class ReadyPlaces {
  readonly #trees: Trees;
  #epoch = 0;
  #cursor = readyKey(0, FIRST_HOST);
  #lastTicks = 0;

  constructor(trees: Trees) {
    this.#trees = trees;
  }

  /** What the tree holds of another epoch is void; nothing is in memory. */
  begin(epoch: number): void {
    this.#epoch = epoch;
    this.#cursor = readyKey(0, FIRST_HOST);
  }

  has(record: HostRecord): boolean {
    return record.epoch === this.#epoch && record.readyTicks !== 0;
  }

  /** Keys of hosts that are not in memory and may be asked by then, the soonest first. */
  unloaded(atMs: number, limit: number): Buffer[] {
    return this.#unloaded(readyKey((atMs + 1) * TICKS_PER_MS - 1, LAST_HOST), limit);
  }

  /** When the soonest host that is not in memory may be asked; null when there is none. */
  nextAtMs(): number | null {
    const [key] = this.#unloaded(AFTER_ALL, 1);
    return key === undefined ? null : Math.floor(readyKeyTicks(key) / TICKS_PER_MS);
  }

  #unloaded(end: Buffer, limit: number): Buffer[] {
    const start = this.#cursor;
    const keys: Buffer[] = [];
    for (const key of this.#trees.ready.getKeys({ start, end, limit: limit + 1 })) {
      if (!key.equals(start) && keys.length < limit) keys.push(Buffer.from(key));
    }
    return keys;
  }

  /** The host of this key is in memory, as those of all keys before it are. */
  passed(key: Buffer): void {
    this.#cursor = key;
  }

  /** Inside a turn; the row is the caller's to write. */
  place(fingerprint: Buffer, record: HostRecord, dueAtMs: number): void {
    const ticks = Math.max(dueAtMs * TICKS_PER_MS, readyKeyTicks(this.#cursor) + 1);
    // Hosts of one millisecond keep the order they came in.
    const later = ticks <= this.#lastTicks && this.#lastTicks < (dueAtMs + 1) * TICKS_PER_MS;
    this.#put(fingerprint, record, later ? this.#lastTicks + 1 : ticks);
    this.#lastTicks = record.readyTicks;
  }

  /** From wherever it stands to behind the cursor, because it comes into memory now. Inside a turn. */
  bringForward(fingerprint: Buffer, record: HostRecord): void {
    this.#trees.ready.removeSync(readyKey(record.readyTicks, fingerprint));
    // Nothing is in memory yet: the cursor may stand anywhere before the first key.
    if (readyKeyTicks(this.#cursor) === 0) {
      const [first] = this.#unloaded(AFTER_ALL, 1);
      const ticks = first === undefined ? record.readyTicks : readyKeyTicks(first);
      this.#cursor = readyKey(ticks - 1, FIRST_HOST);
    }
    this.#put(fingerprint, record, readyKeyTicks(this.#cursor) - 1);
  }

  #put(fingerprint: Buffer, record: HostRecord, ticks: number): void {
    record.readyTicks = ticks;
    record.epoch = this.#epoch;
    this.#trees.ready.putSync(readyKey(ticks, fingerprint), EMPTY);
  }
}
