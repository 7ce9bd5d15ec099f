// The room's two stages, content before metadata: bytes on disk first, then the row that points at them. They batch,
// hand out locations and reports, and leave acknowledging to the engine.
import { describe } from "../base/index.ts";
import type { BatchStage, Verdict, Work } from "../engine/index.ts";
import type { Code, EndedPage, PageReport, ProcessedPage, StoredPage } from "../model/index.ts";
import { blamesValue, StatementFailed } from "./errors.ts";
import type { ContentStore, MetadataStore } from "./faces.ts";
import type { StoreOptions } from "./options.ts";
import type { QueueEnd } from "./queue-faces.ts";

const emit = <T>(output: T): Verdict<T, Code> => ({ kind: "emit", outputs: [output] });

/** Writes captures and Markdown, or what a browser showed; a page that is stored already passes through. */
export function contentStage(
  store: ContentStore,
  options: StoreOptions["content"],
): BatchStage<ProcessedPage, StoredPage, Code> {
  return {
    name: "content",
    batch: store.batch ?? options,
    deadlineMs: options.deadlineMs,
    connect: (signal) => store.connect(signal),
    async handle(batch: readonly ProcessedPage[], work: Work) {
      const isToWrite = ({ stored, rendering }: ProcessedPage): boolean =>
        stored === null || rendering === "done";
      const fresh = batch.filter(isToWrite);
      const locations = fresh.length === 0 ? [] : await store.append(fresh, work.signal);
      let next = 0;
      return batch.map((page) => {
        const stored = isToWrite(page) ? locations[next++] : page.stored;
        if (stored === undefined || stored === null)
          throw new Error("the content store answered for fewer pages than it was given");
        // The picture is safe: nobody behind needs its bytes.
        const { screenshot: _, ...rest } = page;
        return emit({ ...rest, stored });
      });
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Writes rows and search entries, and ends each page with its report; one that a browser showed out of the render queue ends
 * there in the same transaction, with its report as JSON. The stores are closed by who opened them, because readers share
 * them.
 */
export function metadataStage(
  store: MetadataStore,
  options: StoreOptions["metadata"],
  reportOf: (page: StoredPage) => PageReport,
): BatchStage<StoredPage, EndedPage, Code> {
  return {
    name: "metadata",
    batch: options,
    deadlineMs: options.deadlineMs,
    connect: (signal) => store.connect(signal),
    async handle(batch: readonly StoredPage[], work: Work) {
      const endOf = (page: StoredPage): QueueEnd => ({
        captureId: page.page.request.captureId,
        report: JSON.stringify(reportOf(page)),
        markdown: page.stored.markdown,
      });
      const refused = await recordEach(store, batch, endOf, work.signal);
      return batch.map((stored): Verdict<EndedPage, Code> => {
        const reason = refused.get(stored);
        if (reason !== undefined)
          return { kind: "reject", code: "store", detail: describe(reason), cause: reason };
        const { page, document, verdict } = stored;
        return emit({ report: reportOf(stored), page, document, verdict, stored: stored.stored });
      });
    },
    close: () => Promise.resolve(),
  };
}

/** Records a batch; where the database refuses it, halves it until the rows to blame stand alone. Those are returned. */
async function recordEach(
  store: MetadataStore,
  batch: readonly StoredPage[],
  endOf: (page: StoredPage) => QueueEnd,
  signal: AbortSignal,
): Promise<Map<StoredPage, StatementFailed>> {
  try {
    const ends = batch.filter(({ rendering }) => rendering === "done").map(endOf);
    await store.record(batch, signal, ends);
    return new Map();
  } catch (thrown) {
    if (!(thrown instanceof StatementFailed) || !blamesValue(thrown)) throw thrown;
    const [only] = batch;
    if (only === undefined || batch.length === 1) return new Map(only === undefined ? [] : [[only, thrown]]);
    const half = batch.length >> 1;
    const first = await recordEach(store, batch.slice(0, half), endOf, signal);
    const second = await recordEach(store, batch.slice(half), endOf, signal);
    return new Map([...first, ...second]);
  }
}
