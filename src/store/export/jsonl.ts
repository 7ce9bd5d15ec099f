// Pages as `--out` lines, one JSON object each: what the crawl wrote, written again from the stored captures.
import { inOrder } from "../../base/index.ts";
import { type EndedPage, outLine } from "../../model/index.ts";
import type { CaptureWithBody, PageRow } from "../faces.ts";
import type { ChangedPage } from "./changes.ts";
import type { ExportOutput, ExportSource } from "./faces.ts";

/** A page, or with changes a changed one. Resolves to the number of lines. */
export async function writeJsonl(
  pages: AsyncIterable<ChangedPage>,
  source: ExportSource,
  output: ExportOutput,
  withChanges: boolean,
): Promise<number> {
  const lineOf = async ({ change, url, page }: ChangedPage): Promise<string> => {
    const first = withChanges ? { change } : {};
    if (page === null || change === "gone") return JSON.stringify({ ...first, url });
    return JSON.stringify({ ...first, ...outLine(await endedPage(page, source)) });
  };
  let written = 0;
  for await (const line of inOrder(pages, source.concurrencyMax, lineOf)) {
    await output.write(`${line}\n`);
    written++;
  }
  return written;
}

async function endedPage(row: PageRow, source: ExportSource): Promise<EndedPage> {
  const found = await source.content.readCapture(row.raw);
  // Where it waited for a browser, its Markdown lies elsewhere than beside the capture, and the last word on its lane too.
  const verdict = { ...found.verdict, lane: row.lane, wanted: row.laneWanted };
  const capture = { ...found, markdown: row.markdown, verdict };
  return {
    page: capture,
    document: await source.documentOf(capture),
    verdict: capture.verdict,
    report: reportOf(row, capture),
  };
}

function reportOf(row: PageRow, capture: CaptureWithBody): EndedPage["report"] {
  return {
    kind: "page",
    request: { ...capture.request, url: row.url },
    outcome: "stored",
    code: null,
    message: null,
    status: row.status,
    finalUrl: row.finalUrl,
    lane: row.lane,
    validators: { etag: row.etag, lastModified: row.lastModified },
    signature: row.contentHash,
    fetchedAtMs: row.lastFetchedMs,
    links: [],
    followers: [],
  };
}
