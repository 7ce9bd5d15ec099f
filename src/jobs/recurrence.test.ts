// When something comes again: by cron in its time zone, over the days on which clocks change, and by an interval.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRecurrence, nextAfter } from "./recurrence.ts";

const at = (text: string): number => Date.parse(text);
const daily = (cron: string, timeZone: string) => ({ cron, everySeconds: null, timeZone });
const next = (cron: string, timeZone: string, after: string): string => {
  const nextMs = nextAfter(daily(cron, timeZone), at(after));
  return nextMs === null ? "never" : new Date(nextMs).toISOString();
};

test("cron is read in its time zone", () => {
  assert.equal(next("0 3 * * *", "Asia/Seoul", "2026-11-28T12:00:00Z"), "2026-11-28T18:00:00.000Z");
  assert.equal(next("0 3 * * *", "UTC", "2026-11-28T12:00:00Z"), "2026-11-29T03:00:00.000Z");
  assert.equal(next("*/10 * * * *", "UTC", "2026-11-28T12:10:00Z"), "2026-11-28T12:20:00.000Z");
});

test("a time that there is not comes when the clock goes forward, and once", () => {
  // Berlin, 29 March 2026: 02:00 becomes 03:00.
  const first = next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z");
  assert.equal(first, "2026-03-29T01:00:00.000Z");
  assert.equal(next("30 2 * * *", "Europe/Berlin", first), "2026-03-30T00:30:00.000Z");
});

test("a time that there is twice comes the first time, and once", () => {
  // Berlin, 25 October 2026: 03:00 becomes 02:00.
  const first = next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z");
  assert.equal(first, "2026-10-25T00:30:00.000Z");
  assert.equal(next("30 2 * * *", "Europe/Berlin", first), "2026-10-26T01:30:00.000Z");
});

test("an interval counts from now, so that what was missed comes once", () => {
  const every = { cron: null, everySeconds: 3_600, timeZone: "UTC" };
  assert.equal(nextAfter(every, 1_000), 3_601_000);
});

test("what never comes, and what is none, is refused with a reason", () => {
  const wrong = [
    daily("61 * * * *", "UTC"),
    daily("* * *", "UTC"),
    daily("0 0 31 2 *", "UTC"),
    daily("0 3 * * *", "Mars/Base"),
    { cron: null, everySeconds: null, timeZone: "UTC" },
    { cron: "0 3 * * *", everySeconds: 60, timeZone: "UTC" },
  ];
  for (const recurrence of wrong)
    assert.equal(checkRecurrence(recurrence).ok, false, JSON.stringify(recurrence));
  assert.equal(checkRecurrence(daily("0 3 * * *", "Asia/Seoul")).ok, true);
});
