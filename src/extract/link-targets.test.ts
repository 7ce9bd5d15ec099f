// Where the scanner has links lead is where the plain reading of each reference leads, and two links have one place where that is the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { target } from "./addresses.ts";
import { LinkTargets } from "./link-targets.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { survey } from "./survey.ts";

const options = { ...extractOptionsSchema.parse({}), nodesMax: 1_000_000 };
const BASE = "http://host.example/a/page.html";
const bases = [
  BASE,
  "https://host.example/",
  "http://host.example:8080/a/b",
  "http://user:pass@host.example/a",
  "http://[::1]/a",
  `http://${"long.".repeat(48)}example/a`,
  `http://u:${"p".repeat(300)}@host.example/a`,
  "file:///a/b",
  "mailto:a@b.example",
];

/** Gives each target its place, as they come, and compares all with what `target` makes of the attributes' values. */
function compare(page: string, base: string): void {
  withPageNodes(() => {
    const tree = parseHtml(page, options, { xhtml: false });
    const { rows } = tree.html;
    const found = survey(tree, []);
    const targets = new LinkTargets(rows, base);
    const places = new Map<string, number>();
    for (const row of found.anchors) {
      const name = rows.element(row).name === "frame" ? "src" : "href";
      const href = rows.attribute(row, name) ?? "";
      const isWithin = href.trim() === "" || href.trim().startsWith("#");
      const key = isWithin ? null : target(href, base);
      assert.equal(targets.readLink(row), key !== null, `${href} on ${base}`);
      if (key === null) continue;
      assert.equal(targets.key, key, `${href} on ${base}`);
      assert.equal(targets.place, places.get(key) ?? -1, `${href} on ${base}`);
      if (places.has(key)) continue;
      targets.place = places.size;
      places.set(key, places.size);
      assert.equal(targets.place, places.get(key));
    }
  });
}

const link = (value: string): string => `<a href="${value.replaceAll('"', "&quot;")}">x</a>`;

const starts = [
  ..."/|//|/a|#|?|a|.|..|./|../|javascript:|JavaScript:x|mailto:a@host.example|tel:+1|http:|https:|HTTP://host.example/|ht&#116;p://host.example/|http&colon;//host.example/".split(
    "|",
  ),
  ..."http://host.example|https://host.example|//host.example|http://host.example/|https://host.example/|//host.example/".split(
    "|",
  ),
  ..."http://host.example:8080/|http://user:pass@host.example/|http://Host.example/|http://xn--a.example/|http://a.xn--a/|http://1.2.3.4/|http://a.0x1/|http://localhost/|http://-.example/|http://.example/|http://a..example/|http://host.example./|http://h/|http://o.e/|http://o.ex/".split(
    "|",
  ),
  " http://host.example/",
  "\nx",
];
const parts = fc.oneof(
  fc.constantFrom(
    ..."/|//|/.|/..|/.a|/%2e|/%2E%2e|%20|.|:|?|#|#/|a|b|index.html|~x|(y)|*|'|é|漢|\\|^|`|{|}|[|]|<|>|\"|a=b|&amp;|&amp;amp;|&a=b|&amp;a=b|&copy|&copy=1|&copy;=1|&copyx=1|&lt|&lt=|&lt;|&|&=|&&|&#47;|&#x2f;|&amp|&quot;|;|=|+|,|@|!|$|%|_|-".split(
      "|",
    ),
  ),
  fc.constantFrom(" ", "\n", "\t", "\r", "\u0000", "a-longer-part-of-some-path", "x".repeat(120)),
  fc.string({ maxLength: 3 }),
);
const references = fc
  .tuple(fc.constantFrom(...starts, ""), fc.array(parts, { maxLength: 6 }))
  .map(([start, rest]) => start + rest.join(""));

test("any references lead where their plain reading leads, the same ones to one place", () => {
  fc.assert(
    fc.property(
      fc.array(references, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(...bases),
      (list, base) => compare([...list, ...list.slice(0, 3)].map(link).join(""), base),
    ),
    { numRuns: 3_000 },
  );
});

test("references written without quotes, or none, or on areas and frames, lead there as well", () => {
  compare(
    `<a href=/x/y?z>a</a><a href=/x/y?z#w>a</a><a href>b</a><a href=#>c</a><a href='/x/y?z'>d</a>`,
    BASE,
  );
  compare(`<map><area href="/x"><area nohref></map><a href="http://host.example/x">x</a>`, BASE);
  compare(`<frameset><frame src="/x" href="/y"><frame src="/x#y"><frame src=""></frameset>`, BASE);
});

test("targets meet wherever a block of bytes or a fragment ends", () => {
  const lengths = [
    ...Array(70).keys(),
    ...Array(50)
      .keys()
      .map((more) => 220 + more),
  ];
  for (const length of lengths) {
    const path = `/${"p".repeat(length)}`;
    const forms = [path, `${path}#`, `${path}#${"f".repeat(length)}`, `http://host.example${path}`];
    const absolute = `http://other.example${path}`;
    compare([absolute, absolute.slice(5), absolute.slice(5), absolute].map(link).join(""), BASE);
    compare([...forms, `//host.example${path}#é`, `${path}?`, `${path}&#35;x`].map(link).join(""), BASE);
  }
});

test("more targets than the scanner keeps are told apart all the same", () => {
  const many = Array.from({ length: 9_000 }, (_, index) => `/page/${index}`);
  const absolute = many.map((path) => `http://host.example${path}#x`);
  compare([...many, ...absolute, "x", "y", "x"].map(link).join(""), BASE);
});

test("more targets than there is room to write are told apart all the same", () => {
  const many = Array.from({ length: 4_000 }, (_, index) => `${index}/${"x".repeat(index % 260)}`);
  const standing = many.map((path) => `http://host.example/a/${path}`);
  compare([...many, ...standing, ...many].map(link).join(""), BASE);
});

test("what was told on one page says nothing of the next", () => {
  compare(link("/x") + link("/y"), BASE);
  compare(link("/y") + link("/x"), "http://other.example/");
});
