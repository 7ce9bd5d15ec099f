// The book of URLs: rows by id, ids by fingerprint, and the count of every state of every crawl. The one place where a
// state changes, so that counts and rows can never part. Knows neither order nor hosts.
import { assert, type Clock } from "../base/index.ts";
import type { UrlState } from "../model/index.ts";
import { decodeEndRecord, type EndRecord, encodeEndRecord, NO_END } from "./end-record.ts";
import type { Trees } from "./trees.ts";
import { decodeUrlRecord, encodeUrlRecord, STATES, type UrlRecord } from "./url-record.ts";

/** Per crawl: 7 states of pages, 7 of sitemaps, pages counted against the budget. */
const COUNTERS = 15;
const BUDGET_AT = 14;
const NEXT_ID_KEY = Buffer.from("next-id");
const FAILED_KEY = Buffer.from("failed-is-kept");
const EMPTY = Buffer.alloc(0);

export type StateCounts = Record<UrlState, number>;

export class Ledger {
  readonly #trees: Trees;
  readonly #clock: Clock;
  readonly #counts = new Map<number, Float64Array>();
  readonly #dirty = new Set<number>();
  #nextId: number;
  #savedNextId: number;

  constructor(trees: Trees, clock: Clock) {
    this.#trees = trees;
    this.#clock = clock;
    this.#nextId = trees.meta.get(NEXT_ID_KEY)?.readUInt32BE(0) ?? 1;
    this.#savedNextId = this.#nextId;
  }

  /** A store of before there was a tree of failed pages gets one. To be called once, outside of a turn. */
  completeFailed(): void {
    if (this.#trees.meta.get(FAILED_KEY) !== undefined) return;
    const failed: number[] = [];
    for (const { key, value } of this.#trees.urls.getRange()) {
      const { state, sitemap } = decodeUrlRecord(value);
      if (state === "failed" && !sitemap) failed.push(key);
    }
    this.#trees.turn(() => {
      for (const id of failed) this.#trees.failed.putSync(id, EMPTY);
      this.#trees.meta.putSync(FAILED_KEY, EMPTY);
    });
  }

  get urls(): number {
    return this.#nextId - 1;
  }

  idOf(fingerprint: Buffer): number {
    return this.#trees.seen.getBinaryFast(fingerprint)?.readUInt32BE(0) ?? 0;
  }

  find(id: number): UrlRecord | null {
    const bytes = this.#trees.urls.getBinaryFast(id);
    return bytes === undefined ? null : decodeUrlRecord(bytes);
  }

  read(id: number): UrlRecord {
    const record = this.find(id);
    assert(record !== null, `URL ${id} has a key and no row`);
    return record;
  }

  insert(fingerprint: Buffer, record: UrlRecord): number {
    const id = this.#nextId++;
    const value = Buffer.allocUnsafe(4);
    value.writeUInt32BE(id, 0);
    this.#trees.seen.putSync(fingerprint, value);
    this.#trees.urls.putSync(id, encodeUrlRecord(record));
    this.#count(record, 1);
    return id;
  }

  /** Writes the row in its new state. `change` may alter any other field, the crawl too. */
  move(id: number, record: UrlRecord, state: UrlState, change?: (record: UrlRecord) => void): void {
    this.#count(record, -1);
    if (!record.sitemap && (state === "failed") !== (record.state === "failed")) {
      if (state === "failed") this.#trees.failed.putSync(id, EMPTY);
      else this.#trees.failed.removeSync(id);
    }
    record.state = state;
    record.changedAtMs = this.#clock.nowMs();
    change?.(record);
    this.#count(record, 1);
    this.#trees.urls.putSync(id, encodeUrlRecord(record));
  }

  /** Writes fields that touch no count. */
  update(id: number, record: UrlRecord): void {
    this.#trees.urls.putSync(id, encodeUrlRecord(record));
  }

  end(id: number): EndRecord {
    const bytes = this.#trees.ends.getBinaryFast(id);
    return bytes === undefined ? NO_END : decodeEndRecord(bytes);
  }

  putEnd(id: number, end: EndRecord): void {
    this.#trees.ends.putSync(id, encodeEndRecord(end));
  }

  /** Pages of all crawls, or of one. */
  states(crawlNo?: number): StateCounts {
    return this.#sum(crawlNo, 0);
  }

  sitemapStates(crawlNo?: number): StateCounts {
    return this.#sum(crawlNo, STATES.length);
  }

  /** URLs of the crawl, sitemaps included, that have not ended. */
  open(crawlNo: number): number {
    const pages = this.states(crawlNo);
    const sitemaps = this.sitemapStates(crawlNo);
    return [pages, sitemaps].reduce((sum, c) => sum + c.queued + c.waiting + c.leased + c.handed, 0);
  }

  budgetUsed(crawlNo: number): number {
    return this.#of(crawlNo)[BUDGET_AT] ?? 0;
  }

  spendBudget(crawlNo: number, pages: number): void {
    this.#add(crawlNo, BUDGET_AT, pages);
  }

  save(): void {
    for (const crawlNo of this.#dirty) {
      const counters = this.#of(crawlNo);
      this.#trees.meta.putSync(countsKey(crawlNo), Buffer.from(new Float64Array(counters).buffer));
    }
    this.#dirty.clear();
    if (this.#nextId === this.#savedNextId) return;
    const value = Buffer.allocUnsafe(4);
    value.writeUInt32BE(this.#nextId, 0);
    this.#trees.meta.putSync(NEXT_ID_KEY, value);
    this.#savedNextId = this.#nextId;
  }

  #count(record: UrlRecord, by: number): void {
    this.#add(record.crawlNo, (record.sitemap ? STATES.length : 0) + STATES.indexOf(record.state), by);
  }

  #add(crawlNo: number, at: number, by: number): void {
    const counters = this.#of(crawlNo);
    counters[at] = (counters[at] ?? 0) + by;
    this.#dirty.add(crawlNo);
  }

  #of(crawlNo: number): Float64Array {
    let counters = this.#counts.get(crawlNo);
    if (counters === undefined) {
      counters = new Float64Array(COUNTERS);
      const saved = this.#trees.meta.get(countsKey(crawlNo));
      if (saved !== undefined) {
        for (let at = 0; at < COUNTERS; at++) counters[at] = saved.readDoubleLE(at * 8);
      }
      this.#counts.set(crawlNo, counters);
    }
    return counters;
  }

  #sum(crawlNo: number | undefined, from: number): StateCounts {
    const sum: StateCounts = {
      queued: 0,
      waiting: 0,
      leased: 0,
      handed: 0,
      stored: 0,
      failed: 0,
      skipped: 0,
    };
    for (const no of crawlNo === undefined ? this.#crawls() : [crawlNo]) {
      const counters = this.#of(no);
      STATES.forEach((state, index) => {
        sum[state] += counters[from + index] ?? 0;
      });
    }
    return sum;
  }

  #crawls(): Set<number> {
    const numbers = new Set(this.#counts.keys());
    const start = Buffer.from("counts:");
    for (const key of this.#trees.meta.getKeys({ start, end: Buffer.from("counts;") })) {
      numbers.add(Number(key.toString("latin1").slice(start.length)));
    }
    return numbers;
  }
}

const countsKey = (crawlNo: number): Buffer => Buffer.from(`counts:${crawlNo}`);
