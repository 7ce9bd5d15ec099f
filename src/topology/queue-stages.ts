// The two stages at the render queue's edges: pages go in while there is room, and what ends without a row of `pages` ends in
// the queue before anybody is told. Knows no browser.
import type { Clock } from "../base/index.ts";
import type { BatchStage, Verdict, Work } from "../engine/index.ts";
import type { Code, Page, ProcessedPage, StoredPage } from "../model/index.ts";
import type { QueueEnd, Store } from "../store/index.ts";
import type { ProcessOutput } from "./process-stage.ts";
import { encodeEnd, encodeQueued } from "./queued-page.ts";

const BATCH = { itemsMax: 128, bytesMax: 64 * 1024 * 1024, lingerMs: 20, inFlightMax: 1 };
/** Between two looks at a full queue. */
const ROOM_LOOK_MS = 200;
/** A queue that is full for longer counts as away: its pages wait on, and it is said. */
const FULL_MS = 600_000;
const END_DEADLINE_MS = 60_000;

export interface AddStageParts<Told> {
  readonly metadata: Store["metadata"];
  itemsMax(): number;
  /** So many pages are in it and were not before, or were told again. */
  added(count: number): void;
  /** Says that the queue answers for the page now. */
  tell(page: Page): Told;
  readonly clock: Clock;
}

/** Resolves for a page once its row is there. A full queue is waited for: this is where the line before it comes to rest. */
export function addStage<Told>(parts: AddStageParts<Told>): BatchStage<StoredPage, Told, Code> {
  const { metadata, itemsMax, added, tell, clock } = parts;
  return {
    name: "queue",
    batch: BATCH,
    deadlineMs: FULL_MS,
    connect: (signal) => metadata.connect(signal),
    async handle(batch: readonly StoredPage[], work: Work) {
      let left = batch;
      for (;;) {
        const inside = await metadata.renderQueue.add(left.map(entryOf), itemsMax(), work.signal);
        if (inside.size > 0) added(inside.size);
        left = left.filter(({ page }) => !inside.has(page.request.captureId));
        if (left.length === 0) break;
        await clock.sleep(ROOM_LOOK_MS, work.signal);
      }
      return batch.map(({ page }): Verdict<Told, Code> => ({ kind: "emit", outputs: [tell(page)] }));
    },
    close: () => Promise.resolve(),
  };
}

const entryOf = (stored: StoredPage) => {
  const { captureId, url, host, urgent } = stored.page.request;
  const isUrgent = urgent === true;
  return { captureId, url, host, page: encodeQueued(stored), stored: stored.stored, isUrgent };
};

/** An end that no row of `pages` goes with. */
export type BareEnd = Exclude<ProcessOutput, { readonly to: "store" | "render" }>;

/** What is told of an end that it wrote is the same after any crash. */
export function endStage(metadata: Store["metadata"]): BatchStage<BareEnd, BareEnd, Code> {
  return {
    name: "queue.ends",
    batch: BATCH,
    deadlineMs: END_DEADLINE_MS,
    connect: (signal) => metadata.connect(signal),
    async handle(batch: readonly BareEnd[], work: Work) {
      await metadata.renderQueue.end(batch.map(endOf), work.signal);
      return batch.map((end): Verdict<BareEnd, Code> => ({ kind: "emit", outputs: [end] }));
    },
    close: () => Promise.resolve(),
  };
}

function endOf(end: BareEnd): QueueEnd {
  const report = end.to === "out" ? end.ended.report : end.report;
  // Only a page's end and the redirect it asked for come out of a lane.
  if (report.kind !== "page" && report.kind !== "redirect") throw new Error(`a page ended by ${report.kind}`);
  return { captureId: report.request.captureId, report: encodeEnd(report), markdown: null };
}

/** What goes into a segment before the queue has it. */
export const due = (page: ProcessedPage): ProcessedPage => ({ ...page, rendering: "due" });
