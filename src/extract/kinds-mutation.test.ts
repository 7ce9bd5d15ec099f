// PDFs, feeds, JSON, plain text and schemas, damaged at random: each gives a document or a code, and long ones in one pass; at that size
// anything that is not linear would outlast the test. Seeds are printed. More of them: the number of runs as argument
// (`node src/extract/kinds-mutation.test.ts 5000`).
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seededRandom, systemClock } from "../base/index.ts";
import { extract } from "./extract.ts";
import { extractOptionsSchema } from "./options.ts";
import { pdfFile } from "./pdf/testing/pdf-file.ts";
import { createParsePool } from "./pool.ts";
import { compileSchema } from "./schema/compile.ts";

const RUNS = Number(process.argv[2] ?? 120);
const options = { ...extractOptionsSchema.parse({}), threads: 1 };
const pool = createParsePool({ options, markers: [], clock: systemClock });
after(() => pool.close());
type Chance = ReturnType<typeof seededRandom>;

const RSS = `<?xml version="1.0"?><rss version="2.0" xmlns:dc="d" xmlns:content="c"><channel><title>News &amp; more</title><link>/</link>
<description>All <![CDATA[<b>of</b>]]> it</description><language>en</language><pubDate>Wed, 03 Feb 2021 04:05:06 GMT</pubDate>
<item><title>First</title><link>/1</link><guid isPermaLink="false">x</guid><dc:creator>Ann</dc:creator><description>&lt;p&gt;Summary&lt;/p&gt;</description></item>
<item><title><![CDATA[Second <3]]></title><content:encoded><![CDATA[<p>Whole <a href="/x">text</a></p>]]></content:encoded></item></channel></rss>`;
const ATOM = `<feed xmlns="a" xml:lang="ko"><title type="html">T</title><link rel="self" href="/feed"/><link rel="next" href="?2"/><link href="/"/>
<author><name>A</name></author><entry><title>E</title><link href="/e"/><updated>2021-01-02T03:04:05Z</updated><content type="xhtml"><div>S</div></content></entry></feed>`;
const JSON_FEED = JSON.stringify({
  version: "https://jsonfeed.org/version/1.1",
  title: "F",
  authors: [{ name: "Ann" }],
  items: [
    { id: "1", url: "/1", content_html: "<p>x</p>" },
    { content_text: "a\n\nb", date_published: "2024-05-01" },
  ],
});
const TEXT = "Line one   \nline *two*\r\n\r\n# no heading <b>\n\n\n    indented `code`\n- item\n1. item\n";
const SCHEMA = `fields:
  name: { from: [{ jsonLd: "Product.offers[0].name" }, h1], required: true }
  price: { css: ".a > b:nth-child(2n+1), td ~ p", type: price, currency: EUR }
  size: { css: "p:has(> b)", regex: "(?<n>\\\\d+)\\\\s*(cm|mm)?", group: n, type: number }
  rows: { each: "tr, li", max: 50, fields: { a: ":scope > td", b: { css: a, attribute: [href], type: url } } }
`;
const SCHEMA_SIGNS = [
  ":",
  "{",
  "}",
  "[",
  "]",
  "\n",
  "  ",
  "- ",
  "'",
  '"',
  "&a",
  "*a",
  "css",
  "each",
  "fields",
  ":not(",
  ")",
  ">",
  "#",
  "(",
  "*",
  "+",
  "\\",
  "|",
  "?",
  "{9}",
  "null",
  "1",
  "\t",
  "!!js",
  "<<",
  "~",
];
const SIGNS = [
  "<",
  ">",
  "</",
  "<![CDATA[",
  "]]>",
  "<!--",
  "-->",
  "<?",
  "&",
  "&#",
  "&lt;",
  '"',
  "'",
  "=",
  "\n",
  " ",
  "\t",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\\",
  "```",
  "<item>",
  "</item>",
  "<link>",
  "<entry>",
  "<title>",
  "\ufeff",
  "\0",
  "#",
  "*",
  "-",
  "<!DOCTYPE a [<!ENTITY x 'y'>]>",
];

function damaged(given: string, signs: readonly string[], chance: Chance): string {
  let text = given;
  for (let step = 1 + chance.below(8); step > 0; step--) {
    const at = chance.below(text.length + 1);
    const to = Math.min(text.length, at + chance.below(80));
    const sign = signs[chance.below(signs.length)] ?? "";
    switch (chance.below(4)) {
      case 0:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at, to) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + sign + text.slice(at);
        break;
      default:
        text = text.slice(0, at) + sign.repeat(1 + chance.below(40)) + text.slice(at);
    }
  }
  return text;
}

const KINDS = [
  [RSS, "application/rss+xml"],
  [ATOM, "text/html"],
  [JSON_FEED, "application/feed+json"],
  [JSON_FEED, ""],
  [TEXT, "text/plain"],
  [TEXT, "text/markdown"],
  [RSS, "application/xml"],
] as const;

function read(text: string, type: string, schemaText: string | null): void {
  const compiled = schemaText === null ? null : compileSchema(schemaText);
  if (compiled?.ok === false) assert.fail(compiled.error.message);
  const schema = compiled?.ok === true ? compiled.value : null;
  const result = extract(
    {
      url: "http://site.example/dir/feed",
      body: new TextEncoder().encode(text),
      headers: type === "" ? [] : [["content-type", type]],
      truncated: false,
      schema,
    },
    options,
    [],
  );
  if (!result.ok) return void assert.equal(result.error.code, "unsupported_type");
  const { value } = result;
  for (const said of [value.text, value.markdown, value.html, value.title ?? ""])
    assert.ok(!said.includes("\0"));
  for (const { url } of value.links) assert.equal(URL.parse(url)?.href, url);
  assert.deepEqual(
    value.fields === null ? null : Object.keys(value.fields.values),
    schema === null ? null : ["name", "price", "size", "rows"],
  );
}

function seeded(
  from: number,
  runs: number,
  context: { diagnostic(line: string): void },
  run: (chance: Chance, seed: number) => void,
): void {
  for (let seed = from; seed < from + runs; seed++) {
    try {
      run(seededRandom(seed), seed);
    } catch (thrown) {
      context.diagnostic(`seed ${seed}`);
      throw thrown;
    }
  }
}

test("a damaged feed, JSON or text gives a document or a code", (context) => {
  seeded(1, 5 * RUNS, context, (chance, seed) => {
    const [text, type] = KINDS[seed % KINDS.length] ?? [TEXT, ""];
    read(damaged(text, SIGNS, chance), type, seed % 3 === 0 ? SCHEMA : null);
  });
});

test("a long one is read in one pass", (context) => {
  seeded(10_001, Math.ceil(RUNS / 8), context, (chance, seed) => {
    const [text, type] = KINDS[seed % KINDS.length] ?? [TEXT, ""];
    const page = damaged(text, SIGNS, chance);
    const at = chance.below(page.length);
    const piece = page.slice(at, at + 1 + chance.below(300));
    context.diagnostic(`seed ${seed}`);
    read(
      page.slice(0, at) + piece.repeat(Math.ceil(500_000 / Math.max(1, piece.length))) + page.slice(at),
      type,
      seed % 2 === 0 ? SCHEMA : null,
    );
  });
  for (const sign of [" ", "\n", "<", "&", "[", "- ", "`", "\u00a0", "<a ", "#"])
    for (const type of [
      "text/plain",
      "text/markdown",
      "application/xml",
      "application/json",
      "application/rss+xml",
    ])
      read(`a${sign.repeat(300_000)}b`, type, null);
});

test("a damaged schema is a schema or says where it is none", (context) => {
  seeded(20_001, 10 * RUNS, context, (chance) => {
    const compiled = compileSchema(damaged(SCHEMA, SCHEMA_SIGNS, chance));
    if (!compiled.ok) assert.match(compiled.error.message, /\S/);
  });
});

test("a damaged PDF gives a document or a code, and none takes its thread with it", async (context) => {
  const line = (said: string, at: number) => ({
    text: said,
    x: 72,
    y: 700 - 14 * at,
    size: 10 + (at === 0 ? 8 : 0),
  });
  const whole = pdfFile({
    pages: [["A title", "some words", "and more"].map(line), ["B", "(x) \\ y"].map(line)],
    info: { Title: "T", CreationDate: "D:20240101" },
  });
  for (let seed = 30_001; seed < 30_001 + RUNS; seed++) {
    const chance = seededRandom(seed);
    let bytes = Buffer.from(whole);
    for (let step = 1 + chance.below(6); step > 0; step--) {
      const at = chance.below(bytes.length);
      const to = Math.min(bytes.length, at + chance.below(60));
      if (chance.below(3) === 0) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
      else if (chance.below(2) === 0) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
      else bytes[at] = chance.below(256);
    }
    const result = await pool.extract(
      {
        url: "http://site.example/a.pdf",
        body: bytes,
        headers: [["content-type", "application/pdf"]],
        truncated: false,
      },
      new AbortController().signal,
    );
    const failure = result.ok ? null : result.error;
    const isExpected =
      failure === null ||
      (["parse", "unsupported_type", "too_large"].includes(failure.code) &&
        !/limit of|thread ended|extraction failed/.test(failure.message));
    if (!isExpected) context.diagnostic(`seed ${seed}`);
    assert.ok(isExpected, failure?.message);
  }
});
