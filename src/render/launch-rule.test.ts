// A browser that does not start: how often it is tried, who waits, and what is told of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LaunchRule, saidAtLaunch } from "./launch-rule.ts";

test("a page waits through three failures, later and later; after them it is given up until the next attempt is due", () => {
  const rule = new LaunchRule();
  assert.deepEqual(rule.next(1_000), { waitMs: 0 });
  rule.failed("no library", 1_000);
  assert.deepEqual(rule.next(1_000), { waitMs: 500 });
  assert.deepEqual(rule.next(1_500), { waitMs: 0 });
  rule.failed("no library", 1_500);
  assert.deepEqual(rule.next(1_500), { waitMs: 2_000 });
  rule.failed("still none", 3_500);
  assert.deepEqual(rule.next(3_501), { givenUp: "still none" });
  assert.deepEqual(rule.next(11_500), { waitMs: 0 }, "one tries again");
  rule.failed("still none", 11_500);
  assert.deepEqual(rule.next(40_000), { givenUp: "still none" });
  for (let atMs = 100_000; atMs < 1_000_000; atMs += 60_000) {
    assert.deepEqual(rule.next(atMs), { waitMs: 0 }, "never later than after a minute");
    rule.failed("still none", atMs);
  }
  rule.succeeded();
  assert.deepEqual(rule.next(1_000_000), { waitMs: 0 });
});

test("what the program printed is told, without the driver's own lines", () => {
  const line = "chromium: error while loading shared libraries: libnss3.so";
  const report = (middle: string): string =>
    `browserType.launch: Target page, context or browser has been closed\nBrowser logs:\n\n<launching> chromium --a\n<launched> pid=7\n${middle}Call log:\n\u001b[2m  - <launching> chromium --a\u001b[22m\n\u001b[2m  - [pid=7][err] x\u001b[22m\n\u001b[2m  - [pid=7] <process did exit: exitCode=127, signal=null>\u001b[22m\n`;
  assert.equal(
    saidAtLaunch(report(`[pid=7][err] ${line}\n[pid=7][err] second line\n`)),
    `${line}; second line`,
  );
  assert.equal(saidAtLaunch(report("")), "it ended at once (exitCode=127, signal=null)");
  assert.equal(
    saidAtLaunch(
      "browserType.launch: Failed to launch: Error: spawn /x EACCES\nCall log:\n  - <launching> /x\n",
    ),
    "Failed to launch: Error: spawn /x EACCES",
  );
});
