// A search that OpenSearch answers: keys and their ranks from there, rows from the database, which alone says what a page
// is. A page that the index knows and the database does not is left out.
import { z } from "zod";
import type { SearchRequest, SearchSlice } from "../faces.ts";
import { decodeCursor, encodeCursor, limitOf } from "../sql/cursor.ts";
import { PAGE_SELECTION, toPageRow } from "../sql/rows.ts";
import { query, type SqlSession } from "../sql/session.ts";
import type { SearchEngine } from "./search-engine.ts";

const position = z.tuple([z.number(), z.string()]);

const ROWS = `select ${PAGE_SELECTION} from pages
where url_sha256 in (select value collate "C" from json_array_elements_text($1::json))`;

/** Throws NotConnected when the engine is away: that search cannot be answered now. */
export async function searchByEngine(
  engine: SearchEngine,
  session: SqlSession,
  request: SearchRequest,
  totalMax: number,
): Promise<SearchSlice> {
  const limit = limitOf(request.limit);
  const after = request.cursor === undefined ? null : decodeCursor(request.cursor, position);
  const { domain, lang } = request;
  const { hits, total, totalIsExact } = await engine.search({
    query: request.query,
    ...(domain === undefined ? {} : { domain }),
    ...(lang === undefined ? {} : { lang }),
    limit: limit + 1,
    after,
    totalMax,
  });
  const slice = hits.slice(0, limit);
  const rows = (await query(session, ROWS, [JSON.stringify(slice.map(({ key }) => key))])).map(toPageRow);
  const pages = new Map(rows.map((page) => [page.urlSha256, page]));
  const items = slice.flatMap(({ key, score }) => {
    const page = pages.get(key);
    return page === undefined ? [] : [{ page, rank: score }];
  });
  const last = slice.at(-1);
  const cursor = hits.length > limit && last !== undefined ? encodeCursor([last.score, last.key]) : null;
  return { items, cursor, total, totalIsExact };
}
