// What is finished and older than it is to be kept goes: tasks, runs with their steps, deliveries, the log of writes. A few rows
// at a time, so that nobody waits for it.
import { z } from "zod";
import { query, type SqlSession } from "../store/index.ts";
import { iso } from "./task-table.ts";

const ROWS_AT_ONCE = 1_000;

const SWEEPS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: "tasks", sql: sweep("scrape_tasks", "finished_at is not null and finished_at < $1::timestamptz") },
  { name: "runs", sql: sweep("job_runs", "finished_at is not null and finished_at < $1::timestamptz") },
  {
    name: "deliveries",
    sql: sweep("webhook_deliveries", "finished_at is not null and finished_at < $1::timestamptz"),
  },
  { name: "audit", sql: sweep("audit_log", "at < $1::timestamptz") },
];

function sweep(table: string, condition: string): string {
  return `with gone as (delete from ${table} where id in (select id from ${table} where ${condition} limit ${ROWS_AT_ONCE})
    returning 1) select count(*)::integer as count from gone`;
}

/** Answers how many rows of each went. */
export async function sweepFinished(
  session: SqlSession,
  beforeMs: number,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const { name, sql } of SWEEPS) {
    let total = 0;
    for (let last = ROWS_AT_ONCE; last === ROWS_AT_ONCE; total += last) {
      signal.throwIfAborted();
      const [row] = await query(session, sql, [iso(beforeMs)]);
      last = z.object({ count: z.number() }).parse(row).count;
    }
    gone[name] = total;
  }
  return gone;
}
