// What is finished and older than it is to be kept goes: tasks, runs with their steps, deliveries, the log of writes, dead letters,
// captures that nothing shows any more with their segments. A few rows at a time, so that nobody waits for it. Knows no segment.
import { z } from "zod";
import { query, type SqlSession } from "../store/index.ts";
import type { JobsOptions } from "./options.ts";
import { iso } from "./task-table.ts";

const ROWS_AT_ONCE = 1_000;

type Kept = Pick<
  JobsOptions,
  "retentionS" | "auditRetentionS" | "deadLetterRetentionS" | "captureRetentionS"
>;

interface Sweep {
  readonly name: string;
  readonly kept: keyof Kept;
  readonly sql: string;
}

const FINISHED = "finished_at is not null and finished_at < $1::timestamptz";

const SWEEPS: readonly Sweep[] = [
  { name: "tasks", kept: "retentionS", sql: sweep("scrape_tasks", FINISHED) },
  { name: "runs", kept: "retentionS", sql: sweep("job_runs", FINISHED) },
  { name: "deliveries", kept: "retentionS", sql: sweep("webhook_deliveries", FINISHED) },
  { name: "audit", kept: "auditRetentionS", sql: sweep("audit_log", "at < $1::timestamptz") },
  {
    name: "dead letters",
    kept: "deadLetterRetentionS",
    sql: sweep("dead_letters", "coalesce(replayed_at, died_at) < $1::timestamptz"),
  },
];

function sweep(table: string, condition: string): string {
  return `with gone as (delete from ${table} where id in (select id from ${table} where ${condition} limit ${ROWS_AT_ONCE})
    returning 1) select count(*)::integer as count from gone`;
}

export const keepsForEver = (kept: Kept): boolean =>
  SWEEPS.every(({ kept: key }) => kept[key] === 0) && kept.captureRetentionS === 0;

/** Answers how many rows of each went; what is kept for ever is not in the answer. */
export async function sweepFinished(
  session: SqlSession,
  kept: Kept,
  nowMs: number,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const { name, kept: key, sql } of SWEEPS) {
    if (kept[key] === 0) continue;
    let total = 0;
    for (let last = ROWS_AT_ONCE; last === ROWS_AT_ONCE; total += last) {
      signal.throwIfAborted();
      const [row] = await query(session, sql, [iso(nowMs - kept[key] * 1_000)]);
      last = z.object({ count: z.number() }).parse(row).count;
    }
    gone[name] = total;
  }
  return gone;
}
