// Room for tasks: never more than may wait, counted seldom, and free again when they are done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { PendingRoom } from "./pending-room.ts";

function roomOf(pendingMax: number) {
  const clock = new VirtualClock();
  const rows = { waiting: 0, counts: 0 };
  const room = new PendingRoom({
    pendingMax,
    clock,
    async count() {
      rows.counts++;
      return rows.waiting;
    },
  });
  const take = async (tasks: number): Promise<boolean> => {
    const taken = await room.take(tasks);
    if (taken) rows.waiting += tasks;
    return taken;
  };
  return { clock, rows, take };
}

test("as many tasks wait as may, and one count is enough to know", async () => {
  const { rows, take } = roomOf(5);
  assert.deepEqual([await take(3), await take(2), await take(1)], [true, true, false]);
  assert.equal(rows.waiting, 5);
  assert.equal(rows.counts, 1);
});

test("what does not fit whole is not taken in part", async () => {
  const { rows, take } = roomOf(5);
  assert.deepEqual([await take(6), await take(5)], [false, true]);
  assert.equal(rows.waiting, 5);
});

test("when some are done there is room again, seen by the next count", async () => {
  const { clock, rows, take } = roomOf(5);
  assert.equal(await take(5), true);
  rows.waiting = 1;
  assert.equal(await take(4), false, "not counted again at once");
  await clock.until(clock.sleep(300), 1_000);
  assert.equal(await take(4), true);
  assert.equal(rows.counts, 2);
});

test("many that ask at once share a count and take no more than there is", async () => {
  const { rows, take } = roomOf(10);
  const taken = await Promise.all(Array.from({ length: 30 }, () => take(1)));
  assert.equal(taken.filter((one) => one).length, 10);
  assert.equal(rows.waiting, 10);
  assert.equal(rows.counts, 1);
});
