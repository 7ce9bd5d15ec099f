import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../engine/index.ts";
import { PartitionLog } from "./partition-log.ts";
import type { RawRecord } from "./record.ts";

const limits = { bufferItemsMax: 4, bufferBytesMax: 1_000, trackedMax: 3 };
const DELIVERED: Outcome = { kind: "delivered" };
const ERRORED: Outcome = { kind: "errored", error: new Error("x") };

const record = (offset: number, bytes = 10): RawRecord => ({
  topic: "t",
  partition: 0,
  offset,
  timestampMs: 0,
  key: null,
  value: Buffer.alloc(bytes),
});

async function next(log: PartitionLog): Promise<(outcome: Outcome) => void> {
  const read = await log.read();
  assert.ok(read !== null);
  return read.settle;
}

test("it is full by items or by bytes, and hungry at half of both", async () => {
  const log = new PartitionLog(0, limits);
  assert.ok(log.hungry && !log.full);
  log.take(record(0, 999));
  assert.ok(!log.full && !log.hungry);
  log.take(record(1, 1));
  assert.ok(log.full);
  await next(log);
  assert.ok(log.hungry && !log.full);
  for (const offset of [2, 3, 4]) log.take(record(offset, 1));
  assert.ok(log.full);
});

test("it commits up to the first record that is still open", async () => {
  const log = new PartitionLog(0, limits);
  for (const offset of [10, 11, 12]) log.take(record(offset));
  const [first, second, third] = [await next(log), await next(log), await next(log)];
  second(DELIVERED);
  assert.equal(log.toCommit, null);
  first({ kind: "dead", code: "x" });
  assert.equal(log.toCommit, 12);
  log.committedTo(12);
  assert.equal(log.toCommit, null);
  assert.equal(log.committable, 12);
  third({ kind: "dropped", reason: "x" });
  assert.equal(log.toCommit, 13);
});

test("at its cap nothing is read", async () => {
  const log = new PartitionLog(0, limits);
  for (const offset of [0, 1, 2, 3]) log.take(record(offset));
  const first = await next(log);
  await next(log);
  await next(log);
  assert.equal(log.readable, false);
  first(DELIVERED);
  assert.equal(log.readable, true);
});

test("an errored record is never passed, and is read again once nothing else is open", async () => {
  const log = new PartitionLog(0, limits);
  for (const offset of [5, 6, 7]) log.take(record(offset));
  const [first, second] = [await next(log), await next(log)];
  first(ERRORED);
  assert.equal(log.readable, false);
  assert.equal(log.mustRewind, false);
  second(DELIVERED);
  assert.equal(log.mustRewind, true);
  assert.equal(log.rewindTo, 5);
  assert.equal(log.toCommit, null);
});

test("once revoked, what settles late has no effect", async () => {
  const log = new PartitionLog(0, limits);
  log.take(record(0));
  log.take(record(1));
  const first = await next(log);
  log.revoke();
  first(DELIVERED);
  assert.equal(log.toCommit, null);
  assert.equal(log.readable, false);
  assert.equal(log.mustRewind, false);
});

test("it tells how many records are gone between two fetches, and takes none twice", () => {
  const log = new PartitionLog(0, limits, 3);
  assert.equal(log.take(record(7)), 4);
  assert.equal(log.take(record(8)), 0);
  assert.equal(log.take(record(8)), 0);
  assert.equal(log.buffered, 2);
});
