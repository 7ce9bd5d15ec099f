// In which order tasks are begun, on an embedded database: by priority, and of one priority those first that somebody stands waiting for.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock, uuidv7 } from "../base/index.ts";
import { embeddedStore, storeOptions } from "../store/index.ts";
import { TaskTable } from "./task-table.ts";

const LEASE_MS = 60_000;

test("a task that somebody stands waiting for is the next of its priority, and its retry is due as any", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-tasks-"));
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  await store.metadata.connect(new AbortController().signal);
  const table = new TaskTable(store.session);
  let nowMs = systemClock.nowMs();
  const add = async (name: string, priority: number, isWaited: boolean): Promise<string> => {
    nowMs++;
    const wish = {
      ...{ id: uuidv7(nowMs), url: `http://a.test/${name}`, lane: "auto" as const, recipe: null, priority },
      ...{ idempotencyKey: null, scheduleId: null, webhook: null },
    };
    await table.add([wish], nowMs, isWaited);
    return wish.id;
  };
  await add("first", 0, false);
  await add("second", 0, false);
  await add("last", -1, true);
  const waited = await add("waited", 0, true);
  await add("above", 1, false);
  const claimed = async (limit: number, isWaitedAlone = false) =>
    (await table[isWaitedAlone ? "claimWaited" : "claim"](limit, nowMs, LEASE_MS))
      .map(({ url, isWaited }) => [new URL(url).pathname, isWaited] as const)
      .sort();
  assert.deepEqual(await claimed(2), [
    ["/above", false],
    ["/waited", true],
  ]);
  await add("alone", 0, true);
  assert.deepEqual(await claimed(9, true), [["/alone", true]]);
  assert.deepEqual(await claimed(1), [["/first", false]]);
  const named = await add("named", -5, false);
  assert.deepEqual(
    (await table.claimThese([waited, named], nowMs, LEASE_MS)).map(({ id }) => id),
    [named],
    "the other one is under way",
  );
  const failed = {
    ok: false,
    again: true,
    result: null,
    errorCode: "connect",
    errorMessage: "",
    captureId: null,
  };
  const [moved] = await table.settle([{ id: waited, attempt: 1, ...failed }], [500], nowMs);
  assert.equal(moved?.dueAtMs, nowMs + 500);
  nowMs += 500;
  assert.deepEqual(await claimed(9), [
    ["/last", true],
    ["/second", false],
    ["/waited", false],
  ]);
});
