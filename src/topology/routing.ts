// The router at work in a run: asks it about each page, tells it what the browser found, and keeps what it learned where it
// outlives the process. The one place that knows both the router's memory and the store's table for it.
import { type Clock, describe } from "../base/index.ts";
import type { Actor } from "../engine/index.ts";
import type { Document, LaneChoice, LaneVerdict, Page } from "../model/index.ts";
import type { Log } from "../observe/index.ts";
import { judge, RouteMemory, type RouteOptions } from "../route/index.ts";
import type { Store } from "../store/index.ts";
import { periodic } from "./periodic.ts";

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
  verdictOf(page: Page, document: Document, asked: Asked): LaneVerdict;
  /** Whether a fast page is to be shown to the browser too; its verdict then says so. */
  isAudited(page: Page, document: Document, verdict: LaneVerdict): boolean;
  /** A page was shown: what its main text was before and is now. */
  shown(page: Page, before: FirstReading, verdict: LaneVerdict, wordsShown: number): void;
  /** Belongs beside the graph; null where nothing is kept. */
  readonly keeper: Actor | null;
  /** Saves what the keeper has not yet. Never rejects. */
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
  const kept = store === null ? null : keeping(memory, store, options, clock, log);
  return {
    verdictOf({ url }, { evidence }, asked) {
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
    keeper: kept?.actor ?? null,
    close: async () => kept?.save(),
  };
}

/** A capture's own number, 0 to 1: its id ends in chance. */
const chanceOf = (captureId: string): number => Number.parseInt(captureId.slice(-8), 16) / 0x1_0000_0000;

/** Looks before what others have saved meanwhile by so much: their transactions may have taken so long. */
const OVERLAP_MS = 60_000;

function keeping(
  memory: RouteMemory,
  { metadata }: Store,
  { learning }: RouteOptions,
  clock: Clock,
  log: RoutingParts["log"],
): { actor: Actor; save(signal?: AbortSignal): Promise<void> } {
  let readUntilMs: number | null = null;
  const save = async (signal?: AbortSignal): Promise<void> => {
    const rows = memory.take();
    if (rows.length === 0) return;
    try {
      await metadata.routeMemory.save(rows, signal);
    } catch (thrown) {
      memory.giveBack(rows);
      log.debug({ cause: describe(thrown) }, "what the router learned cannot be saved now");
    }
  };
  const look = async (signal: AbortSignal): Promise<void> => {
    try {
      await metadata.connect(signal);
      const sinceMs = readUntilMs === null ? null : readUntilMs - OVERLAP_MS;
      const { rows, untilMs } = await metadata.routeMemory.load(learning.hostsMax, sinceMs, signal);
      memory.merge(rows);
      readUntilMs = untilMs;
    } catch (thrown) {
      if (signal.aborted) return;
      log.debug({ cause: describe(thrown) }, "what the router learned cannot be read now");
      return;
    }
    await save(signal);
  };
  return { actor: periodic("route memory", { everyMs: learning.saveMs, clock }, look), save };
}
