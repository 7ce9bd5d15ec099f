// The `--out` line of an end. A URL that redirected to a page which had ended before it ends without a document of its own:
// its line is made from that page's capture, so that it says the same as a line written with the page.
import { createHash } from "node:crypto";
import type { ParsePool } from "../extract/index.ts";
import type { LaneVerdict } from "../model/index.ts";
import { type EndedPage, type OutLine, outLine } from "../model/index.ts";
import type { PageRow, Store } from "../store/index.ts";
import { pageOf } from "../topology/index.ts";
import { documentAgain } from "./document-again.ts";

export function lineWriter(parts: {
  readonly store: Store | null;
  readonly pool: () => ParsePool;
  readonly signal: AbortSignal;
}): (ended: EndedPage) => OutLine | Promise<OutLine> {
  const { store, pool, signal } = parts;
  return (ended) => {
    const { report, document } = ended;
    const isLate = document === null && report.outcome === "stored";
    if (!isLate || store === null) return outLine(ended);
    return lateLine(ended, store, pool(), signal);
  };
}

async function lateLine(
  ended: EndedPage,
  store: Store,
  pool: ParsePool,
  signal: AbortSignal,
): Promise<OutLine> {
  const { report } = ended;
  await store.metadata.connect(signal);
  const row = await store.metadata.page(createHash("sha256").update(report.finalUrl).digest("hex"));
  if (row === null) return outLine(ended);
  const verdict = verdictOf(row);
  const capture = { ...(await store.content.readCapture(row.raw)), markdown: row.markdown, verdict };
  const page = pageOf(capture, report.request);
  const document = await documentAgain(capture, store.content, pool, signal);
  return outLine({ report, page, document: document.ok ? document.value : null, verdict });
}

const verdictOf = ({ lane, laneWanted, score }: PageRow): LaneVerdict => ({
  lane,
  wanted: laneWanted,
  score,
  rules: [],
  reason: null,
});
