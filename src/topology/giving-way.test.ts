// What can wait gives way at every step by a clock that stands still: nothing begins while somebody stands waiting, and what he waits for does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RightOfWay, systemClock } from "../base/index.ts";
import type { BatchStage, Source, Stage, Verdict, Work } from "../engine/index.ts";
import type { Code } from "../model/index.ts";
import { batchGivingWay, givingWay, sourceGivingWay } from "./giving-way.ts";

/** Time passes only where a test lets it. */
function road() {
  let nowMs = 0;
  let tasks: (() => void)[] = [];
  const clock = {
    ...systemClock,
    monotonicMs: () => nowMs,
    schedule(_: number, task: () => void) {
      tasks.push(task);
      return () => {
        tasks = tasks.filter((each) => each !== task);
      };
    },
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const task of tasks.splice(0)) task();
  };
  return { way: new RightOfWay(clock), pass };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const work = {} as Work;
const never = new AbortController().signal;
const name = "stage";
const emit = (output: string): Verdict<string, Code> => ({ kind: "emit", outputs: [output] });

test("a source hands out nothing while somebody stands waiting, and goes on when he was served or the bound has passed", async () => {
  const { way, pass } = road();
  let reads = 0;
  const source: Source<string> = {
    ...{ name, inFlightMax: 1, connect: async () => {}, close: async () => {} },
    async read() {
      reads++;
      return null;
    },
  };
  const polite = sourceGivingWay(source, way);
  await polite.read(never);
  const served = Promise.withResolvers<void>();
  const first = way.during(() => served.promise);
  const read = polite.read(never);
  await soon();
  assert.equal(reads, 1);
  served.resolve();
  await first;
  await read;
  assert.equal(reads, 2);
  void way.during(() => new Promise(() => {}));
  const late = polite.read(never);
  await soon();
  assert.equal(reads, 2);
  pass(10_000);
  await late;
  assert.equal(reads, 3);
});

test("a stage begins what is urgent at once, and the rest when that has ended", async () => {
  const { way } = road();
  const order: string[] = [];
  const ends = new Map<string, () => void>();
  const stage: Stage<string, string, Code> = {
    ...{ name, concurrencyMax: 9, deadlineMs: 1_000 },
    async handle(input) {
      order.push(input);
      await new Promise<void>((resolve) => ends.set(input, resolve));
      return emit(input);
    },
  };
  const polite = givingWay(stage, way, { isUrgent: (input) => input.startsWith("!") }, true);
  const urgent = polite.handle("!a", work);
  const others = ["b", "c"].map((input) => polite.handle(input, work));
  const second = polite.handle("!d", work);
  await soon();
  assert.deepEqual(order, ["!a", "!d"]);
  ends.get("!a")?.();
  await urgent;
  await soon();
  assert.deepEqual(order, ["!a", "!d"], "another one is under way");
  ends.get("!d")?.();
  assert.deepEqual(await second, emit("!d"));
  await soon();
  assert.deepEqual(order, ["!a", "!d", "b", "c"]);
  for (const end of ends.values()) end();
  assert.deepEqual(await Promise.all(others), [emit("b"), emit("c")]);
});

test("a batch goes in pieces where somebody comes now and then, and whole where nobody does", async () => {
  const { way, pass } = road();
  const sizes: number[] = [];
  const stage: BatchStage<number, string, Code> = {
    ...{ name, batch: { itemsMax: 100, bytesMax: 100, lingerMs: 0, inFlightMax: 1 }, deadlineMs: 1_000 },
    ...{ connect: async () => {}, close: async () => {} },
    async handle(batch) {
      sizes.push(batch.length);
      return batch.map((item) => emit(`${item}`));
    },
  };
  const batch = Array.from({ length: 40 }, (_, n) => n);
  const expected = batch.map((item) => emit(`${item}`));
  const polite = batchGivingWay(stage, way);
  assert.deepEqual(await polite.handle(batch, work), expected);
  await way.during(async () => {});
  assert.deepEqual(await polite.handle(batch, work), expected);
  pass(10_000);
  assert.deepEqual(await polite.handle(batch, work), expected);
  assert.deepEqual(sizes, [40, 16, 16, 8, 40]);
});
