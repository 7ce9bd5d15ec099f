// Schemas: what is taken of a page, where each value came from, and what an error says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documentFrom } from "../testing.ts";
import { compileSchema } from "./compile.ts";

const PRODUCT = `<html><head><title>Shoe | Shop</title><meta property="og:image" content="/a.jpg">
<meta name="keywords" content="shoe, red; leather">
<script type="application/ld+json">{"@graph":[{"@type":["Product"],"name":"Shoe","offers":[
{"@type":"Offer","price":"12.500","priceCurrency":"KWD"},{"@type":"Offer","price":9,"priceCurrency":"eur"}]}]}</script></head><body>
<h1>Shoe <b>X</b></h1><p class="price now">Preis: 1.299,00&nbsp;€</p><p class="price">$20</p>
<table><tr class="o"><td>A</td><td>10 $</td><td><a href="/a">to</a></td></tr><tr class="o"><td>B</td><td>call us</td></tr></table>
<dl><dt>Made</dt><dd>03/04/2026</dd><dt>Stock</dt><dd>In stock</dd></dl>
<picture><source srcset="/w.webp 2000w"><img class="main" srcset="/s.jpg 100w, /l.jpg 900w" src="/s.jpg"></picture>
<div itemscope itemtype="https://schema.org/Review"><span itemprop="author">Ann</span><meta itemprop="ratingValue" content="4.5"></div>
</body></html>`;

function fieldsOf(schema: string, page = PRODUCT, contentType?: string) {
  const compiled = compileSchema(schema);
  assert.ok(compiled.ok, compiled.ok ? "" : compiled.error.message);
  const { fields } = documentFrom(page, {
    schema: compiled.value,
    ...(contentType === undefined ? {} : { contentType }),
  });
  assert.ok(fields !== null);
  return fields;
}

function errorOf(schema: string): string {
  const compiled = compileSchema(schema);
  assert.ok(!compiled.ok);
  return compiled.error.message;
}

test("a page without a schema has no fields", () => {
  assert.equal(documentFrom(PRODUCT).fields, null);
});

test("the first source that gives a value of the type wins, and is named", () => {
  const { values, sources, problems } = fieldsOf(`fields:
  name: { from: [{ jsonLd: Product.brand.name }, { css: .none }, h1] }
  price: { from: [{ css: h1 }, { css: .now }], type: price }`);
  assert.deepEqual(values, { name: "Shoe X", price: { amount: 1299, currency: "EUR" } });
  assert.deepEqual(sources, { name: "css: h1", price: "css: .now" });
  assert.match(problems[0]?.message ?? "", /css: h1: no price: "Shoe X"/);
});

test("values come from linked data, microdata, metas and the document", () => {
  const { values } = fieldsOf(`fields:
  prices: { jsonLd: Product.offers.price, type: price, all: true }
  second: { jsonLd: "Product.offers[1].price", type: number }
  offer: { jsonLd: Product.offers, type: price }
  author: { microdata: Review.author }
  rating: { microdata: Review.ratingValue, type: number }
  image: { openGraph: "og:image", type: url }
  tags: { meta: keywords, type: list }
  title: { document: title }
  address: { document: url, regex: "//([^/]+)/" }`);
  assert.deepEqual(values, {
    prices: [
      { amount: 12.5, currency: "KWD" },
      { amount: 9, currency: "EUR" },
    ],
    second: 9,
    offer: { amount: 12.5, currency: "KWD" },
    author: "Ann",
    rating: 4.5,
    image: "http://site.example/a.jpg",
    tags: ["shoe", "red", "leather"],
    title: "Shoe | Shop",
    address: "site.example",
  });
});

test("rows hold fields of their own, and what is required and missing is listed by place", () => {
  const { values, sources, missing } = fieldsOf(`fields:
  offers:
    each: tr.o
    fields:
      seller: "td:first-child"
      price: { css: "td:nth-child(2)", type: price, currency: CAD, required: true }
      link: { css: a, type: url }
  facts:
    each: dt
    fields: { name: { css: ":scope" , required: false }, value: "+ dd" }
  gone: { css: .gone, required: true }`);
  assert.deepEqual(values.offers, [
    { seller: "A", price: { amount: 10, currency: "CAD" }, link: "http://site.example/a" },
    { seller: "B", price: null, link: null },
  ]);
  assert.deepEqual(values.facts, [
    { name: null, value: "03/04/2026" },
    { name: null, value: "In stock" },
  ]);
  assert.deepEqual(missing, ["offers[1].price", "gone"]);
  assert.equal(sources["offers[].price"], "css: td:nth-child(2)");
});

test("types: dates, images, booleans, presence, HTML and Markdown, attributes, a text to contain", () => {
  const { values } = fieldsOf(`fields:
  made: { css: dd, type: date, dateOrder: dmy }
  month: { css: "dd:first-of-type", type: date, dateOrder: mdy }
  image: { css: img.main, type: image }
  own: { css: img.main, attribute: [data-none, srcset], type: image }
  stock: { css: dt + dd, contains: STOCK, type: boolean }
  sold: { css: .sold-out, type: present }
  html: { css: h1, as: html }
  markdown: { css: h1, as: markdown }
  cells: { css: "tr:has(a) td", all: true, max: 2 }`);
  assert.deepEqual(values, {
    made: "2026-04-03",
    month: "2026-03-04",
    image: "http://site.example/w.webp",
    own: "http://site.example/l.jpg",
    stock: true,
    sold: false,
    html: "<h1>Shoe <b>X</b></h1>",
    markdown: "# Shoe **X**",
    cells: ["A", "10 $"],
  });
});

test("XML is read by css and JSON by path", () => {
  const feed = `<rss xmlns:dc="x"><channel><title>T</title><item><dc:creator>Ann</dc:creator></item></channel></rss>`;
  assert.deepEqual(fieldsOf("fields: { by: 'item > dc|creator' }", feed, "application/rss+xml").values, {
    by: "Ann",
  });
  const json = '{"data":{"items":[{"n":1},{"n":2}]}}';
  assert.deepEqual(
    fieldsOf("fields: { n: { json: data.items.n, type: integer, all: true } }", json, "application/json")
      .values,
    {
      n: [1, 2],
    },
  );
});

test("an error names the place, what is wrong and what was perhaps meant", () => {
  assert.equal(
    errorOf("fields:\n  a:\n    csss: h1"),
    'line 3, fields.a.csss: no such key; meant is perhaps "css"',
  );
  assert.match(errorOf("fields:\n  a:\n    css: h1:fist-child"), /^line 3, fields\.a\.css: .*:first-child/);
  assert.match(errorOf("fields: { a: { css: 'h1[' } }"), /^line 1, fields\.a\.css/);
  assert.match(errorOf("fields: { a: { css: 'p:contains(x)' } }"), /the field's key "contains"/);
  assert.match(errorOf("fields: { a: { css: h1, regex: '(?=x)' } }"), /looks ahead/);
  assert.match(errorOf("fields: { a: { css: h1, regex: '(a' } }"), /fields\.a\.regex/);
  assert.match(errorOf("fields: { a: { css: h1, regex: 'a', group: 2 } }"), /no group 2/);
  assert.match(errorOf("fields: { a: { type: text } }"), /names no source/);
  assert.match(errorOf("fields: { a: { css: a, meta: b } }"), /"from" lists several/);
  assert.match(errorOf("fields: { a: { each: tr, fields: { b: { meta: x } } } }"), /a row is read by css/);
  assert.match(errorOf("fields: { a: { css: h1, type: txt } }"), /fields\.a\.type/);
  assert.match(errorOf("fields: {}"), /declares no field/);
  assert.match(errorOf("a: b: c"), /^line 1/);
  assert.match(errorOf("just text"), /expected/i);
});

test("the same field named like a part of every object is a field like any other", () => {
  const { values } = fieldsOf("fields: { constructor: h1, __proto__x: h1, toString: .none }");
  assert.equal(values.constructor, "Shoe X");
  assert.equal(Object.hasOwn(values, "toString") && values.toString, null);
});

test("no selector and no expression costs more than a page's share", () => {
  const deep = `${"<div>".repeat(400)}x`.repeat(20);
  const wide = "<p>a</p>".repeat(20_000);
  const { problems } = fieldsOf(
    `fields:
  a: { css: "div div div div div div div div div div .none", all: true }
  b: { css: "p ~ p ~ p ~ p ~ .none, p:has(~ .none)", all: true }
  c: { css: "div:has(div:has(div .none))", all: true }
  d: { css: body, regex: "(a*)*(a*)*(a*)*b" }`,
    deep + wide,
  );
  assert.match(problems.map(({ message }) => message).join(), /share/);
});
