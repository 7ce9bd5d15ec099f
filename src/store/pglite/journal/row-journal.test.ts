// The journal under an embedded database: what was answered is there again whatever the database lost, and nothing else is.
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { z } from "zod";
import { storeOptions } from "../../options.ts";
import { query, type SqlSession } from "../../sql/session.ts";
import { sqlMetadata } from "../../sql/sql-metadata.ts";
import { pgliteSession } from "../pglite-session.ts";
import { scanJournal } from "./scan.ts";
import { JOURNALED } from "./tables.ts";

const never = new AbortController().signal;
const options = storeOptions.parse({});

/** A folder with an empty database, closed; made once, for it takes its time. */
const empty = await mkdtemp(join(tmpdir(), "millrace-journal-"));
await (await opened(empty)).close();
after(() => rm(empty, { recursive: true, force: true }));

async function folderFor(t: { after(fn: () => unknown): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-journal-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(empty, folder, { recursive: true });
  return folder;
}

async function opened(folder: string): Promise<SqlSession> {
  const session = pgliteSession(join(folder, "database"), { ...options.database, journalMebibytes: 1 });
  await sqlMetadata(session, options.search).connect(never);
  return session;
}

const journalOf = (folder: string): string => join(folder, "database.journal");

const addTask = (session: SqlSession, id: number, result: string | null = null) =>
  query(
    session,
    `insert into scrape_tasks (id, url, lane, priority, status, result, idempotency_key, due_at, created_at, updated_at)
    values ($1::uuid, $2, 'auto', 0, 'pending', $3, $2, now(), now(), now())`,
    [uuid(id), `https://a.test/${id}`, result],
  );
const uuid = (id: number): string => `00000000-0000-7000-8000-${String(id).padStart(12, "0")}`;

async function tasks(session: SqlSession): Promise<readonly (readonly [number, string, string | null])[]> {
  const rows = await query(session, "select id::text as id, status, result from scrape_tasks order by id");
  return rows.map((row) => {
    const { id, status, result } = z
      .object({ id: z.string(), status: z.string(), result: z.string().nullable() })
      .parse(row);
    return [Number(id.slice(-12)), status, result] as const;
  });
}

/** As a power cut does: the database is as it was at `copy`, and the next opening knows of another boot. */
async function cutPower(folder: string, copy: string): Promise<void> {
  await rm(join(folder, "database"), { recursive: true });
  await cp(copy, join(folder, "database"), { recursive: true });
  const marker = join(folder, "database", "state.json");
  const state: unknown = JSON.parse(await readFile(marker, "utf8"));
  assert.ok(typeof state === "object");
  await writeFile(marker, JSON.stringify({ ...state, boot: "another", closed: false }));
}

test("what was answered is there again after a power cut that took it from the database", async (t) => {
  const folder = await folderFor(t);
  const copy = join(folder, "copy");
  let session = await opened(folder);
  await addTask(session, 1);
  await addTask(session, 2);
  await session.close();
  await cp(join(folder, "database"), copy, { recursive: true });
  session = await opened(folder);
  await addTask(session, 3, 'a result of "several"\nlines, ünd 한국어');
  await query(session, "update scrape_tasks set status = 'failed' where id = $1::uuid", [uuid(1)]);
  await query(session, "delete from scrape_tasks where id = $1::uuid", [uuid(2)]);
  // A name that another gave up.
  await addTask(session, 4);
  await query(session, "update scrape_tasks set idempotency_key = 'x' where id = $1::uuid", [uuid(4)]);
  await query(session, "update scrape_tasks set idempotency_key = 'https://a.test/4' where id = $1::uuid", [
    uuid(1),
  ]);
  await query(session, "insert into subjects (id, name, variables, source) values ('s', 'S', '{}', 'api')");
  await query(
    session,
    `insert into subject_images values ('s', 'k', 'u', 'p', 'a', 'b', 9007199254740991, 1, 1, 'image/png', now(), now())`,
  );
  const before = await tasks(session);
  assert.deepEqual(before, [
    [1, "failed", null],
    [3, "pending", 'a result of "several"\nlines, ünd 한국어'],
    [4, "pending", null],
  ]);
  const images = await query(session, "select * from subject_images");
  await session.close();
  await cutPower(folder, copy);
  for (const _ of ["once", "and again"]) {
    session = await opened(folder);
    assert.equal(session.needsRebuild, true);
    assert.deepEqual(await tasks(session), before);
    assert.deepEqual(await query(session, "select * from subject_images"), images);
    assert.equal(session.restored?.refused, 0);
    assert.deepEqual(session.restored?.damages, []);
    await session.close();
  }
});

test("a database that is gone altogether has these rows again from the journal", async (t) => {
  const folder = await folderFor(t);
  let session = await opened(folder);
  for (let id = 1; id <= 40; id++) await addTask(session, id, "r".repeat(1_000));
  await query(session, "delete from scrape_tasks where id > $1::uuid", [uuid(33)]);
  const before = await tasks(session);
  await session.close();
  await rm(join(folder, "database"), { recursive: true });
  session = await opened(folder);
  assert.equal(session.needsRebuild, true);
  assert.deepEqual(await tasks(session), before);
  await session.close();
});

test("rows from before there was a journal are in it from the next opening on", async (t) => {
  const folder = await folderFor(t);
  // Not kept: nobody journals, as before.
  let session = pgliteSession(join(folder, "database"), options.database);
  await session.connect(never);
  await session.script("drop table journal_changes; drop function journal_scrape_tasks cascade");
  await addTask(session, 1);
  await addTask(session, 2);
  await session.close();
  session = await opened(folder);
  await session.close();
  await cutPower(folder, join(empty, "database"));
  session = await opened(folder);
  assert.deepEqual(
    (await tasks(session)).map(([id]) => id),
    [1, 2],
  );
  await session.close();
});

test("what a kill left between database and journal is in the journal from the next opening on", async (t) => {
  const folder = await folderFor(t);
  let session = await opened(folder);
  await addTask(session, 1);
  await session.close();
  // Noted by the triggers, and in no journal.
  session = pgliteSession(join(folder, "database"), options.database);
  await session.connect(never);
  await addTask(session, 2);
  await addTask(session, 3);
  await query(session, "update scrape_tasks set status = 'completed', result = 'r' where id = $1::uuid", [
    uuid(3),
  ]);
  await query(session, "delete from scrape_tasks where id = $1::uuid", [uuid(1)]);
  await session.close();
  session = await opened(folder);
  assert.deepEqual(await query(session, "select * from journal_changes"), []);
  await session.close();
  await cutPower(folder, join(empty, "database"));
  session = await opened(folder);
  assert.deepEqual(await tasks(session), [
    [2, "pending", null],
    [3, "completed", "r"],
  ]);
  await session.close();
});

test("a torn end is cut, and damage is told with its place while the rest is read", async (t) => {
  const folder = await folderFor(t);
  let session = await opened(folder);
  for (const id of [1, 2, 3, 4]) await addTask(session, id);
  await session.close();
  const path = journalOf(folder);
  const whole = await readFile(path);
  const at = whole.indexOf("a.test/2");
  assert.ok(at > 0);
  whole.write("X", at);
  await writeFile(path, whole.subarray(0, whole.length - 5));
  await cutPower(folder, join(empty, "database"));
  session = await opened(folder);
  assert.deepEqual(
    (await tasks(session)).map(([id]) => id),
    [1, 3],
  );
  const [damage, ...more] = session.restored?.damages ?? [];
  assert.ok(damage !== undefined && more.length === 0);
  assert.ok(damage.atByte < at && at < damage.atByte + damage.bytes);
  assert.equal(session.restored?.path, path);
  assert.ok((await stat(`${path}.damaged`)).size > 0, "the damaged one stays for who wants to look");
  await session.close();
  assert.deepEqual((await scanJournal(path))?.damages, []);
});

test("a journal that grew is written anew with what is left, and many changes share a sync", async (t) => {
  const folder = await folderFor(t);
  const session = await opened(folder);
  await Promise.all(Array.from({ length: 100 }, (_, id) => addTask(session, id)));
  const large = "r".repeat(100_000);
  for (let round = 0; round < 30; round++)
    await query(session, "update scrape_tasks set result = $1 where id < $2::uuid", [large, uuid(2)]);
  await session.close();
  const scan = await scanJournal(journalOf(folder));
  assert.ok(scan !== null && scan.compactBytes > 0);
  // Thirty times two large rows were written, and two are left.
  assert.ok(scan.goodBytes < 3 * 1024 * 1024, `${scan.goodBytes} bytes`);
  await cutPower(folder, join(empty, "database"));
  const again = await opened(folder);
  assert.equal((await tasks(again)).length, 100);
  await again.close();
});

test("every table of the database is in the journal, or can be made again without it", async (t) => {
  const session = await opened(await folderFor(t));
  const rows = await query(
    session,
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  await session.close();
  /** From segments, frontier, the router's experience, or nothing; and letters, which are evidence of what ended. */
  const madeAgain = [
    ...["captures", "cursors", "dead_letters", "host_turns", "journal_changes", "pages", "render_queue"],
    ...["route_memory", "schema_migrations", "segment_claims"],
  ];
  const names = rows.map((row) => z.object({ name: z.string() }).parse(row).name).sort();
  assert.deepEqual(names, [...JOURNALED.map(({ name }) => name), ...madeAgain].sort());
});

test("a loose statement is answered before its change is in the journal, which the next one that is not waits for", async (t) => {
  const folder = await folderFor(t);
  const session = await opened(folder);
  // Nothing can be written where the journal is to be.
  await rm(journalOf(folder), { force: true });
  await mkdir(journalOf(folder));
  const loose = (id: number) =>
    query(session, `update scrape_tasks set priority = 1 where id = $1::uuid`, [uuid(id)], { isLoose: true });
  await assert.rejects(addTask(session, 1), { code: "EISDIR" });
  assert.deepEqual(await loose(1), []);
  await assert.rejects(addTask(session, 2), { code: "EISDIR" });
  await rm(journalOf(folder), { recursive: true });
  await addTask(session, 3);
  await session.close();
});
