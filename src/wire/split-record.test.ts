import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrontierRecord, PageReport } from "../model/index.ts";
import { encodeFrontierRecord } from "./codec/frontier.ts";
import { splitRecord } from "./split-record.ts";
import { noise, requestOf } from "./testing/pages.ts";

const LIMIT = 20_000;
/** Addresses that no frame makes much smaller. */
const links = Array.from(
  { length: 2_000 },
  (_, at) => `https://h${at % 3}.example/${Buffer.from(noise(at, 32)).toString("base64url")}`,
);
const report: PageReport = {
  kind: "page",
  request: requestOf(1),
  outcome: "stored",
  code: null,
  message: null,
  status: 200,
  finalUrl: "https://h.example/",
  lane: "fast",
  validators: null,
  signature: null,
  fetchedAtMs: 1,
  links,
  followers: [],
};

test("a report that fits goes as it is", () => {
  const record: FrontierRecord = { kind: "end", report: { ...report, links: links.slice(0, 5) } };
  assert.deepEqual(splitRecord(record, LIMIT), { ok: true, value: [record] });
});

test("the links of a report that is too large go ahead of it, to be judged where the page is known, none lost", () => {
  const split = splitRecord({ kind: "end", report }, LIMIT);
  assert.ok(split.ok);
  const last = split.value.at(-1);
  assert.ok(last?.kind === "end" && last.report.kind === "page");
  assert.deepEqual(last.report, { ...report, links: [] });
  const ahead = split.value.slice(0, -1);
  const told = ahead.flatMap((record) => {
    assert.ok(record.kind === "urls");
    assert.deepEqual(
      [record.host, record.depth, record.given, record.judged, record.referrer],
      [report.request.host, report.request.depth + 1, false, false, report.finalUrl],
    );
    return record.urls;
  });
  assert.deepEqual([...told].sort(), [...links].sort());
  for (const record of split.value) assert.ok(encodeFrontierRecord(record).byteLength <= LIMIT);
});

test("told hosts that are too many go in pieces", () => {
  const split = splitRecord({ kind: "joined", host: "h.example", keys: links }, LIMIT);
  assert.ok(split.ok && split.value.length > 1);
  const keys = split.value.flatMap((record) => (record.kind === "joined" ? record.keys : []));
  assert.deepEqual(keys, links);
  for (const record of split.value) assert.ok(encodeFrontierRecord(record).byteLength <= LIMIT);
});

test("what cannot be made smaller is refused in words", () => {
  const followers = links;
  assert.equal(splitRecord({ kind: "end", report: { ...report, followers } }, LIMIT).ok, false);
});
