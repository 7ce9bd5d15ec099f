// The thread that PGlite lives in: one message is one exclusive transaction, answered in order. PGlite runs PostgreSQL in
// single-user mode, where nothing checkpoints, vacuums or analyses by itself: that upkeep is done here, between messages.
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { z } from "zod";
import { asError, assert } from "../../base/index.ts";
import type { SqlRow, Statement } from "../sql/session.ts";
import type { Change } from "./journal/row-journal.ts";
import { CHANGE_STATE } from "./journal/tables.ts";
import type { Answered, Asked, WorkerSettings } from "./messages.ts";

const settings: WorkerSettings = z
  .object({
    directory: z.string(),
    buffersMebibytes: z.number(),
    checkpointMebibytes: z.number(),
  })
  .parse(workerData);

const port = parentPort;
assert(port !== null, "the database worker runs in a thread of its own");

const parameters: Readonly<Record<string, string>> = {
  shared_buffers: `${settings.buffersMebibytes}MB`,
  work_mem: "8MB",
  maintenance_work_mem: "32MB",
  temp_buffers: "1MB",
  jit: "off",
  // A commit is with the operating system before it is answered: a killed process loses nothing (fsync is another matter).
  synchronous_commit: "on",
  // How much log is kept for use again after a checkpoint; when to checkpoint is decided below.
  max_wal_size: `${Math.max(64, settings.checkpointMebibytes)}MB`,
  min_wal_size: "32MB",
  // Entries wait in GIN's list until it is this long and are then merged at once: four times the speed of one by one. A longer list
  // (16 MB: 6,000 pages) makes a merge that takes memory no earlier moment took, and every search reads through the list.
  gin_pending_list_limit: "4MB",
};

/** PostgreSQL's own words for a full disk (class 53, "insufficient resources"), and the system's. */
const isFull = (error: Error, sqlState: string | null): boolean =>
  sqlState === "53100" || /no space left|ENOSPC|disk quota/i.test(error.message);

const database = await PGlite.create({
  dataDir: settings.directory,
  startParams: [
    ...PGlite.defaultStartParams,
    ...Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ],
});

/** What the triggers of journal/tables.ts told of in the message that is worked on. */
let changes: Change[] = [];

const onNotice = ({
  code,
  message,
  detail,
}: {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly detail: string | undefined;
}): void => {
  if (code !== CHANGE_STATE || message === undefined) return;
  for (const record of message.split("\n")) changes.push({ seq: Number(detail), record });
};

let walAtCheckpoint = await walPosition();

async function walPosition(): Promise<number> {
  const { rows } = await database.query<{ at: string }>(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as at",
  );
  return Number(rows[0]?.at ?? 0);
}

/** All statements or none. When not even the undoing works, the session is beyond use and the thread ends. */
async function transaction(statements: readonly Statement[]): Promise<SqlRow[][]> {
  const [only] = statements;
  const alone = statements.length === 1 && only !== undefined;
  try {
    if (!alone) await database.exec("begin");
    const results: SqlRow[][] = [];
    for (const { sql, values } of statements) {
      results.push((await database.query<SqlRow>(sql, [...values], { onNotice })).rows);
    }
    if (!alone) await database.exec("commit");
    return results;
  } catch (thrown) {
    try {
      await database.exec("rollback");
    } catch (undoing) {
      throw new SessionBroken(asError(thrown), asError(undoing));
    }
    throw thrown;
  }
}

/** Keeps the first error's words and code: it is the one to act on. */
class SessionBroken extends Error {
  override readonly name = "SessionBroken";
  readonly code: string | undefined;

  constructor(first: Error, undoing: Error) {
    super(`${first.message} (and undoing it failed: ${undoing.message})`, { cause: first });
    this.code = "code" in first && typeof first.code === "string" ? first.code : undefined;
  }
}

const WAL_LOOK_EVERY = 16;
let untilLook = WAL_LOOK_EVERY;

/** A checkpoint when enough log has gathered; statistics for the planner when the tables have grown. */
async function upkeep(): Promise<void> {
  untilLook--;
  if (untilLook > 0) return;
  untilLook = WAL_LOOK_EVERY;
  const at = await walPosition();
  if (at - walAtCheckpoint < settings.checkpointMebibytes * 1024 * 1024) return;
  await database.exec("checkpoint");
  walAtCheckpoint = await walPosition();
}

/** It may have begun a transaction of its own. */
async function script(sql: string): Promise<SqlRow[][]> {
  try {
    return (await database.exec(sql, { onNotice })).map(({ rows }) => rows as SqlRow[]);
  } catch (thrown) {
    await database.exec("rollback");
    throw thrown;
  }
}

async function answer(asked: Asked): Promise<readonly SqlRow[][]> {
  switch (asked.kind) {
    case "transaction": {
      const rows = await transaction(asked.statements);
      await upkeep();
      return rows;
    }
    case "script":
      return script(asked.sql);
    case "close":
      await database.exec("checkpoint");
      await database.close();
      return [];
  }
}

async function serve(asked: Asked): Promise<void> {
  let reply: Answered;
  let broken = false;
  changes = [];
  try {
    const rows = await answer(asked);
    reply = { id: asked.id, kind: "done", rows, changes };
  } catch (thrown) {
    const error = asError(thrown);
    const sqlState = "code" in error && typeof error.code === "string" ? error.code : null;
    // Without an SQLSTATE it is not PostgreSQL that speaks but what it runs in.
    broken = error instanceof SessionBroken || sqlState === null;
    const full = isFull(error, sqlState);
    const halfDone = asked.kind === "script" && changes.length > 0;
    reply = { id: asked.id, kind: "failed", message: error.message, sqlState, full, halfDone };
  }
  port?.postMessage(reply);
  if (asked.kind === "close" || broken) port?.close();
}

let last: Promise<void> = Promise.resolve();
port.on("message", (asked: Asked) => {
  last = last.then(() => serve(asked));
});
port.postMessage({ id: 0, kind: "done", rows: [], changes: [] } satisfies Answered);
