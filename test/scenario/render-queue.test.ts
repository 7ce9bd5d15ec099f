// Pages on their way through the render queue: killed at every place where they change hands and resumed, nothing is lost and
// nothing shown twice; a rich lane that stands still holds up no fetch; a full queue waits. The browser is a played one.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { WARCParser } from "warcio";
import { jsonLines, scratch } from "./program.ts";
import { cannotBeShown, type ShownCrawl, urlOf } from "./shown-crawl.ts";

const PROGRAM = fileURLToPath(new URL("shown-crawl.ts", import.meta.url));
const PAGES = 70;

/** A site of shells; `fetched` counts its documents. */
async function shells(t: TestContext): Promise<{ port: number; fetched(): number }> {
  let fetched = 0;
  const server = createServer((request, response) => {
    if (request.url !== "/robots.txt") fetched++;
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>Shell</title><div id="root"></div><script src="/app.js"></script>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, fetched: () => fetched };
}

interface Run {
  /** What the process said last of itself. */
  state(): { waiting: number; handed: number; leased: number; queued: number } | null;
  kill(signal: NodeJS.Signals): void;
  /** Null: killed. */
  ended: Promise<number | null>;
}

function run(t: TestContext, spec: ShownCrawl): Run {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(spec)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  let error = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_096);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    error += chunk.toString();
  });
  const ended = once(child, "close").then(([code]) => {
    if (code !== 0 && code !== null) assert.fail(`ended with ${code}: ${error}`);
    return code as number | null;
  });
  return {
    state() {
      const lines = said.split("\n");
      const last = lines.at(-2);
      return last === undefined || !last.startsWith("{") ? null : JSON.parse(last);
    },
    kill: (signal) => child.kill(signal),
    ended,
  };
}

/** Every page once, in lines, rows and segments, as it was shown or with the code of its failure. */
async function assertWhole({ folder, port, pages }: ShownCrawl): Promise<void> {
  const all = Array.from({ length: pages }, (_, page) => page);
  const lines = jsonLines(readFileSync(join(folder, "out.jsonl"), "utf8"));
  const byUrl = new Map(lines.map((line) => [String(line.url), line]));
  const reached = all.filter((page) => isReached(page, pages));
  assert.deepEqual([...byUrl.keys()].sort(), reached.map((page) => urlOf(port, page)).sort());
  for (const line of lines) {
    const page = Number(new URL(String(line.url)).pathname.slice(1));
    const { outcome, title, lane, markdown } = line;
    if (cannotBeShown(page)) {
      assert.deepEqual([outcome, (line.error as { code: string }).code], ["failed", "render"]);
      continue;
    }
    assert.deepEqual([outcome, title, lane], ["stored", `Shown ${page}`, "rich"], JSON.stringify(line));
    assert.match(String(markdown), new RegExp(`Sentence number ${page} is told by a script`));
  }
  const shown = reached.filter((page) => !cannotBeShown(page)).map((page) => urlOf(port, page));
  const responses: string[] = [];
  for (const name of readdirSync(join(folder, "segments")).filter((each) => each.endsWith(".warc.gz"))) {
    for await (const record of new WARCParser([readFileSync(join(folder, "segments", name))]))
      if (record.warcType === "response") responses.push(record.warcTargetURI ?? "");
  }
  assert.deepEqual(responses.sort(), reached.map((page) => urlOf(port, page)).sort(), "no answer twice");
  const database = await PGlite.create(join(folder, "database", "pgdata"));
  try {
    const rows = await database.query<{ url: string; title: string }>(
      "select url, title from pages order by url",
    );
    assert.deepEqual(
      rows.rows.map(({ url }) => url),
      shown.sort(),
    );
    for (const { url, title } of rows.rows) assert.equal(title, `Shown ${new URL(url).pathname.slice(1)}`);
    const left = await database.query(
      "select (select count(*)::integer from render_queue) as queued, (select count(*)::integer from captures) as captures, (select count(*)::integer from dead_letters) as letters",
    );
    assert.deepEqual(left.rows, [{ queued: 0, captures: shown.length, letters: 0 }]);
  } finally {
    await database.close();
  }
}

/** Given, or linked by a page that could be shown. */
function isReached(page: number, pages: number): boolean {
  if (page < pages >> 1) return true;
  const parent = (page - 1) >> 1;
  return isReached(parent, pages) && !cannotBeShown(parent);
}

const specOf = (folder: string, port: number, more: Partial<ShownCrawl> = {}): ShownCrawl => ({
  folder,
  port,
  pages: PAGES,
  itemsMax: 1_000,
  holdUntil: null,
  failpoint: null,
  hasBrowser: true,
  ...more,
});

const KILLS = [
  "after-segment:1",
  "after-queued:1",
  "after-render:5",
  "after-end:1",
  "after-row:2",
  "after-out:3",
] as const;

test("killed wherever a page changes hands and resumed, nothing is lost and nothing is there twice", async (t) => {
  const { port, fetched } = await shells(t);
  const spec = specOf(scratch(t), port);
  let killed = 0;
  for (const failpoint of KILLS) if ((await run(t, { ...spec, failpoint }).ended) === null) killed++;
  assert.equal(await run(t, spec).ended, 0);
  t.diagnostic(`${killed} kills, ${fetched()} fetches of ${PAGES} pages`);
  assert.ok(killed >= 4, `${killed} kills`);
  await assertWhole(spec);
});

test("while nothing is shown all is fetched, waits on disk through a kill, and is shown later", async (t) => {
  const { port, fetched } = await shells(t);
  const folder = scratch(t);
  const gate = join(folder, "gate");
  const spec = specOf(folder, port, { pages: 200, holdUntil: gate });
  const first = run(t, spec);
  // No lease is open: what waits has left the line.
  while ((first.state()?.waiting ?? 0) < 100 || (first.state()?.leased ?? 1) > 0) await sleep(50);
  assert.equal(first.state()?.handed, 100);
  assert.equal(fetched(), 100);
  first.kill("SIGKILL");
  await first.ended;
  writeFileSync(gate, "");
  assert.equal(await run(t, spec).ended, 0);
  await assertWhole(spec);
});

test("a full queue holds up the line before it, and goes on when there is room", async (t) => {
  const { port } = await shells(t);
  const folder = scratch(t);
  const gate = join(folder, "gate");
  const spec = specOf(folder, port, { itemsMax: 8, holdUntil: gate });
  const running = run(t, spec);
  while ((running.state()?.waiting ?? 0) < 8) await sleep(50);
  await sleep(500);
  assert.equal(running.state()?.waiting, 8);
  writeFileSync(gate, "");
  assert.equal(await running.ended, 0);
  await assertWhole(spec);
});

test("stopped in order with pages waiting, it goes on where it was", async (t) => {
  const { port } = await shells(t);
  const folder = scratch(t);
  const gate = join(folder, "gate");
  const spec = specOf(folder, port, { holdUntil: gate });
  const running = run(t, spec);
  while ((running.state()?.waiting ?? 0) < PAGES >> 1) await sleep(50);
  running.kill("SIGTERM");
  await sleep(200);
  writeFileSync(gate, "");
  assert.equal(await running.ended, 0);
  assert.ok(existsSync(join(folder, "out.jsonl")));
  assert.equal(await run(t, spec).ended, 0);
  await assertWhole(spec);
});

test("what was queued for a browser that is gone is read as it is, and nothing waits for ever", async (t) => {
  const { port, fetched } = await shells(t);
  const folder = scratch(t);
  const spec = specOf(folder, port, { pages: 40, holdUntil: join(folder, "never") });
  const running = run(t, spec);
  while ((running.state()?.waiting ?? 0) < 20 || (running.state()?.leased ?? 1) > 0) await sleep(50);
  running.kill("SIGKILL");
  await running.ended;
  assert.equal(await run(t, { ...spec, hasBrowser: false }).ended, 0);
  const lines = jsonLines(readFileSync(join(folder, "out.jsonl"), "utf8"));
  assert.equal(new Set(lines.map(({ url }) => url)).size, 20);
  for (const { outcome, lane, lane_wanted, title } of lines)
    assert.deepEqual([outcome, lane, lane_wanted, title], ["stored", "fast", "rich", "Shell"]);
  assert.equal(fetched(), 20);
});
