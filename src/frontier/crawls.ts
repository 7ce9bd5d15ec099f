// The crawls of a store: what was asked for, how far its seeds were read, whether it is over. One is active at a time; the
// others keep their queues.
import { assert, type Clock, uuidv7 } from "../base/index.ts";
import type { LaneChoice } from "../model/index.ts";
import type { ScopeMode, ScopeRules } from "./scope.ts";
import type { Trees } from "./trees.ts";
import { fingerprint } from "./url.ts";

export interface CrawlSpec {
  /** What the seeds are known by: a hash of them, or of a list's name and size. */
  readonly seedsHash: string;
  /** Links from a given URL; 0 = the given ones alone. */
  readonly depthMax: number;
  readonly scope: ScopeMode;
  readonly include: RegExp | null;
  readonly exclude: RegExp | null;
  /** Pages to fetch; null = no limit. */
  readonly pagesMax: number | null;
  readonly lane: LaneChoice;
  /** Known URLs are fetched again conditionally, though this crawl is finished. */
  readonly refresh: boolean;
  /** Known URLs are fetched again as if they were not. */
  readonly fresh: boolean;
}

export interface Crawl {
  readonly no: number;
  readonly crawlId: string;
  readonly depthMax: number;
  readonly scope: ScopeRules;
  pagesMax: number | null;
  readonly lane: LaneChoice;
  readonly fresh: boolean;
  finished: boolean;
  seedingDone: boolean;
  /** Lines of the list taken in so far. */
  seedPosition: number;
  readonly beganAtMs: number;
  /** The crawl whose ended URLs this one asks for again, until all of them are queued; null: none, or they are. */
  againOf: number | null;
}

export interface Begun {
  readonly crawlId: string;
  readonly state: "new" | "resumed" | "finished";
  /** Where reading of the seeds goes on: lines already taken in. */
  readonly seedPosition: number;
  readonly seedingDone: boolean;
}

interface CrawlRow {
  readonly no: number;
  readonly crawlId: string;
  readonly depthMax: number;
  readonly scope: ScopeMode;
  readonly include: readonly [string, string] | null;
  readonly exclude: readonly [string, string] | null;
  readonly pagesMax: number | null;
  readonly lane: LaneChoice;
  readonly fresh: boolean;
  readonly finished: boolean;
  readonly seedingDone: boolean;
  readonly seedPosition: number;
  readonly beganAtMs: number;
  /** Rows of before have none. */
  readonly againOf?: number | null;
}

const ACTIVE = Buffer.from("active");
const NO_MAX = 65_000;

export class Crawls {
  readonly #trees: Trees;
  readonly #clock: Clock;

  constructor(trees: Trees, clock: Clock) {
    this.#trees = trees;
    this.#clock = clock;
  }

  /** The latest crawl of the same seeds and selection. */
  latest(spec: CrawlSpec): Crawl | null {
    const no = this.#trees.meta.get(identityKey(spec))?.readUInt32BE(0);
    return no === undefined ? null : this.get(no);
  }

  get(no: number): Crawl | null {
    const bytes = this.#trees.meta.get(crawlKey(no));
    if (bytes === undefined) return null;
    // Written by `save` alone.
    const row: CrawlRow = JSON.parse(bytes.toString());
    const { include, exclude, scope, ...rest } = row;
    const pattern = (stored: readonly [string, string] | null) =>
      stored === null ? null : new RegExp(stored[0], stored[1]);
    return {
      ...rest,
      againOf: row.againOf ?? null,
      scope: { mode: scope, include: pattern(include), exclude: pattern(exclude) },
    };
  }

  add(spec: CrawlSpec, againOf: number | null = null): Crawl {
    let no = 1;
    for (const key of this.#trees.meta.getKeys({
      start: Buffer.from("crawl:"),
      end: Buffer.from("crawl;"),
    })) {
      no = Math.max(no, Number(key.toString("latin1").slice(6)) + 1);
    }
    assert(no <= NO_MAX, `more than ${NO_MAX} crawls in one store`);
    const nowMs = this.#clock.nowMs();
    const crawl: Crawl = {
      no,
      crawlId: uuidv7(nowMs),
      depthMax: spec.depthMax,
      scope: { mode: spec.scope, include: spec.include, exclude: spec.exclude },
      pagesMax: spec.pagesMax,
      lane: spec.lane,
      fresh: spec.fresh,
      finished: false,
      seedingDone: false,
      seedPosition: 0,
      beganAtMs: nowMs,
      againOf,
    };
    this.save(crawl);
    this.#trees.meta.putSync(identityKey(spec), number32(no));
    return crawl;
  }

  save(crawl: Crawl): void {
    const { scope, ...rest } = crawl;
    const stored = (pattern: RegExp | null): readonly [string, string] | null =>
      pattern === null ? null : [pattern.source, pattern.flags];
    const row: CrawlRow = {
      ...rest,
      scope: scope.mode,
      include: stored(scope.include),
      exclude: stored(scope.exclude),
    };
    this.#trees.meta.putSync(crawlKey(crawl.no), Buffer.from(JSON.stringify(row)));
  }

  /** The crawl that the ready tree is of, and the number of that tree's epoch; `rebuilding` when it is not yet whole. */
  active(): { no: number; epoch: number; rebuilding: boolean } {
    const bytes = this.#trees.meta.get(ACTIVE);
    if (bytes === undefined) return { no: 0, epoch: 0, rebuilding: false };
    return { no: bytes.readUInt32BE(0), epoch: bytes.readUInt32BE(4), rebuilding: bytes[8] === 1 };
  }

  setActive(no: number, epoch: number, rebuilding: boolean): void {
    const bytes = Buffer.alloc(9);
    bytes.writeUInt32BE(no, 0);
    bytes.writeUInt32BE(epoch, 4);
    bytes[8] = rebuilding ? 1 : 0;
    this.#trees.meta.putSync(ACTIVE, bytes);
  }
}

const crawlKey = (no: number): Buffer => Buffer.from(`crawl:${no}`);

function identityKey(spec: CrawlSpec): Buffer {
  const selection = [spec.seedsHash, spec.depthMax, spec.scope, String(spec.include), String(spec.exclude)];
  return Buffer.concat([Buffer.from("identity:"), fingerprint(JSON.stringify(selection))]);
}

function number32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
