// The rule that keeps retention from meeting an unread page, on a clock of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../observe/index.ts";
import { observeOptions } from "../observe/options.ts";
import { type RetentionParts, retentionWatch } from "./retention-watch.ts";

const RETENTION_MS = 60_000;
const log = createLog(
  { ...observeOptions.parse({}).log, level: "silent" },
  { isTTY: false, write: () => true },
);

/** Runs the watch through `looks` looks and answers what it did to the frontier. */
async function watched(looks: number, state: { ageMs: number | null; alive: boolean; idle?: boolean }) {
  const did = { paused: [] as (string | null)[], expiredBefore: [] as number[], idle: 0 };
  const nowMs = 1_000_000;
  const end = new AbortController();
  let left = looks;
  const parts: RetentionParts = {
    frontier: {
      oldestHandedAtMs: () => (state.ageMs === null ? null : nowMs - state.ageMs),
      isHandedOverdue: (beforeMs) => state.ageMs !== null && nowMs - state.ageMs < beforeMs,
      pauseLeasing(reason) {
        did.paused.push(reason);
      },
      get pausedReason() {
        return did.paused.at(-1) ?? null;
      },
      expireHanded: async (beforeMs) => {
        did.expiredBefore.push(beforeMs);
        return 3;
      },
      isIdle: state.idle ?? false,
    },
    processorsAlive: async () => state.alive,
    retentionMs: RETENTION_MS,
    clock: {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      schedule: () => () => undefined,
      async sleep() {
        left--;
        if (left <= 0) end.abort(new Error("seen enough"));
      },
    },
    log,
    idle: () => {
      did.idle++;
    },
  };
  await assert.rejects(retentionWatch(parts).run(end.signal));
  return did;
}

test("leasing goes on while the oldest unreported page is younger than half of the retention", async () => {
  for (const ageMs of [null, 0, RETENTION_MS / 2]) {
    const did = await watched(1, { ageMs, alive: true });
    assert.deepEqual(did.paused, [null]);
    assert.deepEqual(did.expiredBefore, []);
  }
});

test("leasing stops beyond half of the retention, and says why", async () => {
  const did = await watched(1, { ageMs: RETENTION_MS / 2 + 1, alive: true });
  assert.match(String(did.paused[0]), /handed over 30 s ago .* keeps it 60 s/);
  assert.deepEqual(did.expiredBefore, []);
});

test("what was never reported within the retention is queued again while somebody reads, and not before", async () => {
  const asleep = await watched(2, { ageMs: RETENTION_MS + 1, alive: false });
  assert.deepEqual(asleep.expiredBefore, []);
  const awake = await watched(1, { ageMs: RETENTION_MS + 1, alive: true });
  assert.deepEqual(awake.expiredBefore, [1_000_000 - RETENTION_MS]);
  assert.notEqual(awake.paused[0], null);
});

test("an idle frontier is told", async () => {
  assert.equal((await watched(2, { ageMs: null, alive: true, idle: true })).idle, 2);
});
