// An export from beginning to end: chooses the rows, the writer and the place, and keeps the promise that a file is
// whole or not there, and that a change is handed out until an export with it is safe.

import { mkdir } from "node:fs/promises";
import { basename } from "node:path";
import { inOrder } from "../../base/index.ts";
import type { CaptureRow, PageFilter, PageRow } from "../faces.ts";
import { type ChangedPage, type ChangeLog, openChangeLog } from "./changes.ts";
import { writeCsv } from "./csv.ts";
import type { Change, ExportOutput, ExportReport, ExportRequest, ExportSource } from "./faces.ts";
import { writeJsonl } from "./jsonl.ts";
import { writeMarkdown } from "./markdown.ts";
import { CountingOutput, openFileOutput } from "./output.ts";
import { writeParquet } from "./parquet.ts";
import type { TableRow } from "./table.ts";
import { type WaczCapture, writeWacz } from "./wacz.ts";
import { writeWarc } from "./warc.ts";

/** Throws what the stores and the file system throw, the signal's reason on abort, RecordDamaged. */
export async function runExport(source: ExportSource, request: ExportRequest): Promise<ExportReport> {
  const changes =
    request.changesFolder === null ? null : await openChangeLog(request.changesFolder, request.format);
  try {
    await mkdir(request.scratchFolder, { recursive: true });
    const rows = new Rows(source, request, changes);
    const written = await placed(rows, source, request);
    await changes?.commit();
    return { ...written, changes: changes === null ? null : rows.counts };
  } catch (thrown) {
    await changes?.abandon();
    throw thrown;
  }
}

type Written = Pick<ExportReport, "records" | "bytes">;

async function placed(rows: Rows, source: ExportSource, request: ExportRequest): Promise<Written> {
  const { format, out } = request;
  if (format === "markdown") {
    if (typeof out !== "string") throw new TypeError("markdown is many files: it needs a folder");
    return writeMarkdown(rows.changed(), source.content, out);
  }
  if (typeof out !== "string") return counted(rows, source, request, out);
  const file = await openFileOutput(out);
  try {
    const written = await counted(rows, source, request, file);
    await file.commit();
    return written;
  } catch (thrown) {
    await file.abandon();
    throw thrown;
  }
}

async function counted(
  rows: Rows,
  source: ExportSource,
  request: ExportRequest,
  below: ExportOutput,
): Promise<Written> {
  const output = new CountingOutput(below);
  const records = await write(rows, source, request, output);
  return { records, bytes: output.bytes };
}

function write(
  rows: Rows,
  source: ExportSource,
  request: ExportRequest,
  output: ExportOutput,
): Promise<number> {
  const withChanges = request.changesFolder !== null;
  const { content } = source;
  const { software, scratchFolder, rawCells } = request;
  const nowMs = request.clock.nowMs();
  switch (request.format) {
    case "jsonl":
      return writeJsonl(rows.changed(), source, output, withChanges);
    case "csv":
      return writeCsv(rows.table(), output, { withChanges, rawCells });
    case "parquet":
      return writeParquet(rows.table(), output, { withChanges, software });
    case "warc": {
      const fileName = typeof request.out === "string" ? basename(request.out) : "millrace.warc.gz";
      return writeWarc(rows.captures(), content, output, { fileName, software, nowMs });
    }
    case "wacz": {
      const captures = (): AsyncIterable<WaczCapture> => rows.captures();
      const pages = (): AsyncIterable<PageRow> => rows.pages();
      return writeWacz({ captures, pages, content, scratchFolder, software, nowMs }, output);
    }
    case "markdown":
      throw new TypeError("markdown is many files");
  }
}

/** The rows of one export, in the shapes the writers want; stops between rows when the signal aborts. */
class Rows {
  readonly counts: Record<Change, number> = { new: 0, changed: 0, gone: 0 };
  readonly #source: ExportSource;
  readonly #request: ExportRequest;
  readonly #changes: ChangeLog | null;

  constructor(source: ExportSource, request: ExportRequest, changes: ChangeLog | null) {
    this.#source = source;
    this.#request = request;
    this.#changes = changes;
  }

  async *changed(): AsyncGenerator<ChangedPage> {
    if (this.#changes === null) {
      for await (const page of this.#stored()) {
        yield { change: "new", url: page.url, urlSha256: page.urlSha256, page };
      }
      return;
    }
    // WACZ goes through the pages twice; what is counted and kept is the first pass.
    const counts = { new: 0, changed: 0, gone: 0 };
    const isGone = (url: string): Promise<boolean> => this.#source.isGone(url);
    for await (const changed of this.#changes.changes(this.#stored(), isGone)) {
      counts[changed.change]++;
      yield changed;
    }
    Object.assign(this.counts, counts);
  }

  async *pages(): AsyncGenerator<PageRow> {
    for await (const { change, page } of this.changed()) if (page !== null && change !== "gone") yield page;
  }

  async *table(): AsyncGenerator<TableRow> {
    const withChanges = this.#changes !== null;
    const rowOf = async ({ change, url, page }: ChangedPage): Promise<TableRow> => {
      const kept = change === "gone" ? null : page;
      const markdown = kept === null ? null : await this.#source.content.readMarkdown(kept.markdown);
      return { url, change: withChanges ? change : null, page: kept, markdown };
    };
    yield* inOrder(this.changed(), this.#source.concurrencyMax, rowOf);
  }

  /** Every capture; where only pages can be chosen (changes, language, words), the newest capture of each. */
  async *captures(): AsyncGenerator<WaczCapture> {
    const { filter, signal } = this.#request;
    if (this.#changes !== null || filter.lang !== undefined || filter.q !== undefined) {
      const digested = async (page: PageRow): Promise<WaczCapture> => ({
        ...page,
        fetchedAtMs: page.lastFetchedMs,
        rawSha256: (await this.#source.content.readCapture(page.raw)).bodySha256,
      });
      yield* inOrder(this.pages(), this.#source.concurrencyMax, digested);
      return;
    }
    const since = filter.since === undefined ? {} : { since: filter.since };
    for await (const capture of this.#source.metadata.eachCapture(since)) {
      signal.throwIfAborted();
      if (chosen(capture, filter)) yield capture;
    }
  }

  async *#stored(): AsyncGenerator<PageRow> {
    for await (const page of this.#source.metadata.eachPage(this.#request.filter)) {
      this.#request.signal.throwIfAborted();
      yield page;
    }
  }
}

function chosen(capture: CaptureRow, { domain, lane, crawlId }: PageFilter): boolean {
  if (domain !== undefined && capture.domain !== domain && !capture.domain.endsWith(`.${domain}`))
    return false;
  if (lane !== undefined && capture.lane !== lane) return false;
  return crawlId === undefined || capture.crawlId === crawlId;
}
