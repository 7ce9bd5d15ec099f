// The whole embedded store under kill -9: rows, captures and search hits agree with each other and with what was
// acknowledged; and rows made anew from the segments equal the ones that were.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom, systemClock } from "../../src/base/index.ts";
import type { Document } from "../../src/model/index.ts";
import { embeddedStore, type Store, storeOptions } from "../../src/store/index.ts";
import { documentOf } from "../../src/store/testing/pages.ts";

const never = new AbortController().signal;
const writer = fileURLToPath(new URL("../../src/store/testing/record-for-ever.ts", import.meta.url));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function opened(folder: string): Promise<Store> {
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  await store.metadata.connect(never);
  await store.content.connect(never);
  return store;
}

test("a store killed at random moments keeps every acknowledged row, and its segments rebuild them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-kill-"));
  const random = seededRandom(11);
  const acknowledged: string[] = [];
  try {
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [writer, folder, String(round * 1_000_000)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      await Promise.race([once(child.stdout, "data"), once(child, "close")]);
      await systemClock.sleep(random.below(400));
      child.kill("SIGKILL");
      await once(child, "close");
      acknowledged.push(...output.split("\n").filter((line) => line.length === 36));
      const store = await opened(folder);
      assert.equal(store.metadata.needsRebuild, false);
      assert.deepEqual(await store.metadata.known(acknowledged), new Set(acknowledged));
      const { pages, captures } = await store.metadata.counts();
      assert.equal(pages, captures);
      assert.equal((await all(store.metadata.eachPage({ q: "common" }))).length, pages);
      assert.ok((await all(store.content.eachStoredCapture())).length >= captures);
      await store.close();
    }
    await rebuildsEqual(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** What is kept in the segments is extracted here by the Markdown alone: enough to compare every column with. */
async function rebuildsEqual(folder: string): Promise<void> {
  const store = await opened(folder);
  const extract = async (raw: Parameters<Store["content"]["readCapture"]>[0]) => {
    const capture = await store.content.readCapture(raw);
    const markdown = await store.content.readMarkdown(capture.markdown);
    const document: Document = documentOf({ text: markdown.split("\n").at(-2) ?? "" });
    const { raw: at, markdown: beside } = capture;
    await store.metadata.record(
      [{ page: capture, document, verdict: capture.verdict, stored: { raw: at, markdown: beside } }],
      never,
    );
  };
  const locations = (await all(store.content.eachStoredCapture())).slice(0, 150).map(({ raw }) => raw);
  const dump = async () => [await all(store.metadata.eachPage()), await all(store.metadata.eachCapture())];
  const captured = new Set(locations.map(({ offset }) => offset));
  const before = (await dump()).map((rows) => rows.filter(({ raw }) => captured.has(raw.offset)));
  await store.metadata.clear();
  assert.equal((await store.metadata.counts()).pages, 0);
  for (const raw of locations.toReversed()) await extract(raw);
  const rebuilt = (await dump()).map((rows) =>
    rows.filter(({ captureId }) => before[1]?.some((row) => row.captureId === captureId)),
  );
  assert.deepEqual(rebuilt, before);
  await store.close();
}
