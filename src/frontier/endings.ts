// How URLs end, and who else ends with them. An end that has no report of its own (robots, budget, a redirect whose target
// ended) is owed a line of `--out`: it stays in the endings tree until that line's report comes back.
import type { Clock } from "../base/index.ts";
import type { Code, FrontierVerdict, Outcome } from "../model/index.ts";
import { type EndRecord, NO_END } from "./end-record.ts";
import { afterCrawl, crawlUrlKey, followerKey } from "./keys.ts";
import type { Ledger } from "./ledger.ts";
import type { Trees } from "./trees.ts";
import { isEnded, type UrlRecord } from "./url-record.ts";

export interface End {
  readonly outcome: Outcome;
  readonly code: Code | null;
  readonly message: string | null;
  readonly status: number | null;
  readonly finalUrl: string;
}

/** What only a fetched page brings. */
export interface Fetched {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly signature: string | null;
  readonly fetchedAtMs: number | null;
}

const NOT_FETCHED: Fetched = { etag: null, lastModified: null, signature: null, fetchedAtMs: null };
const EMPTY = Buffer.alloc(0);

export class Endings {
  readonly #trees: Trees;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  /** Handed out and not yet answered. */
  readonly #out = new Set<number>();
  #crawlNo = 0;
  #cursor = 0;
  #mayHaveMore = true;
  /** A URL ended because another did, whose document it has no part in. */
  onFollowerEnded: (id: number) => void = () => {};

  constructor(trees: Trees, ledger: Ledger, clock: Clock) {
    this.#trees = trees;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  activate(crawlNo: number): void {
    this.#crawlNo = crawlNo;
    this.#cursor = 0;
    this.#mayHaveMore = true;
  }

  /** Ends a URL and all that redirected to it. `reported` are those whose lines are written; the others get one of their own. */
  end(
    id: number,
    record: UrlRecord,
    end: End,
    fetched: Fetched = NOT_FETCHED,
    reported: ReadonlySet<string> = NONE,
  ): void {
    this.#close(id, record, end, fetched);
    // A look for followers costs a range; most URLs never had one.
    const open = record.followed ? [id] : [];
    for (let targetId = open.pop(); targetId !== undefined; targetId = open.pop()) {
      for (const followerId of this.followers(targetId, Number.POSITIVE_INFINITY)) {
        this.#trees.followers.removeSync(followerKey(targetId, followerId));
        const follower = this.#ledger.read(followerId);
        if (!follower.following || isEnded(follower.state)) continue;
        this.#close(followerId, follower, end, NOT_FETCHED);
        if (!reported.has(follower.url)) this.owe(follower.crawlNo, followerId);
        if (follower.followed) open.push(followerId);
        if (end.outcome !== "failed") this.onFollowerEnded(followerId);
      }
    }
  }

  /** The same for an end without a report: its line is owed. */
  endUnreported(id: number, record: UrlRecord, end: End): void {
    this.end(id, record, end);
    if (!record.sitemap) this.owe(record.crawlNo, id);
  }

  owe(crawlNo: number, id: number): void {
    this.#trees.endings.putSync(crawlUrlKey(crawlNo, id), EMPTY);
    this.#mayHaveMore = true;
  }

  follow(targetId: number, target: UrlRecord, followerId: number): void {
    if (!target.followed) {
      target.followed = true;
      this.#ledger.update(targetId, target);
    }
    this.#trees.followers.putSync(followerKey(targetId, followerId), EMPTY);
  }

  /** Ids of URLs that wait for this one alone, not for one of those. */
  followers(targetId: number, limit: number): number[] {
    const ids: number[] = [];
    const range = { start: followerKey(targetId, 0), end: followerKey(targetId, 0xffff_ffff) };
    for (const key of this.#trees.followers.getKeys(range)) {
      if (ids.length >= limit) break;
      ids.push(key.readUInt32BE(4));
    }
    return ids;
  }

  /** The URLs, at most `limit`, that wait for this one over however many hops. */
  followersOf(id: number, limit: number): string[] {
    const found: string[] = [];
    const open = [id];
    for (let targetId = open.pop(); targetId !== undefined; targetId = open.pop()) {
      for (const followerId of this.followers(targetId, limit - found.length)) {
        const follower = this.#ledger.read(followerId);
        if (!follower.following) continue;
        found.push(follower.url);
        open.push(followerId);
      }
    }
    return found;
  }

  /** The outcome of a URL that ended, as others that led to it end. */
  endOf(id: number, record: UrlRecord): FrontierVerdict {
    const end = this.#ledger.end(id);
    return {
      outcome: record.state === "stored" || record.state === "failed" ? record.state : "skipped",
      code: record.code,
      message: end.message,
      status: record.status === 0 ? null : record.status,
      finalUrl: end.finalUrl ?? record.url,
    };
  }

  /** Up to `limit` ends to be told, marked as handed out. */
  take(limit: number): number[] {
    const ids: number[] = [];
    if (!this.#mayHaveMore) return ids;
    for (const from of [this.#cursor, 0]) {
      const start = crawlUrlKey(this.#crawlNo, from);
      for (const key of this.#trees.endings.getKeys({ start, end: afterCrawl(this.#crawlNo) })) {
        if (ids.length >= limit) return ids;
        const id = key.readUInt32BE(2);
        this.#cursor = id + 1;
        if (this.#out.has(id)) continue;
        this.#out.add(id);
        ids.push(id);
      }
      if (from === 0) break;
    }
    this.#mayHaveMore = false;
    return ids;
  }

  /** Those of these whose end is to be told, marked as handed out. */
  takeOf(ids: Iterable<number>): number[] {
    const found: number[] = [];
    for (const id of ids) {
      if (this.#out.has(id)) continue;
      if (this.#trees.endings.getBinaryFast(crawlUrlKey(this.#crawlNo, id)) === undefined) continue;
      this.#out.add(id);
      found.push(id);
    }
    return found;
  }

  /** The line of an end is written. */
  told(crawlNo: number, id: number): void {
    this.#trees.endings.removeSync(crawlUrlKey(crawlNo, id));
    this.#out.delete(id);
  }

  /** The delivery of an end came to nothing; it will be handed out again. */
  untold(id: number): void {
    this.#out.delete(id);
    this.#mayHaveMore = true;
  }

  /** Whether lines of the active crawl are owed. */
  get isOwing(): boolean {
    const start = crawlUrlKey(this.#crawlNo, 0);
    return this.#trees.firstKey(this.#trees.endings, start, afterCrawl(this.#crawlNo)) !== null;
  }

  #close(id: number, record: UrlRecord, end: End, fetched: Fetched): void {
    this.#ledger.move(id, record, end.outcome, (changed) => {
      changed.code = end.code;
      changed.status = end.status ?? 0;
      changed.following = false;
    });
    const before = this.#ledger.end(id);
    const kept = end.outcome === "stored" ? fetched : keepValidators(before, fetched);
    const row: EndRecord = {
      finalUrl: end.finalUrl === record.url ? null : end.finalUrl,
      targetId: before.targetId,
      message: end.message,
      etag: kept.etag,
      lastModified: kept.lastModified,
      signature: kept.signature,
      fetchedAtMs:
        fetched.fetchedAtMs ?? (end.outcome === "stored" ? this.#clock.nowMs() : before.fetchedAtMs),
    };
    if (before !== NO_END || hasValue(row)) this.#ledger.putEnd(id, row);
  }
}

const NONE: ReadonlySet<string> = new Set();

/** What was stored once keeps its validators until something newer is stored. */
function keepValidators(before: EndRecord, fetched: Fetched): Fetched {
  return {
    etag: fetched.etag ?? before.etag,
    lastModified: fetched.lastModified ?? before.lastModified,
    signature: before.signature ?? fetched.signature,
    fetchedAtMs: fetched.fetchedAtMs,
  };
}

const hasValue = (row: EndRecord): boolean =>
  row.finalUrl !== null ||
  row.message !== null ||
  row.etag !== null ||
  row.lastModified !== null ||
  row.signature !== null ||
  row.fetchedAtMs !== null;
