import assert from "node:assert/strict";
import { test } from "node:test";
import { retryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

test("seconds and dates become milliseconds, within the limit", () => {
  for (const [value, expected] of [
    ["120", 120_000],
    ["0", 0],
    [" 5 ", 5000],
    ["1.5", 1500],
    ["99999999999999999999", DAY_MS],
    ["604800", DAY_MS],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Thursday, 01-Jan-26 00:01:00 GMT", 60_000],
    ["Thu Jan  1 00:01:00 2026", 60_000],
    ["thu, 01 jan 2026 00:01:00 gmt", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["Fri, 31 Dec 2100 23:59:59 GMT", DAY_MS],
  ] as const) {
    assert.equal(retryAfterMs(value, NOW_MS, DAY_MS), expected, value);
  }
});

test("garbage is null", () => {
  for (const value of [
    null,
    "",
    "-1",
    "soon",
    "120s",
    "1e9",
    "NaN",
    "Infinity",
    "0x10",
    "Thu, 99 Foo 2026 00:00:00 GMT",
    "1, 2",
    "x".repeat(10_000),
  ]) {
    assert.equal(retryAfterMs(value, NOW_MS, DAY_MS), null, String(value));
  }
});
