import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noEvidence, type RouteEvidence } from "../model/index.ts";
import { judge, RouteMemory, routeOptionsSchema } from "./index.ts";

const options = routeOptionsSchema.parse({});
const DAY_MS = 86_400_000;

/** Looks as if it needed a browser; and as if it did not. */
const shell: RouteEvidence = {
  ...noEvidence,
  markers: ["loading screen", "script bundle"],
  scripts: 2,
  externalScripts: 2,
  isShell: true,
  emptyMounts: 1,
};
const whole: RouteEvidence = {
  ...noEvidence,
  markers: ["article", "main content"],
  visibleLength: 5_000,
  mainLength: 4_500,
  mainWords: 800,
  scripts: 1,
  externalScripts: 1,
  links: 20,
};
const lane = (memory: RouteMemory, url: string, evidence: RouteEvidence, nowMs = 0): string =>
  judge({ url, evidence, choice: "auto", browserAvailable: true }, options, { memory, nowMs }).wanted;
const learn = (memory: RouteMemory, url: string, evidence: RouteEvidence, needed: boolean, nowMs = 0): void =>
  memory.learn({ url, evidence, score: 50 }, needed, nowMs);

test("a few outcomes change the lane of pages like it on this host, and of no other host", () => {
  const memory = new RouteMemory(options);
  assert.equal(lane(memory, "http://a.test/items/1", shell), "rich");
  assert.equal(lane(memory, "http://a.test/items/1", whole), "fast");
  for (let n = 0; n < 3; n++) {
    learn(memory, `http://a.test/items/${n}`, shell, false);
    learn(memory, `http://a.test/items/${n}`, whole, true);
  }
  assert.equal(lane(memory, "http://a.test/items/99", shell), "fast");
  assert.equal(lane(memory, "http://a.test/items/99", whole), "rich");
  assert.equal(lane(memory, "http://b.test/items/99", shell), "rich");
  assert.equal(lane(memory, "http://b.test/items/99", whole), "fast");
});

test("what a host's pages were changes with them: new outcomes outweigh old ones", () => {
  const memory = new RouteMemory(options);
  for (let n = 0; n < 50; n++) learn(memory, `http://a.test/items/${n}`, shell, false);
  assert.equal(lane(memory, "http://a.test/items/1", shell), "fast");
  for (let n = 0; n < 8; n++) learn(memory, `http://a.test/items/${n}`, shell, true);
  assert.equal(lane(memory, "http://a.test/items/1", shell), "rich");
});

test("outcomes fade with time", () => {
  const memory = new RouteMemory(options);
  for (let n = 0; n < 4; n++) learn(memory, `http://a.test/items/${n}`, shell, false);
  assert.equal(lane(memory, "http://a.test/items/1", shell, DAY_MS), "fast");
  assert.equal(lane(memory, "http://a.test/items/1", shell, 400 * DAY_MS), "rich");
});

test("what was taken and merged again is what was learned", () => {
  const memory = new RouteMemory(options);
  for (let n = 0; n < 3; n++) learn(memory, `http://a.test/items/${n}`, shell, false);
  const rows = memory.take();
  assert.deepEqual(memory.take(), []);
  memory.giveBack(rows);
  assert.deepEqual(memory.take(), rows);
  const other = new RouteMemory(options, rows);
  assert.equal(lane(other, "http://a.test/items/9", shell), "fast");
});

test("rows that cannot be read are learned again", () => {
  const states = ["", "{", "null", '{"met":-1}', '{"weights":["x"]}', '{"weights":[1]}'];
  const rows = states.flatMap((state) => ["", "a.test"].map((host) => ({ host, state })));
  const memory = new RouteMemory(options, rows);
  assert.equal(lane(memory, "http://a.test/", shell), "rich");
});

test("audits look at a kind of page once it is common, and stay a small share of the host's pages", () => {
  const own = routeOptionsSchema.parse({ audit: { share: 0.02, firstAfterPages: 5, likelihoodMin: 0 } });
  const memory = new RouteMemory(own);
  const looked = Array.from({ length: 1_000 }, (_, n) =>
    memory.audits({ url: `http://a.test/items/${n}`, evidence: whole, score: 120 }, (n % 100) / 100, 0),
  );
  assert.deepEqual(looked.slice(0, 5), [true, false, false, false, false]);
  const count = looked.filter(Boolean).length;
  assert.ok(count >= 10 && count <= 21, String(count));
  const none = routeOptionsSchema.parse({ audit: { share: 0 } });
  assert.ok(!new RouteMemory(none).audits({ url: "http://a.test/", evidence: whole, score: 1 }, 0, 0));
  const still = { ...whole, scripts: 0 };
  assert.ok(!memory.audits({ url: "http://b.test/", evidence: still, score: 1 }, 0, 0));
});

const step = fc.record({
  host: fc.integer({ min: 0, max: 40 }),
  path: fc.webPath(),
  evidence: fc.constantFrom(shell, whole),
  needed: fc.boolean(),
  chance: fc.float({ min: 0, max: 1, noNaN: true }),
  nowMs: fc.integer({ min: 0, max: 1e12 }),
});

test("the memory stays within its bounds, and the same outcomes make the same verdicts", () => {
  const small = routeOptionsSchema.parse({ learning: { hostsMax: 7, shapesPerHostMax: 5 } });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memories = [new RouteMemory(small), new RouteMemory(small)] as const;
      for (const { host, path, evidence, needed, chance, nowMs } of steps) {
        const url = `http://h${host}.test${path}`;
        const verdicts = memories.map((memory) => {
          const learned = { memory, nowMs };
          const verdict = judge({ url, evidence, choice: "auto", browserAvailable: true }, small, learned);
          const audit = memory.audits({ url, evidence, score: verdict.score }, chance, nowMs);
          memory.learn({ url, evidence, score: verdict.score }, needed, nowMs);
          assert.ok(memory.hosts <= 7);
          return { verdict, audit };
        });
        assert.deepEqual(verdicts[0], verdicts[1]);
        const need = verdicts[0]?.verdict.need ?? 0;
        assert.ok(need >= 0 && need <= 1);
      }
      for (const { state } of memories[0].take()) {
        const kinds: unknown = JSON.parse(state).kinds;
        assert.ok(kinds === undefined || (Array.isArray(kinds) && kinds.length <= 5));
      }
    }),
    { numRuns: 60 },
  );
});
