import assert from "node:assert/strict";
import { test } from "node:test";
import { type LaneChoice, noEvidence, type RouteEvidence } from "../model/index.ts";
import { explain, judge as judgePage, type RouteOptions, routeMarkers, routeOptionsSchema } from "./index.ts";

const options = routeOptionsSchema.parse({ decide: "table" });
const evidence = (visibleLength: number, ...markers: string[]): RouteEvidence => ({
  ...noEvidence,
  markers,
  visibleLength,
  mainLength: visibleLength,
  mainWords: Math.round(visibleLength / 6),
  scripts: 1,
});
const judge = (
  given: RouteEvidence,
  table: RouteOptions,
  choice: LaneChoice,
  browserAvailable: boolean,
): ReturnType<typeof judgePage> =>
  judgePage({ url: "http://a.test/x", evidence: given, choice, browserAvailable }, table);

test("every rule of the table adds its points once, and nothing is clamped", () => {
  const table: readonly [RouteEvidence, number][] = [
    [evidence(1000), 100],
    [evidence(1000, "__NEXT_DATA__"), 70],
    [evidence(1000, "window.__NUXT__"), 80],
    [evidence(1000, "ng-app, ng-controller"), 60],
    [evidence(1000, "data-reactroot"), 85],
    [evidence(1000, "script bundle"), 75],
    [evidence(1000, "noscript"), 90],
    [evidence(1000, "loading screen"), 80],
    [evidence(1000, "article"), 120],
    [evidence(1000, "main content"), 115],
    [evidence(3001), 110],
    [evidence(3000), 100],
    [evidence(500), 100],
    [evidence(499), 70],
    [evidence(5000, "article", "main content"), 145],
    [
      evidence(
        0,
        "__NEXT_DATA__",
        "window.__NUXT__",
        "ng-app, ng-controller",
        "data-reactroot",
        "script bundle",
        "noscript",
        "loading screen",
      ),
      -90,
    ],
  ];
  for (const [given, score] of table) {
    const verdict = judge(given, options, "auto", true);
    assert.equal(verdict.score, score, JSON.stringify(given));
    assert.equal(verdict.wanted, score >= 80 ? "fast" : "rich");
    assert.equal(verdict.reason, null);
  }
});

test("a rich verdict without a browser goes the fast way and says so", () => {
  const verdict = judge(evidence(0), options, "auto", false);
  assert.deepEqual([verdict.lane, verdict.wanted, verdict.reason], ["fast", "rich", "no browser available"]);
});

test("the operator's choice overrides the table and is named", () => {
  const verdict = judge(evidence(5000), options, "rich", true);
  assert.deepEqual(
    [verdict.lane, verdict.wanted, verdict.reason],
    ["rich", "rich", "lane rich was asked for"],
  );
  assert.equal(judge(evidence(0), options, "fast", true).lane, "fast");
});

test("the table is configuration: other rules, start and line", () => {
  const own = routeOptionsSchema.parse({
    decide: "table",
    start: 0,
    fastFrom: 5,
    rules: [{ rule: "hydra", points: 7, markers: [{ kind: "literal", text: "__HYDRA__" }] }],
  });
  assert.equal(judge(evidence(0, "hydra"), own, "auto", true).lane, "fast");
  assert.equal(judge(evidence(0), own, "auto", true).lane, "rich");
  const [first, ...others] = routeMarkers(own);
  assert.deepEqual(first, { id: "hydra", kind: "literal", text: "__HYDRA__" });
  assert.ok(others.every(({ id }) => options.rules.every(({ rule }) => rule !== id)));
  assert.throws(() => routeOptionsSchema.parse({ rules: [{ rule: "x", points: 1 }] }));
});

test("the explanation names start, each rule that counted, score and lane", () => {
  const text = explain(judge(evidence(100, "noscript"), options, "auto", false), options);
  for (const part of [
    "start",
    "noscript",
    "-10",
    "text under 500",
    "-30",
    "score",
    "60",
    "lane fast",
    "wanted rich",
    "no browser available",
  ])
    assert.ok(text.includes(part), part);
});

const learned = routeOptionsSchema.parse({});
const bare: RouteEvidence = { ...noEvidence, visibleLength: 20, mainLength: 20, mainWords: 4 };

test("where nothing runs no browser is needed, and one that was asked for is asked", () => {
  const page = { url: "http://a.test/", evidence: bare, choice: "auto", browserAvailable: true } as const;
  const { lane, wanted, reason } = judgePage(page, learned);
  assert.deepEqual([lane, wanted, reason], ["fast", "fast", "no script on it runs"]);
  assert.equal(judgePage({ ...page, choice: "rich" }, learned).lane, "rich");
});

test("a host's own lane goes before what is found, and what was asked for before that", () => {
  const own = routeOptionsSchema.parse({
    hosts: [
      { host: "app.a.test", lane: "rich" },
      { host: "*.a.test", lane: "fast" },
      { host: "b.test:8080", lane: "rich" },
    ],
  });
  const scripted = { ...bare, scripts: 1 };
  const laneOf = (url: string, choice: LaneChoice = "auto"): string =>
    judgePage({ url, evidence: scripted, choice, browserAvailable: true }, own).lane;
  assert.deepEqual(
    ["http://app.a.test/", "http://a.test/", "http://x.a.test:81/", "http://b.test:8080/"].map((url) =>
      laneOf(url),
    ),
    ["rich", "fast", "fast", "rich"],
  );
  assert.equal(laneOf("http://app.a.test/", "fast"), "fast");
  assert.throws(() => routeOptionsSchema.parse({ hosts: [{ host: "http://a.test/", lane: "fast" }] }));
});

test("little text beside much script goes on to the browser, and the verdict says so", () => {
  const thin: RouteEvidence = { ...bare, scripts: 6, externalScripts: 5, codeBytes: 200_000, links: 30 };
  const { wanted, reason, rules, need } = judgePage(
    { url: "http://a.test/", evidence: thin, choice: "auto", browserAvailable: true },
    learned,
  );
  assert.equal(wanted, "rich");
  assert.ok(need !== undefined && need > 0 && need < 1);
  assert.ok(rules.some(({ by, points }) => by === "evidence" && points < 0));
  assert.ok(reason === null || /thin|likelihood/.test(reason), String(reason));
});
