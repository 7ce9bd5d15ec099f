// Writing a batch: captures once each (a later Markdown moves their place of it), pages only by a newer fetch that is no thin one over a whole one, search terms with them, all in one statement. Pure SQL
// text and values; knows no session.
import { hash } from "node:crypto";
import type { StoredPage } from "../../model/index.ts";
import { type Column, type ColumnValue, captureColumns, pageColumns } from "./columns.ts";
import type { Statement } from "./session.ts";

/** The search entry of a page, as a tsvector literal. */
export type TermsOf = (page: StoredPage) => string;

const captureTable = captureColumns(({ page }) => hash("sha256", page.body, "hex"));

const names = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(", ");
const types = (columns: readonly Column[]): string =>
  columns.map(({ name, type }) => `${name} ${type}`).join(", ");

const pageTable: readonly Column[] = [...pageColumns, { name: "terms", type: "text", of: () => "" }];

/** What is sent of each capture: the columns of both tables, once each, since parsing them is the dearest part of a row. */
const sent: readonly Column[] = [
  ...new Map([...captureTable, ...pageTable].map((column) => [column.name, column])).values(),
];
/** Beside them: is it the newest capture of its URL in this batch, and when was the earliest? */
const MARKS = "is_newest boolean, earliest timestamptz";

const selected = pageTable
  .map(({ name }) => (name === "terms" ? "terms::tsvector" : name === "first_fetched" ? "earliest" : name))
  .join(", ");

/** A page read without the browser that it needs, and with little text: it never stands where a whole one could. */
const THIN_CHARS = 500;
const isThin = ({ verdict, document }: StoredPage): boolean =>
  verdict.lane !== verdict.wanted && document.statistics.textLength < THIN_CHARS;
const rank = (row: string): string =>
  `(not (${row}.lane <> ${row}.lane_wanted and ${row}.text_length < ${THIN_CHARS}), ${row}.last_fetched, ${row}.capture_id)`;

/** Whole before thin, then by time. The same capture extracted again replaces its own row. */
const IS_NEWER = `(excluded.capture_id = pages.capture_id or ${rank("excluded")} > ${rank("pages")})`;

/** An older capture that comes late changes nothing but `first_fetched`: rows do not depend on the order of arrival. */
const updated = pageTable
  .map(({ name }) => name)
  .filter((name) => name !== "url_sha256" && name !== "first_fetched")
  .map((name) => `${name} = case when ${IS_NEWER} then excluded.${name} else pages.${name} end`)
  .join(", ");

/** A capture stays as it was made, but for the Markdown that was made of it later. */
const moved = ["markdown_key", "markdown_offset", "markdown_length"]
  .map((name) => `${name} = excluded.${name}`)
  .join(", ");

const RECORD = `with sent as materialized (
  select * from json_to_recordset($1::json) as r(${types(sent)}, ${MARKS})
), captured as (
  insert into captures (${names(captureTable)}) select ${names(captureTable)} from sent order by capture_id
  on conflict (capture_id) do update set ${moved}
  where (captures.markdown_key, captures.markdown_offset) <> (excluded.markdown_key, excluded.markdown_offset)
)
insert into pages (${names(pageTable)}) select ${selected} from sent where is_newest order by url_sha256
on conflict (url_sha256) do update
set first_fetched = least(pages.first_fetched, excluded.first_fetched), changed_by = pg_current_xact_id(), ${updated}
where ${IS_NEWER} or excluded.first_fetched < pages.first_fetched`;

function rowOf(columns: readonly Column[], page: StoredPage): Record<string, ColumnValue> {
  const row: Record<string, ColumnValue> = {};
  for (const { name, of } of columns) row[name] = of(page);
  return row;
}

/** Whole before thin, newer by time, then by capture id: the same order the upsert keeps. */
function isNewer(a: StoredPage, b: StoredPage): boolean {
  if (isThin(a) !== isThin(b)) return isThin(b);
  if (a.page.fetchedAtMs !== b.page.fetchedAtMs) return a.page.fetchedAtMs > b.page.fetchedAtMs;
  return a.page.request.captureId > b.page.request.captureId;
}

/** Records a batch. Written in the order of keys, one row a key: batches cannot lock each other out. */
export function recordBatch(batch: readonly StoredPage[], termsOf: TermsOf): Statement {
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
  const rows = [...captures].map(([id, page]) => {
    const { url, fetchedAtMs } = page.page;
    const isNewest = newest.get(url)?.page.request.captureId === id;
    return {
      ...rowOf(sent, page),
      terms: isNewest ? termsOf(page) : "",
      is_newest: isNewest,
      earliest: new Date(earliest.get(url) ?? fetchedAtMs).toISOString(),
    };
  });
  return { sql: RECORD, values: [JSON.stringify(rows)] };
}
