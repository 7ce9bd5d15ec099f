// What an export is asked for, what it reads from, and where its bytes go. Shapes only.
import type { Clock } from "../../base/index.ts";
import type { Document } from "../../model/index.ts";
import type { CaptureWithBody, ContentStore, MetadataStore, PageFilter } from "../faces.ts";

export const EXPORT_FORMATS = ["jsonl", "markdown", "warc", "wacz", "csv", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportSource {
  readonly content: ContentStore;
  readonly metadata: MetadataStore;
  /** Extracts a stored capture again, for what the rows do not keep (links, structured data). Null when that fails now. */
  documentOf(capture: CaptureWithBody): Promise<Document | null>;
  /** Extractions under way at once. */
  readonly concurrencyMax: number;
  /** True when the last fetch of this stored URL said that it is no more (404, 410). */
  isGone(url: string): Promise<boolean>;
}

/** Where bytes go, in order; resolves when there is room for more. */
export interface ExportOutput {
  write(bytes: Uint8Array | string): Promise<void>;
}

export type Change = "new" | "changed" | "gone";

export interface ExportRequest {
  readonly format: ExportFormat;
  /** A file, a folder for `markdown`, or an output of the caller's own (stdout; not for `markdown`). */
  readonly out: string | ExportOutput;
  /** Null: everything. Else only what is new, changed or gone since the state kept in this folder. */
  readonly changesFolder: string | null;
  readonly filter: PageFilter;
  /** Where runs of the external sort may lie. */
  readonly scratchFolder: string;
  readonly software: string;
  /** Cells that a spreadsheet would take for a formula stay as they are (csv). */
  readonly rawCells: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface ExportReport {
  /** Pages, or captures where the format holds captures. */
  readonly records: number;
  readonly bytes: number;
  /** Counts by kind of change; null without `changesFolder`. */
  readonly changes: Readonly<Record<Change, number>> | null;
}
