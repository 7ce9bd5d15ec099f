// The extract stage: a fetched page in, the page with its Document out. Failures of the page are rejections with their code; the work
// itself is done by the parse pool's threads.
import type { Clock } from "../base/index.ts";
import type { Stage, Verdict, Work } from "../engine/index.ts";
import type { Code, Document, Page, RouteMarker } from "../model/index.ts";
import type { ExtractOptions } from "./options.ts";
import { createParsePool, type ParsePool } from "./pool.ts";
import type { Schema } from "./schema/declaration.ts";

export interface ExtractedPage {
  readonly page: Page;
  readonly document: Document;
}

export interface ExtractStage extends Stage<Page, ExtractedPage, Code> {
  readonly pool: ParsePool;
  close(): Promise<void>;
}

export interface ExtractStageSetup {
  readonly options: ExtractOptions;
  readonly markers: readonly RouteMarker[];
  readonly clock: Clock;
  /** See ParsePoolSetup. */
  readonly guestsMax?: number;
  /** See ParsePoolSetup. */
  readonly schema?: Schema | null;
}

/** Rejects with `decode`, `too_large`, `unsupported_type` or `parse`. */
export function createExtractStage(setup: ExtractStageSetup): ExtractStage {
  const pool = createParsePool(setup);
  return {
    name: "extract",
    pool,
    concurrencyMax: pool.capacity,
    // Beyond a page's own limit, times the pages that may stand before it: only a wedged pool gets here.
    deadlineMs: setup.options.pageTimeMs * (setup.options.pagesPerThread + 1),
    async handle(page: Page, work: Work): Promise<Verdict<ExtractedPage, Code>> {
      const { url, body, headers, truncated } = page;
      const result = await pool.extract({ url, body, headers, truncated }, work.signal);
      if (result.ok) return { kind: "emit", outputs: [{ page, document: result.value }] };
      return { kind: "reject", code: result.error.code, detail: result.error.message };
    },
    close: () => pool.close(),
  };
}
