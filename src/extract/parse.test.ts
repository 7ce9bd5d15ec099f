import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse as oracle } from "parse5";
import { extractOptionsSchema } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { documentFrom } from "./testing.ts";
import type { Element } from "./tree.ts";

const options = extractOptionsSchema.parse({});

function shape(element: Element): string {
  return element.children
    .map((child) => (child.kind === 3 ? child.data : `<${child.name}>${shape(child)}</${child.name}>`))
    .join("");
}

const body = (html: string): string => shape(parseHtml(html, options, { xhtml: false }).body);

interface OracleNode {
  readonly nodeName: string;
  readonly value?: string;
  readonly childNodes?: readonly OracleNode[];
}

function oracleShape(node: OracleNode): string {
  return (node.childNodes ?? [])
    .map((child) =>
      child.nodeName === "#text"
        ? (child.value ?? "")
        : child.nodeName === "#comment"
          ? ""
          : `<${child.nodeName}>${oracleShape(child)}</${child.nodeName}>`,
    )
    .join("");
}

function oracleBody(html: string): string {
  const find = (node: OracleNode): OracleNode | undefined =>
    node.nodeName === "body"
      ? node
      : node.childNodes?.map((child) => find(child)).find((found) => found !== undefined);
  const found = find(oracle(html) as unknown as OracleNode);
  return found === undefined ? "" : oracleShape(found);
}

const alike: readonly string[] = [
  "<p>a<p>b",
  "<p>a<div>b</div>c",
  "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e",
  "<dl><dt>a<dd>b<dt>c<dd>d</dl>",
  "<h1>a<h2>b</h2>",
  "<div><span>a</div>b",
  "<div>a</span></i></div>b",
  "<p><a href=1>a<a href=2>b</a>",
  "<select><option>a<option>b</select>",
  "<p>a<table><tr><td>b</table>"
    .replace("<p>a", "<div>a</div>")
    .replace("<tr>", "<tbody><tr>")
    .replace("</table>", "</tbody></table>"),
  "<table><tbody><tr><td>a<td>b<tr><th>c<td>d</table>e",
  "<table><tbody><tr><td><table><tbody><tr><td>in</table>x</table>y",
  "<table><tbody><tr><td><div>a</td><td>b</td></tr></tbody></table>",
  "<ruby>a<rt>b<rt>c</ruby>",
  "<button>a<button>b",
  "<b><p>x</b>y</p>",
  "<p>a</br>b",
  "<svg><title>t</title><path/><g/></svg>a",
  "<svg><p>out",
  "<!-- <p>no</p> --><p>yes",
  "<p>a<!-- b --!>c",
  "<textarea><p></textarea>b",
  "a<script><p></script>b",
  "<pre>a\nb</pre>",
  "text<body><p>a</body></html>b",
];

for (const html of alike)
  test(`${html} gives the standard's tree`, () => assert.equal(body(html), oracleBody(html)));

test("text survives whatever the markup, as the standard's parser keeps it", () => {
  const piece = fc.constantFrom(
    ..."p,div,b,i,a,ul,li,h2,span,td,tr,table,section,em,dd,dl,blockquote".split(","),
  );
  const page = fc.array(
    fc.oneof(
      piece.map((name) => `<${name}>`),
      piece.map((name) => `</${name}>`),
      fc.constantFrom("x ", "yy ", "z "),
    ),
    { maxLength: 30 },
  );
  const letters = (text: string): string =>
    text
      .replace(/<[^>]*>/g, "")
      .replace(/\s/g, "")
      .split("")
      .sort()
      .join("");
  fc.assert(
    fc.property(page, (parts) => {
      assert.equal(letters(body(parts.join(""))), letters(oracleBody(parts.join(""))));
    }),
    { numRuns: 300 },
  );
});

test("any bytes at all give a document", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.constantFrom("<", "<a href=", "<!--", "<script>", "<table><td>", "&#", "<svg>", ""),
      (text, lead) => {
        const document = documentFrom(`<p>${lead}${text}`);
        assert.equal(document.signature.length, 64);
        assert.ok(document.text.isWellFormed() && !document.markdown.includes("\u0000"));
      },
    ),
    { numRuns: 300 },
  );
});

/** Work per character must not grow with the page: each shape is read at a size where anything quadratic would take minutes. */
const hostile: readonly [name: string, html: string][] = [
  ["100,000 nested elements", `${"<div>".repeat(100_000)}end`],
  ["100,000 nested formatting elements", `${"<b><p>".repeat(50_000)}end${"</b>".repeat(50_000)}`],
  ["100,000 nested cells", `${"<table><tr><td>".repeat(30_000)}end`],
  ["100,000 stray end tags in a deep page", `${"<i>".repeat(500)}${"</u>".repeat(100_000)}end`],
  ["a million attributes", `<p ${"a=1 ".repeat(500_000)}${"b c d ".repeat(150_000)}>end`],
  ["an attribute of 10 MB", `<p title="${"x".repeat(10_000_000)}">end`],
  [
    "spans beyond all numbers",
    `<table>${`<tr>${"<td colspan=9007199254740991 rowspan=9007199254740991>x".repeat(20)}`.repeat(200)}</table>end`,
  ],
  ["300,000 comments", `${"<!-- x -->".repeat(300_000)}end`],
  ["nested lists and quotes", `${"<ul><li><blockquote>q".repeat(20_000)}end`],
  ["JSON-LD of brackets", `<script type="application/ld+json">${"[".repeat(200_000)}</script>end`],
  ["a srcset of commas", `<img srcset="${"a,".repeat(300_000)}">end`],
];

for (const [name, html] of hostile) {
  test(`${name}: read in one pass, nothing lost`, () => {
    const document = documentFrom(html, { options: { full: true } });
    assert.ok(document.text.endsWith("end"));
  });
}

test("deeper than the limit elements stand side by side, and a script's text is still none of the page's", () => {
  const deep = `${"<div>".repeat(600)}<b>a</b><script>never</script><style>never</style><title>never</title>end`;
  const { text } = documentFrom(deep, { options: { full: true } });
  assert.ok(text.includes("a") && text.endsWith("end") && !text.includes("never"), text);
});

test("links beyond the cap are counted, not kept", () => {
  const html = Array.from({ length: 3_000 }, (_, at) => `<a href="/${at}">l</a>`).join(" ");
  const document = documentFrom(html, { options: { linksMax: 1_000 } });
  assert.deepEqual([document.links.length, document.linksDropped], [1_000, 2_000]);
});

test("a page beyond the node limit is read up to it and says so", () => {
  const document = documentFrom(`<p>first</p>${"<br>".repeat(5_000)}`, {
    options: { nodesMax: 1_000, full: true },
  });
  assert.deepEqual([document.text, document.truncated], ["first", true]);
});

test("a page that ends inside a tag, a comment or a script keeps what was there", () => {
  for (const end of ["<a href='x", "<!-- x", "<script>x", "<tab", "</p", "&am", "<![CDATA[x", "<title>x"])
    assert.ok(documentFrom(`<p>kept</p>${end}`, { options: { full: true } }).text.startsWith("kept"), end);
});
