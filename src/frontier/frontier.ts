// The frontier: what is crawled next, and what became of every URL. Shows the faces of its parts; all state changes happen in
// turns, each one transaction. Knows no engine beyond the faces it shows, no fetcher and no store of pages.
import type { Outcome as Settlement, Sink, Source } from "../engine/index.ts";
import type {
  FetchReport,
  ForIngestor,
  FrontierRecord,
  FrontierReport,
  PageRequest,
  UrlState,
} from "../model/index.ts";
import type { GivenTaken, Refused, RefusedLinks } from "./admission.ts";
import { type Assembly, assemble, type FrontierParts } from "./assembly.ts";
import type { BorrowedTurns } from "./borrowed-turns.ts";
import { chargeHost } from "./charges.ts";
import type { Begun, CrawlSpec } from "./crawls.ts";
import type { Errand, ErrandTaken } from "./errands.ts";
import { foreignSource } from "./foreign-source.ts";
import type { HandedOut } from "./handout.ts";
import type { HandedOver } from "./handovers.ts";
import { type HostView, hostViews } from "./host-view.ts";
import type { Lease } from "./leases.ts";
import type { Letters } from "./letters.ts";
import type { FrontierOptions } from "./options.ts";
import { returnSink } from "./return-sink.ts";
import { reportSink } from "./sink.ts";
import { requestSource, type SourceOptions } from "./source.ts";
import { FrontierBroken, yieldToOthers } from "./trees.ts";
import { hostKey, normalise } from "./url.ts";
import type { Wakes } from "./wakes.ts";
import { type FailedUrl, failedUrls, type HistoryParts, type UrlHistory, urls, why } from "./why.ts";

export class Frontier {
  readonly options: FrontierOptions;
  readonly #made: Assembly;

  constructor(parts: FrontierParts) {
    this.options = parts.options;
    this.#made = assemble(parts);
  }

  /** Takes up an unfinished crawl of the same seeds and selection, or begins one. `finished`: nothing was begun. */
  async beginCrawl(spec: CrawlSpec, signal?: AbortSignal): Promise<Begun> {
    const begun = await this.#made.lifecycle.begin(spec, signal);
    this.#wake();
    return begun;
  }

  /**
   * Takes in seeds or lines of a list and keeps how far it was read (`position`, lines). Resolves once they are durable;
   * await it before reading on. Lines that are no URL come back with their code.
   */
  async admitGiven(lines: readonly string[], position?: number): Promise<GivenTaken> {
    const crawl = this.#made.lifecycle.active();
    const taken = this.#made.trees.turn(() => {
      const result = this.#made.admission.given(crawl, lines);
      if (position !== undefined) {
        crawl.seedPosition = position;
        this.#made.crawls.save(crawl);
      }
      if (result.admitted > 0) this.#made.lifecycle.reopen(crawl);
      return result;
    });
    this.#wake();
    await yieldToOthers();
    return taken;
  }

  /** Sitemaps to read (`--sitemap`); their hosts join the scope. */
  async admitSitemaps(sitemapUrls: readonly string[]): Promise<readonly Refused[]> {
    const crawl = this.#made.lifecycle.active();
    const refused: Refused[] = [];
    this.#made.trees.turn(() => {
      for (const input of sitemapUrls) {
        const normal = normalise(input, null, this.options);
        if (!normal.ok) {
          refused.push({ input, failure: normal.error });
          continue;
        }
        this.#made.admission.joinSitemap(crawl, normal.value.host);
        this.#made.intake.admitSitemap(crawl, normal.value.url, 0, 0);
      }
    });
    this.#wake();
    return refused;
  }

  /** URLs that somebody waits for, known or not; durable when it returns. What becomes of each, in their order. */
  admitTasks(errands: readonly Errand[]): ErrandTaken[] {
    const taken = this.#made.trees.turn(() => errands.map((errand) => this.#made.errands.take(errand)));
    this.#wake();
    return taken;
  }

  /** No more seeds will come; the crawl may end. */
  seedingDone(): void {
    const crawl = this.#made.lifecycle.active();
    crawl.seedingDone = true;
    this.#made.trees.turn(() => this.#made.crawls.save(crawl));
    this.#wake();
  }

  /** Ends when nothing is queued, leased, waiting or handed over. */
  source(options: SourceOptions = {}): Source<PageRequest> {
    return this.#sourceOf(this.#made.handout.ordinary, this.#made.wakes, options);
  }

  /** What somebody stands waiting for: not held up by what `source` hands out. Without it nothing is urgent. */
  urgentSource(options: SourceOptions = {}): Source<PageRequest> {
    this.#made.errands.isUrgentRead = true;
    return this.#sourceOf(this.#made.handout.urgent, this.#made.urgentWakes, options);
  }

  sink(): Sink<FrontierReport> {
    return reportSink({
      options: this.options,
      isOpen: (captureId) => this.#made.leases.get(captureId) !== null,
      nestingOf: (captureId) => this.#made.leases.get(captureId)?.request.redirects ?? 0,
      rest: (signal) => this.#made.trees.rest(signal),
      take: (reports) => {
        this.#made.trees.turn(() => {
          for (const { report, robotsBytes } of reports) {
            if (this.#made.handovers.isReturn(report)) this.#made.returns.take({ kind: "end", report });
            else this.#made.intake.take(report, robotsBytes);
          }
        });
        this.#wake();
      },
      entries: (captureId, pages, indexed) => {
        this.#made.trees.turn(() => this.#made.intake.entries(captureId, pages, indexed));
        this.#wake();
      },
    });
  }

  /** What comes back over frontier.links; durable when a write resolves. */
  returnSink(): Sink<FrontierRecord> {
    return returnSink(this.options, (records) => {
      this.#made.trees.turn(() => {
        for (const record of records) this.#made.returns.take(record);
      });
      this.#wake();
    });
  }

  /** What belongs to other ingestors, or concerns them; ends at once where there are none. */
  foreignSource(): Source<ForIngestor> {
    return foreignSource({
      outbox: this.#made.outbox,
      wakes: this.#made.foreignWakes,
      isShared: this.options.shard !== null,
      settle: (number, isDelivered) => {
        this.#unlessBroken(() => this.#made.outbox.settle(number, isDelivered));
        this.#wake();
      },
      tidy: () => this.#unlessBroken(() => this.#made.outbox.tidy()),
    });
  }

  /** What this machine could not process, where it has no database for it. */
  get letters(): Letters {
    return this.#made.letters;
  }

  /** Pages of all crawls that another machine answers for. */
  get handedCount(): number {
    return this.#made.handovers.count;
  }

  /** Pages that somebody else answers for, `count` at a time, in no order; not while anything is taken in. */
  handedOver(count: number): Iterable<readonly HandedOver[]> {
    return this.#made.handovers.awaited(count);
  }

  /** Nobody answers for these after all: their URLs are leased again under the same capture ids, as after a crash. */
  takeBack(handedOver: readonly HandedOver[]): void {
    this.#made.trees.turn(() => this.#made.handovers.takeBack(handedOver));
    this.#wake();
  }

  /** When the longest unreported page was handed over; those in the render queue do not count. */
  oldestHandedAtMs(): number | null {
    return this.#made.captures.oldestHandedAtMs();
  }

  /** Something was handed over before then and is not reported; what waits in the render queue is given seven days more. */
  isHandedOverdue(beforeMs: number): boolean {
    return this.#made.captures.handedBefore(beforeMs, 1).length > 0;
  }

  /** Queues what was handed over before then and is not reported again, under new capture ids; answers how many. */
  async expireHanded(beforeMs: number, signal?: AbortSignal): Promise<number> {
    const expired = await this.#made.handovers.expire(beforeMs, signal);
    this.#wake();
    return expired;
  }

  /** Nothing new is handed out, robots and sitemap requests included, until it is called with null. Not kept over a restart. */
  pauseLeasing(reason: string | null): void {
    if (reason === this.pausedReason) return;
    this.#made.handout.pausedReason = reason;
    this.#wake();
  }

  get pausedReason(): string | null {
    return this.#made.handout.pausedReason;
  }

  /** The crawl that runs has nothing left to do, here or on another machine. */
  get isIdle(): boolean {
    const { crawl } = this.#made.lifecycle;
    return crawl !== null && this.#made.lifecycle.isIdle(crawl);
  }

  /** To be called the moment a fetch ends: frees the slots of host and address and moves their clocks. */
  fetched(report: FetchReport): void {
    this.#made.intake.fetched(report);
    this.#wake();
  }

  /** What a page loaded besides itself: a host is given so much more time until it is asked for a page. Not kept over a restart. */
  charge(origin: string, requests: number): void {
    chargeHost(this.#made.workbench, hostKey(origin), requests);
  }

  /** For who fetches beside the crawls: one clock a host for both. */
  get turns(): BorrowedTurns {
    return this.#made.turns;
  }

  /** URLs, at most `followersMax`, that redirected here and wait for this end, over however many hops. */
  followersOf(url: string): string[] {
    const normal = normalise(url, null, this.options);
    const id = normal.ok ? this.#made.ledger.idOf(normal.value.fingerprint) : 0;
    return id === 0 ? [] : this.#made.endings.followersOf(id, this.options.followersMax);
  }

  /** Requests that were leased when the process before this one ended, under their capture ids. */
  openLeases(): PageRequest[] {
    return Array.from(this.#made.leases.all(), ({ request }) => request);
  }

  /**
   * Back to the front of their queues. `keepCaptureIds`: their pages may be at the broker already, so they are leased again
   * under the ids they had; else nothing came of them.
   */
  reclaim(captureIds: readonly string[], { keepCaptureIds = false } = {}): void {
    this.#made.trees.turn(() => {
      for (const captureId of captureIds) {
        const lease = this.#made.leases.get(captureId);
        if (lease !== null) this.#made.intake.giveBack(lease, keepCaptureIds);
      }
    });
    this.#wake();
  }

  /** The settlement of an open lease whose capture goes through the line again. */
  resumeLease(captureId: string): (outcome: Settlement) => void {
    const lease = this.#made.leases.get(captureId);
    return (outcome) => {
      if (lease !== null) this.#settle(lease, outcome, false);
    };
  }

  /** Pages by state, of all crawls of the store. */
  counts(): Readonly<Record<UrlState, number>> {
    return this.#made.ledger.states();
  }

  /** Pages by state of the crawl that runs. */
  crawlCounts(): Readonly<Record<UrlState, number>> {
    return this.#made.ledger.states(this.#made.lifecycle.active().no);
  }

  /** Discovered URLs that were not admitted, by reason, since the process began. */
  refusedLinks(): Readonly<RefusedLinks> {
    return { ...this.#made.admission.refused };
  }

  why(url: string): UrlHistory | null {
    return why(url, {
      ...this.#history(),
      admission: this.#made.admission,
      crawl: this.#made.lifecycle.crawl,
      options: this.options,
    });
  }

  failed(request: { readonly limit: number; readonly cursor?: string }): {
    items: FailedUrl[];
    cursor: string | null;
  } {
    return failedUrls(this.#made.trees, this.#made.ledger, request);
  }

  /** Queues known URLs again, whatever their end; answers how many were known. Their crawls go on. */
  requeue(requeued: readonly string[]): number {
    const known = this.#made.lifecycle.requeue(requeued);
    this.#wake();
    return known;
  }

  /** The hosts at hand, busiest first. */
  hosts(limit: number): HostView[] {
    return hostViews(this.#made.workbench, limit, this.pausedReason);
  }

  /** Every URL of the store, in the order of admission. */
  iterate(): Iterable<UrlHistory> {
    return urls(this.#made.trees, this.#history());
  }

  async close(): Promise<void> {
    this.#made.handout.giveBack();
    this.#unlessBroken(() => this.#made.outbox.tidy());
    await this.#made.trees.close();
  }

  #sourceOf(handedOut: HandedOut, wakes: Wakes, { endless = false, keepCaptureIds = false }: SourceOptions) {
    const settle = (lease: Lease, outcome: Settlement): void => this.#settle(lease, outcome, keepCaptureIds);
    return requestSource({ ...handedOut, wakes, isEndless: endless, settle });
  }

  #settle(lease: Lease, outcome: Settlement, keepId: boolean): void {
    // Most often the report closed it long ago.
    if (this.#made.leases.get(lease.request.captureId) !== lease) return;
    this.#unlessBroken(() => this.#made.trees.turn(() => this.#made.intake.settle(lease, outcome, keepId)));
    this.#wake();
  }

  /** What it would have closed stays open on disk for the next start; the next read or write tells of the failure and ends the run. */
  #unlessBroken(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      if (!(thrown instanceof FrontierBroken)) throw thrown;
    }
  }

  #history(): HistoryParts {
    const { ledger, crawls, captures } = this.#made;
    return { ledger, crawls, captures, pausedReason: this.pausedReason };
  }

  #wake(): void {
    this.#made.wakes.ring();
    this.#made.urgentWakes.ring();
    this.#made.foreignWakes.ring();
  }
}
