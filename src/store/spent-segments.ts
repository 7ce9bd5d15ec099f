// Segments that nobody needs any more: closed long ago, and no page's newest capture and nothing that waits for a browser lies in
// them. Their captures' rows go first, then the segment, so that no row points at what is not there. Knows no file and no bucket.
import { z } from "zod";
import type { ContentStore, SegmentOf } from "./faces.ts";
import { query, type SqlSession } from "./sql/session.ts";

export type SpentSegments = Readonly<Record<"segments" | "bytes" | "captures", number>>;

/** Segments that are asked about at once: the tables are gone through once for so many. */
const SEGMENTS_AT_ONCE = 1_000;

const ASKED = "select value as key from json_array_elements_text($1::json)";

/** Those of $1 in which nothing lies that a row still leads to, with the rows of their captures gone: one statement, one snapshot. */
const LET_GO = `with asked as (${ASKED}), spent as (
  select key from asked
  where not exists (select 1 from pages where raw_key = key or markdown_key = key or screenshot_key = key)
    and not exists (select 1 from render_queue where raw_key = key or markdown_key = key)
    and not exists (select 1 from segment_claims where segment_key = key)
), gone as (
  delete from captures where raw_key in (select key from spent) or markdown_key in (select key from spent)
    or screenshot_key in (select key from spent) returning 1
)
select (select count(*) from gone)::integer as captures, coalesce((select json_agg(key)::text from spent), '[]') as keys`;

const letGo = z.object({
  captures: z.number(),
  keys: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

/** Removes those that were closed before `beforeMs`. A kill in between leaves segments without rows, which the next run removes. */
export async function removeSpentSegments(
  { content, session }: { readonly content: ContentStore; readonly session: SqlSession },
  beforeMs: number,
  signal: AbortSignal,
): Promise<SpentSegments> {
  await content.connect(signal);
  const total = { segments: 0, bytes: 0, captures: 0 };
  let asked: SegmentOf[] = [];
  const ask = async (): Promise<void> => {
    const [row] = await query(session, LET_GO, [JSON.stringify(asked.map(({ key }) => key))]);
    const { captures, keys } = letGo.parse(row);
    const spent = new Set(keys);
    total.captures += captures;
    for (const { key, bytes } of asked) {
      if (!spent.has(key)) continue;
      signal.throwIfAborted();
      await content.removeSegment(key, signal);
      total.segments++;
      total.bytes += bytes;
    }
    asked = [];
  };
  for await (const segment of content.closedSegments(beforeMs)) {
    signal.throwIfAborted();
    asked.push(segment);
    if (asked.length === SEGMENTS_AT_ONCE) await ask();
  }
  if (asked.length > 0) await ask();
  return total;
}
