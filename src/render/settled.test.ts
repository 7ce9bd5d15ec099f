// When a page counts as settled, on looks made up for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Look, Settling } from "./settled.ts";

const LIMITS = { settleMs: 400, quietMs: 2_000 };
/** A page that is shown looks of which no script kept any waiting. */
const settling = (): { isDone(look: Omit<Look, "wasBusy">): boolean } => {
  const page = new Settling(LIMITS);
  return { isDone: (look) => page.isDone({ ...look, wasBusy: false }) };
};

test("a page that was still for the settling time, with nothing on its way for as long, is done at the first look", () => {
  assert.equal(settling().isDone({ atMs: 1_000, measure: "a", unchangedMs: 400, busyAtMs: 600 }), true);
});

test("an answer that has only just come may still change the page", () => {
  const page = settling();
  assert.equal(page.isDone({ atMs: 1_000, measure: "a", unchangedMs: 400, busyAtMs: 950 }), false);
  assert.equal(page.isDone({ atMs: 1_400, measure: "a", unchangedMs: 400, busyAtMs: 950 }), true);
});

test("what has changed between two looks begins to be still anew", () => {
  const page = settling();
  assert.equal(page.isDone({ atMs: 1_000, measure: "a", unchangedMs: 400, busyAtMs: 1_000 }), false);
  assert.equal(page.isDone({ atMs: 1_300, measure: "b", unchangedMs: 100, busyAtMs: 0 }), false);
  assert.equal(page.isDone({ atMs: 1_500, measure: "b", unchangedMs: 200, busyAtMs: 0 }), false);
  assert.equal(page.isDone({ atMs: 1_600, measure: "b", unchangedMs: 100, busyAtMs: 0 }), true);
});

test("what never ends to load is not waited for once nothing has changed for long", () => {
  const page = settling();
  for (let atMs = 1_000; atMs < 2_600; atMs += 400)
    assert.equal(page.isDone({ atMs, measure: "a", unchangedMs: 400, busyAtMs: atMs }), false, String(atMs));
  assert.equal(page.isDone({ atMs: 2_600, measure: "a", unchangedMs: 400, busyAtMs: 2_600 }), true);
});

test("a script that ran on and on is work under way, though nothing has changed yet", () => {
  const page = new Settling(LIMITS);
  const look = { measure: "a", unchangedMs: 400, busyAtMs: 5_000 };
  assert.equal(page.isDone({ ...look, atMs: 1_000, wasBusy: false }), false);
  assert.equal(page.isDone({ ...look, atMs: 5_000, wasBusy: true }), false, "it ended just now");
  assert.equal(page.isDone({ ...look, atMs: 6_600, wasBusy: false }), true);
});
