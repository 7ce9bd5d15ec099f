// When a page counts as settled, on looks made up for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Look, Settling } from "./settled.ts";

const LIMITS = { settleMs: 400, quietMs: 2_000 };

/** The first of looks 100 ms apart at which the page is done; null if none is. */
function doneAt(looks: number, look: (atMs: number) => Omit<Look, "atMs">): number | null {
  const settling = new Settling(LIMITS);
  for (let n = 1; n <= looks; n++) if (settling.isDone({ atMs: n * 100, ...look(n * 100) })) return n * 100;
  return null;
}

test("a page without scripts is done after the settling time", () => {
  assert.equal(
    doneAt(50, () => ({ measure: "same", pending: 0 })),
    500,
  );
});

test("what loads is waited for, and what it changes after that too", () => {
  const at = doneAt(50, (ms) => ({ measure: ms < 900 ? "before" : "after", pending: ms < 800 ? 1 : 0 }));
  assert.equal(at, 1_300);
});

test("what never ends to load is not waited for once nothing has changed for long", () => {
  assert.equal(
    doneAt(50, () => ({ measure: "same", pending: 1 })),
    2_100,
  );
});

test("a document that never stops to change is never done", () => {
  assert.equal(
    doneAt(500, (ms) => ({ measure: String(ms), pending: 0 })),
    null,
  );
});
