// Every export format of a crawl of the demonstration web, opened by readers that share neither code nor author with our
// writers. What they read must equal the JSONL export; and a database made anew from the segments exports the same bytes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { tableFromIPC } from "apache-arrow";
import { parse as parseCsv } from "csv-parse/sync";
import { readParquet } from "parquet-wasm";
import { WARCParser } from "warcio";
import { parse as parseYaml } from "yaml";
import yauzl from "yauzl";
import { jsonFile, root, run, scratch } from "./program.ts";

type Line = Record<string, unknown>;

/** What tables and lines share under one name. */
const COLUMNS = [
  ...[
    "url",
    "final_url",
    "status",
    "content_type",
    "charset",
    "lane",
    "lane_wanted",
    "score",
    "bytes",
    "depth",
  ],
  ...["fetched_at", "title", "description", "lang", "canonical", "author", "published_at", "site_name"],
  ...["text_length", "markdown"],
];

let folder = "";
let lines: readonly Line[] = [];

const byUrl = (a: Line, b: Line): number => (String(a.url) < String(b.url) ? -1 : 1);

async function program(...args: string[]): Promise<void> {
  const ended = await run([...args, "--data", join(folder, "data")]);
  assert.equal(ended.code, 0, `${args.join(" ")}: ${ended.stderr}`);
}

async function exported(format: string, name: string, ...flags: string[]): Promise<string> {
  const path = join(folder, name);
  await program("export", "--format", format, "--out", path, ...flags);
  return path;
}

before(async () => {
  folder = scratch({ after: (fn) => process.on("exit", fn) });
  await program("crawl", "--demo");
  lines = jsonFile(await exported("jsonl", "pages.jsonl")).sort(byUrl);
  assert.ok(lines.length > 100);
});

interface WarcRecord {
  readonly type: string;
  readonly url: string;
  readonly date: string;
  readonly status: number | null;
  readonly text: string;
}

async function recordsOf(bytes: Uint8Array): Promise<WarcRecord[]> {
  const records: WarcRecord[] = [];
  for await (const record of new WARCParser([bytes])) {
    const text = await record.contentText();
    records.push({
      type: record.warcType ?? "",
      url: record.warcTargetURI ?? "",
      date: record.warcDate ?? "",
      status: typeof record.httpHeaders?.statusCode === "number" ? record.httpHeaders.statusCode : null,
      text,
    });
  }
  return records;
}

/** Each page has its response, with status and time, and its Markdown; and there is nothing else. */
function assertArchive(records: readonly WarcRecord[]): void {
  const told = (type: string, factsOf: (record: WarcRecord) => unknown[]): unknown[] =>
    records
      .filter((record) => record.type === type)
      .map((record) => [record.url, ...factsOf(record)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const seconds = (time: unknown): string => String(time).slice(0, 19);
  assert.deepEqual(
    told("response", ({ status, date }) => [status, seconds(date)]),
    lines.map((line) => [line.url, line.status, seconds(line.fetched_at)]),
  );
  assert.deepEqual(
    told("conversion", ({ text }) => [text]),
    lines.map((line) => [line.url, line.markdown]),
  );
}

test("WARC: a reader finds a response and the Markdown of every page", async () => {
  assertArchive(await recordsOf(readFileSync(await exported("warc", "site.warc.gz"))));
});

const python = join(root, ".cache", "python", "bin", "python");
if (existsSync(python)) {
  test("WARC: a reader in another language agrees with every length and digest, and on the pages", async () => {
    const path = await exported("warc", "checked.warc.gz");
    const check = spawnSync(python, ["-m", "warcio.cli", "check", "-v", path], { encoding: "utf8" });
    assert.equal(check.status, 0, check.stdout + check.stderr);
    const index = spawnSync(
      python,
      ["-m", "warcio.cli", "index", path, "-f", "warc-type,warc-target-uri,http:status"],
      { encoding: "utf8" },
    );
    assert.equal(index.status, 0, index.stderr);
    const responses = index.stdout
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => JSON.parse(text))
      .filter((record) => record["warc-type"] === "response")
      .map((record) => [record["warc-target-uri"], Number(record["http:status"])])
      .sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(
      responses,
      lines.map((line) => [line.url, line.status]),
    );
  });
}

async function unzipped(path: string): Promise<Map<string, Buffer>> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, { lazyEntries: true });
  const contents = promisify<yauzl.Entry, Readable>(zip.openReadStream.bind(zip));
  const files = new Map<string, Buffer>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  zip.on("end", resolve).on("error", reject);
  zip.on("entry", (entry: yauzl.Entry) => {
    contents(entry)
      .then(buffer)
      .then((bytes) => {
        files.set(entry.fileName, bytes);
        zip.readEntry();
      })
      .catch(reject);
  });
  zip.readEntry();
  await promise;
  return files;
}

test("WACZ: the archive, its index, its list of pages and its digests agree", async () => {
  const files = await unzipped(await exported("wacz", "site.wacz"));
  const file = (name: string): Buffer => files.get(name) ?? assert.fail(`no ${name}`);
  const { resources } = JSON.parse(file("datapackage.json").toString());
  for (const { path, hash, bytes } of resources) {
    assert.equal(bytes, file(path).byteLength, path);
    assert.equal(hash, `sha256:${createHash("sha256").update(file(path)).digest("hex")}`, path);
  }
  const archive = file("archive/data.warc.gz");
  assertArchive(await recordsOf(archive));

  const indexed: string[] = [];
  for (const entry of file("indexes/index.cdxj").toString().trimEnd().split("\n")) {
    const { offset, length, url, status } = JSON.parse(entry.slice(entry.indexOf("{")));
    const [record] = await recordsOf(archive.subarray(Number(offset), Number(offset) + Number(length)));
    assert.deepEqual([record?.type, record?.url, record?.status], ["response", url, Number(status)]);
    indexed.push(url);
  }
  const urls = lines.map((line) => String(line.url));
  assert.deepEqual(indexed.sort(), urls);

  const [, ...pages] = file("pages/pages.jsonl")
    .toString()
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));
  assert.deepEqual(
    pages.sort(byUrl).map(({ url, title }) => [url, title ?? null]),
    lines.map((line) => [line.url, line.title]),
  );
});

/** CSV knows no types and no null. */
const asCell = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

test("CSV: a parser gives every page back, cell for cell", async () => {
  const text = readFileSync(await exported("csv", "pages.csv", "--raw-cells"));
  const rows: Line[] = parseCsv(text, { columns: true, record_delimiter: "\r\n" });
  assert.deepEqual(
    rows.sort(byUrl).map((row) => COLUMNS.map((name) => row[name])),
    lines.map((line) => COLUMNS.map((name) => asCell(line[name]))),
  );
});

test("Parquet: a reader gives every page back, value for value", async () => {
  const bytes = readFileSync(await exported("parquet", "pages.parquet"));
  const table = tableFromIPC(readParquet(bytes).intoIPCStream());
  const plain = (name: string, value: unknown): unknown => {
    if (name === "fetched_at") return new Date(Number(value)).toISOString();
    return typeof value === "bigint" ? Number(value) : value;
  };
  const rows = table.toArray().map((row): Line => row.toJSON());
  assert.deepEqual(
    rows.sort(byUrl).map((row) => COLUMNS.map((name) => plain(name, row[name]))),
    lines.map((line) => COLUMNS.map((name) => line[name])),
  );
});

test("Markdown: each page is a file, its facts are YAML and its text is the page's", async () => {
  const path = await exported("markdown", "markdown");
  const pages = globSync("**/*.md", { cwd: path }).map((name) => {
    const [, facts = "", text] =
      /^---\n(.*?)\n---\n\n(.*)\n$/s.exec(readFileSync(join(path, name), "utf8")) ?? [];
    const { url, final_url, title, lang, status } = parseYaml(facts);
    return { url, final_url, title: title ?? null, lang: lang ?? null, status, markdown: text };
  });
  assert.deepEqual(
    pages.sort(byUrl),
    lines.map(({ url, final_url, title, lang, status, markdown }) => ({
      ...{ url, final_url, title, lang, status, markdown },
    })),
  );
});

test("a database made anew from the segments exports the same bytes", async () => {
  const exports = async (name: string): Promise<Buffer[]> => [
    readFileSync(await exported("jsonl", `${name}.jsonl`)),
    readFileSync(await exported("csv", `${name}.csv`)),
  ];
  const earlier = await exports("before");
  await program("reprocess", "--rebuild");
  const later = await exports("after");
  for (const [at, bytes] of earlier.entries()) assert.equal(later[at]?.toString(), bytes.toString());
});
