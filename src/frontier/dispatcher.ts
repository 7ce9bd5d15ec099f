// From ready hosts to leases: takes hosts from the workbench, asks the gate of robots.txt, and decides for the first URL of
// each whether it is leased, ended unfetched or must wait.
import { type Clock, uuidv7 } from "../base/index.ts";
import type { Code } from "../model/index.ts";
import { PRIORITY, priorityOf } from "./admission.ts";
import type { Captures } from "./captures.ts";
import type { Crawl } from "./crawls.ts";
import type { Endings } from "./endings.ts";
import type { Host } from "./host.ts";
import { afterCrawl, waitingKey, waitingKeyDueAtMs, waitingKeyId } from "./keys.ts";
import type { Lease, Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import { delayMs } from "./politeness.ts";
import { Requests } from "./requests.ts";
import { originOf, type RobotsGate } from "./robots-gate.ts";
import type { Tasked } from "./tasked.ts";
import type { Trees } from "./trees.ts";
import { hostKey } from "./url.ts";
import type { UrlRecord } from "./url-record.ts";
import type { Workbench } from "./workbench.ts";

export interface DispatcherParts {
  readonly trees: Trees;
  readonly ledger: Ledger;
  readonly workbench: Workbench;
  readonly leases: Leases;
  readonly endings: Endings;
  readonly captures: Captures;
  readonly gate: RobotsGate;
  readonly tasked: Tasked;
  readonly options: FrontierOptions;
  readonly clock: Clock;
  /** A host that was urgent is one of all hosts again. */
  readonly calmed: () => void;
}

interface Next {
  readonly id: number;
  readonly priority: number;
}

/** A decision: a robots request, which needs no row, or what the turn has to write; `ends` when that leases nothing. */
type Step = { readonly lease: Lease } | { readonly ends: boolean; readonly write: () => Lease | null };

export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly requests: Requests;
  /** Pages leased and not closed; pages this dispatch is about to lease for the first time. */
  #pagesOut = 0;
  #planned = 0;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.requests = new Requests(parts.ledger, parts.tasked);
  }

  /**
   * Leases to hand out, at most `limit`. Reads and decides first, then writes all of it in one turn; `progress` tells that
   * something changed though nothing is to be handed out.
   */
  dispatch(crawl: Crawl, limit: number): { leases: Lease[]; progress: boolean } {
    const { workbench, endings, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const due = this.#dueWaiting(crawl, nowMs);
    return this.#take(crawl, limit, nowMs, due, endings.take(limit), () => workbench.acquire(nowMs));
  }

  /** The same of what is urgent, alone. */
  dispatchUrgent(crawl: Crawl, limit: number): { leases: Lease[]; progress: boolean } {
    const { workbench, endings, tasked, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const owed = endings.takeOf(tasked.urgent);
    return this.#take(crawl, limit, nowMs, [], owed, () => workbench.acquireHastened(nowMs));
  }

  #take(
    crawl: Crawl,
    limit: number,
    nowMs: number,
    due: readonly Buffer[],
    owed: readonly number[],
    acquire: () => Host | null,
  ): { leases: Lease[]; progress: boolean } {
    const { trees, options } = this.#parts;
    const asked: Lease[] = [];
    const steps: (() => Lease | null)[] = [];
    this.#planned = 0;
    let ends = 0;
    while (owed.length + asked.length + steps.length - ends < limit && ends < options.endsPerTurnMax) {
      const host = acquire();
      if (host === null) break;
      const step = this.#next(crawl, host, nowMs);
      if (step === null) continue;
      if ("lease" in step) asked.push(step.lease);
      else {
        steps.push(step.write);
        if (step.ends) ends++;
      }
    }
    if (due.length + owed.length + steps.length === 0) return { leases: asked, progress: false };
    const leases = trees.turn(() => {
      for (const key of due) this.#wake(crawl, key);
      const written = owed.map((id) => this.#leaseEnding(crawl, id, nowMs));
      for (const step of steps) {
        const lease = step();
        if (lease !== null) written.push(lease);
      }
      return written;
    });
    return { leases: [...asked, ...leases], progress: true };
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
    const isUrgent = this.#parts.workbench.hastened.has(host);
    const request = this.requests.robots(crawl, origin, tries, hops, redirectedTo, uuidv7(nowMs), isUrgent);
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

  /** What becomes of the host's next URL; null when nothing does now. */
  #next(crawl: Crawl, host: Host, nowMs: number): Step | null {
    const { workbench, ledger, gate } = this.#parts;
    const next = workbench.next(host);
    if (next === null) {
      workbench.rest(host);
      return null;
    }
    if (workbench.hastened.has(host) && next.priority !== PRIORITY.urgent) {
      workbench.hastened.calm(host);
      this.#putBack(host);
      this.#parts.calmed();
      return null;
    }
    const record = ledger.find(next.id);
    if (record === null || record.state !== "queued" || record.crawlNo !== crawl.no) {
      // Taken over by another crawl: the key is void.
      workbench.release(host);
      return { ends: true, write: () => this.#drop(host, next) };
    }
    if (this.#overBudget(crawl, record)) {
      const message = `the crawl's ${crawl.pagesMax} pages are spent`;
      if (this.#pagesOut + this.#planned === 0)
        return this.#endUnfetched(host, next, record, "skipped", "budget", message);
      // Pages under way may turn out to be redirects, which give their place back.
      host.record.nextAtMs = Math.max(host.record.nextAtMs, nowMs + BUDGET_LOOK_MS);
      this.#putBack(host);
      return null;
    }
    const verdict = gate.judge(record.url, nowMs);
    switch (verdict.kind) {
      case "ask":
        workbench.awaitRobots(host);
        return { lease: this.askRobots(crawl, host, originOf(record.url), verdict.tries, 0, null) };
      case "wait":
        host.record.nextAtMs = Math.max(host.record.nextAtMs, verdict.untilMs);
        workbench.changed(host);
        this.#putBack(host);
        return null;
      case "disallowed":
        return this.#endUnfetched(host, next, record, "skipped", "robots", verdict.message);
      case "failed":
        return this.#endUnfetched(host, next, record, "failed", verdict.code, verdict.message);
      case "allowed":
        host.record.crawlDelayMs = verdict.crawlDelayMs ?? 0;
    }
    return this.#lease(crawl, host, next, record, nowMs);
  }

  #lease(crawl: Crawl, host: Host, next: Next, record: UrlRecord, nowMs: number): Step {
    const { workbench, ledger, leases, options } = this.#parts;
    const isFirst = !record.counted && !record.sitemap;
    if (isFirst) this.#planned++;
    const address = workbench.start(host);
    const delay = delayMs(host.record, options);
    host.record.nextAtMs = nowMs + delay;
    // A clock that stands still need not be kept.
    if (delay > 0) workbench.changed(host);
    // With a delay the host is held until the request is handed out: its clock starts then.
    if (delay === 0) workbench.release(host);
    const write = (): Lease => {
      this.#drop(host, next);
      if (isFirst) ledger.spendBudget(crawl.no, 1);
      ledger.move(next.id, record, "leased", (changed) => {
        changed.attempts++;
        changed.counted = true;
      });
      const captureId = this.#captureIdOf(next.id, record, nowMs);
      const lease: Lease = {
        kind: "url",
        request: this.requests.of(crawl, next.id, record, host.record.name, captureId),
        id: next.id,
        crawlNo: crawl.no,
        host,
        address,
        started: false,
        pauseMs: null,
        robots: null,
      };
      if (!record.sitemap) this.#pagesOut++;
      leases.add(lease, nowMs);
      return lease;
    };
    return { ends: false, write };
  }

  #drop(host: Host, next: Next): null {
    this.#parts.workbench.dequeue(host, next.priority, next.id);
    return null;
  }

  #putBack(host: Host): void {
    const { workbench } = this.#parts;
    workbench.putBack(host);
    workbench.passOn(host);
    workbench.release(host);
  }

  /** After a crash a fetch is repeated under the id it had; else each has one of its own. */
  #captureIdOf(id: number, record: UrlRecord, nowMs: number): string {
    const capture = this.#parts.captures.of(id, record);
    return capture?.isKept === true ? capture.captureId : uuidv7(nowMs);
  }

  #leaseEnding(crawl: Crawl, id: number, nowMs: number): Lease {
    const { ledger, endings, leases } = this.#parts;
    const record = ledger.read(id);
    const request = {
      ...this.requests.of(crawl, id, record, hostKey(record.url), uuidv7(nowMs)),
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
    next: Next,
    record: UrlRecord,
    outcome: "failed" | "skipped",
    code: Code,
    message: string,
  ): Step {
    const { workbench, endings } = this.#parts;
    workbench.release(host);
    const write = (): null => {
      endings.endUnreported(next.id, record, { outcome, code, message, status: null, finalUrl: record.url });
      return this.#drop(host, next);
    };
    return { ends: true, write };
  }

  #overBudget(crawl: Crawl, record: UrlRecord): boolean {
    if (crawl.pagesMax === null || record.sitemap || record.counted) return false;
    return this.#parts.ledger.budgetUsed(crawl.no) + this.#planned >= crawl.pagesMax;
  }

  #dueWaiting(crawl: Crawl, nowMs: number): Buffer[] {
    const { trees, options } = this.#parts;
    const start = waitingKey(crawl.no, 0, 0);
    const end = waitingKey(crawl.no, Math.floor(nowMs) + 1, 0);
    return Array.from(trees.waiting.getKeys({ start, end, limit: options.endsPerTurnMax }), (key) =>
      Buffer.from(key),
    );
  }

  #wake(crawl: Crawl, key: Buffer): void {
    const { trees, ledger, workbench, tasked } = this.#parts;
    trees.waiting.removeSync(key);
    const id = waitingKeyId(key);
    const record = ledger.read(id);
    if (record.state !== "waiting" || record.following || record.crawlNo !== crawl.no) return;
    ledger.move(id, record, "queued");
    const { urgent } = tasked;
    const place = urgent.has(id) ? PRIORITY.urgent : tasked.has(id) ? PRIORITY.front : priorityOf(record);
    workbench.enqueue(crawl.no, id, record.host, () => hostKey(record.url), place);
    if (urgent.has(id)) workbench.hasten(crawl.no, record.host);
  }
}

const EMPTY = Buffer.alloc(0);
/** How soon a host held back by the budget is looked at again. */
const BUDGET_LOOK_MS = 50;
