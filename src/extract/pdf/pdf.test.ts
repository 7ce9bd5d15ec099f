// PDFs: their text in order, what they say of themselves, and files made to do harm, each of which ends with a code.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { deflateSync } from "node:zlib";
import { systemClock } from "../../base/index.ts";
import type { Document, Failure } from "../../model/index.ts";
import { extract } from "../extract.ts";
import { type ExtractOptions, extractOptionsSchema } from "../options.ts";
import { createParsePool } from "../pool.ts";
import { compileSchema } from "../schema/compile.ts";
import type { Schema } from "../schema/declaration.ts";
import { dateOf } from "./pdf-document.ts";
import { pdfFile, type Written } from "./testing/pdf-file.ts";

const OPTIONS = { ...extractOptionsSchema.parse({}), threads: 1 };
const pool = createParsePool({ options: OPTIONS, markers: [], clock: systemClock });
after(() => pool.close());

async function read(bytes: Uint8Array, schema: Schema | null = null, type = "application/pdf") {
  return pool.extract(
    {
      url: "http://site.example/a.pdf",
      body: bytes,
      headers: [["content-type", type]],
      truncated: false,
      schema,
    },
    new AbortController().signal,
  );
}

async function documentOf(written: Written, schema: Schema | null = null): Promise<Document> {
  const result = await read(pdfFile(written), schema);
  assert.ok(result.ok, result.ok ? "" : result.error.message);
  return result.value;
}

async function failureOf(bytes: Uint8Array, options: Partial<ExtractOptions> = {}): Promise<Failure> {
  const own = createParsePool({ options: { ...OPTIONS, ...options }, markers: [], clock: systemClock });
  try {
    const result = await own.extract(
      { url: "http://site.example/a.pdf", body: bytes, headers: [], truncated: false },
      new AbortController().signal,
    );
    assert.ok(!result.ok, "a document came of it");
    return result.error;
  } finally {
    await own.close();
  }
}

/** Lines of a page from the top, 14 points apart. */
const lines = (texts: readonly string[], from = 700, size = 10) =>
  texts.map((text, at) => ({ text, x: 72, y: from - 14 * at, size }));

const BODY = lines(
  [
    "Lorem ipsum dolor sit amet, conse-",
    "ctetur adipiscing elit, sed do eiusmod",
    "tempor incididunt ut labore.",
  ],
  660,
);

test("headings by size, paragraphs joined, parted words whole, lists as lists", async () => {
  const document = await documentOf({
    pages: [
      [
        { text: "The Report", x: 72, y: 720, size: 24 },
        { text: "1. Beginning", x: 72, y: 690, size: 16 },
        ...BODY,
        ...lines(["\u0095 first thing", "\u0095 second thing"], 590),
        ...lines(["A paragraph *after* the list."], 520),
      ],
    ],
    info: {
      Title: "Annual Report",
      Author: "Ann Writer",
      Subject: "All of it",
      CreationDate: "D:20240203040506+01'00'",
    },
  });
  assert.equal(
    document.markdown,
    [
      "# The Report",
      "## 1. Beginning",
      "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
      "- first thing\n- second thing",
      "A paragraph \\*after\\* the list.",
    ].join("\n\n"),
  );
  assert.deepEqual(
    [
      document.title,
      document.author,
      document.description,
      document.publishedAt,
      document.lang,
      document.contentType,
    ],
    ["Annual Report", "Ann Writer", "All of it", "2024-02-03T04:05:06+01:00", "en-GB", "application/pdf"],
  );
  assert.deepEqual(document.record.authors, { value: ["Ann Writer"], from: "meta" });
  assert.deepEqual(document.headings, [
    { level: 1, text: "The Report" },
    { level: 2, text: "1. Beginning" },
  ]);
  assert.match(document.html, /^<h1>The Report<\/h1>\n<h2>/);
  assert.equal(document.truncated, false);
});

test("a file's title that nobody gave is its first heading", async () => {
  const page = [{ text: "Findings", x: 72, y: 720, size: 24 }, ...BODY];
  const document = await documentOf({ pages: [page], info: { Title: "Microsoft Word - draft3.docx" } });
  assert.equal(document.title, "Findings");
});

test("running heads and page numbers are left out, and a sentence goes on over the page", async () => {
  const pages = [1, 2, 3, 4].map((number) => [
    { text: "The Journal of Things", x: 72, y: 770, size: 8 },
    ...lines([`Page ${number} begins here and is`, "longer than that and it goes"]),
    { text: `${number}`, x: 300, y: 30, size: 8 },
  ]);
  const { text } = await documentOf({ pages });
  assert.doesNotMatch(text, /Journal/);
  assert.doesNotMatch(text, /\bgoes \d/);
});

test("columns are read as they were written, and what was written from the foot up from the top down", async () => {
  const column = (name: string, x: number) =>
    [0, 1, 2, 3, 4, 5].map((row) => ({ text: `${name} ${row}.`, x, y: 700 - 14 * row, size: 10 }));
  const down = await documentOf({ pages: [[...column("left", 72), ...column("right", 330)]] });
  assert.match(down.text.replace(/\s+/g, " "), /^left 0\. left 1\. .*left 5\. right 0\./);
  const up = await documentOf({ pages: [column("line", 72).toReversed()] });
  assert.equal(up.text, "line 0. line 1. line 2. line 3. line 4. line 5.");
});

test("streams within streams are read", async () => {
  const content = Buffer.from("BT /F1 10 Tf 72 700 Td (Hello) Tj ET");
  const twice = { bytes: deflateSync(deflateSync(content)), filter: "[/FlateDecode /FlateDecode]" };
  assert.equal((await documentOf({ pages: [], streams: [twice] })).text, "Hello");
});

test("declared fields are found in a PDF's text", async () => {
  const schema = compileSchema(
    "fields: { total: { document: text, regex: 'Total: (.*)', type: price }, by: { document: author } }",
  );
  assert.ok(schema.ok);
  const document = await documentOf(
    { pages: [lines(["Total: EUR 1.299,00"])], info: { Author: "Ann" } },
    schema.value,
  );
  assert.deepEqual(document.fields?.values, { total: { amount: 1299, currency: "EUR" }, by: "Ann" });
});

test("the bytes tell a PDF whatever its type; a type alone does not", async () => {
  const bytes = pdfFile({ pages: [BODY] });
  for (const type of ["application/pdf", "application/octet-stream", "text/html", "text/plain"])
    assert.equal((await read(bytes, null, type)).ok, true, type);
  const other = await read(new TextEncoder().encode("no pdf at all"));
  assert.equal(!other.ok && other.error.code, "unsupported_type");
  const single = extract({ url: "http://a/", body: bytes, headers: [], truncated: false }, OPTIONS, []);
  assert.equal(!single.ok && single.error.code, "unsupported_type");
});

test("dates of PDF are as exact as they are given", () => {
  for (const [said, iso] of [
    ["D:20240203040506Z", "2024-02-03T04:05:06Z"],
    ["D:20240203040506-06'00'", "2024-02-03T04:05:06-06:00"],
    ["D:20240203040506+0530", "2024-02-03T04:05:06+05:30"],
    ["D:20240203", "2024-02-03"],
    ["D:2024", "2024"],
    ["3 February 2024", "2024-02-03"],
    ["yesterday", null],
  ] as const)
    assert.equal(dateOf(said), iso, said);
});

test("an encrypted file says that it is one", async () => {
  const encrypt = `<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <${"12".repeat(32)}> /U <${"34".repeat(32)}> >>`;
  const failure = await failureOf(
    pdfFile({
      pages: [BODY],
      objects: [encrypt],
      trailer: "/Encrypt 90000 0 R /ID [<1234> <1234>]",
    }),
  );
  assert.equal(failure.code, "parse");
  assert.match(failure.message, /encrypted/);
});

test("a file cut off anywhere ends with a document or a code", async () => {
  const whole = pdfFile({ pages: [BODY, BODY], info: { Title: "T" } });
  for (let at = 6; at < whole.byteLength; at += 97) {
    const result = await read(whole.slice(0, at));
    if (!result.ok) assert.equal(result.error.code, "parse");
  }
  assert.equal((await read(whole.slice(0, -8))).ok, true);
});

const MIB = 1_048_576;
/** Spaces, which say nothing and pack well. */
const emptied = (bytes: number): Uint8Array => deflateSync(Buffer.alloc(bytes, 32), { level: 6 });

test("a stream that inflates far is given up at the memory limit", async () => {
  const small = { pdfBufferBytesMax: 4 * MIB };
  const bytes = emptied(24 * MIB);
  const one = await failureOf(pdfFile({ pages: [], streams: [{ bytes, filter: "/FlateDecode" }] }), small);
  assert.deepEqual([one.code, /memory limit: one buffer/.test(one.message)], ["too_large", true]);
  const twice = { bytes: deflateSync(bytes), filter: "[/FlateDecode /FlateDecode]" };
  assert.equal((await failureOf(pdfFile({ pages: [], streams: [twice] }), small)).code, "too_large");
  const runs = { bytes: Buffer.alloc(MIB, "\x81 ", "latin1"), filter: "/RunLengthDecode" };
  assert.equal((await failureOf(pdfFile({ pages: [], streams: [runs] }), small)).code, "too_large");
});

test("many streams that inflate far are given up together", async () => {
  const streams = Array.from({ length: 20 }, () => ({ bytes: emptied(2 * MIB), filter: "/FlateDecode" }));
  const failure = await failureOf(pdfFile({ pages: [], streams }), { pdfAllocatedBytesMax: 16 * MIB });
  assert.deepEqual([failure.code, /of buffers/.test(failure.message)], ["too_large", true]);
});

test("pages beyond the limit are left out, and the document says so", async () => {
  const own = createParsePool({ options: { ...OPTIONS, pdfPagesMax: 50 }, markers: [], clock: systemClock });
  try {
    const bytes = pdfFile({ pages: [lines(["a", "b", "c", "x", "d", "e", "f"])], copies: 10_000 });
    const result = await own.extract(
      { url: "http://site.example/", body: bytes, headers: [], truncated: false },
      new AbortController().signal,
    );
    assert.ok(result.ok);
    assert.equal(result.value.truncated, true);
    assert.equal(result.value.text.split("x").length - 1, 50);
  } finally {
    await own.close();
  }
});

test("a page tree that holds itself, and one without end, end with a document or a code", async () => {
  for (const tree of [
    "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>",
    "<< /Type /Pages /Kids [] /Count 1000000 >>",
    `<< /Type /Pages /Kids ${"[".repeat(20_000)}${"]".repeat(20_000)} /Count 3 >>`,
    `<< /Type /Pages /Kids [10 0 R] /Count 1 /X ${"<< /Y ".repeat(20_000)}1${" >>".repeat(20_000)} >>`,
  ]) {
    const result = await read(pdfFile({ pages: [BODY], tree }));
    if (!result.ok) assert.equal(result.error.code, "parse", result.error.message);
  }
});

test("what takes longer than a page may is given up with the limit's name, and the next page is read", async () => {
  const failure = await failureOf(
    pdfFile({ pages: [lines(Array.from({ length: 3_000 }, (_, at) => `line ${at}`))], copies: 2_000 }),
    { pageTimeMs: 500 },
  );
  assert.deepEqual([failure.code, /time limit of 500 ms/.test(failure.message)], ["parse", true]);
  assert.equal((await read(pdfFile({ pages: [BODY] }))).ok, true);
});

/** A font that is not in the file and says of its text only by which of Adobe's maps it is coded. */
function codedFont(encoding: string, ordering: string): { font: string; objects: string[] } {
  return {
    font: `<< /Type /Font /Subtype /Type0 /BaseFont /Some-Gothic /Encoding /${encoding} /DescendantFonts [90000 0 R] >>`,
    objects: [
      `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Some-Gothic /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 1 >> /FontDescriptor 90001 0 R /DW 1000 >>`,
      "<< /Type /FontDescriptor /FontName /Some-Gothic /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
    ],
  };
}

for (const [encoding, ordering, codes, said] of [
  ["KSC-EUC-H", "Korea1", "b8cbb5b9c0ba20b5b7b4d9", "맷돌은 돈다"],
  ["KSCms-UHC-H", "Korea1", "b8cbb5b9c0ba20b5b7b4d9", "맷돌은 돈다"],
  ["UniKS-UTF16-H", "Korea1", "b9f7b3ccc740", "맷돌은"],
  ["90ms-RKSJ-H", "Japan1", "90858ed482aa89f182e9", "水車が回る"],
  ["UniJIS-UCS2-H", "Japan1", "6c348eca304c56de308b", "水車が回る"],
  ["GBK-EUC-H", "GB1", "cbaeb3b5d7aac1cb", "水车转了"],
  ["ETen-B5-H", "CNS1", "a4f4a8aec2e0b0caa446", "水車轉動了"],
] as const)
  test(`text that is coded by ${encoding} alone is read`, async () => {
    const bytes = Buffer.from(`BT /F1 12 Tf 72 700 Td <${codes}> Tj ET`);
    const { text } = await documentOf({
      pages: [],
      streams: [{ bytes: deflateSync(bytes), filter: "/FlateDecode" }],
      ...codedFont(encoding, ordering),
    });
    assert.equal(text.trim(), said);
  });
