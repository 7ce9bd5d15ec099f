import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { extract } from "./extract.ts";
import { bodyKind, isPlainlyHtml } from "./media-type.ts";
import { extractOptionsSchema } from "./options.ts";
import { documentFrom, PAGE_URL } from "./testing.ts";

const options = extractOptionsSchema.parse({ inflatedBytesMax: 100_000 });
const page = new TextEncoder().encode("<title>T</title><p>한글 text</p>");
const run = (body: Uint8Array, ...headers: [string, string][]) =>
  extract({ url: PAGE_URL, body, headers, truncated: false }, options, []);

test("content codings are undone, and the signature is the inflated body's", () => {
  const plain = run(page, ["content-type", "text/html; charset=utf-8"]);
  const packed = run(
    brotliCompressSync(gzipSync(page)),
    ["content-type", "text/html; charset=utf-8"],
    ["content-encoding", "gzip, br"],
  );
  assert.ok(plain.ok && packed.ok);
  assert.equal(packed.value.signature, plain.value.signature);
  assert.equal(packed.value.title, "T");
  assert.equal(packed.value.decodedBytes, page.byteLength);
});

test("a bomb is too_large, an unknown coding decode, an image unsupported_type", () => {
  const code = (result: ReturnType<typeof run>): string => (result.ok ? "ok" : result.error.code);
  assert.equal(code(run(gzipSync(new Uint8Array(200_000)), ["content-encoding", "gzip"])), "too_large");
  assert.equal(code(run(page, ["content-encoding", "x-foo"])), "decode");
  assert.equal(code(run(page, ["content-type", "image/png"])), "unsupported_type");
  assert.equal(code(run(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]))), "unsupported_type");
  assert.equal(code(run(new Uint8Array(0), ["content-type", "text/html"])), "ok");
});

test("a coded body that ends early is kept and marked", () => {
  const body = gzipSync(new TextEncoder().encode(`<p>${"kept words ".repeat(2000)}`));
  const result = run(
    body.subarray(0, body.length - 12),
    ["content-type", "text/html"],
    ["content-encoding", "gzip"],
  );
  assert.ok(result.ok && result.value.truncated);
});

const kinds: readonly [type: string, head: string, kind: string][] = [
  ["text/html", "<p>", "html"],
  ["", "<!DOCTYPE html><p>", "html"],
  ["", "plain words", "text"],
  ["text/plain", "<!doctype html><p>", "html"],
  ["text/plain", "<p>is how paragraphs begin", "text"],
  ["text/html", `<?xml version="1.0"?><rss version="2.0">`, "xml"],
  ["text/html", `<!-- a --> <!-- b --><feed xmlns="x">`, "xml"],
  ["text/html", `{"a":1}`, "json"],
  ["application/xhtml+xml", "<html>", "xhtml"],
  ["application/ld+json", "{}", "json"],
  ["application/atom+xml", "<feed>", "xml"],
  ["application/pdf", "%PDF-1.7", "binary"],
  ["application/octet-stream", "GIF89a\u0001\u0000", "binary"],
];
for (const [type, head, kind] of kinds)
  test(`${type || "no type"} beginning ${JSON.stringify(head)} is ${kind}`, () =>
    assert.equal(bodyKind(type, head), kind));

test("what is plainly HTML by its bytes is HTML by its text", () => {
  const piece = fc.constantFrom(
    ..." |\n|\ufeff|\u00a0|<|!|--|-->|d|D|octype|h|H|tml|rss|>|?xml|{|[|\0".split("|"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const head = pieces.join("");
      if (isPlainlyHtml("text/html", Buffer.from(head))) assert.equal(bodyKind("text/html", head), "html");
    }),
    { numRuns: 5_000 },
  );
  for (const head of ["<!DOCTYPE html>", "\n \t<html lang=ko>", "<HTML>"])
    assert.ok(isPlainlyHtml("text/html", Buffer.from(head)));
  assert.ok(!isPlainlyHtml("text/plain", Buffer.from("<html>")));
});

test("plain text is paragraphs, nothing in it is markup", () => {
  const document = documentFrom("Line *one*\nline two\r\n\r\n# not a heading <b>\n", {
    contentType: "text/plain; charset=utf-8",
  });
  assert.equal(document.text, "Line *one*\nline two\n\n# not a heading <b>");
  assert.equal(document.markdown, "Line \\*one\\*  \nline two\n\n\\# not a heading \\<b>");
  assert.equal(document.contentType, "text/plain");
});

test("Markdown stays as it is, its heading the title", () => {
  const document = documentFrom("# Title\n\n*x*", { contentType: "text/markdown" });
  assert.deepEqual([document.title, document.markdown], ["Title", "# Title\n\n*x*"]);
});

test("JSON is indented in a code block; broken JSON is kept as it came", () => {
  assert.equal(
    documentFrom(`{"a":[1]}`, { contentType: "application/json" }).markdown,
    '```json\n{\n  "a": [\n    1\n  ]\n}\n```',
  );
  assert.equal(documentFrom(`{"a":`, { contentType: "application/json" }).text, '{"a":');
  assert.equal(documentFrom(`{{ template }}<p>x</p>`).html.includes("<p>x</p>"), true);
});

test("RSS: title, description and the items as content links", () => {
  const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:content="c"><channel><title>News &amp; more</title><link>/</link><description>All of it</description>
    <language>en</language><pubDate>Wed, 03 Feb 2021 04:05:06 GMT</pubDate>
    <item><title>First</title><link>http://site.example/1</link><description>&lt;p&gt;Summary &lt;b&gt;one&lt;/b&gt;&lt;/p&gt;</description></item>
    <item><title><![CDATA[Second <3]]></title><guid>/2</guid><content:encoded><![CDATA[<p>Whole text</p>]]></content:encoded></item></channel></rss>`;
  const document = documentFrom(rss, { contentType: "application/rss+xml" });
  assert.deepEqual(
    [document.title, document.description, document.lang, document.publishedAt],
    ["News & more", "All of it", "en", "2021-02-03T04:05:06Z"],
  );
  assert.deepEqual(
    document.links.map((link) => [link.url, link.text, link.role]),
    [
      ["http://site.example/", "News & more", "alternate"],
      ["http://site.example/1", "First", "content"],
      ["http://site.example/2", "Second <3", "content"],
    ],
  );
  assert.ok(document.markdown.includes("## [First](http://site.example/1)\n\nSummary **one**"));
  assert.ok(document.text.includes("Whole text"));
});

test("Atom: links by attribute, self is no item", () => {
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko"><title>T</title><link rel="self" href="/feed"/><link href="/"/><updated>2021-01-02T03:04:05Z</updated>
    <entry><title>E</title><link rel="edit" href="/edit"/><link href="/e"/><summary>S</summary></entry></feed>`;
  const document = documentFrom(atom, { contentType: "application/atom+xml" });
  assert.deepEqual(
    document.links.map((link) => link.url),
    ["http://site.example/", "http://site.example/e"],
  );
  assert.deepEqual([document.lang, document.modifiedAt], ["ko", "2021-01-02T03:04:05Z"]);
  assert.deepEqual(document.record.title, { value: "T", from: "element" });
});

test("entries bring their dates, and a feed in pages its next", () => {
  const atom = `<feed xmlns="a"><title>T</title><link rel="next" href="/feed?page=2"/><entry><title>E</title><link href="/e"/>
    <updated>2021-01-02T03:04:05Z</updated><summary>S</summary></entry></feed>`;
  const document = documentFrom(atom, { contentType: "application/atom+xml" });
  assert.equal(document.markdown, "# T\n\n## [E](http://site.example/e)\n\n2021-01-02T03:04:05Z\n\nS");
  assert.deepEqual(
    document.links.map((link) => [link.url, link.role]),
    [
      ["http://site.example/feed?page=2", "pagination"],
      ["http://site.example/e", "content"],
    ],
  );
});

test("JSON Feed is a feed as any other", () => {
  const feed = {
    version: "https://jsonfeed.org/version/1.1",
    title: "My feed",
    home_page_url: "/",
    next_url: "/feed?2",
    language: "en",
    authors: [{ name: "Ann" }, { name: "Ben" }],
    items: [
      {
        id: "1",
        url: "/1",
        title: "One",
        content_html: "<p>Whole <b>text</b></p>",
        date_published: "2024-05-01T08:00:00Z",
      },
      { id: "2", external_url: "http://other.example/2", content_text: "Plain *words*\n\nand more" },
      "no item",
    ],
  };
  const document = documentFrom(JSON.stringify(feed), { contentType: "application/feed+json" });
  assert.deepEqual(
    [document.title, document.author, document.lang, document.modifiedAt],
    ["My feed", "Ann, Ben", "en", "2024-05-01T08:00:00Z"],
  );
  assert.equal(
    document.markdown,
    "# My feed\n\n## [One](http://site.example/1)\n\n2024-05-01T08:00:00Z\n\nWhole **text**\n\n## [http://other.example/2](http://other.example/2)\n\nPlain \\*words\\*\n\nand more",
  );
  assert.deepEqual(
    document.links.map((link) => [link.url, link.role]),
    [
      ["http://site.example/", "alternate"],
      ["http://site.example/feed?2", "pagination"],
      ["http://site.example/1", "content"],
      ["http://other.example/2", "content"],
    ],
  );
});

test("JSON is called what it calls itself, and deep JSON is kept as it came", () => {
  assert.equal(documentFrom('{"name":"N","x":1}', { contentType: "application/json" }).title, "N");
  const deep = `${"[".repeat(3_000)}${"]".repeat(3_000)}`;
  assert.equal(documentFrom(deep, { contentType: "application/json" }).text, deep);
});

test("other XML is its text; broken XML too; entities are never expanded", () => {
  assert.equal(documentFrom("<a><b>one</b><b>two", { contentType: "application/xml" }).text, "one\ntwo");
  const bomb = `<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;">]><a>&y;</a>`;
  assert.ok(!documentFrom(bomb, { contentType: "text/xml" }).text.includes("xxxx"));
});

test("XHTML: self-closing tags close, CDATA is text", () => {
  const document = documentFrom(
    `<?xml version="1.0"?><html xmlns="x"><head><title>T</title><script src="a.js"/></head><body><p>a <![CDATA[<b>]]></p><div/><p>c</p></body></html>`,
    {
      contentType: "application/xhtml+xml",
    },
  );
  assert.deepEqual([document.title, document.text], ["T", "a <b>\n\nc"]);
});

test("without html, images and headings a document is the same but for them", () => {
  const lean = { html: false, imagesMax: 0, headingsMax: 0 };
  const pages: [string, string][] = [
    ["<title>T</title><h1>A mill</h1><p>It turns.<img src=a.png>", "text/html"],
    ["plain", "text/plain"],
    ['{"a":1}', "application/json"],
    ["<rss><channel><title>F</title><item><title>one</title></item></channel></rss>", "application/rss+xml"],
  ];
  for (const [text, contentType] of pages) {
    const whole = documentFrom(text, { contentType });
    assert.notEqual(whole.html, "");
    assert.deepEqual(documentFrom(text, { contentType, options: lean }), {
      ...whole,
      html: "",
      images: [],
      headings: [],
    });
  }
});
