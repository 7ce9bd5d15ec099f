// What comes back to the frontier: ends with their links, sitemaps, and, by way of its parts, redirects, robots files and the
// engine's last word. Each closes its lease exactly once; a second word on a closed lease changes nothing. Runs inside a turn.
import type { Outcome as Settlement } from "../engine/index.ts";
import type {
  Code,
  ControlReport,
  FetchReport,
  FrontierReport,
  HandedReport,
  PageReport,
} from "../model/index.ts";
import type { Crawl } from "./crawls.ts";
import { closeLease, freeSlot, type IntakeParts } from "./intake-parts.ts";
import type { Lease } from "./leases.ts";
import type { PageEnds } from "./page-ends.ts";
import { learn } from "./politeness.ts";
import type { Redirects } from "./redirects.ts";
import { RobotsAnswers } from "./robots-answers.ts";
import { Settlements } from "./settlements.ts";
import { hostKey, normalise } from "./url.ts";
import { isEnded } from "./url-record.ts";

export class Intake {
  readonly #parts: IntakeParts & { readonly ends: PageEnds; readonly redirects: Redirects };
  readonly #robots: RobotsAnswers;
  readonly #settlements: Settlements;

  constructor(parts: IntakeParts & { readonly ends: PageEnds; readonly redirects: Redirects }) {
    this.#parts = parts;
    this.#robots = new RobotsAnswers(parts);
    this.#settlements = new Settlements(parts, this.#robots);
  }

  /** The moment a fetch ends: its slots are free, the host's clock moves. Touches memory alone; the next turn keeps it. */
  fetched(report: FetchReport): void {
    const { leases, workbench, clock, options } = this.#parts;
    const lease = leases.get(report.captureId);
    if (lease === null) return;
    if (lease.robots !== null) {
      const { host } = lease.robots;
      if (report.host === host.record.name && report.address !== null && report.address.length < 64) {
        host.record.address = report.address;
      }
      return;
    }
    if (lease.host === null) return;
    const nowMs = clock.nowMs();
    const { host } = lease;
    lease.pauseMs = learn(host.record, report, nowMs, options);
    if (lease.pauseMs !== null || host.record.faults > 0) host.pausedUntilMs = host.record.nextAtMs;
    if (host.record.nextAtMs > nowMs) workbench.changed(host);
    freeSlot(lease, workbench);
  }

  /** `robotsBytes`: the inflated body of a robots file. */
  take(report: FrontierReport, robotsBytes: Uint8Array): void {
    switch (report.kind) {
      case "page":
        this.#page(report);
        return;
      case "redirect":
        this.#parts.redirects.take(report);
        return;
      case "handed":
        this.#handed(report);
        return;
      case "control":
        this.#control(report, robotsBytes);
    }
  }

  /** Pages and further sitemaps that an open sitemap names. */
  entries(captureId: string, pages: readonly string[], indexed: readonly string[]): void {
    const lease = this.#parts.leases.get(captureId);
    if (lease === null) return;
    const crawl = this.#parts.crawlOf(lease.crawlNo);
    this.#parts.admission.discovered(crawl, pages, 0, lease.id);
    // An index speaks for its own host alone (sitemaps.org, "cross submits").
    const ownHost = lease.request.host;
    for (const url of indexed) {
      if (hostKey(url) === ownHost) this.admitSitemap(crawl, url, lease.request.redirects + 1, lease.id);
    }
  }

  /** The engine's last word on a delivery. `keepId`: as in `giveBack`, for what was broken off. */
  settle(lease: Lease, outcome: Settlement, keepId: boolean): void {
    this.#settlements.settle(lease, outcome, keepId);
  }

  /** Back to the front of its queue, as if it had not been leased. `keepId`: its page may be at the broker already. */
  giveBack(lease: Lease, keepId = false): void {
    this.#settlements.giveBack(lease, keepId);
  }

  #page(report: PageReport): void {
    const { leases, endings, ledger, captures, ends, errands } = this.#parts;
    const lease = leases.get(report.request.captureId);
    if (lease === null || lease.kind === "robots") return;
    if (lease.kind === "ending") {
      endings.told(lease.crawlNo, lease.id);
      leases.close(lease);
      errands.ended(lease.id, report.request.tasks);
      return;
    }
    const record = ledger.read(lease.id);
    closeLease(lease, this.#parts);
    if (isEnded(record.state)) return;
    captures.settleLeased(lease.id, record, report.request.captureId);
    ends.end(lease.id, record, report);
    ends.links(lease.id, record, report);
    errands.ended(lease.id, report.request.tasks);
  }

  /** The broker, or the render queue, answers for the page: its lease is over, its URL is not. */
  #handed({ request, handedAtMs, isQueued = false }: HandedReport): void {
    const { leases, endings, ledger, captures } = this.#parts;
    const lease = leases.get(request.captureId);
    // Its end was reported already.
    if (lease === null || lease.kind === "robots") return;
    if (lease.kind === "ending") {
      endings.told(lease.crawlNo, lease.id);
      leases.close(lease);
      return;
    }
    const record = ledger.read(lease.id);
    closeLease(lease, this.#parts);
    if (record.state !== "leased") return;
    if (isQueued) captures.queue(lease.id, record, request.captureId);
    captures.hand(lease.id, record, request.captureId, handedAtMs);
    ledger.move(lease.id, record, "handed", (changed) => {
      changed.code = null;
    });
  }

  #control(report: ControlReport, robotsBytes: Uint8Array): void {
    const { leases, crawlOf, options } = this.#parts;
    const lease = leases.get(report.request.captureId);
    if (lease === null) return;
    if (lease.kind === "url") this.#sitemap(lease, report);
    if (lease.kind !== "robots") return;
    const sitemaps = this.#robots.take(lease, report, robotsBytes);
    const crawl = crawlOf(lease.crawlNo);
    // Depth 0 is the given URLs alone.
    if (!options.robotsSitemaps || crawl.depthMax === 0) return;
    for (const url of sitemaps) this.admitSitemap(crawl, url, 0, 0);
  }

  #sitemap(lease: Lease, report: ControlReport): void {
    const { ledger, endings, options, crawlOf } = this.#parts;
    const record = ledger.read(lease.id);
    closeLease(lease, this.#parts);
    if (isEnded(record.state)) return;
    const { status, failure, redirect } = report;
    const end = (outcome: "stored" | "failed", code: Code | null, message: string | null): void =>
      endings.end(lease.id, record, { outcome, code, message, status, finalUrl: record.url });
    if (failure !== null && failure.code !== "truncated") {
      end("failed", failure.code, failure.message);
      return;
    }
    if (redirect === null) {
      const isRead = status !== null && status >= 200 && status < 300;
      if (isRead) end("stored", null, null);
      else end("failed", "status", `sitemap answers ${status}`);
      return;
    }
    const target = normalise(redirect, record.url, options);
    if (!target.ok || record.redirects >= options.redirectsMax) {
      end("failed", "redirect", `leads to ${redirect}`);
      return;
    }
    end("stored", null, `leads to ${target.value.url}`);
    this.admitSitemap(crawlOf(record.crawlNo), target.value.url, record.redirects + 1, lease.id);
  }

  admitSitemap(crawl: Crawl, url: string, nesting: number, referrerId: number): void {
    const { admission, outbox, options } = this.#parts;
    const normal = normalise(url, null, { ...options, trackingParameters: [] });
    if (!normal.ok || nesting > options.sitemapNestingMax) return;
    // Its host's own ingestor reads it, if it is told of it too.
    if (outbox.isForeign(normal.value.host)) return;
    const candidate = { depth: 0, redirects: nesting, given: false, sitemap: true, referrerId };
    admission.admit(crawl, normal.value, candidate);
  }
}
