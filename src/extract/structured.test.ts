import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJsonLd } from "./json-ld.ts";
import { documentFrom } from "./testing.ts";

const limits = { blocksMax: 100, blockCharsMax: 10_000, depthMax: 6 };

const blocks: readonly [name: string, text: string, values: unknown[]][] = [
  ["an object", `{"a":1}`, [{ a: 1 }]],
  ["an array gives its members", `[{"a":1},{"b":2}]`, [{ a: 1 }, { b: 2 }]],
  ["an HTML comment around", `<!--\n{"a":1}\n-->`, [{ a: 1 }]],
  ["a CDATA section around", `//<![CDATA[\n{"a":1}\n//]]>`, [{ a: 1 }]],
  ["trailing commas", `{"a":[1,2,],}`, [{ a: [1, 2] }]],
  ["comments", `{/* x */"a":1 // y\n}`, [{ a: 1 }]],
  ["a slash in a string is no comment", `{"a":"http://x",}`, [{ a: "http://x" }]],
  ["raw line ends in strings", `{"a":"x\ny"}`, [{ a: "x\ny" }]],
  ["a semicolon behind", `{"a":1};`, [{ a: 1 }]],
  ["bad JSON is skipped", `{"a":`, []],
  ["what is no object is skipped", `"text"`, []],
  ["NUL goes", `{"a":"x\\u0000y"}`, [{ a: "xy" }]],
];
for (const [name, text, values] of blocks)
  test(`JSON-LD: ${name}`, () => assert.deepEqual(parseJsonLd([text], limits), values));

test("JSON-LD is bounded in size and depth", () => {
  assert.deepEqual(parseJsonLd([`{"a":"${"x".repeat(20_000)}"}`], limits), []);
  assert.deepEqual(parseJsonLd([`{"a":{"b":{"c":1}}}`], { ...limits, depthMax: 2 }), [{ a: { b: null } }]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  parseJsonLd([`{"__proto__":{"polluted":1}}`], limits);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("microdata: values by element, nested items, itemref", () => {
  const { microdata } = documentFrom(`
    <div itemscope itemtype="http://schema.org/Movie http://x.example/T" itemid="urn:x" itemref="more nowhere">
      <h1 itemprop="name headline">Film</h1>
      <a itemprop=url href=/u>u</a><img itemprop=image src=i.png><meta itemprop=m content=mc>
      <time itemprop=date datetime=2020>last year</time><data itemprop=d value=7>seven</data>
      <div itemprop=director itemscope itemtype=P><span itemprop=name>Dan</span></div>
    </div>
    <p id=more><span itemprop=extra>E</span></p><span itemprop=stray>no</span>`);
  assert.deepEqual(microdata, [
    {
      type: ["http://schema.org/Movie", "http://x.example/T"],
      id: "urn:x",
      properties: {
        name: ["Film"],
        headline: ["Film"],
        url: ["http://site.example/u"],
        image: ["http://site.example/dir/i.png"],
        m: ["mc"],
        date: ["2020"],
        d: ["7"],
        director: [{ type: ["P"], id: null, properties: { name: ["Dan"] } }],
        extra: ["E"],
      },
    },
  ]);
});

test("microdata: items that refer to each other end", () => {
  const { microdata } = documentFrom(
    `<div id=a itemscope itemref=b><div id=b itemprop=x itemscope itemref=a></div></div>`,
  );
  assert.equal(microdata.length, 1);
});

test("OpenGraph keeps every value of a property", () => {
  const { openGraph, siteName } = documentFrom(
    `<head><meta property="og:image" content="1"><meta property="OG:image" content="2"><meta name="og:site_name" content="S"><meta name="x" content="y"></head>`,
  );
  assert.deepEqual(openGraph, { "og:image": ["1", "2"], "og:site_name": ["S"] });
  assert.equal(siteName, "S");
});
