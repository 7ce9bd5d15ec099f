import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { WARCParser } from "warcio";
import yauzl from "yauzl";
import { systemClock } from "../../base/index.ts";
import type { ExportFormat, ExportReport, ExportSource } from "./faces.ts";
import { exportPages } from "./index.ts";
import { exportRequest, type MadePage, storedPages } from "./testing/stored-pages.ts";

const folder = await mkdtemp(join(tmpdir(), "millrace-export-"));
after(() => rm(folder, { recursive: true, force: true }));

const PAGES: MadePage[] = [
  { url: "https://www.example.com/B?z=1&a=2", title: "한국어 제목", text: "맷돌은 돌 두 개로 곡식을 간다." },
  { url: "https://example.com/", title: '=HYPERLINK("x")', text: 'quoted "words", and\nlines' },
  { url: "http://example.org:8080/../../etc/passwd", title: "日本語", text: "水車小屋" },
  { url: "https://a.example.com/x/y.html", title: "plain", text: "plain" },
];

const compressors = { GZIP: (input: Uint8Array) => new Uint8Array(gunzipSync(input)) };

let made = 0;
const run = async (
  format: ExportFormat,
  source: ExportSource,
  changesFolder: string | null = null,
): Promise<{ path: string; report: ExportReport }> => {
  const path = join(folder, `${made++}.${format}`);
  const request = exportRequest({
    format,
    out: path,
    scratchFolder: folder,
    clock: systemClock,
    changesFolder,
  });
  return { path, report: await exportPages(source, request) };
};

async function warcTargets(bytes: Uint8Array): Promise<{ type: string; url: string; text: string }[]> {
  const found: { type: string; url: string; text: string }[] = [];
  for await (const record of new WARCParser([bytes])) {
    found.push({
      type: record.warcType ?? "",
      url: record.warcTargetURI ?? "",
      text: await record.contentText(),
    });
  }
  return found;
}

test("an independent WARC reader finds a warcinfo and every page's response and conversion", async () => {
  const { path, report } = await run("warc", storedPages(PAGES));
  const records = await warcTargets(await readFile(path));
  assert.equal(report.records, PAGES.length);
  assert.equal(records[0]?.type, "warcinfo");
  const urls = (type: string): string[] =>
    records
      .filter((r) => r.type === type)
      .map((r) => r.url)
      .sort();
  const wanted = PAGES.map(({ url }) => url).sort();
  assert.deepEqual(urls("response"), wanted);
  assert.deepEqual(urls("conversion"), wanted);
  const korean = records.find((r) => r.type === "response" && r.url === PAGES[0]?.url);
  assert.match(korean?.text ?? "", /맷돌은/);
});

async function unzipped(path: string): Promise<Map<string, { bytes: Buffer; stored: boolean }>> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, { lazyEntries: true });
  const found = new Map<string, { bytes: Buffer; stored: boolean }>();
  const openEntry = promisify<yauzl.Entry, import("node:stream").Readable>(zip.openReadStream.bind(zip));
  await new Promise<void>((resolve, reject) => {
    zip.on("end", resolve);
    zip.on("error", reject);
    zip.on("entry", async (entry: yauzl.Entry) => {
      const chunks: Buffer[] = [];
      for await (const chunk of await openEntry(entry)) chunks.push(chunk);
      found.set(entry.fileName, { bytes: Buffer.concat(chunks), stored: entry.compressionMethod === 0 });
      zip.readEntry();
    });
    zip.readEntry();
  });
  return found;
}

test("a WACZ opens with an independent zip reader, its digests hold, and its index leads to every response", async () => {
  const { path } = await run("wacz", storedPages(PAGES));
  const files = await unzipped(path);
  const text = (name: string): string => files.get(name)?.bytes.toString("utf8") ?? "";
  const manifest = JSON.parse(text("datapackage.json"));
  assert.equal(manifest.wacz_version, "1.1.1");
  for (const { path: name, hash, bytes } of manifest.resources) {
    const content = files.get(name)?.bytes ?? Buffer.alloc(0);
    assert.equal(bytes, content.byteLength, name);
    assert.equal(hash, `sha256:${createHash("sha256").update(content).digest("hex")}`, name);
  }
  assert.equal(
    files.get("archive/data.warc.gz")?.stored,
    true,
    "random access needs the WARC stored, not deflated",
  );
  const warc = files.get("archive/data.warc.gz")?.bytes ?? Buffer.alloc(0);
  const lines = text("indexes/index.cdxj").trimEnd().split("\n");
  assert.deepEqual(lines, [...lines].sort(), "sorted by bytes");
  assert.match(lines.join("\n"), /^com,example\)\/b\?a=2&z=1 20260102030405 \{/m);
  const urls: string[] = [];
  for (const line of lines) {
    const entry = JSON.parse(line.slice(line.indexOf("{")));
    const [record] = await warcTargets(warc.subarray(entry.offset, entry.offset + entry.length));
    assert.equal(record?.type, "response");
    assert.equal(record?.url, entry.url);
    urls.push(entry.url);
  }
  assert.deepEqual(urls.sort(), PAGES.map(({ url }) => url).sort());
  const [header, ...pages] = text("pages/pages.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(header.format, "json-pages-1.0");
  assert.deepEqual(pages.map((page) => page.title).sort(), PAGES.map(({ title }) => title).sort());
});

test("an independent Parquet reader gets every row back", async () => {
  const { path } = await run("parquet", storedPages(PAGES));
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
  const byUrl = new Map(rows.map((row) => [row.url, row]));
  for (const page of PAGES) {
    const row = byUrl.get(page.url);
    assert.equal(row?.title, page.title);
    assert.equal(row?.markdown, `# ${page.title}\n\n${page.text}`);
    assert.equal(row?.status, 200);
    assert.equal(row?.description, null);
    assert.deepEqual(row?.fetched_at, new Date(Date.UTC(2026, 0, 2, 3, 4, 5)));
  }
  assert.equal(rows.length, PAGES.length);
});

test("a Parquet file without a row is still one", async () => {
  const { path } = await run("parquet", storedPages([]));
  assert.deepEqual(await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors }), []);
});

/** RFC 4180, read by its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test("CSV keeps quotes, commas and line breaks, and disarms formulas", async () => {
  const { path } = await run("csv", storedPages(PAGES));
  const [head = [], ...rows] = parseCsv(await readFile(path, "utf8"));
  const cell = (row: string[], name: string): string | undefined => row[head.indexOf(name)];
  const home = rows.find((row) => cell(row, "url") === "https://example.com/") ?? [];
  assert.equal(cell(home, "title"), `'${PAGES[1]?.title}`);
  assert.equal(cell(home, "markdown"), `# ${PAGES[1]?.title}\n\n${PAGES[1]?.text}`);
  assert.equal(rows.length, PAGES.length);
  assert.ok(rows.every((row) => row.length === head.length));
});

test("Markdown files lie inside the folder, one a page, with front matter", async () => {
  const { path } = await run("markdown", storedPages(PAGES));
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  assert.equal(files.length, PAGES.length);
  const passwd = files.find(({ name }) => name.startsWith("etc-passwd"));
  assert.equal(passwd?.parentPath, join(path, "example.org-8080"));
  const text = await readFile(join(passwd?.parentPath ?? "", passwd?.name ?? ""), "utf8");
  assert.match(text, /^---\nurl: "http:\/\/example.org:8080\/etc\/passwd"|^---\nurl: "http:/);
  assert.match(text, /title: "日本語"\n[\s\S]*---\n\n# 日本語\n\n水車小屋\n$/);
});

test("--changes gives what is new, changed and gone, and nothing when nothing changed", async () => {
  const state = join(folder, "state");
  const first = await run("csv", storedPages(PAGES), state);
  assert.deepEqual(first.report.changes, { new: 4, changed: 0, gone: 0 });
  const again = await run("csv", storedPages(PAGES), state);
  assert.deepEqual(again.report.changes, { new: 0, changed: 0, gone: 0 });
  assert.equal(again.report.records, 0);
  const [one, two, three] = PAGES;
  assert.ok(one && two && three);
  const later = [
    { ...one, text: "other words" },
    two,
    three,
    { url: "https://new.example/", title: "n", text: "n" },
  ];
  const third = await run("csv", storedPages(later, new Set([two.url])), state);
  assert.deepEqual(third.report.changes, { new: 1, changed: 1, gone: 2 });
  const fourth = await run("csv", storedPages(later, new Set([two.url])), state);
  assert.equal(fourth.report.records, 0);
});

test("an export that fails leaves no file and forgets no change", async () => {
  const state = join(folder, "state-2");
  const source = storedPages(PAGES);
  const broken: ExportSource = {
    ...source,
    content: { ...source.content, readMarkdown: () => Promise.reject(new Error("damaged")) },
  };
  await assert.rejects(run("csv", broken, state), /damaged/);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith(".part")),
    [],
  );
  const whole = await run("csv", source, state);
  assert.equal(whole.report.changes?.new, 4);
});

test("changes also come as WARC and WACZ, with the newest capture of each page", async () => {
  const state = join(folder, "state-3");
  for (const format of ["warc", "wacz"] as const) {
    const { report } = await run(format, storedPages(PAGES), state);
    assert.equal(report.records, 4);
    assert.equal((await run(format, storedPages(PAGES), state)).report.records, 0);
  }
});
