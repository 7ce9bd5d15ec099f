import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { NotConnected } from "../engine/index.ts";
import { type EndedPage, namedFields, outLine, type PageReport } from "../model/index.ts";
import { openLineFile } from "./line-file.ts";
import { NAMED_FIELDS, OUT_FIELDS } from "./out-fields.ts";
import { outWriter } from "./out-writer.ts";

const folder = await mkdtemp(join(tmpdir(), "millrace-out-"));
after(() => rm(folder, { recursive: true, force: true }));

test("a file torn anywhere is cut back to its last whole line, and goes on from there", async () => {
  const path = join(folder, "torn.jsonl");
  const line = fc.string({ maxLength: 30 }).map((text) => JSON.stringify(text));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 10 }),
      fc.nat(),
      fc.array(line, { maxLength: 5 }),
      async (before, cut, more) => {
        const whole = Buffer.from(before.map((text) => `${text}\n`).join(""));
        const torn = whole.subarray(0, whole.length === 0 ? 0 : cut % (whole.length + 1));
        await writeFile(path, torn);
        const file = await openLineFile(path);
        await file.append(more.map((text) => `${text}\n`).join(""));
        await file.close();
        const kept = torn.subarray(0, torn.lastIndexOf(10) + 1).toString();
        assert.equal(await readFile(path, "utf8"), kept + more.map((text) => `${text}\n`).join(""));
      },
    ),
    { numRuns: 50 },
  );
});

test("a torn line longer than what is read at once is cut too", async () => {
  const path = join(folder, "long.jsonl");
  await writeFile(path, `{"a":1}\n${"x".repeat(300_000)}`);
  await (await openLineFile(path)).close();
  assert.equal(await readFile(path, "utf8"), '{"a":1}\n');
});

const ended = (url: string): EndedPage => {
  const request = { url } as PageReport["request"];
  return {
    report: { kind: "page", request, followers: [] } as unknown as PageReport,
    page: null,
    document: null,
    verdict: null,
  };
};

const work = { signal: new AbortController().signal, attempt: 1, traceId: "t" };
const writer = (path: string, parts: Partial<Parameters<typeof outWriter>[0]> = {}) =>
  outWriter({
    path,
    fields: null,
    batch: { itemsMax: 10, bytesMax: 1_000, lingerMs: 0, inFlightMax: 1 },
    deadlineMs: 1_000,
    lineOf: ({ report }) => ({ url: report.request.url, title: "T" }),
    followersOf: (url) => (url === "https://b/" ? ["https://b/old"] : []),
    print: async () => undefined,
    failed: () => undefined,
    ...parts,
  });

test("each page's line is written, and those of the URLs that led to it, which its report then names", async () => {
  const path = join(folder, "followers.jsonl");
  const stage = writer(path, { fields: ["url", "absent"] });
  await stage.connect(work.signal);
  const verdicts = await stage.handle([ended("https://a/"), ended("https://b/")], work);
  await stage.close();
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  assert.deepEqual(lines, [
    '{"url":"https://a/","absent":null}',
    '{"url":"https://b/","absent":null}',
    '{"url":"https://b/old","absent":null}',
  ]);
  const followers = verdicts.map((verdict) =>
    verdict.kind === "emit" ? verdict.outputs[0]?.report.followers : null,
  );
  assert.deepEqual(followers, [[], ["https://b/old"]]);
});

test("when no more can be written nothing is acknowledged and the run is told", async () => {
  const told: unknown[] = [];
  const print = (): Promise<void> => Promise.reject(new Error("gone"));
  const stage = writer("-", { print, failed: (error) => told.push(error) });
  await stage.connect(work.signal);
  await assert.rejects(stage.handle([ended("https://a/")], work), NotConnected);
  assert.equal(told.length, 1);
});

test("a device that takes no more fails the write", { skip: process.platform !== "linux" }, async () => {
  const stage = writer("/dev/full");
  await stage.connect(work.signal);
  await assert.rejects(stage.handle([ended("https://a/")], work), NotConnected);
  await stage.close();
});

test("--fields knows exactly the keys of a line, in their order, and those that a line has only where they are named", async () => {
  assert.deepEqual(Object.keys(outLine(ended("https://a/"))), OUT_FIELDS);
  assert.deepEqual(Object.keys(namedFields(ended("https://a/"))), NAMED_FIELDS);
  const path = join(folder, "named.jsonl");
  const stage = writer(path, { fields: ["repeated_share", "title"] });
  await stage.connect(work.signal);
  await stage.handle([ended("https://a/")], work);
  await stage.close();
  assert.equal(await readFile(path, "utf8"), '{"repeated_share":null,"title":"T"}\n');
});
