// Full-text search: exact matches, ranked while they are few enough to be weighed one by one, in key order beyond that.
// Slices by cursor. Knows no splitting of text.
import { z } from "zod";
import type { SearchRequest, SearchSlice } from "../faces.ts";
import { decodeCursor, encodeCursor, limitOf } from "./cursor.ts";
import { addDomain, addLanguage, Conditions } from "./page-reader.ts";
import { PAGE_SELECTION, toPageRow } from "./rows.ts";
import { query, type SqlRow, type SqlSession } from "./session.ts";

/** Weights of D, C, B, A; divided by 1 + the logarithm of the page's length (flag 1). */
const RANK = "ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', terms, q, 1)::double precision";

const position = z.object({ rank: z.number().nullable(), key: z.string() });
const counted = z.object({ total: z.number() });
const ranked = z.object({ rank: z.number() });

const EMPTY: SearchSlice = { items: [], cursor: null, total: 0, totalIsExact: true };

/** `tsquery` null: nothing can be asked. `rankedMax`: see the options. */
export async function searchPages(
  session: SqlSession,
  tsquery: string | null,
  request: SearchRequest,
  rankedMax: number,
): Promise<SearchSlice> {
  const after = request.cursor === undefined ? null : decodeCursor(request.cursor, position);
  if (tsquery === null) return EMPTY;
  const limit = limitOf(request.limit);
  const conditions = new Conditions();
  if (request.domain !== undefined) addDomain(conditions, request.domain);
  if (request.lang !== undefined) addLanguage(conditions, request.lang);
  const from = `from pages, (select ${conditions.value(tsquery)}::tsquery as q) asked where terms @@ q and ${conditions}`;
  const [count] = await query(
    session,
    `select count(*)::integer as total from (select 1 ${from} limit ${rankedMax + 1}) matches`,
    conditions.values,
  );
  const { total } = counted.parse(count);
  const byRank = after === null ? total <= rankedMax : after.rank !== null;
  const rows = byRank
    ? await rankedSlice(session, from, conditions, after, limit + 1)
    : await keySlice(session, from, conditions, after, limit + 1);
  const items = rows.slice(0, limit).map((row) => ({ page: toPageRow(row), rank: ranked.parse(row).rank }));
  const last = items.at(-1);
  const cursor =
    rows.length > limit && last !== undefined
      ? encodeCursor({ rank: byRank ? last.rank : null, key: last.page.urlSha256 })
      : null;
  return { items, cursor, total: Math.min(total, rankedMax), totalIsExact: total <= rankedMax };
}

type Position = z.infer<typeof position>;

function rankedSlice(
  session: SqlSession,
  from: string,
  conditions: Conditions,
  after: Position | null,
  limit: number,
): Promise<readonly SqlRow[]> {
  let rest = "true";
  if (after !== null) {
    const rank = `${conditions.value(after.rank)}::double precision`;
    rest = `(rank < ${rank} or (rank = ${rank} and url_sha256 > ${conditions.value(after.key)}))`;
  }
  // Only key and rank are sorted; the chosen rows are read after that.
  return query(
    session,
    `with matches as materialized (select url_sha256, ${RANK} as rank ${from}),
      chosen as (select * from matches where ${rest} order by rank desc, url_sha256 limit ${limit})
    select ${PAGE_SELECTION}, rank from chosen join pages using (url_sha256) order by rank desc, url_sha256`,
    conditions.values,
  );
}

function keySlice(
  session: SqlSession,
  from: string,
  conditions: Conditions,
  after: Position | null,
  limit: number,
): Promise<readonly SqlRow[]> {
  const rest = `url_sha256 > ${conditions.value(after?.key ?? "")}`;
  return query(
    session,
    `select ${PAGE_SELECTION}, 0::double precision as rank ${from} and ${rest} order by url_sha256 limit ${limit}`,
    conditions.values,
  );
}
