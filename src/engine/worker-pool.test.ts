import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { TaskTooLong, workerPool } from "./worker-pool.ts";

const never = new AbortController().signal;

function pool(capacity: number, reservedMax = 0) {
  const clock = new VirtualClock();
  let most = 0;
  let running = 0;
  const made = workerPool<number, number>({
    capacity,
    reservedMax,
    waitersMax: 100,
    deadlineMs: 1_000,
    clock,
    async run(ms, { signal }) {
      running++;
      most = Math.max(most, running);
      try {
        await clock.sleep(ms, signal);
      } finally {
        running--;
      }
      return ms;
    },
  });
  return { clock, made, most: () => most };
}

test("at most its capacity is in hand, the others wait in turn, and each gets its own result", async () => {
  const { clock, made, most } = pool(2);
  const all = Promise.all([30, 20, 10, 5, 1].map((ms) => made.run(ms, { signal: never })));
  assert.deepEqual([made.running, made.waiting], [2, 3]);
  assert.deepEqual(await clock.until(all, 10_000), [30, 20, 10, 5, 1]);
  assert.deepEqual([made.running, made.waiting, most()], [0, 0, 2]);
});

test("kept slots are there for those they are kept for", async () => {
  const { clock, made } = pool(2, 1);
  const plain = [made.run(100, { signal: never }), made.run(100, { signal: never })];
  const kept = made.run(10, { signal: never, reserved: true });
  assert.deepEqual([made.running, made.waiting], [2, 1]);
  await clock.until(kept, 50);
  await clock.until(Promise.all(plain), 1_000);
});

test("one who waits may leave, and a task that takes too long is aborted", async () => {
  const { clock, made } = pool(1);
  const first = assert.rejects(made.run(5_000, { signal: never }), TaskTooLong);
  const abort = new AbortController();
  const waiting = made.run(1, { signal: abort.signal });
  abort.abort(new Error("leaves"));
  await assert.rejects(waiting, /leaves/);
  await clock.until(first, 2_000);
  assert.equal(await clock.until(made.run(1, { signal: never }), 100), 1);
});
