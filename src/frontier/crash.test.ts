import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../base/index.ts";
import { opened } from "./testing.ts";

const URLS = 3000;
const NONE = { queued: 0, waiting: 0, leased: 0, handed: 0, stored: 0, failed: 0, skipped: 0 };
const childAt = (name: string): string => fileURLToPath(new URL(`./testing/${name}`, import.meta.url));
const CHILD = childAt("crash-child.ts");
const INGESTOR = childAt("ingestor-child.ts");

/** Runs the child until it has printed `linesMax` lines, then kills it where it stands. */
function run(
  script: string,
  folder: string,
  linesMax: number,
): Promise<{ lines: string[]; isDone: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder, String(URLS)], {
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
    const result = await run(CHILD, folder, 100 + random.below(900));
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

test("killed again and again, an ingestor forgets no page it handed over and sends none under two ids", async () => {
  const folder = mkdtempSync(join(tmpdir(), "frontier-crash-"));
  const random = seededRandom(11);
  let kills = 0;
  for (let isDone = false; !isDone; ) {
    isDone = (await run(INGESTOR, folder, 100 + random.below(900))).isDone;
    if (!isDone) kills++;
    assert.ok(kills < 60, "the crawl makes no progress");
    if (isDone || kills > 5) continue;
    const { frontier } = await opened({}, folder);
    const states = frontier.counts();
    const { length: open } = frontier.openLeases();
    assert.equal(states.handed, frontier.handedCount);
    assert.equal(states.leased, open);
    const seen = Array.from(frontier.iterate(), ({ url, state }) => [url, state] as const);
    assert.equal(new Set(seen.map(([url]) => url)).size, seen.length);
    assert.equal(seen.filter(([, state]) => state === "handed").length, states.handed);
    await frontier.close();
  }
  assert.ok(kills >= 3);
  const sent = new Map<string, Set<string>>();
  let copies = 0;
  for (const line of readFileSync(join(folder, "broker"), "utf8").split("\n")) {
    const [captureId = "", url = ""] = line.split(" ");
    if (url === "") continue;
    sent.set(url, (sent.get(url) ?? new Set()).add(captureId));
    copies++;
  }
  assert.ok(copies > sent.size, "no kill fell between the broker and the frontier");
  for (const [url, ids] of sent) assert.equal(ids.size, 1, url);
  const { frontier } = await opened({}, folder);
  assert.deepEqual({ ...frontier.counts() }, { ...NONE, stored: URLS });
  assert.equal(frontier.oldestHandedAtMs(), null);
  assert.deepEqual(frontier.openLeases(), []);
  await frontier.close();
  rmSync(folder, { recursive: true, force: true });
});
