// Writing a batch: captures once each, pages only by a newer fetch, search terms with them, all in one transaction and
// one round trip. Pure SQL text and values; knows no session.
import { hash } from "node:crypto";
import type { StoredPage } from "../../model/index.ts";
import { type Column, type ColumnValue, captureColumns, pageColumns, urlSha256 } from "./columns.ts";
import type { Statement } from "./session.ts";

/** The search entry of a page, as a tsvector literal. */
export type TermsOf = (page: StoredPage) => string;

const captureTable = captureColumns(({ page }) => hash("sha256", page.body, "hex"));

const names = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(", ");
const types = (columns: readonly Column[]): string =>
  columns.map(({ name, type }) => `${name} ${type}`).join(", ");

const INSERT_CAPTURES = `insert into captures (${names(captureTable)})
select ${names(captureTable)} from json_to_recordset($1::json) as r(${types(captureTable)})
on conflict (capture_id) do nothing`;

const pageTable: readonly Column[] = [...pageColumns, { name: "terms", type: "text", of: () => "" }];
const updated = pageTable
  .map(({ name }) => name)
  .filter((name) => name !== "url_sha256" && name !== "first_fetched")
  .map((name) => `${name} = excluded.${name}`)
  .join(", ");

const selected = pageTable.map(({ name }) => (name === "terms" ? "terms::tsvector" : name)).join(", ");

/** "Or equal": the same capture extracted again replaces its own row. */
const UPSERT_PAGES = `insert into pages (${names(pageTable)})
select ${selected} from json_to_recordset($1::json) as r(${types(pageTable)})
on conflict (url_sha256) do update
set first_fetched = least(pages.first_fetched, excluded.first_fetched), changed_by = pg_current_xact_id(), ${updated}
where (excluded.last_fetched, excluded.capture_id) >= (pages.last_fetched, pages.capture_id)`;

/** An older capture that comes late changes nothing but this; so rows do not depend on the order of arrival. */
const FIRST_FETCHED = `update pages set first_fetched = r.fetched_at, changed_by = pg_current_xact_id()
from json_to_recordset($1::json) as r(url_sha256 text, fetched_at timestamptz)
where pages.url_sha256 = r.url_sha256 collate "C" and pages.first_fetched > r.fetched_at`;

function rowOf(columns: readonly Column[], page: StoredPage): Record<string, ColumnValue> {
  const row: Record<string, ColumnValue> = {};
  for (const { name, of } of columns) row[name] = of(page);
  return row;
}

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Newer by time, then by capture id: the same order the upsert keeps. */
function isNewer(a: StoredPage, b: StoredPage): boolean {
  if (a.page.fetchedAtMs !== b.page.fetchedAtMs) return a.page.fetchedAtMs > b.page.fetchedAtMs;
  return a.page.request.captureId > b.page.request.captureId;
}

/** Statements that record a batch. Sorted by key, one row a key: batches cannot lock each other out. */
export function recordBatch(batch: readonly StoredPage[], termsOf: TermsOf): Statement[] {
  const newest = new Map<string, StoredPage>();
  const earliest = new Map<string, number>();
  const captures = new Map<string, StoredPage>();
  for (const page of batch) {
    const { url, fetchedAtMs } = page.page;
    captures.set(page.page.request.captureId, page);
    const known = newest.get(url);
    if (known === undefined || isNewer(page, known)) newest.set(url, page);
    earliest.set(url, Math.min(earliest.get(url) ?? fetchedAtMs, fetchedAtMs));
  }
  const captureRows = [...captures.entries()]
    .sort(([a], [b]) => byKey(a, b))
    .map(([, page]) => rowOf(captureTable, page));
  const pageRows = [...newest.values()]
    .map((page) => ({ key: urlSha256(page.page.url), page }))
    .sort((a, b) => byKey(a.key, b.key))
    .map(({ page }) => ({ ...rowOf(pageColumns, page), terms: termsOf(page) }));
  const firsts = [...earliest].map(([url, atMs]) => ({
    url_sha256: urlSha256(url),
    fetched_at: new Date(atMs).toISOString(),
  }));
  return [
    { sql: INSERT_CAPTURES, values: [JSON.stringify(captureRows)] },
    { sql: UPSERT_PAGES, values: [JSON.stringify(pageRows)] },
    { sql: FIRST_FETCHED, values: [JSON.stringify(firsts)] },
  ];
}
