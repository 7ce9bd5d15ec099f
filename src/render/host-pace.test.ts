import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { seededRandom } from "../base/index.ts";
import { HostPace } from "./host-pace.ts";

const never = new AbortController().signal;
const HOUR_MS = 3_600_000;

test("pages of one host start apart by a pause drawn anew each time; other hosts do not wait", async () => {
  const clock = new VirtualClock();
  const pace = new HostPace(clock, seededRandom(1));
  const limits = { minMs: 1_000, maxMs: 3_000 };
  const starts = { a: [] as number[], b: [] as number[] };
  const asked = (["a", "a", "b", "a", "a", "a"] as const).map(async (host) => {
    await pace.turn(host, limits, never);
    starts[host].push(clock.monotonicMs());
  });
  await clock.until(Promise.all(asked), HOUR_MS);
  assert.deepEqual(starts.b, [0]);
  const pauses = starts.a.slice(1).map((atMs, at) => atMs - (starts.a[at] ?? 0));
  assert.equal(pauses.length, 4);
  for (const pauseMs of pauses) assert.ok(pauseMs >= 1_000 && pauseMs < 3_000, String(pauseMs));
  assert.equal(new Set(pauses).size, 4);
});

test("a host that was left alone for its pause does not wait", async () => {
  const clock = new VirtualClock();
  const pace = new HostPace(clock, seededRandom(2));
  await clock.until(pace.turn("a", { minMs: 500, maxMs: 500 }, never), HOUR_MS);
  await clock.until(clock.sleep(500), HOUR_MS);
  await pace.turn("a", { minMs: 500, maxMs: 500 }, never);
  assert.equal(clock.monotonicMs(), 500);
});

test("who no longer waits is told so", async () => {
  const clock = new VirtualClock();
  const pace = new HostPace(clock, seededRandom(3));
  const leaving = new AbortController();
  await pace.turn("a", { minMs: 5_000, maxMs: 5_000 }, never);
  const waiting = pace.turn("a", { minMs: 5_000, maxMs: 5_000 }, leaving.signal);
  leaving.abort(new Error("no longer wanted"));
  await assert.rejects(waiting, /no longer wanted/);
});

test("of more hosts than are remembered, those whose pause is over go first, then the one nearest its end", async () => {
  const clock = new VirtualClock();
  const pace = new HostPace(clock, seededRandom(4), 2);
  const fixed = (ms: number) => ({ minMs: ms, maxMs: ms });
  await pace.turn("soon", fixed(1_000), never);
  await pace.turn("late", fixed(9_000), never);
  await pace.turn("new", fixed(5_000), never);
  await clock.until(pace.turn("late", fixed(0), never), HOUR_MS);
  assert.equal(clock.monotonicMs(), 9_000);
  await pace.turn("soon", fixed(0), never);
  assert.equal(clock.monotonicMs(), 9_000);
});
