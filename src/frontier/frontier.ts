// The frontier: what is crawled next, and what became of every URL. Owns the store and joins its parts; all state changes
// happen in turns, each one transaction. Knows no engine beyond the faces it shows, no fetcher and no store of pages.
import { assert, type Clock, systemClock } from "../base/index.ts";
import type { Outcome as Settlement, Sink, Source } from "../engine/index.ts";
import type { FetchReport, FrontierReport, PageRequest, UrlState } from "../model/index.ts";
import { Admission, PRIORITY, type Refused, type RefusedLinks } from "./admission.ts";
import { type Begun, type Crawl, type CrawlSpec, Crawls } from "./crawls.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Endings } from "./endings.ts";
import { Intake } from "./intake.ts";
import { afterCrawl, queueKey, queueKeyHost, queueKeyId } from "./keys.ts";
import { type Lease, Leases } from "./leases.ts";
import { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import { RobotsGate } from "./robots-gate.ts";
import { reportSink } from "./sink.ts";
import { requestSource } from "./source.ts";
import { FrontierBroken, Trees } from "./trees.ts";
import { hostKey, normalise } from "./url.ts";
import { isEnded } from "./url-record.ts";
import { type FailedUrl, failedUrls, type UrlHistory, urls, why } from "./why.ts";
import { Workbench } from "./workbench.ts";

export interface FrontierParts {
  /** Made when it is not there. One process at a time. */
  readonly folder: string;
  readonly options: FrontierOptions;
  readonly clock?: Clock;
}

export interface SeedsTaken {
  /** New ones, and those known from another crawl and queued again. */
  readonly admitted: number;
  readonly known: number;
  readonly refused: readonly Refused[];
}

export interface HostView {
  readonly host: string;
  readonly inFlight: number;
  readonly nextAtMs: number;
  readonly faults: number;
  readonly fetched: number;
  readonly failed: number;
  readonly latencyMs: number;
}

const REBUILD_HOSTS_PER_TURN = 2000;

export class Frontier {
  readonly options: FrontierOptions;
  readonly #clock: Clock;
  readonly #trees: Trees;
  readonly #ledger: Ledger;
  readonly #workbench: Workbench;
  readonly #leases: Leases;
  readonly #endings: Endings;
  readonly #admission: Admission;
  readonly #dispatcher: Dispatcher;
  readonly #intake: Intake;
  readonly #crawls: Crawls;
  #crawl: Crawl | null = null;
  /** Leased and not handed out yet. */
  readonly #ahead: Lease[] = [];
  #waker: (() => void) | null = null;
  #wakes = 0;

  constructor({ folder, options, clock = systemClock }: FrontierParts) {
    this.options = options;
    this.#clock = clock;
    this.#trees = new Trees(folder, options.syncTurns);
    const trees = this.#trees;
    this.#ledger = new Ledger(trees, clock);
    this.#workbench = new Workbench(trees, options, clock);
    this.#leases = new Leases(trees);
    this.#endings = new Endings(trees, this.#ledger, clock);
    this.#crawls = new Crawls(trees, clock);
    const gate = new RobotsGate(trees, options);
    const shared = {
      trees,
      options,
      clock,
      gate,
      ledger: this.#ledger,
      workbench: this.#workbench,
      leases: this.#leases,
      endings: this.#endings,
    };
    this.#admission = new Admission(trees, this.#ledger, this.#workbench, options, clock);
    this.#dispatcher = new Dispatcher(shared);
    this.#intake = new Intake({
      ...shared,
      admission: this.#admission,
      dispatcher: this.#dispatcher,
      crawlOf: (no) => this.#crawlOf(no),
      send: (lease) => this.#ahead.push(lease),
    });
    trees.onBegin = () => this.#workbench.catchUp();
    trees.beforeCommit = () => {
      this.#workbench.save();
      this.#ledger.save();
    };
    const active = this.#crawls.active();
    if (!active.rebuilding) this.#workbench.activate(active.no, active.epoch);
    this.#restoreLeases();
  }

  /** Takes up an unfinished crawl of the same seeds and selection, or begins one. `finished`: nothing was begun. */
  async beginCrawl(spec: CrawlSpec, signal?: AbortSignal): Promise<Begun> {
    const latest = spec.fresh ? null : this.#crawls.latest(spec);
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
    const crawl = goesOn ? latest : this.#trees.turn(() => this.#crawls.add(spec));
    await this.#activate(crawl, signal);
    this.#crawl = crawl;
    if (goesOn) {
      crawl.pagesMax = spec.pagesMax;
      const reopened = isRaised ? await this.#reopenBudget(crawl) : 0;
      if (crawl.finished && reopened === 0) return begun(crawl, "finished");
      crawl.finished = false;
      this.#trees.turn(() => this.#crawls.save(crawl));
    }
    this.#wake();
    return begun(crawl, goesOn ? "resumed" : "new");
  }

  /**
   * Takes in seeds or lines of a list and keeps how far it was read (`position`, lines). Resolves once they are durable;
   * await it before reading on. Lines that are no URL come back with their code.
   */
  async admitGiven(lines: readonly string[], position?: number): Promise<SeedsTaken> {
    const crawl = this.#active();
    const taken = this.#trees.turn(() => {
      const result = this.#admission.given(crawl, lines);
      if (position !== undefined) {
        crawl.seedPosition = position;
        this.#crawls.save(crawl);
      }
      return result;
    });
    this.#wake();
    await yieldToOthers();
    return taken;
  }

  /** Sitemaps to read (`--sitemap`); their hosts join the scope. */
  async admitSitemaps(sitemapUrls: readonly string[]): Promise<readonly Refused[]> {
    const crawl = this.#active();
    const refused: Refused[] = [];
    this.#trees.turn(() => {
      for (const input of sitemapUrls) {
        const normal = normalise(input, null, this.options);
        if (!normal.ok) {
          refused.push({ input, failure: normal.error });
          continue;
        }
        this.#admission.join(crawl, normal.value.host);
        this.#intake.admitSitemap(crawl, normal.value.url, 0, 0);
      }
    });
    this.#wake();
    return refused;
  }

  /** No more seeds will come; the crawl may end. */
  seedingDone(): void {
    const crawl = this.#active();
    crawl.seedingDone = true;
    this.#trees.turn(() => this.#crawls.save(crawl));
    this.#wake();
  }

  source(): Source<PageRequest> {
    return requestSource({
      clock: this.#clock,
      inFlightMax: this.options.inFlightMax,
      next: () => this.#next(),
      wakes: () => this.#wakes,
      nextAtMs: () => this.#nextAtMs(),
      onWake: (waker) => {
        this.#waker = waker;
      },
      settle: (lease, outcome) => this.#settle(lease, outcome),
      giveBack: () => this.#giveBackAhead(),
    });
  }

  sink(): Sink<FrontierReport> {
    return reportSink({
      options: this.options,
      isOpen: (captureId) => this.#leases.get(captureId) !== null,
      nestingOf: (captureId) => this.#leases.get(captureId)?.request.redirects ?? 0,
      take: (reports) => {
        this.#trees.turn(() => this.#take(reports));
        this.#wake();
      },
      entries: (captureId, pages, indexed) => {
        this.#trees.turn(() => this.#takeEntries(captureId, pages, indexed));
        this.#wake();
      },
    });
  }

  /** To be called the moment a fetch ends: frees the slots of host and address and moves their clocks. */
  fetched(report: FetchReport): void {
    this.#intake.fetched(report);
    this.#wake();
  }

  /** URLs, at most `followersMax`, that redirected here and wait for this end, over however many hops. */
  followersOf(url: string): string[] {
    const normal = normalise(url, null, this.options);
    const found: string[] = [];
    const open = normal.ok ? [this.#ledger.idOf(normal.value.fingerprint)] : [];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const followerId of this.#endings.followers(id, this.options.followersMax - found.length)) {
        const follower = this.#ledger.read(followerId);
        if (!follower.following) continue;
        found.push(follower.url);
        open.push(followerId);
      }
    }
    return found;
  }

  /** Requests that were leased when the process before this one ended, under their capture ids. */
  openLeases(): PageRequest[] {
    return Array.from(this.#leases.all(), ({ request }) => request);
  }

  /** Back to the front of their queues: nothing came of them. */
  reclaim(captureIds: readonly string[]): void {
    this.#trees.turn(() => {
      for (const captureId of captureIds) {
        const lease = this.#leases.get(captureId);
        if (lease !== null) this.#intake.giveBack(lease);
      }
    });
    this.#wake();
  }

  /** The settlement of an open lease whose capture goes through the line again. */
  resumeLease(captureId: string): (outcome: Settlement) => void {
    const lease = this.#leases.get(captureId);
    return (outcome) => {
      if (lease !== null) this.#settle(lease, outcome);
    };
  }

  /** Pages by state, of all crawls of the store. */
  counts(): Readonly<Record<UrlState, number>> {
    return this.#ledger.states();
  }

  /** Pages by state of the crawl that runs. */
  crawlCounts(): Readonly<Record<UrlState, number>> {
    return this.#ledger.states(this.#active().no);
  }

  /** Discovered URLs that were not admitted, by reason, since the process began. */
  refusedLinks(): Readonly<RefusedLinks> {
    return { ...this.#admission.refused };
  }

  why(url: string): UrlHistory | null {
    return why(url, {
      ledger: this.#ledger,
      crawls: this.#crawls,
      admission: this.#admission,
      crawl: this.#crawl,
      options: this.options,
    });
  }

  failed(request: { readonly limit: number; readonly cursor?: string }): {
    items: FailedUrl[];
    cursor: string | null;
  } {
    return failedUrls(this.#trees, this.#ledger, request);
  }

  /** Queues known URLs again, whatever their end; answers how many were known. Their crawls go on. */
  requeue(requeued: readonly string[]): number {
    let known = 0;
    this.#trees.turn(() => {
      for (const url of requeued) {
        const normal = normalise(url, null, this.options);
        const id = normal.ok ? this.#ledger.idOf(normal.value.fingerprint) : 0;
        if (id === 0) continue;
        known++;
        const record = this.#ledger.read(id);
        if (!isEnded(record.state)) continue;
        this.#endings.told(record.crawlNo, id);
        this.#admission.queueAgain(id, record, PRIORITY.front, (changed) => {
          changed.attempts = 0;
          changed.postponements = 0;
          changed.code = null;
        });
        const crawl = this.#crawlOf(record.crawlNo);
        if (!crawl.finished) continue;
        crawl.finished = false;
        this.#crawls.save(crawl);
      }
    });
    this.#wake();
    return known;
  }

  /** The hosts at hand, busiest first. */
  hosts(limit: number): HostView[] {
    return Array.from(this.#workbench.hosts(), ({ record, inFlight }) => ({
      host: record.name,
      inFlight,
      ...views(record),
    }))
      .sort((a, b) => b.inFlight - a.inFlight || b.fetched - a.fetched)
      .slice(0, limit);
  }

  /** Every URL of the store, in the order of admission. */
  iterate(): Iterable<UrlHistory> {
    return urls(this.#trees, this.#ledger, this.#crawls);
  }

  async close(): Promise<void> {
    this.#giveBackAhead();
    await this.#trees.close();
  }

  #next(): Lease | "wait" | "end" {
    for (
      let ready = this.#ahead.shift() ?? this.#dispatch();
      ready !== null;
      ready = this.#ahead.shift() ?? this.#dispatch()
    ) {
      const lease = ready;
      if (lease.host === null || lease.host.pausedUntilMs <= this.#clock.nowMs()) {
        this.#dispatcher.started(lease);
        return lease;
      }
      // Its host has asked to wait since.
      this.#trees.turn(() => this.#intake.giveBack(lease));
    }
    if (this.#crawl === null || !this.#isIdle(this.#crawl)) return "wait";
    const crawl = this.#crawl;
    crawl.finished = true;
    this.#trees.turn(() => this.#crawls.save(crawl));
    return "end";
  }

  #dispatch(): Lease | null {
    const crawl = this.#crawl;
    if (crawl === null) return null;
    const room = Math.min(this.options.leasesPerTurnMax, this.options.inFlightMax);
    for (;;) {
      const { leases, progress } = this.#dispatcher.dispatch(crawl, room);
      for (const lease of leases) this.#ahead.push(lease);
      if (this.#ahead.length > 0 || !progress) return this.#ahead.shift() ?? null;
    }
  }

  #isIdle(crawl: Crawl): boolean {
    return crawl.seedingDone && this.#ledger.open(crawl.no) === 0 && !this.#endings.isOwing;
  }

  #nextAtMs(): number | null {
    const crawl = this.#crawl;
    if (crawl === null) return null;
    const times = [this.#workbench.nextAtMs(), this.#dispatcher.nextAtMs(crawl)].filter(
      (atMs) => atMs !== null,
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  #take(reports: readonly { report: FrontierReport; robotsBytes: Uint8Array }[]): void {
    for (const { report, robotsBytes } of reports) {
      switch (report.kind) {
        case "page":
          this.#intake.page(report);
          break;
        case "redirect":
          this.#intake.redirect(report);
          break;
        case "control": {
          const crawlNo = this.#leases.get(report.request.captureId)?.crawlNo;
          const found = this.#intake.control(report, robotsBytes);
          if (crawlNo === undefined || !this.options.robotsSitemaps) break;
          for (const url of found) this.#intake.admitSitemap(this.#crawlOf(crawlNo), url, 0, 0);
        }
      }
    }
  }

  #takeEntries(captureId: string, pages: readonly string[], indexed: readonly string[]): void {
    const lease = this.#leases.get(captureId);
    if (lease === null) return;
    const crawl = this.#crawlOf(lease.crawlNo);
    this.#admission.discovered(crawl, pages, 0, lease.id);
    // An index speaks for its own host alone (sitemaps.org, "cross submits").
    const ownHost = lease.request.host;
    for (const url of indexed) {
      if (hostKey(url) === ownHost)
        this.#intake.admitSitemap(crawl, url, lease.request.redirects + 1, lease.id);
    }
  }

  #settle(lease: Lease, outcome: Settlement): void {
    // Most often the report closed it long ago.
    if (this.#leases.get(lease.request.captureId) !== lease) return;
    try {
      this.#trees.turn(() => this.#intake.settle(lease, outcome));
    } catch (thrown) {
      // The lease stays open on disk for the next start; the next read or write tells of the failure and ends the run.
      if (!(thrown instanceof FrontierBroken)) throw thrown;
    }
    this.#wake();
  }

  #giveBackAhead(): void {
    const ahead = this.#ahead.splice(0);
    if (ahead.length === 0 || this.#trees.isBroken) return;
    this.#trees.turn(() => {
      for (const lease of ahead) this.#intake.giveBack(lease);
    });
  }

  #restoreLeases(): void {
    for (const { id, captureId } of this.#leases.stored()) {
      const record = this.#ledger.read(id);
      const crawl = this.#crawlOf(record.crawlNo);
      const request = this.#dispatcher.requestOf(crawl, id, record, hostKey(record.url), captureId);
      const lease: Lease = {
        kind: "url",
        request,
        id,
        crawlNo: record.crawlNo,
        host: null,
        address: null,
        started: true,
        pauseMs: null,
        robots: null,
      };
      this.#leases.restore(lease);
      this.#dispatcher.restored(lease);
    }
  }

  /** Makes the ready tree that of this crawl: an earlier one's is void, and the queue tells which hosts belong in it. */
  async #activate(crawl: Crawl, signal?: AbortSignal): Promise<void> {
    const active = this.#crawls.active();
    this.#endings.activate(crawl.no);
    if (active.no === crawl.no && !active.rebuilding) return;
    const epoch = active.epoch + 1;
    this.#trees.turn(() => this.#crawls.setActive(crawl.no, epoch, true));
    this.#workbench.activate(crawl.no, epoch);
    let from: Buffer | null = queueKey(crawl.no, Buffer.alloc(8), 0, 0);
    while (from !== null) {
      signal?.throwIfAborted();
      const start: Buffer = from;
      from = this.#readyHosts(crawl.no, start);
      await yieldToOthers();
    }
    this.#trees.turn(() => this.#crawls.setActive(crawl.no, epoch, false));
  }

  #readyHosts(crawlNo: number, from: Buffer): Buffer | null {
    let start: Buffer | null = from;
    const found: { host: Buffer; url: string }[] = [];
    while (start !== null && found.length < REBUILD_HOSTS_PER_TURN) {
      const key: Buffer | null = this.#trees.firstKey(this.#trees.queue, start, afterCrawl(crawlNo));
      const host = key === null ? null : queueKeyHost(key);
      start = host === null ? null : queueKey(crawlNo, host, 255, 0xffff_ffff);
      if (key !== null && host !== null) found.push({ host, url: this.#ledger.read(queueKeyId(key)).url });
    }
    this.#trees.turn(() => {
      for (const { host, url } of found) this.#workbench.ensureReady(host, () => hostKey(url));
    });
    return start;
  }

  /** A raised budget: what it had ended is queued again. */
  async #reopenBudget(crawl: Crawl): Promise<number> {
    let reopened = 0;
    for (let id = 1; id <= this.#ledger.urls; ) {
      const from = id;
      id = Math.min(from + 5000, this.#ledger.urls + 1);
      const until = id;
      this.#trees.turn(() => {
        for (let at = from; at < until; at++) {
          const record = this.#ledger.find(at);
          if (
            record === null ||
            record.crawlNo !== crawl.no ||
            record.code !== "budget" ||
            record.state !== "skipped"
          )
            continue;
          this.#endings.told(crawl.no, at);
          const priority = record.given ? PRIORITY.given : PRIORITY.discovered;
          this.#admission.queueAgain(at, record, priority, (changed) => {
            changed.code = null;
          });
          reopened++;
        }
      });
      await yieldToOthers();
    }
    return reopened;
  }

  #crawlOf(no: number): Crawl {
    if (this.#crawl?.no === no) return this.#crawl;
    const crawl = this.#crawls.get(no);
    assert(crawl !== null, `crawl ${no} has URLs and no row`);
    return crawl;
  }

  #active(): Crawl {
    assert(this.#crawl !== null, "beginCrawl comes first");
    return this.#crawl;
  }

  #wake(): void {
    this.#wakes++;
    this.#waker?.();
  }
}

function begun(crawl: Crawl, state: Begun["state"]): Begun {
  const { crawlId, seedPosition, seedingDone } = crawl;
  return { crawlId, state, seedPosition, seedingDone };
}

const views = ({ nextAtMs, faults, fetched, failed, latencyMs }: Omit<HostView, "host" | "inFlight">) => ({
  nextAtMs,
  faults,
  fetched,
  failed,
  latencyMs,
});

/** Lets I/O and other actors run between two turns of a long task. */
const yieldToOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
