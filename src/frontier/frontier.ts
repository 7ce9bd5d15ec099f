// The frontier: what is crawled next, and what became of every URL. Owns the store and joins its parts; all state changes
// happen in turns, each one transaction. Knows no engine beyond the faces it shows, no fetcher and no store of pages.
import { type Clock, systemClock } from "../base/index.ts";
import type { Outcome as Settlement, Sink, Source } from "../engine/index.ts";
import type { FetchReport, FrontierReport, PageRequest, UrlState } from "../model/index.ts";
import { Admission, type Refused, type RefusedLinks } from "./admission.ts";
import { type Begun, type CrawlSpec, Crawls } from "./crawls.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Endings } from "./endings.ts";
import { Handout } from "./handout.ts";
import { type HostView, hostViews } from "./host-view.ts";
import { Intake } from "./intake.ts";
import { type Lease, Leases } from "./leases.ts";
import { Ledger } from "./ledger.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { FrontierOptions } from "./options.ts";
import { RobotsGate } from "./robots-gate.ts";
import { reportSink } from "./sink.ts";
import { requestSource } from "./source.ts";
import { FrontierBroken, Trees, yieldToOthers } from "./trees.ts";
import { hostKey, normalise } from "./url.ts";
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
  readonly #lifecycle: Lifecycle;
  readonly #handout: Handout;
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
    this.#lifecycle = new Lifecycle({ ...shared, crawls: this.#crawls, admission: this.#admission });
    const ahead: Lease[] = [];
    this.#intake = new Intake({
      ...shared,
      admission: this.#admission,
      dispatcher: this.#dispatcher,
      crawlOf: (no) => this.#lifecycle.of(no),
      send: (lease) => ahead.push(lease),
    });
    this.#handout = new Handout({
      ...shared,
      lifecycle: this.#lifecycle,
      dispatcher: this.#dispatcher,
      intake: this.#intake,
      ahead,
    });
    trees.onBegin = () => this.#workbench.catchUp();
    trees.beforeCommit = () => {
      this.#workbench.save();
      this.#ledger.save();
    };
    this.#restoreLeases();
  }

  /** Takes up an unfinished crawl of the same seeds and selection, or begins one. `finished`: nothing was begun. */
  async beginCrawl(spec: CrawlSpec, signal?: AbortSignal): Promise<Begun> {
    const begun = await this.#lifecycle.begin(spec, signal);
    this.#wake();
    return begun;
  }

  /**
   * Takes in seeds or lines of a list and keeps how far it was read (`position`, lines). Resolves once they are durable;
   * await it before reading on. Lines that are no URL come back with their code.
   */
  async admitGiven(lines: readonly string[], position?: number): Promise<SeedsTaken> {
    const crawl = this.#lifecycle.active();
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
    const crawl = this.#lifecycle.active();
    const refused: Refused[] = [];
    this.#trees.turn(() => {
      for (const input of sitemapUrls) {
        const normal = normalise(input, null, this.options);
        if (!normal.ok) {
          refused.push({ input, failure: normal.error });
          continue;
        }
        this.#admission.joinSitemap(crawl, normal.value.host);
        this.#intake.admitSitemap(crawl, normal.value.url, 0, 0);
      }
    });
    this.#wake();
    return refused;
  }

  /** No more seeds will come; the crawl may end. */
  seedingDone(): void {
    const crawl = this.#lifecycle.active();
    crawl.seedingDone = true;
    this.#trees.turn(() => this.#crawls.save(crawl));
    this.#wake();
  }

  source(): Source<PageRequest> {
    return requestSource({
      clock: this.#clock,
      inFlightMax: this.options.inFlightMax,
      next: () => this.#handout.next(),
      wakes: () => this.#wakes,
      nextAtMs: () => this.#handout.nextAtMs(),
      onWake: (waker) => {
        this.#waker = waker;
      },
      settle: (lease, outcome) => this.#settle(lease, outcome),
      giveBack: () => this.#handout.giveBack(),
    });
  }

  sink(): Sink<FrontierReport> {
    return reportSink({
      options: this.options,
      isOpen: (captureId) => this.#leases.get(captureId) !== null,
      nestingOf: (captureId) => this.#leases.get(captureId)?.request.redirects ?? 0,
      take: (reports) => {
        this.#trees.turn(() => {
          for (const { report, robotsBytes } of reports) this.#intake.take(report, robotsBytes);
        });
        this.#wake();
      },
      entries: (captureId, pages, indexed) => {
        this.#trees.turn(() => this.#intake.entries(captureId, pages, indexed));
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
    const id = normal.ok ? this.#ledger.idOf(normal.value.fingerprint) : 0;
    return id === 0 ? [] : this.#endings.followersOf(id, this.options.followersMax);
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
    return this.#ledger.states(this.#lifecycle.active().no);
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
      crawl: this.#lifecycle.crawl,
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
    const known = this.#lifecycle.requeue(requeued);
    this.#wake();
    return known;
  }

  /** The hosts at hand, busiest first. */
  hosts(limit: number): HostView[] {
    return hostViews(this.#workbench, limit);
  }

  /** Every URL of the store, in the order of admission. */
  iterate(): Iterable<UrlHistory> {
    return urls(this.#trees, this.#ledger, this.#crawls);
  }

  async close(): Promise<void> {
    this.#handout.giveBack();
    await this.#trees.close();
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

  #restoreLeases(): void {
    for (const { id, captureId } of this.#leases.stored()) {
      const record = this.#ledger.read(id);
      const crawl = this.#lifecycle.of(record.crawlNo);
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

  #wake(): void {
    this.#wakes++;
    this.#waker?.();
  }
}
