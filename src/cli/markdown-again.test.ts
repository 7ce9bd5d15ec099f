// Pages whose Markdown an extraction of former times made: reprocessing writes that of today behind it, and from then on every
// export shows it, also after a rebuild and a run that was killed between segment and row.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { armFailpoint } from "../base/index.ts";
import { exportCommand } from "./export.ts";
import { runCommand } from "./frame.ts";
import { reprocess } from "./reprocess.ts";
import { capturedIo } from "./testing/captured-io.ts";
import { makeStoredFolder, storedIn } from "./testing/stored-folder.ts";

const OLD = "What the old extraction made of it.";
const NOW = "The words that a reader sees on this page, every one of them.";
const URL_OLD = "https://a.example/old";
const PAGES = [
  { url: URL_OLD, html: `<title>Old</title><article><p>${NOW}</p></article>`, markdown: OLD },
  { url: "https://b.example/", html: "<title>Same</title><article><p>A plain page of words.</p></article>" },
];

async function made(t: TestContext) {
  const base = await mkdtemp(join(tmpdir(), "millrace-markdown-"));
  t.after(() => rm(base, { recursive: true, force: true }));
  const data = join(base, "data");
  await makeStoredFolder(data, PAGES);
  const run = async (command: typeof reprocess, ...argv: string[]) => {
    const captured = capturedIo({ cwd: base });
    const code = await runCommand(command, [...argv, "--data", data], captured.io);
    assert.equal(code, 0, captured.stderr());
    return captured.stdout();
  };
  const segments = async (): Promise<Buffer[]> => {
    const folder = join(data, "segments");
    return Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name))));
  };
  const exported = async (format: string): Promise<string> => {
    const out = join(base, `pages-${format}`);
    await rm(out, { recursive: true, force: true });
    await run(exportCommand, "--format", format, "--out", out);
    if (format !== "markdown") {
      const bytes = readFileSync(out);
      return format === "warc" ? gunzipSync(bytes).toString() : bytes.toString();
    }
    const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith(".md"));
    return names.map((name) => readFileSync(join(out, name), "utf8")).join("\n");
  };
  return { data, run, segments, exported };
}

const FORMATS = ["markdown", "jsonl", "csv", "warc"];

test("after reprocessing every export shows the Markdown of today, and a rebuild keeps it", async (t) => {
  const { data, run, segments, exported } = await made(t);
  assert.ok((await exported("markdown")).includes(OLD));
  assert.equal(await run(reprocess), "2 pages extracted again\n");
  for (const again of [false, true]) {
    if (again) assert.match(await run(reprocess, "--rebuild"), /captures recorded/);
    for (const format of again ? ["markdown"] : FORMATS) {
      const text = await exported(format);
      assert.deepEqual([format, text.includes(NOW), text.includes(OLD)], [format, true, false]);
    }
  }
  const before = { rows: await storedIn(data, ["reader"]), segments: await segments() };
  assert.deepEqual(before.rows.found, [[URL_OLD]]);
  await run(reprocess);
  await run(reprocess, "--rebuild");
  assert.deepEqual({ rows: await storedIn(data, ["reader"]), segments: await segments() }, before);
});

test("a run that ended between segment and row leaves what was, and the next one makes it right", async (t) => {
  const { data, run, exported } = await made(t);
  const before = await storedIn(data, []);
  armFailpoint("segment-synced", 1, () => {
    throw new Error("the end of this run");
  });
  await assert.rejects(run(reprocess), /the end of this run/);
  assert.deepEqual(await storedIn(data, []), before);
  assert.ok((await exported("markdown")).includes(OLD));
  await run(reprocess, "--rebuild");
  assert.ok((await exported("markdown")).includes(NOW));
  const rebuilt = await storedIn(data, []);
  await run(reprocess);
  assert.deepEqual(await storedIn(data, []), rebuilt);
});
