// The router at work in a run: asks it about each page, tells it what the browser found, and keeps what it learned where it
// outlives the process. The one place that knows both the router's memory and the store's table for it.
import { type Clock, deadline, describe, within } from "../base/index.ts";
import type { Document, LaneChoice, LaneVerdict, Page } from "../model/index.ts";
import type { Log } from "../observe/index.ts";
import { judge, RouteMemory, type RouteOptions } from "../route/index.ts";
import type { Store } from "../store/index.ts";

export interface RoutingParts {
  readonly options: RouteOptions;
  /** Null: what is learned is forgotten with the run. */
  readonly store: Store | null;
  /** Whether the router itself may send pages to a browser, and so look at some of the others for the audit. */
  readonly mayAudit: boolean;
  readonly clock: Clock;
  readonly log: Pick<Log, "debug" | "warn">;
}

/** What of a page's first reading says how it was judged. */
export type FirstReading = Pick<Document, "evidence" | "statistics">;

export interface Routing {
  /** Where a browser may show the page, not before what earlier runs have learned was looked for once. */
  verdictOf(page: Page, document: Document, asked: Asked): Promise<LaneVerdict>;
  /** Whether a fast page is to be shown to the browser too; its verdict then says so. */
  isAudited(page: Page, document: Document, verdict: LaneVerdict): boolean;
  /** A page was shown: what its main text was before and is now. */
  shown(page: Page, before: FirstReading, verdict: LaneVerdict, wordsShown: number): void;
  /** Saves what is not saved yet. Never rejects. */
  close(): Promise<void>;
}

export interface Asked {
  readonly choice: LaneChoice;
  readonly browserAvailable: boolean;
}

/** The rendered main text has at least a fifth more words. */
const MORE = 1.2;

export const foundMore = (wordsBefore: number, wordsShown: number): boolean =>
  wordsShown > wordsBefore && wordsShown >= MORE * wordsBefore;

export function routing({ options, store, mayAudit, clock, log }: RoutingParts): Routing {
  const memory = new RouteMemory(options);
  const keeper = store === null ? null : new Keeper(memory, store, options, clock, log);
  return {
    async verdictOf({ url }, { evidence }, asked) {
      if (asked.browserAvailable) await keeper?.ready();
      return judge({ url, evidence, ...asked }, options, { memory, nowMs: clock.nowMs() });
    },
    isAudited({ url, request }, { evidence }, { score }) {
      const chance = chanceOf(request.captureId);
      return mayAudit && memory.audits({ url, evidence, score }, chance, clock.nowMs());
    },
    shown({ url }, { evidence, statistics }, { score }, wordsShown) {
      const needed = foundMore(statistics.wordCount, wordsShown);
      memory.learn({ url, evidence, score }, needed, clock.nowMs());
    },
    close: async () => keeper?.close(),
  };
}

/** A capture's own number, 0 to 1: its id ends in chance. */
const chanceOf = (captureId: string): number => Number.parseInt(captureId.slice(-8), 16) / 0x1_0000_0000;

/** Looks before what others have saved meanwhile by so much: their transactions may have taken so long. */
const OVERLAP_MS = 60_000;
const LAST_SAVE_MS = 5_000;
/** So long a page waits for what was learned: well below its stage's deadline. */
const READY_MS = 5_000;

/** Reads what was learned, and saves what is, every so often: from the first page that may need it until it is closed. */
class Keeper {
  readonly #memory: RouteMemory;
  readonly #store: Store;
  readonly #learning: RouteOptions["learning"];
  readonly #clock: Clock;
  readonly #log: RoutingParts["log"];
  readonly #closing = new AbortController();
  #readUntilMs: number | null = null;
  #first: Promise<void> | null = null;
  #rounds: Promise<void> | null = null;

  constructor(
    memory: RouteMemory,
    store: Store,
    { learning }: RouteOptions,
    clock: Clock,
    log: RoutingParts["log"],
  ) {
    this.#memory = memory;
    this.#store = store;
    this.#learning = learning;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never rejects: what cannot be read, or not in time, is done without. A database that is away is no page's fault. */
  async ready(): Promise<void> {
    this.#first ??= this.#read();
    this.#rounds ??= this.#first.then(() => this.#goRound());
    if (this.#readUntilMs !== null) return;
    await within(this.#clock, READY_MS, this.#first);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the run has ended"));
    await this.#rounds;
    if (this.#rounds === null) return;
    const late = deadline(this.#clock, LAST_SAVE_MS, () => new Error("the last save takes too long"));
    await this.#save(late.signal);
    late.clear();
  }

  async #goRound(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#clock.sleep(this.#learning.saveMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#save();
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    const { metadata } = this.#store;
    const { signal } = this.#closing;
    try {
      await metadata.connect(signal);
      const sinceMs = this.#readUntilMs === null ? null : this.#readUntilMs - OVERLAP_MS;
      const { rows, untilMs } = await metadata.routeMemory.load(this.#learning.hostsMax, sinceMs, signal);
      this.#memory.merge(rows);
      this.#readUntilMs = untilMs;
    } catch (thrown) {
      if (!signal.aborted)
        this.#log.warn({ cause: describe(thrown) }, "what the router learned cannot be read now");
    }
  }

  async #save(signal?: AbortSignal): Promise<void> {
    const rows = this.#memory.take();
    if (rows.length === 0) return;
    try {
      await this.#store.metadata.routeMemory.save(rows, signal);
    } catch (thrown) {
      this.#memory.giveBack(rows);
      this.#log.warn({ cause: describe(thrown) }, "what the router learned cannot be saved now");
    }
  }
}
