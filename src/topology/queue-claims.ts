// The render queue's way out: rows claimed on a lease, each page read back from its segment, handed out, and let go of when
// its end was told. Who has a page when: docs in ARCHITECTURE.md. Knows no browser and no frontier.
import { asError, type Clock, describe, uuidv7 } from "../base/index.ts";
import type { Actor, Delivery, Outcome, Source } from "../engine/index.ts";
import { CODES, type Code, type PageReport, type PageRequest, type RedirectReport } from "../model/index.ts";
import type { Log } from "../observe/index.ts";
import {
  type ClaimedEntry,
  type QueueEnd,
  RecordDamaged,
  type Store,
  type StoreOptions,
} from "../store/index.ts";
import { periodic } from "./periodic.ts";
import type { ShownPage } from "./process-stage.ts";
import type { BareEnd } from "./queue-stages.ts";
import { decodeEnd, decodeQueued, encodeEnd, type QueuedPage } from "./queued-page.ts";
import { pageOf } from "./recovery.ts";

/** What is claimed: a page to be shown, or an end that may not have been told. */
export type Claimed =
  | { readonly kind: "show"; readonly page: ShownPage }
  | { readonly kind: "owed"; readonly request: PageRequest; readonly output: BareEnd };

export interface QueueClaimsParts {
  readonly store: Store;
  readonly options: StoreOptions["renderQueue"];
  /** Pages that are shown at once; 0: none, this process has no browser. */
  readonly concurrencyMax: number;
  /** No other process has the store: what is claimed at the start was claimed by a process that is gone. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Between two looks when there was nothing; what this process adds is seen at once. */
const LOOK_MS = 500;
const LOOK_ALONE_MS = 60_000;
const COUNT_MS = 5_000;
/** Ends on their way to a segment, a row, a line and the frontier, beside the pages that are shown. */
const ENDS_UNDER_WAY = 64;

export class QueueClaims {
  readonly source: Source<Claimed>;
  /** Renews what is claimed, and counts. */
  readonly keeper: Actor;
  /** Pages that wait, as last seen. */
  waiting = 0;
  readonly #parts: QueueClaimsParts;
  readonly #owner: string;
  readonly #claimed: ClaimedEntry[] = [];
  /** Handed out and not settled. */
  readonly #open = new Set<string>();
  readonly #over = new AbortController();
  #news = new AbortController();
  #isFirst = true;
  #told: string[] = [];
  #free: string[] = [];
  #dead: QueueEnd[] = [];
  #paying: Promise<void> = Promise.resolve();

  constructor(parts: QueueClaimsParts) {
    this.#parts = parts;
    this.#owner = uuidv7(parts.clock.nowMs());
    this.source = {
      name: "render_queue",
      inFlightMax: 2 * parts.concurrencyMax + ENDS_UNDER_WAY,
      connect: (signal) => this.#connect(signal),
      read: (signal) => this.#read(signal),
      close: () => this.#close(),
    };
    this.keeper = this.#keeper();
  }

  /** Something was added. */
  added(count: number): void {
    this.waiting += count;
    this.#ring();
  }

  /** Nothing that is waited for will be added any more: the source ends. */
  over(): void {
    this.#over.abort(new Error("nothing waits for a browser"));
    this.#ring();
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { store, isAlone } = this.#parts;
    await store.metadata.connect(signal);
    await store.content.connect(signal);
    const queue = store.metadata.renderQueue;
    if (isAlone && this.#isFirst) await queue.releaseAll();
    this.#isFirst = false;
    this.waiting = (await queue.counts()).waiting;
  }

  async #read(signal: AbortSignal): Promise<Delivery<Claimed> | null> {
    const { store, options, concurrencyMax, isAlone, clock } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      await this.#pay();
      if (this.#over.signal.aborted) return null;
      const entry = this.#claimed.shift();
      if (entry !== undefined) {
        try {
          return this.#delivery(entry, await this.#resolve(entry, signal));
        } catch (thrown) {
          // A service is away, or the read was stopped: it is still claimed.
          this.#claimed.unshift(entry);
          throw thrown;
        }
      }
      const news = this.#news.signal;
      const limits = { limit: concurrencyMax, leaseMs: options.leaseMs };
      const found = await store.metadata.renderQueue.claim(this.#owner, limits, signal);
      // What ran out of its lease here is still under way here.
      this.#claimed.push(...found.filter(({ captureId }) => !this.#open.has(captureId)));
      if (this.#claimed.length > 0) continue;
      await clock
        .sleep(isAlone ? LOOK_ALONE_MS : LOOK_MS, AbortSignal.any([signal, news]))
        .catch((thrown: unknown) => {
          if (!news.aborted) throw thrown;
        });
    }
  }

  async #resolve(entry: ClaimedEntry, signal: AbortSignal): Promise<Claimed> {
    const { content } = this.#parts.store;
    if (entry.report !== null) {
      const end = decodeEnd(entry.report);
      if (end.ok) return this.#owed(end.value, entry);
      return this.#bury(entry, null, "store", `its end cannot be read: ${end.error}`, signal);
    }
    const queued = decodeQueued(entry.page);
    if (!queued.ok)
      return this.#bury(entry, null, "store", `its row cannot be read: ${queued.error}`, signal);
    if (entry.claims > this.#parts.options.claimsMax) {
      const message = `claimed ${entry.claims - 1} times, and never ended`;
      return this.#bury(entry, queued.value, "internal", message, signal);
    }
    try {
      const page = pageOf(await content.readCapture(entry.stored.raw), queued.value.request);
      const { document, verdict } = queued.value;
      return { kind: "show", page: { page, stored: entry.stored, document, verdict } };
    } catch (thrown) {
      if (!(thrown instanceof RecordDamaged)) throw thrown;
      return this.#bury(entry, queued.value, "store", describe(thrown), signal);
    }
  }

  /** What nobody can go on with is a dead letter, and its URL ends. */
  async #bury(
    entry: ClaimedEntry,
    queued: QueuedPage | null,
    code: Code,
    message: string,
    signal: AbortSignal,
  ): Promise<Claimed> {
    const { clock, log } = this.#parts;
    const { metadata } = this.#parts.store;
    const { captureId, url } = entry;
    const diedAtMs = clock.nowMs();
    const letter = { stage: "render_queue", topic: "processed.dlq", captureId, url, code, message };
    log.error({ captureId, url, code }, message);
    await metadata.deadLetters.write([{ ...letter, id: uuidv7(diedAtMs), diedAtMs, payload: null }], signal);
    const report = failedReport(queued?.request ?? requestOf(entry), code, message);
    // What cannot be read of an end must not stand in the way of this one.
    await metadata.renderQueue.end([{ captureId, report: encodeEnd(report), markdown: null }], signal);
    return this.#owed(report, entry);
  }

  /** Of a page that was stored, its row tells the rest. */
  async #owed(report: PageReport | RedirectReport, { stored }: ClaimedEntry): Promise<Claimed> {
    const { request } = report;
    if (report.kind === "redirect") return { kind: "owed", request, output: { to: "frontier", report } };
    const bare = { report, page: null, document: null, verdict: null };
    if (report.outcome !== "stored") return { kind: "owed", request, output: { to: "out", ended: bare } };
    const page = pageOf(await this.#parts.store.content.readCapture(stored.raw), request);
    return { kind: "owed", request, output: { to: "out", ended: { ...bare, page, stored } } };
  }

  #delivery(entry: ClaimedEntry, claimed: Claimed): Delivery<Claimed> {
    const request = claimed.kind === "show" ? claimed.page.page.request : claimed.request;
    this.#open.add(entry.captureId);
    return {
      payload: claimed,
      sizeBytes: claimed.kind === "show" ? claimed.page.page.body.byteLength : 0,
      traceId: entry.captureId,
      settle: (outcome) => this.#settle(request, outcome),
    };
  }

  #settle(request: PageRequest, outcome: Outcome): void {
    const { captureId } = request;
    this.#open.delete(captureId);
    if (outcome.kind === "delivered" || outcome.kind === "dropped") this.#told.push(captureId);
    else {
      if (outcome.kind === "dead") {
        const report = failedReport(request, codeIn(outcome.code), "went to the dead letters");
        this.#dead.push({ captureId, report: encodeEnd(report), markdown: null });
      }
      this.#free.push(captureId);
    }
    // What cannot be written now is written before the next read, which tells of the failure.
    this.#pay().then(
      () => this.#ring(),
      () => this.#ring(),
    );
  }

  /** Writes what was settled. One after the other: an end comes before the claim that finds it. */
  #pay(): Promise<void> {
    const mine = this.#paying.then(
      () => this.#payNow(),
      () => this.#payNow(),
    );
    this.#paying = mine.catch(() => undefined);
    return mine;
  }

  async #payNow(): Promise<void> {
    const queue = this.#parts.store.metadata.renderQueue;
    const [dead, free, told] = [this.#dead, this.#free, this.#told];
    if (dead.length + free.length + told.length === 0) return;
    [this.#dead, this.#free, this.#told] = [[], [], []];
    try {
      if (dead.length > 0) await queue.end(dead);
      if (free.length > 0) await queue.release(this.#owner, free);
      if (told.length > 0) await queue.remove(told);
      this.waiting = Math.max(0, this.waiting - told.length);
    } catch (thrown) {
      this.#dead.unshift(...dead);
      this.#free.unshift(...free);
      this.#told.unshift(...told);
      throw thrown;
    }
  }

  async #close(): Promise<void> {
    this.#free.push(...this.#claimed.splice(0).map(({ captureId }) => captureId));
    try {
      await this.#pay();
    } catch (thrown) {
      // The database is away: the leases run out by themselves, and what was told is told again, which changes nothing.
      this.#parts.log.warn({ cause: describe(asError(thrown)) }, "claims of the render queue are left open");
    }
  }

  #keeper(): Actor {
    const { store, options, concurrencyMax, clock, log } = this.#parts;
    let isSaid = false;
    const everyMs = Math.min(COUNT_MS, Math.floor(options.leaseMs / 4));
    const inner = periodic("claims", { everyMs, clock }, async (signal) => {
      const queue = store.metadata.renderQueue;
      try {
        await store.metadata.connect(signal);
        await queue.renew(this.#owner, options.leaseMs);
        this.waiting = (await queue.counts()).waiting;
        if (this.waiting > 0 && concurrencyMax === 0 && !isSaid) {
          isSaid = true;
          log.warn({ waiting: this.waiting }, "pages wait for a browser, and this process has none");
        }
      } catch (thrown) {
        if (!signal.aborted)
          log.warn({ cause: describe(asError(thrown)) }, "claims of the render queue cannot be renewed");
      }
    });
    return {
      name: inner.name,
      drain: () => inner.drain?.(),
      run: async (signal) => {
        const stop = (): void => inner.drain?.();
        this.#over.signal.addEventListener("abort", stop, { once: true });
        if (this.#over.signal.aborted) stop();
        await inner.run(signal);
      },
    };
  }

  #ring(): void {
    const before = this.#news;
    this.#news = new AbortController();
    before.abort();
  }
}

const codeIn = (said: string): Code => CODES.find((code) => code === said) ?? "internal";

function failedReport(request: PageRequest, code: Code, message: string): PageReport {
  return {
    kind: "page",
    request,
    outcome: "failed",
    code,
    message,
    status: null,
    finalUrl: request.url,
    lane: "rich",
    validators: null,
    signature: null,
    fetchedAtMs: null,
    links: [],
    followers: [],
  };
}

/** Of a row whose own request cannot be read. */
const requestOf = ({ captureId, url, host }: ClaimedEntry): PageRequest => ({
  kind: "page",
  captureId,
  url,
  host,
  crawlId: "",
  depth: 0,
  attempt: 1,
  redirects: 0,
  given: false,
  referrer: null,
  validators: null,
  lane: "auto",
  verdict: null,
});
