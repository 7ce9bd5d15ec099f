// After a turn that the disk took its time for, what can wait does, and shares the next one; what others wait for does not.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { FrontierReport, PageRequest } from "../model/index.ts";
import { frontierOptions } from "./options.ts";
import { reportSink } from "./sink.ts";
import { VirtualClock } from "./testing.ts";
import { Trees } from "./trees.ts";

/** Tells the times it is given, the last of them for ever. */
class ReadOff extends VirtualClock {
  times: number[] = [0];

  override monotonicMs(): number {
    const [first = 0] = this.times;
    if (this.times.length > 1) this.times.shift();
    return first;
  }
}

const request: PageRequest = {
  kind: "page",
  captureId: "01890000-0000-7000-8000-000000000000",
  url: "http://a.test/",
  host: "a.test",
  crawlId: "",
  depth: 0,
  attempt: 1,
  redirects: 0,
  given: true,
  referrer: null,
  validators: null,
  lane: "auto",
  verdict: null,
};
const ended = (of: PageRequest): FrontierReport => ({
  kind: "page",
  request: of,
  outcome: "stored",
  status: 200,
  code: null,
  message: null,
  finalUrl: of.url,
  links: [],
  followers: [],
  validators: null,
  signature: null,
  fetchedAtMs: null,
  lane: null,
});
const led: FrontierReport = {
  kind: "redirect",
  request,
  status: 301,
  target: "http://a.test/b",
  setCookie: false,
};

test("a turn is followed by a rest of twice the time that the disk took, and of a tenth of a second at most", async () => {
  const folder = mkdtempSync(join(tmpdir(), "frontier-"));
  const clock = new ReadOff();
  const trees = new Trees(folder, false, clock);
  assert.equal(trees.restMs, 0);
  clock.times = [1_000, 1_010];
  trees.turn(() => trees.meta.putSync(Buffer.from("a"), Buffer.from("1")));
  assert.equal(trees.restMs, 20);
  clock.times = [1_025];
  assert.equal(trees.restMs, 5);
  clock.times = [2_000, 2_500];
  trees.turn(() => trees.meta.putSync(Buffer.from("a"), Buffer.from("2")));
  assert.equal(trees.restMs, 100);
  clock.times = [3_000];
  assert.equal(trees.restMs, 0);
  await trees.close();
  rmSync(folder, { recursive: true });
});

test("ends wait for the rest to be over; a redirect, and an end that somebody waits for, do not", async () => {
  let rests = 0;
  let taken = 0;
  const sink = reportSink({
    options: frontierOptions.parse({}),
    isOpen: () => true,
    nestingOf: () => 0,
    rest: async () => {
      rests++;
    },
    take: (reports) => {
      taken += reports.length;
    },
    entries: () => {},
  });
  const { signal } = new AbortController();
  await sink.write([ended(request), ended(request)], signal);
  assert.deepEqual([rests, taken], [1, 2]);
  await sink.write([ended(request), led], signal);
  await sink.write([ended({ ...request, tasks: ["t1"] })], signal);
  assert.deepEqual([rests, taken], [1, 5]);
});
