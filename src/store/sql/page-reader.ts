// Reading pages and captures: by key, in slices, as streams, all by key order so that memory stays constant and rows
// written meanwhile are neither skipped nor doubled.
import { z } from "zod";
import type { CaptureRow, PageFilter, PageRow, Slice, SliceRequest, StoreCounts } from "../faces.ts";
import { urlSha256 } from "./columns.ts";
import { decodeCursor, encodeCursor, limitOf } from "./cursor.ts";
import { CAPTURE_SELECTION, PAGE_SELECTION, toCaptureRow, toPageRow } from "./rows.ts";
import { query, type SqlSession, type SqlValue } from "./session.ts";

const STREAM_SLICE = 500;
const NIL_UUID = "00000000-0000-0000-0000-000000000000";

/** Conditions joined by "and", with their values numbered in order. */
export class Conditions {
  readonly values: SqlValue[] = [];
  readonly #texts: string[] = [];

  /** `text` writes `?` where the value stands; it may stand several times. */
  add(text: string, value: SqlValue): void {
    this.values.push(value);
    this.#texts.push(text.replaceAll("?", `$${this.values.length}`));
  }

  /** A value that is no condition. */
  value(value: SqlValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  toString(): string {
    return this.#texts.length === 0 ? "true" : this.#texts.join(" and ");
  }
}

/** The host itself, or any below it: in reversed names a prefix, so that an index serves it. */
export function addDomain(conditions: Conditions, domain: string): void {
  const host = domain.toLowerCase();
  conditions.add(
    '(reverse(domain) collate "C" = reverse(?) or reverse(domain) collate "C" ^@ (reverse(?) || \'.\'))',
    host,
  );
}

export function filterPages(
  filter: PageFilter,
  tsqueryOf: (query: string) => string | null,
): Conditions | null {
  const conditions = new Conditions();
  if (filter.domain !== undefined) addDomain(conditions, filter.domain);
  if (filter.lane !== undefined) conditions.add("lane = ?", filter.lane);
  if (filter.lang !== undefined) addLanguage(conditions, filter.lang);
  if (filter.since !== undefined)
    conditions.add("last_fetched >= ?::timestamptz", new Date(filter.since).toISOString());
  if (filter.crawlId !== undefined) conditions.add("crawl_id = ?", filter.crawlId);
  if (filter.q !== undefined) {
    const tsquery = tsqueryOf(filter.q);
    if (tsquery === null) return null;
    conditions.add("terms @@ ?::tsquery", tsquery);
  }
  return conditions;
}

/** "en" is also "en-GB" (RFC 4647, basic filtering). */
export function addLanguage(conditions: Conditions, lang: string): void {
  conditions.add("(lower(lang) = ? or starts_with(lower(lang), ? || '-'))", lang.toLowerCase());
}

export class PageReader {
  readonly #session: SqlSession;
  readonly #tsqueryOf: (query: string) => string | null;

  constructor(session: SqlSession, tsqueryOf: (query: string) => string | null) {
    this.#session = session;
    this.#tsqueryOf = tsqueryOf;
  }

  async page(key: string): Promise<PageRow | null> {
    const [row] = await query(this.#session, `select ${PAGE_SELECTION} from pages where url_sha256 = $1`, [
      key,
    ]);
    return row === undefined ? null : toPageRow(row);
  }

  async pages(request: PageFilter & SliceRequest): Promise<Slice<PageRow>> {
    const after = request.cursor === undefined ? "" : decodeCursor(request.cursor, z.string());
    const limit = limitOf(request.limit);
    const rows = await this.#slice(request, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, cursor: rows.length > limit && last !== undefined ? encodeCursor(last.urlSha256) : null };
  }

  async *eachPage(filter: PageFilter): AsyncGenerator<PageRow> {
    let after = "";
    for (;;) {
      const rows = await this.#slice(filter, after, STREAM_SLICE);
      yield* rows;
      if (rows.length < STREAM_SLICE) return;
      after = rows.at(-1)?.urlSha256 ?? after;
    }
  }

  async *eachCapture(filter: { since?: number; url?: string }): AsyncGenerator<CaptureRow> {
    let after = NIL_UUID;
    for (;;) {
      const conditions = new Conditions();
      conditions.add("capture_id > ?::uuid", after);
      if (filter.since !== undefined) {
        conditions.add("fetched_at >= ?::timestamptz", new Date(filter.since).toISOString());
      }
      if (filter.url !== undefined) conditions.add("url_sha256 = ?", urlSha256(filter.url));
      const rows = await query(
        this.#session,
        `select ${CAPTURE_SELECTION} from captures where ${conditions} order by captures.capture_id limit ${STREAM_SLICE}`,
        conditions.values,
      );
      const captures = rows.map(toCaptureRow);
      yield* captures;
      if (captures.length < STREAM_SLICE) return;
      after = captures.at(-1)?.captureId ?? after;
    }
  }

  async known(captureIds: readonly string[]): Promise<Set<string>> {
    const rows = await query(
      this.#session,
      "select c.capture_id::text as id from json_array_elements_text($1::json) as asked(id) join captures c on c.capture_id = asked.id::uuid",
      [JSON.stringify(captureIds)],
    );
    return new Set(rows.map((row) => z.object({ id: z.string() }).parse(row).id));
  }

  async counts(): Promise<StoreCounts> {
    const [row] = await query(
      this.#session,
      `select (select count(*) from pages)::integer as pages, (select count(*) from captures)::integer as captures,
        (select count(*) from dead_letters)::integer as letters`,
    );
    const counted = z.object({ pages: z.number(), captures: z.number(), letters: z.number() }).parse(row);
    return { pages: counted.pages, captures: counted.captures, deadLetters: counted.letters };
  }

  async #slice(filter: PageFilter, after: string, limit: number): Promise<PageRow[]> {
    const conditions = filterPages(filter, this.#tsqueryOf);
    if (conditions === null) return [];
    conditions.add("url_sha256 > ?", after);
    const rows = await query(
      this.#session,
      `select ${PAGE_SELECTION} from pages where ${conditions} order by url_sha256 limit ${limit}`,
      conditions.values,
    );
    return rows.map(toPageRow);
  }
}
