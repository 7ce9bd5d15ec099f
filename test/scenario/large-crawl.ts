// The crawl of the generated site that the fault scenarios share, and the check that what it left equals the site: captures,
// WARC responses, search hits, lines and states, each page once.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { WARCParser } from "warcio";
import type { Large } from "../../demo/large.ts";
import { jsonFile, jsonLines, run } from "./program.ts";
import { throughOwner } from "./served.ts";

/** Pages whose own word is searched, and whose state is asked for. */
const SAMPLES = 3;
/** In every page's sentence. */
const COMMON_WORD = "other";
const SEARCH_LIMIT = 1000;

const FAST = ["--delay", "0", "--per-host", "16"];
/** Slow enough to be looked at while it runs. */
export const SLOW: readonly string[] = ["--delay", "200", "--per-host", "1"];

export interface SiteCrawl {
  readonly site: Large;
  readonly data: string;
  readonly out: string;
  /** The command; the same for every resume. */
  readonly args: readonly string[];
}

export function crawlOf(site: Large, folder: string, pace: readonly string[] = FAST): SiteCrawl {
  const data = join(folder, "data");
  const out = join(folder, "pages.jsonl");
  const resolve = site.resolve.flatMap((override) => ["--resolve", override]);
  const depth = ["--depth", String(site.depth + 10)];
  return {
    site,
    data,
    out,
    args: ["crawl", ...site.seeds, ...depth, ...pace, ...resolve, "--data", data, "--out", out],
  };
}

/** Fails unless the finished crawl left exactly the site, in every place that tells of it. */
export async function assertEqualsSite(crawl: SiteCrawl): Promise<void> {
  const { site, data, out } = crawl;
  const want = Array.from({ length: site.pages }, (_, page) => site.url(page)).sort();
  const titles = new Map(Array.from({ length: site.pages }, (_, page) => [site.url(page), site.title(page)]));

  const lines = new Map(jsonFile(out).map((line) => [String(line.url), line]));
  assert.deepEqual([...lines.keys()].sort(), want, "--out, each URL once");
  for (const [url, line] of lines)
    assert.deepEqual([line.outcome, line.title], ["stored", titles.get(url)], url);

  const { exported, hits } = await throughOwner(data, () => answersOf(crawl));
  assert.deepEqual(exported.map((line) => String(line.url)).sort(), want, "export jsonl");
  for (const line of exported) assert.equal(line.title, titles.get(String(line.url)));

  assert.deepEqual((await responses(warcOf(crawl))).sort(), want, "responses of the exported WARC");
  const segments = readdirSync(join(data, "segments")).filter((name) => name.endsWith(".warc.gz"));
  const raw = await Promise.all(segments.map((name) => responses(join(data, "segments", name))));
  assert.deepEqual(raw.flat().sort(), want, "responses of the segments: none written twice");

  assert.deepEqual(hits, want, "hits of a word that all pages have");
  assert.deepEqual(await rowCounts(data), { pages: site.pages, captures: site.pages, letters: 0 });
}

const warcOf = ({ data }: SiteCrawl): string => join(data, "..", "site.warc.gz");

/** What the folder's owner tells of the site; looks at single pages itself. */
async function answersOf(crawl: SiteCrawl): Promise<{ exported: Record<string, unknown>[]; hits: string[] }> {
  const { site, data } = crawl;
  const exported = jsonLines(await stdoutOf(["export", "--format", "jsonl", "--out", "-", "--data", data]));
  await stdoutOf(["export", "--format", "warc", "--out", warcOf(crawl), "--data", data]);
  for (const page of sampled(site.pages)) {
    const own = site.title(page).split(": ")[1] ?? "";
    const [hits, why] = await Promise.all([
      found(own, data),
      stdoutOf(["why", site.url(page), "--json", "--data", data]),
    ]);
    assert.deepEqual(hits, [site.url(page)], `hits of ${own}`);
    assert.equal(JSON.parse(why).state, "stored", site.url(page));
  }
  return { exported, hits: await found(COMMON_WORD, data) };
}

async function stdoutOf(args: readonly string[]): Promise<string> {
  const ended = await run(args);
  assert.equal(ended.code, 0, `${args.join(" ")}: ${ended.stderr}`);
  return ended.stdout;
}

/** URLs that a search finds, all slices of it together. */
async function found(word: string, data: string): Promise<string[]> {
  const urls: string[] = [];
  for (let cursor: readonly string[] = []; ; ) {
    const args = ["search", word, "--json", "--limit", String(SEARCH_LIMIT), "--data", data, ...cursor];
    const ended = await run(args);
    assert.equal(ended.code, 0, ended.stderr);
    urls.push(...jsonLines(ended.stdout).map((line) => String(line.url)));
    const next = /more with --cursor (\S+)/.exec(ended.stderr)?.[1];
    if (next === undefined) return urls.sort();
    cursor = ["--cursor", next];
  }
}

/** Target URLs of a WARC file's responses, as an independent reader sees them. */
async function responses(path: string): Promise<string[]> {
  const urls: string[] = [];
  for await (const record of new WARCParser([readFileSync(path)])) {
    if (record.warcType !== "response") continue;
    urls.push(record.warcTargetURI ?? "");
    assert.match(await record.contentText(), /The word of page \d+ is \w+x and no other page has it\./);
  }
  return urls;
}

/** Straight from the tables: what no reader can hide. */
async function rowCounts(data: string): Promise<unknown> {
  const database = await PGlite.create(join(data, "database", "pgdata"));
  try {
    const { rows } = await database.query(
      `select (select count(*)::integer from pages) as pages, (select count(*)::integer from captures) as captures,
        (select count(*)::integer from dead_letters) as letters`,
    );
    return rows[0];
  } finally {
    await database.close();
  }
}

const sampled = (pages: number): number[] =>
  Array.from({ length: SAMPLES }, (_, at) => Math.floor((at * (pages - 1)) / (SAMPLES - 1)));
