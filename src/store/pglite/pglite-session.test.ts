// The embedded database is asked one thing after another: what is urgent stands behind no more than what the thread has already.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { query } from "../sql/session.ts";
import { pgliteSession } from "./pglite-session.ts";

test("an urgent statement goes before those that have not begun, and all are answered", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-pglite-"));
  const session = pgliteSession(folder, {
    buffersMebibytes: 8,
    checkpointMebibytes: 16,
    journalMebibytes: 16,
  });
  t.after(async () => {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  });
  await session.connect(new AbortController().signal);
  const order: string[] = [];
  const ask = async (name: string, isUrgent: boolean): Promise<void> => {
    const [row] = await query(session, "select $1::text as name", [name], { isUrgent });
    order.push(String(row?.name));
  };
  const ordinary = Array.from({ length: 8 }, (_, n) => ask(`${n}`, false));
  await Promise.all([...ordinary, ask("urgent", true)]);
  assert.deepEqual(order, ["0", "1", "urgent", "2", "3", "4", "5", "6", "7"]);
});
