// Deadlines end what is late, in any order of adding, and nothing that was taken out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../base/index.ts";
import { Deadlines } from "./deadlines.ts";

test("late ones expire, a repetition with its rest of time before those added earlier, a removed one never", async () => {
  const tasks: { atMs: number; task: () => void; cancelled: boolean }[] = [];
  let nowMs = 0;
  const clock = {
    ...systemClock,
    monotonicMs: () => nowMs,
    schedule: (delayMs: number, task: () => void) => {
      const entry = { atMs: nowMs + delayMs, task, cancelled: false };
      tasks.push(entry);
      return () => {
        entry.cancelled = true;
      };
    },
  };
  const pass = (toMs: number): void => {
    for (;;) {
      const due = tasks.filter((entry) => entry.atMs <= toMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      tasks.splice(tasks.indexOf(due), 1);
      nowMs = Math.max(nowMs, due.atMs);
      if (!due.cancelled) due.task();
    }
    nowMs = toMs;
  };
  const expired: string[] = [];
  const item = (name: string, expiresAtMs: number) => ({
    expiresAtMs,
    expire: () => void expired.push(name),
  });
  const deadlines = new Deadlines(clock, 1_000);
  const [first, second, third] = [item("first", 1_000), item("second", 1_100), item("third", 1_200)];
  for (const one of [first, second, third]) deadlines.add(one);
  const [early, gone] = [item("early", 300), item("gone", 310)];
  deadlines.add(early);
  deadlines.add(gone);
  deadlines.remove(gone);
  deadlines.remove(second);
  pass(500);
  assert.deepEqual(expired, ["early"]);
  pass(2_000);
  assert.deepEqual(expired, ["early", "first", "third"]);
  assert.equal(tasks.length, 0, "no timer is left when nothing waits");
});
