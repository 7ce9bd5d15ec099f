// Pages that wait for a browser, as a table that several processes share: taken in while there is room, claimed on a lease
// that must be renewed, ended in the transaction that writes the page's row. What a row says of its page is its owner's text.
//
// A host's rows take turns with those of all others: a row's turn is one after the last of its host, and never before the
// turn that is served now (start-time fair queueing; Goyal, Vin and Cheng, 1996), so that claiming is one walk of an index.
// What is urgent has the turn before all turns, and is none of those.
import { z } from "zod";
import type { ClaimedEntry, QueueEnd, QueueEntry, RenderQueue, RenderQueueCounts } from "../queue-faces.ts";
import { ASKED, idList, idsIn } from "./capture-ids.ts";
import { storable } from "./columns.ts";
import { PAIR, pairFields, pairOf } from "./locations.ts";
import { query, type SqlSession, type Statement } from "./session.ts";

const TRIPLES =
  "raw_key text, raw_offset bigint, raw_length bigint, markdown_key text, markdown_offset bigint, markdown_length bigint";
const COLUMNS =
  "capture_id, url, host, page, raw_key, raw_offset, raw_length, markdown_key, markdown_offset, markdown_length";

/** One process at a time: the room is counted before it is taken. Ends with the transaction. */
const LOCK = "select pg_advisory_xact_lock(hashtextextended('render_queue of ' || current_schema(), 0))";

const ADD = `with sent as materialized (
  select * from json_to_recordset($1::json)
    as r(place integer, capture_id uuid, url text, host text, page text, urgent boolean, ${TRIPLES})
), fresh as (
  select sent.*, row_number() over (partition by host order by place) - 1 as later from sent
  where not exists (select from render_queue q where q.capture_id = sent.capture_id)
), served as (
  select coalesce(min(turn), 0) as turn from render_queue where report is null and turn >= 0
)
insert into render_queue (${COLUMNS}, turn)
select ${COLUMNS}, case when urgent then -1 else later + greatest((select turn from served),
  coalesce((select max(q.turn) + 1 from render_queue q where q.host = fresh.host), 0)) end
from fresh order by place
limit greatest(0, $2::bigint - (select count(*) from render_queue where report is null))`;

const KNOWN = `select capture_id::text as id from render_queue join ${ASKED} using (capture_id)`;

const CLAIM = `update render_queue set owner = $1, lease_until = clock_timestamp() + $2::double precision * interval '1 ms',
  claims = claims + case when report is null then 1 else 0 end
where capture_id in (
  select capture_id from render_queue where owner is null or lease_until < clock_timestamp()
  order by turn, capture_id limit $3::integer for update skip locked
)
returning capture_id::text as id, url, host, page, report, claims, turn::double precision,
  (extract(epoch from queued_at) * 1000)::double precision as queued_ms,
  ${PAIR}`;

const RENEW = `update render_queue set lease_until = clock_timestamp() + $2::double precision * interval '1 ms'
where owner = $1`;

/** Its claim counts for nothing: it was not its fault. */
const RELEASE = `update render_queue set owner = null, claims = greatest(0, claims - 1) from ${ASKED}
where render_queue.capture_id = asked.capture_id and owner = $2`;

const END = `update render_queue set report = sent.report,
  markdown_key = coalesce(sent.markdown_key, render_queue.markdown_key),
  markdown_offset = coalesce(sent.markdown_offset, render_queue.markdown_offset),
  markdown_length = coalesce(sent.markdown_length, render_queue.markdown_length)
from json_to_recordset($1::json)
  as sent(capture_id uuid, report text, markdown_key text, markdown_offset bigint, markdown_length bigint)
where render_queue.capture_id = sent.capture_id and render_queue.report is null
returning render_queue.capture_id::text as id`;

const REMOVE = `delete from render_queue using ${ASKED} where render_queue.capture_id = asked.capture_id`;

const COUNTS = `select count(*) filter (where report is null)::integer as waiting,
  count(*) filter (where report is null and owner is not null and lease_until >= clock_timestamp())::integer as claimed,
  count(*) filter (where report is not null)::integer as ended from render_queue`;

const claimedRow = z.object({
  id: z.string(),
  url: z.string(),
  host: z.string(),
  page: z.string(),
  report: z.string().nullable(),
  claims: z.number(),
  turn: z.number(),
  queued_ms: z.number(),
  ...pairFields,
});
const countsRow = z.object({ waiting: z.number(), claimed: z.number(), ended: z.number() });

export class RenderQueueTable implements RenderQueue {
  readonly #session: SqlSession;
  /** Statements that belong into the transaction that takes entries in. */
  readonly #addedToo: (captureIds: readonly string[]) => readonly Statement[];

  constructor(session: SqlSession, addedToo: (captureIds: readonly string[]) => readonly Statement[]) {
    this.#session = session;
    this.#addedToo = addedToo;
  }

  async add(entries: readonly QueueEntry[], itemsMax: number, signal?: AbortSignal): Promise<Set<string>> {
    const rows = [...new Map(entries.map((entry) => [entry.captureId, entry])).values()].map(rowOf);
    const ids = entries.map(({ captureId }) => captureId);
    const [, , known] = await this.#session.transaction(
      [
        { sql: LOCK, values: [] },
        { sql: ADD, values: [JSON.stringify(rows), itemsMax] },
        { sql: KNOWN, values: [idList(ids)] },
        ...this.#addedToo(ids),
      ],
      signal,
    );
    return idsIn(known);
  }

  async claim(
    owner: string,
    { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
    signal?: AbortSignal,
  ): Promise<readonly ClaimedEntry[]> {
    const [rows] = await this.#session.transaction([{ sql: CLAIM, values: [owner, leaseMs, limit] }], signal);
    return (rows ?? [])
      .map((row) => claimedRow.parse(row))
      .sort((a, b) => a.turn - b.turn || (a.id < b.id ? -1 : 1))
      .map(entryOf);
  }

  async renew(owner: string, leaseMs: number): Promise<void> {
    await this.#session.transaction([{ sql: RENEW, values: [owner, leaseMs] }]);
  }

  async release(owner: string, captureIds: readonly string[]): Promise<void> {
    await this.#session.transaction([{ sql: RELEASE, values: [idList(captureIds), owner] }]);
  }

  async end(ends: readonly QueueEnd[], signal?: AbortSignal): Promise<Set<string>> {
    const [rows] = await this.#session.transaction(endStatements(ends), signal);
    return idsIn(rows);
  }

  async remove(captureIds: readonly string[]): Promise<void> {
    await this.#session.transaction([{ sql: REMOVE, values: [idList(captureIds)] }]);
  }

  async known(captureIds: readonly string[]): Promise<Set<string>> {
    return idsIn(await query(this.#session, KNOWN, [idList(captureIds)]));
  }

  async ended(limit: number): Promise<readonly { captureId: string; url: string }[]> {
    const rows = await query(
      this.#session,
      "select capture_id::text as id, url from render_queue where report is not null order by capture_id limit $1::integer",
      [limit],
    );
    return rows.map((row) => {
      const { id, url } = z.object({ id: z.string(), url: z.string() }).parse(row);
      return { captureId: id, url };
    });
  }

  async releaseAll(): Promise<void> {
    await query(this.#session, "update render_queue set owner = null where owner is not null");
  }

  async counts(): Promise<RenderQueueCounts> {
    const [row] = await query(this.#session, COUNTS);
    return countsRow.parse(row);
  }
}

/** Belongs into the transaction that records the pages. */
export function endStatements(ends: readonly QueueEnd[]): readonly Statement[] {
  if (ends.length === 0) return [];
  const rows = ends
    .map(({ captureId, report, markdown }) => ({
      capture_id: captureId,
      report: storable(report),
      markdown_key: markdown?.key ?? null,
      markdown_offset: markdown?.offset ?? null,
      markdown_length: markdown?.length ?? null,
    }))
    .sort((a, b) => (a.capture_id < b.capture_id ? -1 : 1));
  return [{ sql: END, values: [JSON.stringify(rows)] }];
}

const rowOf = (entry: QueueEntry, place: number) => ({
  place,
  capture_id: entry.captureId,
  url: storable(entry.url),
  host: storable(entry.host),
  page: storable(entry.page),
  urgent: entry.isUrgent === true,
  raw_key: entry.stored.raw.key,
  raw_offset: entry.stored.raw.offset,
  raw_length: entry.stored.raw.length,
  markdown_key: entry.stored.markdown.key,
  markdown_offset: entry.stored.markdown.offset,
  markdown_length: entry.stored.markdown.length,
});

const entryOf = (row: z.infer<typeof claimedRow>): ClaimedEntry => ({
  captureId: row.id,
  url: row.url,
  host: row.host,
  page: row.page,
  report: row.report,
  claims: row.claims,
  queuedAtMs: row.queued_ms,
  stored: pairOf(row),
});
