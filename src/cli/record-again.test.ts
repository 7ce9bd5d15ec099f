// Pages that a browser showed, where rows are made again without one: a rebuild gives what it had shown, plain reprocessing
// lets it be.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { exportCommand } from "./export.ts";
import { runCommand } from "./frame.ts";
import { reprocess } from "./reprocess.ts";
import { capturedIo } from "./testing/captured-io.ts";
import { makeStoredFolder, storedIn } from "./testing/stored-folder.ts";

const base = await mkdtemp(join(tmpdir(), "millrace-again-"));
const folder = join(base, "data");
const SHELL = "<title>Loading</title><div id=root></div><script src=/app.js></script>";
const RICH = new URL("https://a.example/물레").href;
const PAGES = [
  {
    url: RICH,
    html: SHELL,
    rendered: `<html lang=ko><title>맷돌 이야기</title><meta name=description content="어느 물레방아">
      <meta name=robots content=noindex><meta name=author content="김 아무개"><link rel=canonical href=/mill>
      <article><h1>맷돌</h1><p>물레방아가 돈다, and the <b>millstone</b> turns.</p><a href=/x>x</a><a href=/y>y</a></article>`,
  },
  { url: "https://b.example/", html: "<title>Plain</title><article><p>A plain page of words.</p></article>" },
];

await makeStoredFolder(folder, PAGES);
after(() => rm(base, { recursive: true, force: true }));

async function run(command: typeof reprocess | typeof exportCommand, ...argv: string[]) {
  const captured = capturedIo({ cwd: base });
  const code = await runCommand(command, [...argv, "--data", folder], captured.io);
  return { code, stdout: captured.stdout(), stderr: captured.stderr() };
}

const kept = () => storedIn(folder, ["millstone", "물레방아", "Loading"]);

test("a rebuild gives a page that a browser showed the row that it had, and its words are found", async () => {
  const before = await kept();
  const shown = before.pages.find(({ url }) => url === RICH);
  assert.deepEqual(
    [shown?.title, shown?.lane, shown?.linkCount, shown?.noindex],
    ["맷돌 이야기", "rich", 3, true],
  );
  assert.deepEqual(before.found, [[RICH], [RICH], []]);
  const rebuilt = await run(reprocess, "--rebuild");
  assert.deepEqual(rebuilt, { code: 0, stdout: "2 captures recorded\n", stderr: "" });
  assert.deepEqual(await kept(), before);
});

test("plain reprocessing leaves a page that a browser showed as it is, and says so", async () => {
  const before = await kept();
  const again = await run(reprocess);
  assert.deepEqual([again.code, again.stdout], [0, "1 pages extracted again\n"]);
  assert.match(again.stderr, /^1 page that a browser showed was left as it is$/m);
  assert.deepEqual(await kept(), before);
});

test("an exported line says of a page that a browser showed what its row says", async () => {
  const { code, stdout, stderr } = await run(exportCommand, "--format", "jsonl", "--out", "-");
  assert.equal(code, 0, stderr);
  const line = stdout
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text))
    .find(({ url }) => url === RICH);
  const row = (await kept()).pages.find(({ url }) => url === RICH);
  assert.deepEqual([line.lane, line.title, line.text_length], ["rich", row?.title, row?.textLength]);
  assert.match(line.markdown, /\*\*millstone\*\*/);
});
