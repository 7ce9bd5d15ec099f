import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../base/index.ts";
import { opened } from "./testing.ts";

const URLS = 3000;
const CHILD = fileURLToPath(new URL("./testing/crash-child.ts", import.meta.url));

/** Runs the child until it has printed `linesMax` lines, then kills it where it stands. */
function run(folder: string, linesMax: number): Promise<{ lines: string[]; isDone: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, folder, String(URLS)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.length > linesMax * 20) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      const lines = text.split("\n").slice(0, -1);
      resolve({ lines: lines.filter((line) => line !== "done"), isDone: lines.at(-1) === "done" });
    });
  });
}

test("killed again and again, a crawl loses no URL, ends none twice and keeps its counts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "frontier-crash-"));
  const random = seededRandom(7);
  const fetched: string[] = [];
  let kills = 0;
  for (let isDone = false; !isDone; ) {
    const result = await run(folder, 100 + random.below(900));
    fetched.push(...result.lines);
    isDone = result.isDone;
    if (!isDone) kills++;
    assert.ok(kills < 60, "the crawl makes no progress");
  }
  assert.ok(kills >= 3);
  const { frontier } = await opened({}, folder);
  const states = new Map<string, number>();
  const urls = new Set<string>();
  for (const { url, state } of frontier.iterate()) {
    urls.add(url);
    states.set(state ?? "", (states.get(state ?? "") ?? 0) + 1);
  }
  assert.equal(urls.size, URLS);
  assert.equal(frontier.counts().stored, URLS);
  assert.deepEqual([...states], [["stored", URLS]]);
  assert.deepEqual(frontier.openLeases(), []);
  // Once each, once more for each first failure, and what was in flight at the kills.
  assert.ok(fetched.length <= URLS * 1.2 + kills * 16);
  await frontier.close();
  rmSync(folder, { recursive: true, force: true });
});
