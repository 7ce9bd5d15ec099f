import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { systemClock } from "../base/index.ts";
import { loadConfig } from "../config.ts";
import { commands } from "./commands.ts";
import { serveControl } from "./control-socket.ts";
import { ownFolder } from "./data-folder.ts";
import { runCommand } from "./frame.ts";
import { openFolder } from "./open-folder.ts";
import { capturedIo } from "./testing/captured-io.ts";
import { makeStoredFolder, storedRows } from "./testing/stored-folder.ts";

const base = await mkdtemp(join(tmpdir(), "millrace-folder-"));
const folder = join(base, "data");
const PAGES = [
  {
    url: "https://a.example/mill",
    html: "<title>The mill</title><article><p>A water mill grinds.</p><a href=/x>x</a></article>",
  },
  {
    url: "https://b.example/한국",
    html: "<html lang=ko><title>맷돌</title><article><p>물레방아가 돈다.</p></article>",
  },
].map(({ url, html }) => ({ url: new URL(url).href, html }));

before(() => makeStoredFolder(folder, PAGES));
after(() => rm(base, { recursive: true, force: true }));

async function run(name: string, ...argv: string[]) {
  const captured = capturedIo({ cwd: base });
  const command = await commands.find((entry) => entry.name === name)?.load();
  assert.ok(command);
  const code = await runCommand(command, [...argv, "--data", folder], captured.io);
  return { code, stdout: captured.stdout(), stderr: captured.stderr() };
}

/** The same question to a free folder and to one that a process holds. */
async function bothWays(ask: () => Promise<void>): Promise<void> {
  await ask();
  const { io } = capturedIo();
  const loaded = loadConfig({ role: "standalone", files: [], flags: [], environment: {} });
  const lock = await ownFolder({ folder, create: false, clock: systemClock, signal: io.stop });
  assert.ok(loaded.ok && lock.ok);
  const open = await openFolder(folder, loaded.value.config, io, null);
  const server = await serveControl(folder, open.control);
  try {
    await ask();
  } finally {
    await server.close();
    await open.close();
    lock.value.release();
  }
}

test("search, why, dlq and export answer alike from a free folder and through its owner", async () => {
  await bothWays(async () => {
    const search = await run("search", "물레방아", "--json");
    assert.equal(search.code, 0, search.stderr);
    assert.deepEqual(JSON.parse(search.stdout).url, PAGES[1]?.url);
    assert.match(search.stderr, /^1 page\n$/);
    const why = await run("why", "https://a.example/mill", "--json");
    assert.equal(JSON.parse(why.stdout).history[0].event, "captured");
    const letters = await run("dlq", "list");
    assert.deepEqual(letters, { code: 0, stdout: "", stderr: "" });
    const exported = await run("export", "--format", "jsonl", "--out", "-");
    const lines = exported.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(exported.code, 0, exported.stderr);
    assert.deepEqual(lines.map(({ title }) => title).sort(), ["The mill", "맷돌"].sort());
    const mill = lines.find(({ url }) => url === PAGES[0]?.url);
    assert.deepEqual(
      mill.links.map((link: { url: string }) => link.url),
      ["https://a.example/x"],
    );
    assert.deepEqual(
      [mill.outcome, mill.status, mill.elapsed_ms, mill.depth, mill.lane],
      ["stored", 200, 4, 0, "fast"],
    );
  });
});

test("reprocess changes nothing when the extraction is the same, and --rebuild makes equal rows", async () => {
  const rows = await storedRows(folder);
  const again = await run("reprocess");
  assert.deepEqual([again.code, again.stdout], [0, "2 pages extracted again\n"], again.stderr);
  assert.deepEqual(await storedRows(folder), rows);
  const rebuilt = await run("reprocess", "--rebuild");
  assert.deepEqual([rebuilt.code, rebuilt.stdout], [0, "2 captures recorded\n"], rebuilt.stderr);
  assert.deepEqual(await storedRows(folder), rows);
});

test("export to a file says how much, and --changes is empty the second time", async () => {
  const first = await run("export", "--format", "csv", "--changes", "--out", "pages.csv");
  assert.match(first.stderr, /^2 records \(2 new, 0 changed, 0 gone\), /);
  assert.match(await readFile(join(base, "pages.csv"), "utf8"), /^change,url,/);
  const second = await run("export", "--format", "csv", "--changes", "--out", "pages.csv");
  assert.match(second.stderr, /^0 records \(0 new, 0 changed, 0 gone\), /);
});

test("a dead letter or a topic that is not there is said so", async () => {
  const shown = await run("dlq", "show", "nothing");
  assert.equal(shown.code, 1);
  assert.match(shown.stderr, /no dead letter "nothing"/);
  const top = await run("top");
  assert.match(top.stderr, /no process is running on/);
});
