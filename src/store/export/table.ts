// The flat table that CSV and Parquet write: one row a page, one typed column a fact. Pure.
import type { PageRow } from "../faces.ts";
import type { Change } from "./faces.ts";

export type Cell = string | number | boolean | Date | null;

export interface Column {
  readonly name: string;
  readonly type: "STRING" | "INT32" | "INT64" | "DOUBLE" | "BOOLEAN" | "TIMESTAMP";
  readonly of: (row: TableRow) => Cell;
}

export interface TableRow {
  readonly url: string;
  readonly change: Change | null;
  /** null for a page that is gone. */
  readonly page: PageRow | null;
  readonly markdown: string | null;
}

type Pick = (page: PageRow) => Cell;
const column = (name: string, type: Column["type"], pick: Pick): Column => ({
  name,
  type,
  of: ({ page }) => (page === null ? null : pick(page)),
});

const CHANGE: Column = { name: "change", type: "STRING", of: ({ change }) => change };

const COLUMNS: readonly Column[] = [
  { name: "url", type: "STRING", of: ({ url }) => url },
  column("final_url", "STRING", (page) => page.finalUrl),
  column("domain", "STRING", (page) => page.domain),
  column("status", "INT32", (page) => page.status),
  column("content_type", "STRING", (page) => page.contentType),
  column("charset", "STRING", (page) => page.charset),
  column("lane", "STRING", (page) => page.lane),
  column("lane_wanted", "STRING", (page) => page.laneWanted),
  column("score", "INT32", (page) => page.score),
  column("bytes", "INT64", (page) => page.bytes),
  column("depth", "INT32", (page) => page.depth),
  column("fetched_at", "TIMESTAMP", (page) => new Date(page.lastFetchedMs)),
  column("first_fetched_at", "TIMESTAMP", (page) => new Date(page.firstFetchedMs)),
  column("title", "STRING", (page) => page.title),
  column("description", "STRING", (page) => page.description),
  column("lang", "STRING", (page) => page.lang),
  column("canonical", "STRING", (page) => page.canonical),
  column("author", "STRING", (page) => page.author),
  column("published_at", "STRING", (page) => page.publishedAt),
  column("modified_at", "STRING", (page) => page.modifiedAt),
  column("site_name", "STRING", (page) => page.siteName),
  column("text_length", "INT32", (page) => page.textLength),
  column("word_count", "INT32", (page) => page.wordCount),
  column("link_count", "INT32", (page) => page.linkCount),
  column("link_density", "DOUBLE", (page) => page.linkDensity),
  column("noindex", "BOOLEAN", (page) => page.noindex),
  column("content_hash", "STRING", (page) => page.contentHash),
  column("simhash", "STRING", (page) => page.simhash),
  column("crawl_id", "STRING", (page) => page.crawlId),
  column("capture_id", "STRING", (page) => page.captureId),
  { name: "markdown", type: "STRING", of: ({ markdown }) => markdown },
];

export function tableColumns(withChanges: boolean): readonly Column[] {
  return withChanges ? [CHANGE, ...COLUMNS] : COLUMNS;
}
