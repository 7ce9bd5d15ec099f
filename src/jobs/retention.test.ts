// What retention takes and what it leaves, row by row, on an embedded database: each kind of row after its own time, and never what
// is not finished.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock, uuidv7 } from "../base/index.ts";
import { embeddedStore, query, storeOptions } from "../store/index.ts";
import { jobsOptions } from "./options.ts";
import { keepsForEver, sweepFinished } from "./retention.ts";

const never = new AbortController().signal;
const DAY_S = 86_400;
const NOW_MS = Date.UTC(2026, 5, 1);
const daysAgo = (days: number): string => new Date(NOW_MS - days * DAY_S * 1_000).toISOString();

test("each kind of row goes after its own days, and what is not finished stays", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-retention-"));
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  await store.metadata.connect(never);
  const { session } = store;
  const add = async (days: number, isFinished: boolean): Promise<void> => {
    const [at, finished] = [daysAgo(days), isFinished ? daysAgo(days) : null];
    const status = isFinished ? "completed" : "pending";
    await query(
      session,
      `insert into scrape_tasks (id, url, lane, priority, status, due_at, created_at, updated_at, finished_at)
      values ($1::uuid, 'http://x.test/', 'auto', 0, $2, $3::timestamptz, $3::timestamptz, $3::timestamptz, $4::timestamptz)`,
      [uuidv7(0), status, at, finished],
    );
    const run = uuidv7(0);
    await query(
      session,
      `insert into job_runs (id, job, cause, status, started_at, finished_at)
      values ($1::uuid, 'images', 'person', $2, $3::timestamptz, $4::timestamptz)`,
      [run, status, at, finished],
    );
    await query(
      session,
      `insert into job_steps (run_id, position, name, status, started_at) values ($1::uuid, 0, 's', 'x', $2::timestamptz)`,
      [run, at],
    );
    await query(
      session,
      `insert into webhook_deliveries (id, task_id, url, event, status, due_at, created_at, finished_at)
      values ($1::uuid, $1::uuid, 'http://x.test/', 'task.completed', $2, $3::timestamptz, $3::timestamptz, $4::timestamptz)`,
      [uuidv7(0), status, at, finished],
    );
    await query(
      session,
      `insert into audit_log (id, at, subject, role, method, path, status, address)
      values ($1::uuid, $2::timestamptz, 's', 'write', 'POST', '/', 200, '127.0.0.1')`,
      [uuidv7(0), at],
    );
    await query(
      session,
      `insert into dead_letters (id, stage, topic, code, message, died_at, replayed_at)
      values ($1::uuid, 's', 't', 'internal', 'm', '2026-01-01', $2::timestamptz)`,
      [uuidv7(0), at],
    );
  };
  await add(3, true);
  await add(10, true);
  await add(10, false);
  await add(40, true);
  await query(
    session,
    `insert into dead_letters (id, stage, topic, code, message, died_at)
    values ($1::uuid, 's', 't', 'internal', 'nobody replayed it', $2::timestamptz)`,
    [uuidv7(0), daysAgo(1)],
  );
  const kept = { ...jobsOptions.parse({}), retentionS: 7 * DAY_S, auditRetentionS: 30 * DAY_S };
  assert.deepEqual(
    await sweepFinished(session, { ...kept, deadLetterRetentionS: 5 * DAY_S }, NOW_MS, never),
    {
      ...{ tasks: 2, runs: 2, deliveries: 2 },
      audit: 1,
      "dead letters": 3,
    },
  );
  const [left] = await query(
    session,
    `select (select count(*) from scrape_tasks)::integer as tasks, (select count(*) from job_steps)::integer as steps,
    (select count(*) from audit_log)::integer as audit, (select count(*) from dead_letters)::integer as letters`,
  );
  assert.deepEqual(left, { tasks: 2, steps: 2, audit: 3, letters: 2 });
  const forEver = { ...kept, retentionS: 0, auditRetentionS: 0, deadLetterRetentionS: 0 };
  assert.deepEqual(await sweepFinished(session, forEver, NOW_MS, never), {});
});

test("captures are kept for ever or for a day at least", () => {
  const parsed = (captureRetentionS: number) => jobsOptions.safeParse({ captureRetentionS }).success;
  assert.deepEqual([0, 1, DAY_S - 1, DAY_S, 30 * DAY_S].map(parsed), [true, false, false, true, true]);
  const forEver = { retentionS: 0, auditRetentionS: 0, deadLetterRetentionS: 0 };
  assert.equal(keepsForEver(jobsOptions.parse(forEver)), true);
  assert.equal(keepsForEver(jobsOptions.parse({ ...forEver, captureRetentionS: DAY_S })), false);
});
