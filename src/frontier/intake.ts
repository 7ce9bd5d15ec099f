// What comes back to the frontier: ends with their links, redirects, robots files and sitemaps, and what the engine says of
// a delivery. Each closes its lease exactly once; a second word on a closed lease changes nothing. Runs inside a turn.
import type { Clock } from "../base/index.ts";
import type { Outcome as Settlement } from "../engine/index.ts";
import {
  CODES,
  type Code,
  type ControlReport,
  codeRules,
  type FetchReport,
  type PageReport,
  type RedirectReport,
} from "../model/index.ts";
import { type Admission, PRIORITY } from "./admission.ts";
import type { Crawl } from "./crawls.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { End, Endings } from "./endings.ts";
import type { Lease, Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import { learn } from "./politeness.ts";
import type { RobotsGate } from "./robots-gate.ts";
import { normalise } from "./url.ts";
import { isEnded, type UrlRecord } from "./url-record.ts";
import type { Workbench } from "./workbench.ts";

export interface IntakeParts {
  readonly ledger: Ledger;
  readonly workbench: Workbench;
  readonly leases: Leases;
  readonly endings: Endings;
  readonly gate: RobotsGate;
  readonly admission: Admission;
  readonly dispatcher: Dispatcher;
  readonly options: FrontierOptions;
  readonly clock: Clock;
  /** The crawl a lease belongs to. */
  readonly crawlOf: (crawlNo: number) => Crawl;
  /** A robots request that must go out next. */
  readonly send: (lease: Lease) => void;
}

export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
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
    this.#freeSlot(lease);
  }

  page(report: PageReport): void {
    const { leases, endings, ledger, admission } = this.#parts;
    const lease = leases.get(report.request.captureId);
    if (lease === null || lease.kind === "robots") return;
    if (lease.kind === "ending") {
      endings.told(lease.crawlNo, lease.id);
      leases.close(lease);
      return;
    }
    const record = ledger.read(lease.id);
    const { outcome, code, message, status, finalUrl, signature, fetchedAtMs, validators } = report;
    const fetched = {
      etag: validators?.etag ?? null,
      lastModified: validators?.lastModified ?? null,
      signature,
      fetchedAtMs,
    };
    this.#close(lease);
    if (isEnded(record.state)) return;
    endings.end(
      lease.id,
      record,
      { outcome, code, message, status, finalUrl },
      fetched,
      new Set(report.followers),
    );
    if (signature !== null) admission.traps.reportSignature(record.url, signature);
    const links = report.links.slice(0, this.#parts.options.linksPerPageMax);
    if (links.length > 0) {
      admission.discovered(this.#parts.crawlOf(record.crawlNo), links, record.depth + 1, lease.id);
    }
  }

  redirect(report: RedirectReport): void {
    const { leases, ledger, endings, admission, options } = this.#parts;
    const lease = leases.get(report.request.captureId);
    if (lease === null || lease.kind !== "url") return;
    const record = ledger.read(lease.id);
    this.#close(lease);
    if (record.state !== "leased" && record.state !== "handed") return;
    const crawl = this.#parts.crawlOf(record.crawlNo);
    const fail = (message: string, finalUrl = record.url): void =>
      endings.endUnreported(lease.id, record, {
        outcome: "failed",
        code: "redirect",
        message,
        status: report.status,
        finalUrl,
      });
    const target = normalise(report.target, record.url, options);
    if (!target.ok) {
      fail(`redirects to what cannot be crawled: ${target.error.message}`);
      return;
    }
    const { url } = target.value;
    if (url === record.url) {
      if (!report.setCookie || record.selfRedirected) {
        fail("redirects to itself");
        return;
      }
      admission.queueAgain(lease.id, record, PRIORITY.front, (changed) => {
        changed.selfRedirected = true;
        changed.attempts = Math.max(0, changed.attempts - 1);
      });
      return;
    }
    if (record.redirects + 1 > options.redirectsMax) {
      fail(`more than ${options.redirectsMax} redirects`, url);
      return;
    }
    if (record.given) admission.join(crawl, target.value.host);
    else {
      const reason = admission.refusal(crawl, target.value);
      if (reason !== null) {
        const end: End = {
          outcome: "skipped",
          code: "scope",
          message: reason,
          status: report.status,
          finalUrl: url,
        };
        endings.endUnreported(lease.id, record, end);
        return;
      }
    }
    // A redirect is no document: its place in the budget goes to where it leads.
    if (record.counted) {
      this.#parts.ledger.spendBudget(record.crawlNo, -1);
      record.counted = false;
    }
    const candidate = {
      depth: record.depth,
      redirects: record.redirects + 1,
      given: record.given,
      sitemap: false,
      referrerId: lease.id,
    };
    const { id: targetId } = admission.admit(crawl, target.value, candidate);
    this.#follow(lease.id, record, targetId, report.status);
  }

  /** Sitemap and robots answers, once their bodies are read. */
  control(report: ControlReport, robotsBytes: Uint8Array): readonly string[] {
    const lease = this.#parts.leases.get(report.request.captureId);
    if (lease === null) return [];
    if (lease.robots !== null) return this.#robots(lease, lease.robots, report, robotsBytes);
    if (lease.kind === "url") this.#sitemap(lease, report);
    return [];
  }

  /** The engine's last word on a delivery. */
  settle(lease: Lease, outcome: Settlement): void {
    if (this.#parts.leases.get(lease.request.captureId) !== lease) return;
    switch (lease.kind) {
      case "ending":
        this.#parts.leases.close(lease);
        if (outcome.kind === "errored" || outcome.kind === "later") this.#parts.endings.untold(lease.id);
        else this.#parts.endings.told(lease.crawlNo, lease.id);
        return;
      case "robots":
        this.#robotsUnanswered(lease, outcome);
        return;
      case "url":
        this.#settleUrl(lease, outcome);
        return;
    }
  }

  /** Back to the front of its queue, as if it had not been leased. */
  giveBack(lease: Lease): void {
    const { ledger, leases, endings, workbench, admission } = this.#parts;
    if (leases.get(lease.request.captureId) !== lease) return;
    if (lease.kind !== "url") {
      leases.close(lease);
      if (lease.kind === "ending") endings.untold(lease.id);
      else if (lease.robots !== null) workbench.robotsKnown(lease.robots.host);
      return;
    }
    this.#close(lease);
    const record = ledger.read(lease.id);
    if (isEnded(record.state)) return;
    admission.queueAgain(lease.id, record, PRIORITY.front, (changed) => {
      changed.attempts = Math.max(0, changed.attempts - 1);
    });
  }

  #settleUrl(lease: Lease, outcome: Settlement): void {
    const { ledger, endings, dispatcher, clock, options } = this.#parts;
    if (outcome.kind === "errored") {
      this.giveBack(lease);
      return;
    }
    const record = ledger.read(lease.id);
    this.#close(lease);
    if (isEnded(record.state)) return;
    const end = (ended: "failed" | "skipped", code: Code, message: string): void =>
      endings.endUnreported(lease.id, record, {
        outcome: ended,
        code,
        message,
        status: record.status || null,
        finalUrl: record.url,
      });
    switch (outcome.kind) {
      case "delivered":
        end("failed", "internal", "the line ended without a report");
        return;
      case "dropped":
        end("skipped", "policy", outcome.reason);
        return;
      case "dead":
        end("failed", codeOf(outcome.code), "went to the dead letters");
        return;
      case "later": {
        const code = codeOf(outcome.code);
        const isPostponed = lease.pauseMs !== null && record.postponements < options.postponementsMax;
        if (!isPostponed && record.attempts > codeRules[code].retriesMax) {
          end("failed", code, `failed ${record.attempts} times`);
          return;
        }
        const own = options.retryDelayMs * 2 ** Math.min(10, Math.max(0, record.attempts - 1));
        const waitMs = Math.max(outcome.delayMs, lease.pauseMs ?? (outcome.delayMs > 0 ? 0 : own));
        ledger.move(lease.id, record, "waiting", (changed) => {
          changed.code = code;
          if (!isPostponed) return;
          changed.attempts = Math.max(0, changed.attempts - 1);
          changed.postponements++;
        });
        dispatcher.wait(record.crawlNo, lease.id, clock.nowMs() + waitMs);
      }
    }
  }

  #follow(id: number, record: UrlRecord, targetId: number, status: number): void {
    const { ledger, endings } = this.#parts;
    const target = ledger.read(targetId);
    const chain = this.#chainTo(targetId, id);
    if (chain !== null) {
      // Each member ends as itself; in this order none of them is ended as the follower of another.
      for (const memberId of chain) this.#failInCircle(memberId, ledger.read(memberId), status);
      this.#failInCircle(id, record, status);
      return;
    }
    ledger.putEnd(id, { ...ledger.end(id), finalUrl: target.url, targetId });
    if (isEnded(target.state)) {
      const verdict = endings.endOf(targetId, target);
      endings.endUnreported(id, record, verdict);
      return;
    }
    ledger.move(id, record, "waiting", (changed) => {
      changed.following = true;
      changed.status = status;
    });
    endings.follow(targetId, target, id);
  }

  #failInCircle(id: number, record: UrlRecord, status: number): void {
    this.#parts.endings.endUnreported(id, record, {
      outcome: "failed",
      code: "redirect",
      message: "redirects in a circle",
      status: record.status || status,
      finalUrl: record.url,
    });
  }

  /** The URLs from `fromId` on that wait for each other up to `id`; null when the chain of redirects does not come there. */
  #chainTo(fromId: number, id: number): number[] | null {
    const { ledger, options } = this.#parts;
    const chain: number[] = [];
    let at = fromId;
    while (at !== id && chain.length <= options.redirectsMax) {
      const record = ledger.find(at);
      if (record === null || !record.following) return null;
      chain.push(at);
      at = ledger.end(at).targetId;
    }
    return chain;
  }

  #robots(
    lease: Lease,
    asked: NonNullable<Lease["robots"]>,
    report: ControlReport,
    body: Uint8Array,
  ): readonly string[] {
    const { leases, workbench, gate, dispatcher, options, clock } = this.#parts;
    leases.close(lease);
    if (report.redirect !== null && asked.hops < options.robotsRedirectsMax) {
      const target = normalise(report.redirect, lease.request.url, { ...options, trackingParameters: [] });
      if (target.ok) {
        const crawl = this.#parts.crawlOf(lease.crawlNo);
        this.#parts.send(
          dispatcher.askRobots(
            crawl,
            asked.host,
            asked.origin,
            asked.tries,
            asked.hops + 1,
            target.value.url,
          ),
        );
        return [];
      }
    }
    const answer = gate.answer(asked.origin, report, body, asked.tries, clock.nowMs());
    if (answer.kind === "again")
      asked.host.record.nextAtMs = Math.max(asked.host.record.nextAtMs, answer.atMs);
    workbench.robotsKnown(asked.host);
    return answer.kind === "settled" ? answer.sitemaps : [];
  }

  /** The fetcher has no answer and no failure for it either: as if it had failed so. */
  #robotsUnanswered(lease: Lease, outcome: Settlement): void {
    const code = outcome.kind === "later" || outcome.kind === "dead" ? codeOf(outcome.code) : "internal";
    if (outcome.kind === "errored") {
      this.giveBack(lease);
      return;
    }
    const failure = { code, message: "no answer" };
    const report = {
      kind: "control",
      request: lease.request,
      status: null,
      failure,
      redirect: null,
      headers: [],
      truncated: false,
    } as const;
    this.control({ ...report, body: new Uint8Array() }, new Uint8Array());
  }

  #sitemap(lease: Lease, report: ControlReport): void {
    const { ledger, endings, admission, options } = this.#parts;
    const record = ledger.read(lease.id);
    this.#close(lease);
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
    this.admitSitemap(
      this.#parts.crawlOf(record.crawlNo),
      target.value.url,
      record.redirects + 1,
      lease.id,
      admission,
    );
  }

  admitSitemap(
    crawl: Crawl,
    url: string,
    nesting: number,
    referrerId: number,
    admission = this.#parts.admission,
  ): boolean {
    const normal = normalise(url, null, { ...this.#parts.options, trackingParameters: [] });
    if (!normal.ok || nesting > this.#parts.options.sitemapNestingMax) return false;
    admission.admit(crawl, normal.value, {
      depth: 0,
      redirects: nesting,
      given: false,
      sitemap: true,
      referrerId,
    });
    return true;
  }

  #close(lease: Lease): void {
    this.#parts.leases.close(lease);
    this.#parts.dispatcher.closed(lease);
    this.#freeSlot(lease);
  }

  #freeSlot(lease: Lease): void {
    const { host, address } = lease;
    if (host === null) return;
    lease.host = null;
    this.#parts.workbench.finish(host, address);
    if (!lease.started && host.place === "held") this.#parts.workbench.release(host);
  }
}

const KNOWN_CODES: ReadonlySet<string> = new Set(CODES);
const isCode = (code: string): code is Code => KNOWN_CODES.has(code);
const codeOf = (code: string): Code => (isCode(code) ? code : "internal");
