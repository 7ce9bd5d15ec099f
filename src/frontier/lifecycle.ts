// The life of a crawl in the store: begun or taken up again, its hosts made ready, its ended URLs reopened by a larger budget or
// by hand, finished. One crawl is active at a time. Knows no lease.
import { assert } from "../base/index.ts";
import { type Admission, PRIORITY } from "./admission.ts";
import type { Begun, Crawl, CrawlSpec, Crawls } from "./crawls.ts";
import type { Endings } from "./endings.ts";
import { afterCrawl, queueKey, queueKeyHost, queueKeyId } from "./keys.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { type Trees, yieldToOthers } from "./trees.ts";
import { hostKey, normalise } from "./url.ts";
import { isEnded, type UrlRecord } from "./url-record.ts";
import type { Workbench } from "./workbench.ts";

export interface LifecycleParts {
  readonly trees: Trees;
  readonly crawls: Crawls;
  readonly ledger: Ledger;
  readonly workbench: Workbench;
  readonly endings: Endings;
  readonly outbox: Outbox;
  readonly admission: Admission;
  readonly options: FrontierOptions;
}

const REBUILD_HOSTS_PER_TURN = 2000;
const REOPENED_PER_TURN = 5000;

export class Lifecycle {
  readonly #parts: LifecycleParts;
  #crawl: Crawl | null = null;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    const active = parts.crawls.active();
    if (!active.rebuilding) parts.workbench.activate(active.no, active.epoch);
  }

  /** The crawl that runs; null before `begin`. */
  get crawl(): Crawl | null {
    return this.#crawl;
  }

  active(): Crawl {
    assert(this.#crawl !== null, "beginCrawl comes first");
    return this.#crawl;
  }

  of(no: number): Crawl {
    if (this.#crawl?.no === no) return this.#crawl;
    const crawl = this.#parts.crawls.get(no);
    assert(crawl !== null, `crawl ${no} has URLs and no row`);
    return crawl;
  }

  /** Takes up an unfinished crawl of the same seeds and selection, or begins one. `finished`: nothing was begun. */
  async begin(spec: CrawlSpec, signal?: AbortSignal): Promise<Begun> {
    const latest = spec.fresh ? null : this.#parts.crawls.latest(spec);
    const isRaised =
      latest !== null &&
      latest.pagesMax !== null &&
      (spec.pagesMax === null || spec.pagesMax > latest.pagesMax);
    const goesOn = latest !== null && (!latest.finished || (isRaised && !spec.refresh));
    if (latest !== null && !goesOn && !spec.refresh) {
      await this.#activate(latest, signal);
      this.#crawl = latest;
      return begun(latest, "finished");
    }
    const againOf = spec.refresh ? (latest?.no ?? null) : null;
    const crawl = goesOn ? latest : this.#parts.trees.turn(() => this.#parts.crawls.add(spec, againOf));
    await this.#activate(crawl, signal);
    this.#crawl = crawl;
    if (crawl.againOf !== null) await this.#askAgain(crawl, crawl.againOf, signal);
    if (goesOn) {
      crawl.pagesMax = spec.pagesMax;
      const reopened = isRaised ? await this.#reopenBudget(crawl) : 0;
      if (crawl.finished && reopened === 0) return begun(crawl, "finished");
      crawl.finished = false;
      this.#parts.trees.turn(() => this.#parts.crawls.save(crawl));
    }
    return begun(crawl, goesOn ? "resumed" : "new");
  }

  /** Nothing is left of it: no URL is open, those handed over included, no line is owed, and nothing waits to be sent. */
  isIdle(crawl: Crawl): boolean {
    const { ledger, endings, outbox } = this.#parts;
    return crawl.seedingDone && ledger.open(crawl.no) === 0 && !endings.isOwing && outbox.isEmpty;
  }

  finish(crawl: Crawl): void {
    if (crawl.finished) return;
    crawl.finished = true;
    this.#parts.trees.turn(() => this.#parts.crawls.save(crawl));
  }

  /** It has something to do again. Inside a turn. */
  reopen(crawl: Crawl): void {
    if (!crawl.finished) return;
    crawl.finished = false;
    this.#parts.crawls.save(crawl);
  }

  /** Queues known URLs again, whatever their end; answers how many were known. Their crawls go on. */
  requeue(requeued: readonly string[]): number {
    let known = 0;
    this.#parts.trees.turn(() => {
      for (const url of requeued) {
        const normal = normalise(url, null, this.#parts.options);
        const id = normal.ok ? this.#parts.ledger.idOf(normal.value.fingerprint) : 0;
        if (id === 0) continue;
        known++;
        const record = this.#parts.ledger.read(id);
        if (!isEnded(record.state)) continue;
        this.#parts.endings.told(record.crawlNo, id);
        this.#parts.admission.queueAgain(id, record, PRIORITY.front, (changed) => {
          changed.attempts = 0;
          changed.postponements = 0;
          changed.code = null;
        });
        this.reopen(this.of(record.crawlNo));
      }
    });
    return known;
  }

  /** Makes the ready tree that of this crawl: an earlier one's is void, and the queue tells which hosts belong in it. */
  async #activate(crawl: Crawl, signal?: AbortSignal): Promise<void> {
    const active = this.#parts.crawls.active();
    this.#parts.endings.activate(crawl.no);
    if (active.no === crawl.no && !active.rebuilding) return;
    const epoch = active.epoch + 1;
    this.#parts.trees.turn(() => this.#parts.crawls.setActive(crawl.no, epoch, true));
    this.#parts.workbench.activate(crawl.no, epoch);
    let from: Buffer | null = queueKey(crawl.no, Buffer.alloc(8), 0, 0);
    while (from !== null) {
      signal?.throwIfAborted();
      const start: Buffer = from;
      from = this.#readyHosts(crawl.no, start);
      await yieldToOthers();
    }
    this.#parts.trees.turn(() => this.#parts.crawls.setActive(crawl.no, epoch, false));
  }

  #readyHosts(crawlNo: number, from: Buffer): Buffer | null {
    let start: Buffer | null = from;
    const found: { host: Buffer; url: string }[] = [];
    while (start !== null && found.length < REBUILD_HOSTS_PER_TURN) {
      const key: Buffer | null = this.#parts.trees.firstKey(
        this.#parts.trees.queue,
        start,
        afterCrawl(crawlNo),
      );
      const host = key === null ? null : queueKeyHost(key);
      start = host === null ? null : queueKey(crawlNo, host, 255, 0xffff_ffff);
      if (key !== null && host !== null)
        found.push({ host, url: this.#parts.ledger.read(queueKeyId(key)).url });
    }
    this.#parts.trees.turn(() => {
      for (const { host, url } of found) this.#parts.workbench.ensureReady(host, () => hostKey(url));
    });
    return start;
  }

  /** Every page that the earlier crawl knew: one that answers 304 leads to none of them. Broken off, it goes on at the next start. */
  async #askAgain(crawl: Crawl, earlierNo: number, signal?: AbortSignal): Promise<void> {
    const { trees, crawls, admission, options } = this.#parts;
    await this.#eachUrl((_id, record) => {
      if (record.crawlNo !== earlierNo || record.sitemap) return;
      if (!isEnded(record.state) || record.code === "budget") return;
      const normal = normalise(record.url, null, options);
      if (!normal.ok) return;
      const { depth, given, referrerId } = record;
      admission.admit(crawl, normal.value, { depth, given, referrerId, redirects: 0, sitemap: false });
    }, signal);
    crawl.againOf = null;
    trees.turn(() => crawls.save(crawl));
  }

  /** A raised budget: what it had ended is queued again. */
  async #reopenBudget(crawl: Crawl): Promise<number> {
    const { endings, admission } = this.#parts;
    let reopened = 0;
    await this.#eachUrl((id, record) => {
      if (record.crawlNo !== crawl.no || record.code !== "budget" || record.state !== "skipped") return;
      endings.told(crawl.no, id);
      admission.queueAgain(id, record, record.given ? PRIORITY.given : PRIORITY.discovered, (changed) => {
        changed.code = null;
      });
      reopened++;
    });
    return reopened;
  }

  /** Every URL of the store, in turns of many. */
  async #eachUrl(visit: (id: number, record: UrlRecord) => void, signal?: AbortSignal): Promise<void> {
    const { ledger, trees } = this.#parts;
    for (let id = 1; id <= ledger.urls; ) {
      signal?.throwIfAborted();
      const from = id;
      id = Math.min(from + REOPENED_PER_TURN, ledger.urls + 1);
      const until = id;
      trees.turn(() => {
        for (let at = from; at < until; at++) {
          const record = ledger.find(at);
          if (record !== null) visit(at, record);
        }
      });
      await yieldToOthers();
    }
  }
}

function begun(crawl: Crawl, state: Begun["state"]): Begun {
  const { crawlId, seedPosition, seedingDone } = crawl;
  return { crawlId, state, seedPosition, seedingDone };
}
