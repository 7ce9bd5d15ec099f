// Early answers: written together while the database is busy, told to nobody twice, and left to the end where they cannot be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EarlyAnswers } from "./early-answers.ts";
import type { TaskEnd } from "./task-table.ts";

const endOf = (id: string): TaskEnd => ({
  ...{ id, attempt: 1, ok: true, again: false, result: "{}" },
  ...{ errorCode: null, errorMessage: null, captureId: null },
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function answersOf(write: (ids: readonly string[]) => Promise<void>) {
  const early = new EarlyAnswers((ends) => write(ends.map(({ id }) => id)));
  const add = (...ids: string[]): void => void early.add(ids, async () => ids.map(endOf));
  return { early, add };
}

test("what comes while a transaction is under way goes together into the next", async () => {
  const written: (readonly string[])[] = [];
  const first = Promise.withResolvers<void>();
  const { early, add } = answersOf(async (ids) => {
    written.push(ids);
    if (written.length === 1) await first.promise;
  });
  add("a");
  await settled();
  add("b", "c");
  add("d");
  await settled();
  assert.deepEqual(written, [["a"]]);
  assert.deepEqual(early.open(["a"]), ["a"], "not written yet, it is the end's to answer");
  first.resolve();
  await settled();
  assert.deepEqual(written, [["a"], ["b", "c", "d"]]);
});

test("the end of a page answers those alone that were not answered before", async () => {
  const { early, add } = answersOf(async () => {});
  add("a", "b");
  await settled();
  assert.deepEqual(early.open(["a", "late", "b"]), ["late"]);
});

test("what cannot be written is left to the end, and the next are written", async () => {
  const written: string[] = [];
  let isAway = true;
  const { early, add } = answersOf(async (ids) => {
    if (isAway) throw new Error("the database is away");
    written.push(...ids);
  });
  add("a");
  await settled();
  isAway = false;
  add("b");
  await settled();
  assert.deepEqual(written, ["b"]);
  assert.deepEqual(early.open(["a", "b"]), ["a"]);
});

test("more than there is room for is left to the end", async () => {
  const { early, add } = answersOf(() => new Promise(() => {}));
  const ids = Array.from({ length: 400 }, (_, at) => `t${at}`);
  add("first");
  await settled();
  for (const id of ids) {
    add(id);
    await settled();
  }
  assert.deepEqual(early.open(["first", ...ids]), ["first", ...ids]);
});
