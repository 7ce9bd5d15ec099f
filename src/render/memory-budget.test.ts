// When a budget of memory is used up: who goes first, and who is left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BrowserLook, MemoryBudget, pagesWithin, usualBudget } from "./memory-budget.ts";

const MIB = 1_048_576;

/** The first of `sizes`, in MiB, is the browser's own process. */
function look(browser: string, pages: number, ...sizes: number[]): BrowserLook<string> {
  const base = browser.charCodeAt(0) * 100;
  const processes = sizes.map((mebibytes, at) => ({
    pid: base + at,
    bytes: mebibytes * MIB,
    isRenderer: at > 0,
  }));
  return { browser, pages, processes };
}
const pid = (browser: string, at: number): number => browser.charCodeAt(0) * 100 + at;

test("within the budget nothing is asked for", () => {
  const budget = new MemoryBudget<string>(1_000 * MIB);
  const relief = budget.judge([look("a", 2, 100, 300, 600)]);
  assert.deepEqual(relief, { isOver: false, usedBytes: 1_000 * MIB, replaced: [], ended: null });
});

test("over it an idle browser goes first, and nobody's page when that is enough", () => {
  const budget = new MemoryBudget<string>(1_000 * MIB);
  for (let n = 0; n < 3; n++) {
    const { isOver, replaced, ended } = budget.judge([look("a", 0, 400, 200), look("b", 1, 100, 700)]);
    assert.deepEqual([isOver, replaced, ended], [true, ["a"], null]);
  }
});

test("what is still too much at the second look costs the largest page, and that one once", () => {
  const budget = new MemoryBudget<string>(1_000 * MIB);
  const looks = [look("a", 2, 100, 300, 500), look("b", 1, 100, 100)];
  assert.equal(budget.judge(looks).ended, null);
  assert.deepEqual(budget.judge(looks).ended?.pid, pid("a", 2));
  // Told to end, and still there.
  assert.equal(budget.judge(looks).ended, null);
  assert.deepEqual(budget.judge(looks).ended?.pid, pid("a", 1));
  assert.equal(budget.judge([look("b", 1, 100, 100)]).isOver, false);
});

test("far over it a page is ended at the first look", () => {
  const budget = new MemoryBudget<string>(1_000 * MIB);
  assert.equal(budget.judge([look("a", 2, 100, 50, 1_200)]).ended?.pid, pid("a", 2));
});

test("a browser that fills itself is replaced, and its pages are not ended for it", () => {
  const budget = new MemoryBudget<string>(1_000 * MIB);
  const { replaced, ended } = budget.judge([look("a", 2, 1_300, 50, 60), look("b", 1, 50)]);
  assert.deepEqual([replaced, ended], [["a"], null]);
});

test("the usual budget is a quarter of the machine's memory, within bounds, and pages at once follow from it", () => {
  assert.deepEqual(
    [1, 4, 16].map((gibibytes) => usualBudget(gibibytes * 1_024 * MIB) / MIB),
    [512, 1_024, 2_048],
  );
  assert.deepEqual(
    [256, 512, 1_024, 2_048].map((mebibytes) => pagesWithin(mebibytes * MIB, 16)),
    [1, 2, 6, 14],
  );
  assert.equal(pagesWithin(2_048 * MIB, 2), 8, "no more than the processors can use");
});
