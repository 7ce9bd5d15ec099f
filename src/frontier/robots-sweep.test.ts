// Robots files are forgotten a week past their time, a few for each new one, so that hosts seen once do not fill the disk; and what stood in the way
// of asking is the last word of its run alone.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ControlReport } from "../model/index.ts";
import { frontierOptions } from "./options.ts";
import { RobotsGate } from "./robots-gate.ts";
import { Trees } from "./trees.ts";

const dayMs = 86_400_000;
const report = (origin: string): ControlReport => ({
  kind: "control",
  request: {
    kind: "robots",
    captureId: "",
    url: `${origin}/robots.txt`,
    host: origin.slice(7),
    crawlId: "",
    depth: 0,
    attempt: 1,
    redirects: 0,
    given: false,
    referrer: null,
    validators: null,
    lane: "fast",
    verdict: null,
  },
  status: 200,
  failure: null,
  redirect: null,
  headers: [],
  body: new Uint8Array(),
  truncated: false,
});

test("rows a week past their time are swept as new ones come, and none before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "frontier-"));
  const trees = new Trees(folder, false);
  const gate = new RobotsGate(trees, frontierOptions.parse({}));
  const answers = (name: string, count: number, nowMs: number): void => {
    for (let n = 0; n < count; n++) {
      const origin = `http://${name}${n}.test`;
      const body = Buffer.from(`User-agent: *\nDisallow: /${"x".repeat(n)}\n`);
      trees.turn(() => gate.answer(origin, report(origin), body, 0, nowMs));
    }
  };
  const rows = (): number => Array.from(trees.robots.getKeys()).length;
  answers("old", 100, 0);
  answers("later", 40, 7 * dayMs);
  assert.equal(rows(), 140);
  answers("new", 60, 8 * dayMs + 1);
  assert.equal(rows(), 100);
  assert.equal(gate.judge("http://new3.test/xxxx", 8 * dayMs + 2).kind, "disallowed");
  await trees.close();
  rmSync(folder, { recursive: true, force: true });
});

test("an origin that could not be asked in an earlier run is asked again, in the same run not before its time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "frontier-"));
  const trees = new Trees(folder, false);
  const options = frontierOptions.parse({});
  const unanswered = (origin: string): ControlReport => ({
    ...report(origin),
    status: null,
    failure: { code: "blocked_address", message: "127.0.0.1: loopback address" },
  });
  const first = new RobotsGate(trees, options);
  assert.equal(first.judge("http://a.test/", 1_000).kind, "ask");
  trees.turn(() => first.answer("http://a.test", unanswered("http://a.test"), new Uint8Array(), 0, 1_000));
  assert.equal(first.judge("http://a.test/", 2_000).kind, "failed");
  const second = new RobotsGate(trees, options);
  assert.deepEqual(second.judge("http://a.test/", 3_000), { kind: "ask", tries: 0 });
  trees.turn(() => second.answer("http://a.test", unanswered("http://a.test"), new Uint8Array(), 0, 3_000));
  assert.equal(second.judge("http://a.test/", 4_000).kind, "failed");
  assert.equal(second.judge("http://a.test/", 3_000 + options.robotsOutageTtlMs).kind, "ask");
  await trees.close();
  rmSync(folder, { recursive: true, force: true });
});
