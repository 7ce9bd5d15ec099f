// `crawl --demo` on a fresh folder, with a browser or without: what the program made of the demonstration web must equal the
// generator's own table, in the --out lines and in the store, and words must find exactly their pages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import type { DemoRow, DemoWord, Expectation } from "../../demo/table.ts";
import { systemClock } from "../../src/base/index.ts";
import { embeddedStore, storeOptions } from "../../src/store/index.ts";
import { jsonFile, jsonLines, run, scratch } from "./program.ts";

interface Line {
  readonly url: string;
  readonly final_url: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly error: { readonly code: string } | null;
  readonly lane: string | null;
  readonly lane_wanted: string | null;
  readonly title: string | null;
  readonly markdown: string | null;
  readonly lang: string | null;
  readonly charset: string | null;
}

/** Markdown without its marks: what a reader reads. */
const readable = (markdown: string | null): string =>
  (markdown ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1").replace(/\s+/g, " ");

export interface DemoSuite {
  /** Which of the table's answers must come out. */
  readonly column: "plain" | "rendered";
  readonly env?: Readonly<Record<string, string>>;
  readonly skip?: string | false;
}

export function demoSuite(title: string, { column, env = {}, skip = false }: DemoSuite): void {
  describe(title, { skip }, () => {
    let rows: readonly DemoRow[] = [];
    let words: readonly DemoWord[] = [];
    let lines = new Map<string, Line>();
    let exported = new Map<string, Line>();
    let data = "";
    let summary = "";

    before(async (t) => {
      const folder = scratch({ after: (fn) => process.on("exit", fn) });
      data = join(folder, "data");
      const out = join(folder, "pages.jsonl");
      const ended = await run(["crawl", "--demo", "--data", data, "--out", out], { env });
      assert.equal(ended.code, 0, ended.stderr);
      summary = ended.stderr;
      const answers = JSON.parse(readFileSync(join(data, "demo-table.json"), "utf8"));
      rows = answers.table;
      words = answers.words;
      lines = new Map(jsonFile(out).map((line) => [String(line.url), line as unknown as Line]));
      const copy = await run(["export", "--format", "jsonl", "--data", data, "--out", "-"]);
      assert.equal(copy.code, 0, copy.stderr);
      exported = new Map(jsonLines(copy.stdout).map((line) => [String(line.url), line as unknown as Line]));
      assert.ok(t);
    });

    const expected = (): { row: DemoRow; want: Expectation }[] =>
      rows.flatMap((row) => {
        const want = row[column];
        return want === null || row.reach === "maybe" ? [] : [{ row, want }];
      });

    test("each URL of the table ends as the table says, in --out", () => {
      const wrong = expected().flatMap(({ row: { url, kind, lane, finalUrl }, want: end }) => {
        const line = lines.get(url);
        if (line === undefined) return [`${kind} ${url}: no line`];
        const got = {
          outcome: line.outcome,
          code: line.error?.code ?? null,
          status: line.status,
          title: line.title,
          lane: column === "plain" ? line.lane_wanted : line.lane,
          finalUrl: line.final_url === url ? null : line.final_url,
        };
        const want = {
          outcome: end.outcome,
          code: end.code,
          status: end.status,
          title: end.title,
          lane,
          finalUrl,
        };
        if (end.outcome !== "stored") got.lane = want.lane;
        return JSON.stringify(got) === JSON.stringify(want)
          ? []
          : [`${kind} ${url}: ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`];
      });
      assert.deepEqual(wrong, []);
    });

    test("no line tells of a URL that the table does not know", () => {
      const known = new Set(rows.map(({ url }) => url));
      assert.deepEqual(
        [...lines.keys()].filter((url) => !known.has(url)),
        [],
      );
    });

    test("each stored page has its sentence in the Markdown, in --out and in the store", () => {
      const wrong = expected().flatMap(({ row: { url, kind, finalUrl }, want: { sentence } }) => {
        if (sentence === null) return [];
        const missing: string[] = [];
        if (!readable(lines.get(url)?.markdown ?? null).includes(sentence))
          missing.push(`${kind} ${url}: not in --out`);
        const page = exported.get(finalUrl ?? url);
        if (!readable(page?.markdown ?? null).includes(sentence))
          missing.push(`${kind} ${url}: not in the store`);
        return missing;
      });
      assert.deepEqual(wrong, []);
    });

    test("the store holds the stored pages of the table, each once", () => {
      const wanted = expected()
        .filter(({ row, want }) => want.outcome === "stored" && row.finalUrl === null)
        .map(({ row }) => row.url)
        .sort();
      const maybe = new Set(rows.filter(({ reach }) => reach === "maybe").map(({ url }) => url));
      assert.deepEqual([...exported.keys()].filter((url) => !maybe.has(url)).sort(), wanted);
    });

    test("words in four languages find exactly their pages", async () => {
      const store = embeddedStore(data, storeOptions.parse({}), "millrace/test", systemClock);
      await store.metadata.connect(new AbortController().signal);
      const wrong: string[] = [];
      for (const { word, lang, [column]: pages } of words) {
        const { items, total } = await store.metadata.search({ query: word, limit: 1000 });
        const urls = items.map(({ page }) => page.url).sort();
        if (total !== pages.length || JSON.stringify(urls) !== JSON.stringify([...pages].sort()))
          wrong.push(`${lang} ${word}: ${urls.join(" ")}`);
      }
      await store.close();
      assert.deepEqual(wrong, []);
    });

    test("the program answers a word of each language as the store does", async () => {
      const wrong: string[] = [];
      for (const [lang, [first]] of Map.groupBy(words, ({ lang }) => lang)) {
        assert.ok(first !== undefined);
        const found = await run(["search", first.word, "--json", "--limit", "1000", "--data", data]);
        assert.equal(found.code, 0, found.stderr);
        const urls = jsonLines(found.stdout).map(({ url }) => String(url));
        if (JSON.stringify(urls.sort()) !== JSON.stringify([...first[column]].sort()))
          wrong.push(`${lang} ${first.word}: ${urls.join(" ")}`);
      }
      assert.deepEqual(wrong, []);
    });

    test("the summary counts the pages, and tells what no browser was used for", () => {
      assert.match(summary, /finished: \d+ URLs ended/);
      assert.equal(/browser.*: \d+ pages wanted the rich lane/.test(summary), column === "plain");
    });
  });
}
