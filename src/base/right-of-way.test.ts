// The right of way by a clock that the test owns: what can wait holds back while urgent work is under way, and never for long.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.ts";
import { CREDIT_MS_MAX, HOLD_MS_MAX, RightOfWay } from "./right-of-way.ts";

function road() {
  let nowMs = 0;
  const timers = new Map<() => void, number>();
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => assert.fail("nobody sleeps"),
    schedule(delayMs, task) {
      timers.set(task, nowMs + delayMs);
      return () => timers.delete(task);
    },
  };
  const way = new RightOfWay(clock);
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    for (const [task, atMs] of [...timers]) if (atMs <= nowMs && timers.delete(task)) task();
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** Urgent work that goes on until it is told to end. */
  const begin = (holdMs: number | null = null) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = way.during(() => promise, holdMs);
    return () => {
      resolve();
      return done;
    };
  };
  /** Whether what can wait has gone on. */
  const bulk = () => {
    const asked = { hasGone: false };
    const held = way.clear();
    if (held === null) asked.hasGone = true;
    else void held.then(() => (asked.hasGone = true));
    return asked;
  };
  return { way, pass, begin, bulk };
}

test("what can wait holds back while urgent work is under way, and goes on with its end", async () => {
  const { way, pass, begin, bulk } = road();
  assert.equal(bulk().hasGone, true, "nobody stands waiting");
  const end = begin();
  const second = begin();
  const held = bulk();
  await pass(50);
  await end();
  await pass(50);
  assert.equal(held.hasGone, false, "another one is under way");
  await second();
  await pass(0);
  assert.equal(held.hasGone, true);
  assert.equal(bulk().hasGone, true);
  assert.equal(way.isFrequented, true);
  await pass(10_000);
  assert.equal(way.isFrequented, false);
});

test("urgent work without end is held for no longer than the bound, and then as long is let go", async () => {
  const { pass, begin, bulk } = road();
  begin();
  const held = bulk();
  await pass(HOLD_MS_MAX - 1);
  assert.equal(held.hasGone, false);
  await pass(1);
  assert.equal(held.hasGone, true);
  await pass(HOLD_MS_MAX - 1);
  assert.equal(bulk().hasGone, true, "it is not held before as much has gone by");
  await pass(1);
  assert.equal(bulk().hasGone, false);
});

test("however urgent work comes and goes, what can wait goes on for half of the time", async () => {
  const { pass, begin, bulk } = road();
  let goes = 0;
  const steps = 40_000;
  let end: (() => Promise<void>) | null = null;
  let seed = 7;
  for (let n = 0; n < steps; n++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    // Hardly ever nobody.
    if (end === null) end = begin();
    else if (seed % 10 === 0) {
      await end();
      end = seed % 3 === 0 ? null : begin();
    }
    if (bulk().hasGone) goes++;
    await pass(5);
  }
  assert.ok(goes >= steps / 2 - CREDIT_MS_MAX / 5, `${goes} of ${steps}`);
});

test("those who come one after the other are given way, each, until a burst's share is spent", async () => {
  const { pass, begin, bulk } = road();
  let given = 0;
  for (let n = 0; n < 2 * (CREDIT_MS_MAX / 100); n++) {
    const end = begin();
    const held = bulk();
    await pass(100);
    if (!held.hasGone) given++;
    await end();
    await pass(0);
    assert.equal(held.hasGone, true, "between two of them what can wait goes on");
  }
  assert.ok(given >= CREDIT_MS_MAX / 100 - 1, `${given} were given way`);
  assert.ok(given < 1.6 * (CREDIT_MS_MAX / 100), `${given} were given way`);
});

test("a wait for somebody else's machine holds at its beginning alone", async () => {
  const { pass, begin, bulk } = road();
  const end = begin(50);
  const held = bulk();
  await pass(49);
  assert.equal(held.hasGone, false);
  await pass(1);
  assert.equal(held.hasGone, true);
  assert.equal(bulk().hasGone, true);
  await end();
  begin();
  assert.equal(bulk().hasGone, false, "it ended once only");
});

test("work that throws gives the way free", async () => {
  const { way, bulk } = road();
  await assert.rejects(
    way.during(async () => {
      throw new Error("boom");
    }),
  );
  assert.equal(bulk().hasGone, true);
});
