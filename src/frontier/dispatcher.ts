// From ready hosts to leases: takes hosts from the workbench, asks the gate of robots.txt, and decides for the first URL of
// each whether it is leased, ended unfetched or must wait. Runs inside a turn.
import { type Clock, uuidv7 } from "../base/index.ts";
import type { PageRequest, RequestKind, Validators } from "../model/index.ts";
import { priorityOf } from "./admission.ts";
import type { Crawl } from "./crawls.ts";
import type { Endings } from "./endings.ts";
import { afterCrawl, waitingKey, waitingKeyDueAtMs, waitingKeyId } from "./keys.ts";
import type { Lease, Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import { delayMs } from "./politeness.ts";
import { originOf, type RobotsGate } from "./robots-gate.ts";
import type { Trees } from "./trees.ts";
import { hostKey } from "./url.ts";
import type { UrlRecord } from "./url-record.ts";
import type { Host, Workbench } from "./workbench.ts";

export interface DispatcherParts {
  readonly trees: Trees;
  readonly ledger: Ledger;
  readonly workbench: Workbench;
  readonly leases: Leases;
  readonly endings: Endings;
  readonly gate: RobotsGate;
  readonly options: FrontierOptions;
  readonly clock: Clock;
}

export class Dispatcher {
  readonly #parts: DispatcherParts;
  #pagesOut = 0;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Leases to hand out, at most `limit`; empty when nothing may be asked now. */
  dispatch(crawl: Crawl, limit: number): Lease[] {
    const { workbench, endings, clock, options } = this.#parts;
    const nowMs = clock.nowMs();
    this.#wakeWaiting(crawl, nowMs);
    const leases: Lease[] = [];
    for (const id of endings.take(limit)) leases.push(this.#leaseEnding(crawl, id, nowMs));
    for (let ends = 0; leases.length < limit && ends < options.endsPerTurnMax; ) {
      const host = workbench.acquire(nowMs);
      if (host === null) break;
      const step = this.#next(crawl, host, nowMs);
      if (step === "ended") ends++;
      else if (step !== "waits") leases.push(step);
    }
    if (leases.length < limit) {
      for (const id of endings.take(limit - leases.length)) leases.push(this.#leaseEnding(crawl, id, nowMs));
    }
    return leases;
  }

  /** Earliest time at which waiting URLs come due; null when none wait for a time. */
  nextAtMs(crawl: Crawl): number | null {
    const { trees } = this.#parts;
    const key = trees.firstKey(trees.waiting, waitingKey(crawl.no, 0, 0), afterCrawl(crawl.no));
    return key === null ? null : waitingKeyDueAtMs(key);
  }

  wait(crawlNo: number, id: number, dueAtMs: number): void {
    this.#parts.trees.waiting.putSync(waitingKey(crawlNo, Math.floor(dueAtMs), id), EMPTY);
  }

  /** The request reaches its fetcher: from now on the host's delay runs. */
  started(lease: Lease): void {
    const { host } = lease;
    if (lease.started || host === null) return;
    lease.started = true;
    const { workbench, clock, options } = this.#parts;
    host.record.nextAtMs = Math.max(host.record.nextAtMs, clock.nowMs() + delayMs(host.record, options));
    workbench.changed(host);
    if (host.place === "held") workbench.release(host);
  }

  /** A robots request for the origin; `redirectedTo` when its file lies elsewhere. */
  askRobots(
    crawl: Crawl,
    host: Host,
    origin: string,
    tries: number,
    hops: number,
    redirectedTo: string | null,
  ): Lease {
    const nowMs = this.#parts.clock.nowMs();
    const url = redirectedTo ?? `${origin}/robots.txt`;
    const request: PageRequest = {
      kind: "robots",
      captureId: uuidv7(nowMs),
      url,
      host: hostKey(url),
      crawlId: crawl.crawlId,
      depth: 0,
      attempt: tries + 1,
      redirects: hops,
      given: false,
      referrer: null,
      validators: null,
      lane: "fast",
      verdict: null,
    };
    const lease: Lease = {
      kind: "robots",
      request,
      id: 0,
      crawlNo: crawl.no,
      host: null,
      address: null,
      started: true,
      pauseMs: null,
      robots: { origin, host, tries, hops },
    };
    this.#parts.leases.add(lease, nowMs);
    return lease;
  }

  closed(lease: Lease): void {
    if (lease.kind === "url" && lease.request.kind === "page") this.#pagesOut--;
  }

  restored(lease: Lease): void {
    if (lease.kind === "url" && lease.request.kind === "page") this.#pagesOut++;
  }

  #next(crawl: Crawl, host: Host, nowMs: number): Lease | "ended" | "waits" {
    const { workbench, ledger, gate } = this.#parts;
    const first = workbench.first(host);
    if (first === null) {
      workbench.rest(host);
      return "waits";
    }
    const record = ledger.find(first.id);
    if (record === null || record.state !== "queued" || record.crawlNo !== crawl.no) {
      // Taken over by another crawl: the key is void.
      workbench.dequeue(host, first.priority, first.id);
      workbench.release(host);
      return "ended";
    }
    if (this.#overBudget(crawl, record)) {
      // Pages under way may turn out to be redirects, which give their place back.
      if (this.#pagesOut > 0) {
        host.record.nextAtMs = Math.max(host.record.nextAtMs, nowMs + BUDGET_LOOK_MS);
        workbench.passOn(host);
        workbench.release(host);
        return "waits";
      }
      return this.#endUnfetched(
        host,
        first,
        record,
        "skipped",
        "budget",
        `the crawl's ${crawl.pagesMax} pages are spent`,
      );
    }
    const verdict = gate.judge(record.url, nowMs);
    switch (verdict.kind) {
      case "ask": {
        workbench.passOn(host);
        return this.askRobots(crawl, host, originOf(record.url), verdict.tries, 0, null);
      }
      case "wait":
        host.record.nextAtMs = Math.max(host.record.nextAtMs, verdict.untilMs);
        workbench.changed(host);
        workbench.passOn(host);
        workbench.release(host);
        return "waits";
      case "disallowed":
        return this.#endUnfetched(host, first, record, "skipped", "robots", verdict.message);
      case "failed":
        return this.#endUnfetched(host, first, record, "failed", verdict.code, verdict.message);
      case "allowed":
        host.record.crawlDelayMs = verdict.crawlDelayMs ?? 0;
    }
    workbench.dequeue(host, first.priority, first.id);
    if (!record.counted && !record.sitemap) ledger.spendBudget(crawl.no, 1);
    ledger.move(first.id, record, "leased", (changed) => {
      changed.attempts++;
      changed.counted = true;
    });
    const lease: Lease = {
      kind: "url",
      request: this.requestOf(crawl, first.id, record, host.record.name, uuidv7(nowMs)),
      id: first.id,
      crawlNo: crawl.no,
      host,
      address: workbench.start(host),
      started: false,
      pauseMs: null,
      robots: null,
    };
    if (!record.sitemap) this.#pagesOut++;
    this.#parts.leases.add(lease, nowMs);
    const delay = delayMs(host.record, this.#parts.options);
    host.record.nextAtMs = nowMs + delay;
    workbench.changed(host);
    // With a delay the host is held until the request is handed out: its clock starts then.
    if (delay === 0) workbench.release(host);
    return lease;
  }

  requestOf(crawl: Crawl, id: number, record: UrlRecord, host: string, captureId: string): PageRequest {
    const kind: RequestKind = record.sitemap ? "sitemap" : "page";
    return {
      kind,
      captureId,
      url: record.url,
      host,
      crawlId: crawl.crawlId,
      depth: record.depth,
      attempt: Math.max(1, record.attempts),
      redirects: record.redirects,
      given: record.given,
      referrer: this.#urlOf(record.referrerId),
      validators: record.conditional ? this.#validators(id) : null,
      lane: crawl.lane,
      verdict: null,
    };
  }

  #validators(id: number): Validators | null {
    const { etag, lastModified, signature } = this.#parts.ledger.end(id);
    return etag === null && lastModified === null && signature === null
      ? null
      : { etag, lastModified, signature };
  }

  #urlOf(id: number): string | null {
    return id === 0 ? null : (this.#parts.ledger.find(id)?.url ?? null);
  }

  #leaseEnding(crawl: Crawl, id: number, nowMs: number): Lease {
    const { ledger, endings, leases } = this.#parts;
    const record = ledger.read(id);
    const request = {
      ...this.requestOf(crawl, id, record, hostKey(record.url), uuidv7(nowMs)),
      validators: null,
      verdict: endings.endOf(id, record),
    };
    const lease: Lease = {
      kind: "ending",
      request,
      id,
      crawlNo: crawl.no,
      host: null,
      address: null,
      started: true,
      pauseMs: null,
      robots: null,
    };
    leases.add(lease, nowMs);
    return lease;
  }

  #endUnfetched(
    host: Host,
    first: { id: number; priority: number },
    record: UrlRecord,
    outcome: "failed" | "skipped",
    code: "budget" | "robots" | NonNullable<UrlRecord["code"]>,
    message: string,
  ): "ended" {
    const { workbench, endings } = this.#parts;
    workbench.dequeue(host, first.priority, first.id);
    endings.endUnreported(first.id, record, { outcome, code, message, status: null, finalUrl: record.url });
    workbench.release(host);
    return "ended";
  }

  #overBudget(crawl: Crawl, record: UrlRecord): boolean {
    if (crawl.pagesMax === null || record.sitemap || record.counted) return false;
    return this.#parts.ledger.budgetUsed(crawl.no) >= crawl.pagesMax;
  }

  #wakeWaiting(crawl: Crawl, nowMs: number): void {
    const { trees, ledger, workbench, options } = this.#parts;
    const start = waitingKey(crawl.no, 0, 0);
    const end = waitingKey(crawl.no, Math.floor(nowMs) + 1, 0);
    const due: Buffer[] = [];
    for (const key of trees.waiting.getKeys({ start, end, limit: options.endsPerTurnMax }))
      due.push(Buffer.from(key));
    for (const key of due) {
      trees.waiting.removeSync(key);
      const id = waitingKeyId(key);
      const record = ledger.read(id);
      if (record.state !== "waiting" || record.following || record.crawlNo !== crawl.no) continue;
      ledger.move(id, record, "queued");
      workbench.enqueue(crawl.no, id, record.host, () => hostKey(record.url), priorityOf(record));
    }
  }
}

const EMPTY = Buffer.alloc(0);
/** How soon a host held back by the budget is looked at again. */
const BUDGET_LOOK_MS = 50;
