// Quality of extraction against a corpus with its truth: `node bench/quality.ts FOLDER [worst]`. Reads the two layouts the corpus's own
// README describes (articles/truth.json by page, pages/NAME/expected.html.gz) and prints the two measures, the
// fields, how many CommonMark examples come back as they were, and CPU time.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract, extractOptionsSchema } from "../src/extract/index.ts";
import type { Document } from "../src/model/index.ts";
import { routeMarkers, routeOptionsSchema } from "../src/route/index.ts";
import { commonmarkRoundTrips } from "./round-trip.ts";

const options = extractOptionsSchema.parse({});
const markers = routeMarkers(routeOptionsSchema.parse({}));
const [folder, worst] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: quality.ts FOLDER [worst]\n");
  process.exit(2);
}

function documentOf(body: Uint8Array, url: string): Document {
  const result = extract(
    { url, body, headers: [["content-type", "text/html"]], truncated: false },
    options,
    markers,
  );
  if (!result.ok) throw new Error(`${url}: ${result.error.message}`);
  return result.value;
}

const words = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}\p{Pc}]+/gu) ?? [];

function shingles(text: string): string[] {
  const all = words(text);
  if (all.length < 4) return all.length === 0 ? [] : [all.join(" ")];
  return all.slice(0, -3).map((_, at) => all.slice(at, at + 4).join(" "));
}

interface Score {
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
}

function overlap(name: string, truth: readonly string[], predicted: readonly string[]): Score {
  const counts = new Map<string, number>();
  for (const item of truth) counts.set(item, (counts.get(item) ?? 0) + 1);
  let hits = 0;
  for (const item of predicted) {
    const left = counts.get(item) ?? 0;
    if (left === 0) continue;
    counts.set(item, left - 1);
    hits++;
  }
  return {
    name,
    precision: predicted.length === 0 ? (truth.length === 0 ? 1 : 0) : hits / predicted.length,
    recall: truth.length === 0 ? 1 : hits / truth.length,
  };
}

const f1 = ({ precision, recall }: { precision: number; recall: number }): number =>
  precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value: number): string => value.toFixed(4);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

function report(title: string, scores: readonly Score[]): void {
  const precision = mean(scores.map((score) => score.precision));
  const recall = mean(scores.map((score) => score.recall));
  const each = mean(scores.map((score) => f1(score)));
  print(
    `${title}: ${scores.length} pages, F1 of means ${percent(f1({ precision, recall }))} (precision ${percent(precision)}, recall ${percent(recall)}), mean F1 ${percent(each)}`,
  );
  if (worst === undefined) return;
  for (const score of [...scores].sort((a, b) => f1(a) - f1(b)).slice(0, Number(worst)))
    print(
      `  ${percent(f1(score))}  P ${percent(score.precision)}  R ${percent(score.recall)}  ${score.name}`,
    );
}

function articles(root: string): Score[] {
  const truth = JSON.parse(readFileSync(join(root, "truth.json"), "utf8")) as Record<
    string,
    { articleBody: string; url: string }
  >;
  return Object.entries(truth).map(([sha, { articleBody, url }]) => {
    const document = documentOf(gunzipSync(readFileSync(join(root, `${sha}.html.gz`))), url);
    return overlap(sha, shingles(articleBody), shingles(document.text));
  });
}

const FIELDS = {
  title: (document: Document) => document.title,
  byline: (document: Document) => document.author,
  lang: (document: Document) => document.lang,
  excerpt: (document: Document) => document.description,
  siteName: (document: Document) => document.siteName,
  publishedTime: (document: Document) => document.publishedAt,
} as const;

const folded = (value: string): string => value.normalize("NFC").replace(/\s+/g, " ").trim().toLowerCase();

function sameField(name: string, expected: string, got: string | null): boolean {
  if (got === null) return false;
  if (name === "publishedTime") return Date.parse(expected) === Date.parse(got);
  return folded(expected) === folded(got);
}

function pages(root: string): Score[] {
  const tallies = new Map<string, { right: number; given: number; wrong: string[] }>();
  const scores = readdirSync(root).map((name) => {
    const read = (file: string): Uint8Array => gunzipSync(readFileSync(join(root, name, file)));
    const document = documentOf(read("source.html.gz"), "http://fakehost/test/page.html");
    const full = extractOptionsSchema.parse({ full: true });
    const truth = extract(
      {
        url: "http://fakehost/",
        body: read("expected.html.gz"),
        headers: [["content-type", "text/html; charset=utf-8"]],
        truncated: false,
      },
      full,
      [],
    );
    if (!truth.ok) throw new Error(name);
    const expected = JSON.parse(readFileSync(join(root, name, "expected-metadata.json"), "utf8")) as Record<
      string,
      string | null
    >;
    for (const [field, get] of Object.entries(FIELDS)) {
      const value = expected[field];
      if (typeof value !== "string" || value === "") continue;
      const tally = tallies.get(field) ?? { right: 0, given: 0, wrong: [] };
      tally.given++;
      if (sameField(field, value, get(document))) tally.right++;
      else
        tally.wrong.push(
          `${name}: ${JSON.stringify(value.slice(0, 120))} <> ${JSON.stringify(get(document)?.slice(0, 120) ?? null)}`,
        );
      tallies.set(field, tally);
    }
    return overlap(name, words(truth.value.text), words(document.text));
  });
  for (const [field, { right, given, wrong }] of tallies) {
    print(`  field ${field}: ${right} of ${given}`);
    if (worst !== undefined) for (const line of wrong) print(`      ${line}`);
  }
  return scores;
}

const before = process.cpuUsage();
if (existsSync(join(folder, "articles")))
  report("articles, shingles of 4", articles(join(folder, "articles")));
if (existsSync(join(folder, "pages"))) report("pages, words", pages(join(folder, "pages")));
const { same, others, leftOut } = commonmarkRoundTrips();
print(
  `Markdown of the CommonMark examples, rendered again: ${same} of ${same + others.length} the same (${percent(same / (same + others.length))}), ${leftOut} left out; others: ${others.join(" ")}`,
);
const used = process.cpuUsage(before);
print(`CPU ${((used.user + used.system) / 1e6).toFixed(2)} s, this program's own measures included`);
