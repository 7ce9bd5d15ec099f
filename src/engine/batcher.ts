// Gathers records into batches: by items, by bytes, or by how long the first has waited, whichever comes first; an urgent record
// takes what is gathered with it at once. Pure but for the time it is told; holds at most one full batch and the record that did
// not fit into it.
import type { BatchLimits } from "./faces.ts";

export class Batcher<T> {
  readonly #limits: BatchLimits;
  readonly #sizeOf: (item: T) => number;
  #items: T[] = [];
  #bytes = 0;
  #sinceMs = 0;
  /** An urgent one is in the open batch. */
  #isUrgent = false;
  /** A batch closed by a record that would have made it too large. */
  #full: T[] | null = null;

  constructor(limits: BatchLimits, sizeOf: (item: T) => number) {
    this.#limits = limits;
    this.#sizeOf = sizeOf;
  }

  get size(): number {
    return this.#items.length + (this.#full?.length ?? 0);
  }

  /** No more may be added before a batch is taken. */
  get full(): boolean {
    return (
      this.#full !== null ||
      this.#items.length >= this.#limits.itemsMax ||
      this.#bytes >= this.#limits.bytesMax
    );
  }

  /** When the batch is due, by its age unless it is urgent; null while it is empty. */
  get dueAtMs(): number | null {
    if (this.#items.length === 0) return null;
    return this.#isUrgent ? this.#sinceMs : this.#sinceMs + this.#limits.lingerMs;
  }

  add(item: T, nowMs: number, isUrgent = false): void {
    const sizeBytes = this.#sizeOf(item);
    if (this.#items.length > 0 && this.#bytes + sizeBytes > this.#limits.bytesMax) {
      this.#full = this.#items;
      this.#items = [];
      this.#bytes = 0;
      this.#isUrgent = false;
    }
    if (this.#items.length === 0) this.#sinceMs = nowMs;
    if (isUrgent) this.#isUrgent = true;
    this.#items.push(item);
    this.#bytes += sizeBytes;
  }

  /** The batch that is due now (`flush`: whatever there is), or null. */
  take(nowMs: number, flush: boolean): T[] | null {
    const full = this.#full;
    if (full !== null) {
      this.#full = null;
      return full;
    }
    const { dueAtMs } = this;
    if (dueAtMs === null || !(flush || this.full || nowMs >= dueAtMs)) return null;
    return this.#takeOpen();
  }

  /** Everything, in order, for handing back. */
  empty(): T[] {
    const all = [...(this.#full ?? []), ...this.#items];
    this.#full = null;
    this.#takeOpen();
    return all;
  }

  #takeOpen(): T[] {
    const batch = this.#items;
    this.#items = [];
    this.#bytes = 0;
    this.#isUrgent = false;
    return batch;
  }
}
