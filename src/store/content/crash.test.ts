// Torn tails: a writer is killed in mid-append, files are cut and damaged by hand; nothing acknowledged is ever lost.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom, systemClock } from "../../base/index.ts";
import type { ContentStore } from "../faces.ts";
import { processedOf } from "../testing/pages.ts";
import { folderContent } from "./folder-content.ts";

const never = new AbortController().signal;
const writer = fileURLToPath(new URL("../testing/append-for-ever.ts", import.meta.url));

const open = (directory: string): ContentStore =>
  folderContent(
    directory,
    { segmentBytesMax: 1 << 27, compressionLevel: 1, software: "millrace/test" },
    systemClock,
  );

async function idsIn(store: ContentStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { request } of store.eachStoredCapture(assert.fail)) ids.push(request.captureId);
  return ids;
}

async function inFolder(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-crash-"));
  try {
    await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test("a writer killed at random moments loses no acknowledged capture and doubles none", () =>
  inFolder(async (directory) => {
    const random = seededRandom(7);
    const acknowledged: string[] = [];
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, [writer, directory, String(round * 100_000)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      await once(child.stdout, "data");
      await systemClock.sleep(random.below(60));
      child.kill("SIGKILL");
      await once(child, "close");
      acknowledged.push(...output.split("\n").filter((line) => line.length === 36));
      const store = open(directory);
      await store.connect(never);
      const found = await store.recover(new Set(acknowledged.slice(-40)));
      assert.equal(found.size, Math.min(40, acknowledged.length));
      await store.close();
    }
    const store = open(directory);
    await store.connect(never);
    const ids = await idsIn(store);
    assert.equal(new Set(ids).size, ids.length);
    const present = new Set(ids);
    assert.deepEqual(
      acknowledged.filter((id) => !present.has(id)),
      [],
    );
    for await (const { raw, markdown } of store.eachStoredCapture(assert.fail)) {
      await store.readCapture(raw);
      await store.readMarkdown(markdown);
    }
    await store.close();
  }));

async function threePages(
  directory: string,
  pictured = false,
): Promise<{ path: string; ids: string[]; ends: number[] }> {
  const store = open(directory);
  await store.connect(never);
  const pages = [1, 2, 3].map((number) =>
    processedOf(number, pictured && number > 1 ? { screenshotBytes: 200 } : {}),
  );
  const locations = await store.append(pages, never);
  await store.close();
  const key = locations[0]?.raw.key ?? "";
  return {
    path: join(directory, key),
    ids: pages.map(({ page }) => page.request.captureId),
    ends: locations.map(({ markdown }) => markdown.offset + markdown.length),
  };
}

for (const sameBoot of [true, false]) {
  const boot = sameBoot ? "in the same boot" : "after another boot";

  test(`a segment cut at any byte keeps exactly its whole pages and goes on, ${boot}`, () =>
    inFolder(async (directory) => {
      const { path, ids, ends } = await threePages(directory, true);
      const whole = await readFile(path);
      for (let size = whole.length; size >= 0; size -= 41) {
        await writeFile(path, whole.subarray(0, size));
        if (!sameBoot) await rm(join(directory, "boot"), { force: true });
        const store = open(directory);
        await store.connect(never);
        assert.deepEqual(
          await idsIn(store),
          ids.filter((_, at) => (ends[at] ?? 0) <= size),
        );
        const [next] = await store.append([processedOf(50)], never);
        assert.ok(next !== undefined);
        assert.equal((await store.readCapture(next.raw)).url, processedOf(50).page.url);
        const kept = ends.findLast((end) => end <= size);
        if (kept !== undefined) assert.equal(next.raw.offset, kept);
        await store.close();
        for (const name of await readdir(directory)) await rm(join(directory, name));
      }
    }));
}

test("garbage behind the last page, as a power cut leaves it, is cut away", () =>
  inFolder(async (directory) => {
    const { path, ids } = await threePages(directory);
    const { size } = await stat(path);
    const first = (await readFile(path)).subarray(0, 400);
    for (const garbage of [new Uint8Array(5000), first, Buffer.concat([first, new Uint8Array(3000)])]) {
      await appendFile(path, garbage);
      await rm(join(directory, "boot"), { force: true });
      const store = open(directory);
      await store.connect(never);
      assert.deepEqual(await idsIn(store), ids);
      await store.close();
      assert.equal((await stat(path)).size, size);
    }
  }));

test("a damaged page with good ones behind it costs nothing but itself", () =>
  inFolder(async (directory) => {
    const { path, ids, ends } = await threePages(directory);
    const bytes = await readFile(path);
    const at = (ends[0] ?? 0) + 300;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    await writeFile(path, bytes);
    await rm(join(directory, "boot"), { force: true });
    const store = open(directory);
    await store.connect(never);
    assert.equal((await stat(path)).size, bytes.length);
    const [next] = await store.append([processedOf(9)], never);
    assert.notEqual(join(directory, next?.raw.key ?? ""), path);
    assert.equal((await store.recover(new Set([ids[2] ?? ""]))).size, 1);
    let damaged = 0;
    const left: string[] = [];
    for await (const { request } of store.eachStoredCapture(() => damaged++)) left.push(request.captureId);
    assert.equal(damaged, 1);
    assert.deepEqual(left.slice(0, 2), [ids[0], ids[2]]);
    await store.close();
  }));

test("a capture is looked for only in segments of its age", () =>
  inFolder(async (directory) => {
    const store = open(directory);
    await store.connect(never);
    const old = processedOf(1, { fetchedAtMs: systemClock.nowMs() - 3_600_000 });
    await store.append([old], never);
    await store.close();
    const [key = ""] = (await readdir(directory)).filter((name) => name.endsWith(".gz"));
    await truncate(join(directory, key), 0);
    const again = open(directory);
    await again.connect(never);
    assert.equal((await again.recover(new Set([old.page.request.captureId]))).size, 0);
    await again.close();
  }));

test(
  "a full disk is told as such, nothing of the batch stays, and with room the writer goes on",
  { skip: process.platform === "win32" },
  () =>
    inFolder(async (directory) => {
      // A limit on the size of files gives the same answer as a full disk, without one.
      const script = fileURLToPath(new URL("../testing/append-until-full.ts", import.meta.url));
      const child = spawn(
        "/bin/sh",
        ["-c", `trap '' XFSZ; ulimit -f 400; exec "$0" "$@"`, process.execPath, script, directory],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      await once(child, "close");
      const { acknowledged, name, message } = JSON.parse(output);
      assert.equal(name, "DiskFull");
      assert.ok(message.includes(directory));
      const store = open(directory);
      await store.connect(never);
      assert.equal((await idsIn(store)).length, acknowledged);
      await store.append([processedOf(1)], never);
      assert.equal((await idsIn(store)).length, acknowledged + 1);
      await store.close();
    }),
);
