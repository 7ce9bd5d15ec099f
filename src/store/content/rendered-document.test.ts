// What a record keeps of a browser's document: nothing for other pages, all of it where it fits, cut texts where not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { WARCParser } from "warcio";
import type { Document, ProcessedPage } from "../../model/index.ts";
import { documentOf, processedOf } from "../testing/pages.ts";
import { decodeConversion, encodePage } from "./page-records.ts";
import { DOCUMENT_FIELD, decodeRendered, encodeRendered, renderedDocument } from "./rendered-document.ts";

const AT = { key: "k", offset: 7, length: 1 };

async function plainConversion(page: ProcessedPage): Promise<Buffer> {
  const { conversion } = await encodePage(page, 6);
  return gunzipSync(Buffer.concat(conversion.chunks));
}

test("the record of a page of the fast lane is what it was before there was a browser", async () => {
  const page = processedOf(3, { captureId: "019b7c2d-0000-7000-8000-000000000003", title: "A 제목" });
  const plain = await plainConversion(page);
  const head = [
    "WARC/1.1",
    "WARC-Type: conversion",
    "WARC-Record-ID: <urn:uuid:16ea0df0-2552-860c-b8ce-4f9585d6404c>",
    "WARC-Target-URI: http://site-3.test:8080/page/3?q=%20",
    "WARC-Date: 2026-01-02T03:04:05.681Z",
    "WARC-Refers-To: <urn:uuid:019b7c2d-0000-7000-8000-000000000003>",
    "WARC-Block-Digest: sha256:e571a36f8fbff3db4d346cdae8f3f49a79ec50861766167713dd6c5faf7a012d",
    "Content-Type: text/markdown;charset=utf-8",
    "Content-Length: 24",
  ].join("\r\n");
  assert.equal(plain.toString(), `${head}\r\n\r\n# A 제목\n\nplain words\n\r\n\r\n`);
  assert.equal(decodeConversion(plain, AT), null);
});

const fullDocument: Document = {
  ...documentOf({
    title: "물레방아 — “mill” 🌊",
    description: "한 줄\r\nand another",
    lang: "ko-KR",
    text: "본문 words",
  }),
  canonical: "https://a.test/%EB%AC%BC",
  author: "김 \u007f\u0085\u2028",
  modifiedAt: "2026-02-03T04:05:06Z",
  siteName: "곳",
  links: [{ url: "https://a.test/x", text: "x", rel: [], role: "content" }],
  linksDropped: 41,
  robots: { noindex: true, nofollow: false, noarchive: true, nosnippet: false },
};

test("what a browser showed comes back from its record, whatever script it is in", async () => {
  const page = { ...processedOf(4, { lane: "rich" }), document: fullDocument };
  const plain = await plainConversion(page);
  const rendered = decodeConversion(plain, AT);
  assert.ok(rendered !== null);
  const { title, description, lang, canonical, author, publishedAt, modifiedAt, siteName } = fullDocument;
  const { statistics, simhash, robots, markdown } = fullDocument;
  assert.deepEqual(rendered, {
    markdown,
    document: {
      ...{ title, description, lang, canonical, author, publishedAt, modifiedAt, siteName },
      ...{ statistics, simhash, robots, linkCount: 42 },
    },
  });
  for await (const record of new WARCParser(new Blob([new Uint8Array(plain)]).stream())) {
    assert.match(record.warcHeader(DOCUMENT_FIELD) ?? "", /^\{[\x20-\x7e]*\}$/);
    assert.equal(Buffer.from(await record.readFully(false)).toString(), markdown);
  }
});

test("a document made again has the DOM's words and the answer's own signature, charset and type", () => {
  const { markdown, ...document } = { ...fullDocument, linkCount: 42 };
  const answered: Document = {
    ...documentOf({ title: "shell", text: "" }),
    signature: "cd".repeat(32),
    charset: "euc-kr",
    links: [{ url: "https://a.test/shell", text: "", rel: [], role: "navigation" }],
  };
  const fields = decodeRendered(encodeRendered(fullDocument), "k:7");
  const again = renderedDocument(answered, {
    markdown: `${markdown}\n- **[far](http://x.test/)**`,
    document: fields,
  });
  assert.equal(again.title, document.title);
  assert.equal(again.text, "물레방아 — “mill” 🌊 본문 words far");
  assert.deepEqual([again.signature, again.charset], [answered.signature, "euc-kr"]);
  assert.equal(again.links.length + again.linksDropped, 42);
});

test("the text made of the Markdown is not cut where a snippet's would be", () => {
  const answered = documentOf();
  const fields = decodeRendered(encodeRendered(answered), "k:7");
  const { text } = renderedDocument(answered, {
    markdown: `${"word ".repeat(60_000)}last`,
    document: fields,
  });
  assert.equal(text.length, 300_004);
});

test("over-long texts are cut between characters, with a sign; an over-long URL is left out", () => {
  const long = {
    ...fullDocument,
    title: "🌊물".repeat(100_000),
    canonical: `https://a.test/${"x".repeat(5_000)}`,
  };
  const value = encodeRendered({ ...long, description: "가".repeat(2_000) });
  const { title, description, canonical, author, lang } = decodeRendered(value, "k:7");
  assert.match(title ?? "", /^(🌊물){100,}🌊?…$/u);
  assert.match(description ?? "", /^가{400,}…$/);
  assert.equal(canonical, null);
  assert.deepEqual([author, lang], [fullDocument.author, "ko-KR"]);
  assert.ok(value.length <= 6 * 1024);
});

test("no texts make the header longer than 6 KiB, or anything but one line of ASCII", () => {
  const text = fc.option(
    fc
      .tuple(fc.string({ unit: "binary", maxLength: 40 }), fc.nat(400))
      .map(([part, times]) => part.repeat(times)),
  );
  const name = fc.record({ title: text, description: text, author: text, siteName: text, lang: text });
  fc.assert(
    fc.property(name, text, text, text, (names, canonical, publishedAt, modifiedAt) => {
      const given = { ...fullDocument, ...names, canonical, publishedAt, modifiedAt };
      const value = encodeRendered(given);
      assert.match(value, /^[\x20-\x7e]*$/);
      assert.ok(value.length <= 6 * 1024);
      const read = decodeRendered(value, "k:7");
      assert.equal(encodeRendered({ ...given, ...read }), value);
      for (const key of ["title", "description", "author", "siteName"] as const) {
        const [was, is] = [given[key], read[key]];
        assert.ok(is === was || (is?.endsWith("…") && was?.startsWith(is.slice(0, -1))));
      }
    }),
    { numRuns: 60 },
  );
});

test("a document header that is not what was written is damage", async () => {
  for (const value of ["", "{", "null", '{"title":1}']) {
    assert.throws(() => decodeRendered(value, "k:7"), {
      name: "RecordDamaged",
      message: /at k:7: its document header/,
    });
  }
  const { response } = await encodePage(processedOf(4, { lane: "rich" }), 6);
  const plain = gunzipSync(Buffer.concat(response.chunks));
  assert.throws(() => decodeConversion(plain, AT), { name: "RecordDamaged" });
});
