import assert from "node:assert/strict";
import { test } from "node:test";
import { rateOf, SAMPLES_MAX, type Series, shapeOf, withSample } from "./series.ts";

test("a series keeps its newest samples and no more than its bound", () => {
  let series: Series = [];
  for (let value = 0; value < SAMPLES_MAX + 50; value++) series = withSample(series, value);
  assert.equal(series.length, SAMPLES_MAX);
  assert.equal(series.at(-1), SAMPLES_MAX + 49);
});

test("a rate is a difference by its time, and none where a counter began anew", () => {
  assert.equal(rateOf({ value: 10, atMs: 1_000 }, { value: 20, atMs: 3_000 }), 5);
  assert.equal(rateOf(undefined, { value: 20, atMs: 3_000 }), null);
  assert.equal(rateOf({ value: 10, atMs: 1_000 }, { value: 3, atMs: 3_000 }), null);
  assert.equal(rateOf({ value: 10, atMs: 3_000 }, { value: 30, atMs: 3_000 }), null);
});

test("the newest sample stands at the right edge, the largest at the top", () => {
  const { line, max } = shapeOf([0, 10, 5], { width: 100, height: 20, samples: 11 });
  assert.equal(max, 10);
  assert.equal(line, "M80.0 19.0L90.0 1.0L100.0 10.0");
});

test("no samples are no shape", () => {
  assert.equal(shapeOf([], { width: 100, height: 20, samples: 10 }).line, "");
});
