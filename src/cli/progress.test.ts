import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../base/index.ts";
import { startProgress } from "./progress.ts";
import {
  type CrawlSummary,
  duration,
  type ProgressFigures,
  progressLine,
  size,
  summaryText,
} from "./progress-line.ts";

const figures = (stored: number): ProgressFigures => ({
  ended: { stored, failed: 2, skipped: 1 },
  bytes: stored * 1_000_000,
  lanes: { fast: stored, rich: 0 },
  queues: [{ name: "process", items: 4 }],
  open: 1_500,
  openIsAll: true,
});

/** Time that moves only when told. */
function handClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  let waiting: { at: number; task: () => void }[] = [];
  return {
    nowMs: () => now,
    monotonicMs: () => now,
    sleep: () => Promise.reject(new Error("not used")),
    schedule(delayMs, task) {
      const entry = { at: now + delayMs, task };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = next.at;
        waiting = waiting.filter((entry) => entry !== next);
        next.task();
      }
      now = end;
    },
  };
}

test("the line holds rates, outcomes, queues, lanes, time and what is left", () => {
  assert.equal(
    progressLine(figures(1_234), { pagesPerS: 10, bytesPerS: 2_500_000 }, 61_000),
    "10.0 pages/s 2.50 MB/s | stored 1,234 failed 2 skipped 1 | open 1,500 (process 4) | fast 1,234 rich 0 | 1:01 | 2:30 left",
  );
});

test("a pipe gets a plain line every ten seconds, a terminal a line in place, quiet nothing", () => {
  const shown = (isTTY: boolean, quiet: boolean): string[] => {
    const written: string[] = [];
    const clock = handClock();
    let stored = 0;
    const output = { isTTY, columns: 60, write: (text: string) => written.push(text) };
    const progress = startProgress({ output, clock, quiet, read: () => figures(stored) });
    for (let second = 0; second < 20; second++) {
      stored += 5;
      clock.advance(1_000);
    }
    progress.stop();
    clock.advance(60_000);
    return written;
  };
  const plain = shown(false, false);
  assert.equal(plain.length, 2);
  assert.ok(
    plain.every((line) => line.startsWith("5.0 pages/s 5.00 MB/s") && line.endsWith("\n")),
    plain.join(""),
  );
  const live = shown(true, false);
  assert.equal(live.length, 41);
  assert.ok(
    live.every((line) => line.startsWith("\r\u001b[2K") && line.length <= 59 + 5 && !line.includes("\n")),
  );
  assert.deepEqual(shown(false, true), []);
  assert.deepEqual(shown(true, true), []);
});

test("the summary counts by outcome and code, says what the lanes were, and what to do next", () => {
  const summary: CrawlSummary = {
    end: "finished",
    figures: { ...figures(10), open: 0 },
    codes: { failed: { dns: 1, status: 1 }, skipped: { robots: 1 } },
    richReadFast: 3,
    browser: "missing",
    deadLetters: 1,
    elapsedMs: 10_000,
    data: "/data/my crawl",
    out: "/data/out.jsonl",
  };
  const text = summaryText(summary);
  assert.match(text, /^finished: 13 URLs ended\n/);
  assert.match(text, /failed {3}2 \(dns 1, status 1\)/);
  assert.match(text, /skipped {2}1 \(robots 1\)/);
  assert.match(text, /no browser \(.*doctor\): 3 pages wanted the rich lane and were read in the fast lane/);
  const kept = summaryText({ ...summary, browser: "asked" });
  assert.match(kept, /browser not asked for \(--lane rich does\): 3 pages wanted/);
  assert.doesNotMatch(kept, /no browser/, "there is one");
  assert.match(summaryText({ ...summary, browser: "never" }), /browser switched off: 3 pages wanted/);
  assert.match(text, /millrace search WORDS --data "\/data\/my crawl"/);
  assert.match(
    summaryText({ ...summary, end: "stopped" }),
    /^stopped with 0 URLs open; the same command goes on/,
  );
  assert.match(summaryText({ ...summary, end: "already" }), /--refresh .* --fresh/);
  assert.doesNotMatch(text, /--allow-private/);
  const refused = { ...summary, codes: { failed: { blocked_address: 1 }, skipped: {} } };
  assert.match(summaryText(refused), /addresses are not asked: --allow-private permits them/);
});

test("sizes and durations are short", () => {
  assert.deepEqual([0, 999, 1_000, 999_960, 5e9].map(size), ["0 B", "999 B", "1.0 kB", "1.0 MB", "5.0 GB"]);
  assert.deepEqual([0, 59_400, 60_000, 7_384_000].map(duration), ["0:00", "0:59", "1:00", "2:03:04"]);
});
