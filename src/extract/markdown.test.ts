import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { marked } from "marked";
import TurndownService from "turndown";
import { documentFrom } from "./testing.ts";

/** A whole document. */
const markdown = (html: string): string => documentFrom(html, { options: { full: true } }).markdown;

const table: readonly [name: string, html: string, expected: string][] = [
  ["headings", "<h1>One</h1><h2>Two</h2><h6>Six</h6>", "# One\n\n## Two\n\n###### Six"],
  ["paragraphs and white space", "<p> a\n b </p><p>c</p>", "a b\n\nc"],
  ["emphasis", "<p><b>bold</b>, <em>soft</em>, <del>gone</del></p>", "**bold**, *soft*, ~~gone~~"],
  ["spaces move out of emphasis", "<p>a<b> b </b>c</p>", "a **b** c"],
  ["nested emphasis", "<p><b><i>x</i></b></p>", "**_x_**"],
  ["nested emphasis the other way", "<p><i><b>x</b></i></p>", "***x***"],
  ["a break", "<p>a<br>b</p>", "a  \nb"],
  ["two breaks part paragraphs", "<div>a<br><br>b</div>", "a\n\nb"],
  ["a rule", "<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"],
  ["absolute links", `<a href="x?y#z">t</a>`, "[t](http://site.example/dir/x?y#z)"],
  ["links that would run", `<a href="javascript:x()">t</a> <a href="java&#10;script:x()">u</a>`, "t u"],
  ["addresses of other kinds", `<a href="mailto:a@b.example">m</a>`, "[m](mailto:a@b.example)"],
  ["an empty link", `<p>a<a href="/x"></a>b</p>`, "a[](http://site.example/x)b"],
  ["an exclamation before a link", `<p>Look!<a href="/x">t</a></p>`, "Look\\![t](http://site.example/x)"],
  ["titles", `<a href="/x" title='a "b"'>t</a>`, '[t](http://site.example/x "a \\"b\\"")'],
  ["emphasis in the same emphasis", "<p><em>a <em>b</em></em></p>", "*a _b_*"],
  ["spaces inside of code", "<p><code> a </code></p>", "`  a  `"],
  ["a list of paragraphs", "<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n\n- b"],
  [
    "a quote in a tight list",
    "<ul><li>a<blockquote><p>b</p></blockquote></li><li>c</li></ul>",
    "- a\n  > b\n- c",
  ],
  ["a rule in a list", "<ul><li><hr></li></ul>", "- ___"],
  ["an empty item", "<ul><li>a</li><li></li></ul>", "- a\n-"],
  ["an empty code block", "<pre><code></code></pre>", "```\n```"],
  [
    "a link around blocks",
    `<a href="x"><h2>t</h2><p>u</p></a>`,
    "## [t](http://site.example/dir/x)\n\n[u](http://site.example/dir/x)",
  ],
  ["images", `<img src="i.png" alt="a [b]">`, "![a \\[b\\]](http://site.example/dir/i.png)"],
  ["data images are left out", `<p>a<img src="data:image/png;base64,AAAA">b</p>`, "ab"],
  [
    "a linked image",
    `<a href="/l"><img src="/i.png" alt="x"></a>`,
    "[![x](http://site.example/i.png)](http://site.example/l)",
  ],
  ["nested lists", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"],
  ["a list hung beside its item", "<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"],
  ["ordered lists with a start", "<ol start=9><li>a<li>b</ol>", "9. a\n10. b"],
  ["an ordered item's blocks line up", "<ol start=10><li><p>a</p><p>b</p></li></ol>", "10. a\n\n    b"],
  [
    "task lists",
    "<ul><li><input type=checkbox checked> a</li><li><input type=checkbox> b</li></ul>",
    "- [x] a\n- [ ] b",
  ],
  ["two lists in a row stay two", "<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"],
  ["quotes", "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"],
  ["inline code", "<p><code>a`b</code></p>", "``a`b``"],
  [
    "code blocks with a language",
    `<pre><code class="hljs language-js">a\n  b\n</code></pre>`,
    "```js\na\n  b\n```",
  ],
  ["code with fences inside", "<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"],
  ["a table", "<table><tr><th>a<th>b<tr><td>1<td>2</table>", "| a | b |\n| --- | --- |\n| 1 | 2 |"],
  [
    "a table without a head",
    "<table><tr><td>1<td>2<tr><td>3<td>4</table>",
    "|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |",
  ],
  [
    "spans on a grid",
    "<table><tr><th>a<th>b<th>c<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td>4</table>",
    "| a | b | c |\n| --- | --- | --- |\n| 1 | 2 |  |\n|  | 3 | 4 |",
  ],
  [
    "pipes and breaks in cells",
    "<table><tr><th>a<th>b<tr><td>x|y<td>1<br>2</table>",
    "| a | b |\n| --- | --- |\n| x\\|y | 1<br>2 |",
  ],
  [
    "alignment",
    `<table><tr><th align=right>a<th style="text-align:center">b<tr><td>1<td>2</table>`,
    "| a | b |\n| ---: | :---: |\n| 1 | 2 |",
  ],
  ["a layout table", "<table><tr><td><p>only</p></td></tr></table>", "only"],
  [
    "line starts",
    "<p>1. a</p><p># b</p><p>- c</p><p>> d</p><p>+ e</p>",
    "1\\. a\n\n\\# b\n\n\\- c\n\n\\> d\n\n\\+ e",
  ],
  [
    "characters",
    "<p>*a* _b_ snake_case [c] `d` &lt;e&gt; &amp;amp; f\\g</p>",
    "\\*a\\* \\_b\\_ snake_case \\[c\\] \\`d\\` \\<e> \\&amp; f\\\\g",
  ],
];

test("of main content only what says something is kept", () => {
  const main = documentFrom(
    `<article><p>Some <b>bold <b>words</b></b> and <a href="/x" title="t">a link</a>, and <a href="/e"></a> none.</p><ul><li></li><li>x</li></ul><pre> </pre></article>`,
  );
  assert.equal(main.markdown, "Some **bold words** and [a link](http://site.example/x), and none.\n\n- x");
});

for (const [name, html, expected] of table) {
  test(`${name} as Markdown`, () => assert.equal(markdown(html), expected));
}

const rich: readonly [name: string, html: string, expected: string][] = [
  [
    "terms and their definitions",
    "<dl><dt>Mill</dt><dd>It grinds.</dd><dt>Race</dt><dt>Leat</dt><dd><p>Water.</p><p>More.</p></dd></dl>",
    "- **Mill**  \n  It grinds.\n\n- **Race**  \n  **Leat**\n\n  Water.\n\n  More.",
  ],
  [
    "definitions in groups",
    "<dl><div><dt>a</dt><dd>b</dd></div><div><dt>c</dt><dd>d</dd></div></dl>",
    "- **a**  \n  b\n- **c**  \n  d",
  ],
  ["a list used to indent", "<dl><dd>said</dd></dl>", "said"],
  [
    "notes as GitHub shows them",
    `<p>Text<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref>1</a></sup>.</p>
    <section data-footnotes class=footnotes><ol><li id="user-content-fn-1"><p>Said <em>so</em>. <a href="#user-content-fnref-1" class="data-footnote-backref">↩</a></p></li></ol></section>`,
    "Text[^1].\n\n[^1]: Said *so*.",
  ],
  [
    "notes as Pandoc shows them",
    `<p>Text<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a></p>
    <section class=footnotes role=doc-endnotes><hr><ol><li id=fn1><p>One.</p><p>Two.<a href="#fnref1" class=footnote-back>↩︎</a></p></li></ol></section>`,
    "Text[^1]\n\n---\n\n[^1]: One.\n\n    Two.",
  ],
  [
    "notes as Wikipedia shows them",
    `<p>Text.<sup id=cite_ref-a_1-0 class=reference><a href="#cite_note-a-1">[1]</a></sup><sup class=reference><a href="#cite_note-b">[2]</a></sup></p>
    <ol class=references><li id="cite_note-a-1"><span class="mw-cite-backlink">^ <a href="#cite_ref-a_1-0">a</a> <a href="#cite_ref-a_1-1">b</a></span> <span class="reference-text">A book.</span></li><li id=cite_note-b>B.</li></ol>`,
    "Text.[^1][^2]\n\n[^1]: A book.\n\n[^2]: B.",
  ],
  [
    "a raised number that leads elsewhere is a link",
    `<p>Text<sup><a href="#there">1</a></sup></p><p id=there>x</p>`,
    "Text[1](http://site.example/dir/page.html?q=1#there)\n\nx",
  ],
  [
    "a contents' number is no note",
    `<ol><li id=a><a href="#b">1</a></li><li id=b>x</li></ol>`,
    "1. [1](http://site.example/dir/page.html?q=1#b)\n2. x",
  ],
  [
    "MathML with TeX",
    `<p>Let <math><semantics><mi>x</mi><annotation encoding="application/x-tex">x_1 + \\alpha</annotation></semantics></math> be.</p>`,
    "Let $x_1 + \\alpha$ be.",
  ],
  [
    "KaTeX, shown once",
    `<p>So <span class=katex><span class=katex-mathml><math><semantics><mi>y</mi><annotation encoding="application/x-tex">y</annotation></semantics></math></span><span class=katex-html aria-hidden=true>y</span></span>.</p>
    <span class=katex-display><span class=katex><span class=katex-mathml><math display=block><semantics><mi>z</mi><annotation encoding="application/x-tex">z^2</annotation></semantics></math></span><span class=katex-html>z2</span></span></span>`,
    "So $y$.\n\n$$\nz^2\n$$",
  ],
  [
    "MathJax scripts, shown once",
    `<p>So <span class=MathJax_Preview></span><span class=MathJax id=m>y</span><script type="math/tex">y</script>.</p><script type="math/tex; mode=display">\\sum i</script>`,
    "So $y$.\n\n$$\n\\sum i\n$$",
  ],
  [
    "Wikipedia's formulas",
    `<p>So <span class=mwe-math-element><span class=mwe-math-mathml-inline style="display: none;"><math><annotation encoding="application/x-tex">{\\displaystyle y}</annotation></math></span><img class=mwe-math-fallback-image-inline src=/m.svg alt="{\\displaystyle y}"></span>.</p>`,
    "So $y$.",
  ],
];
for (const [name, html, expected] of rich)
  test(`${name} as Markdown`, () => assert.equal(markdown(html), expected));

/** Text of HTML that an independent parser made, entities undone. */
function textOfHtml(html: string): string {
  return documentFrom(html, { options: { full: true } })
    .text.replace(/\s+/g, " ")
    .trim();
}

/** Without `\\|`: inside code in a table's cell parsers differ on what it means. */
const words = fc.array(
  fc
    .string({ unit: "grapheme-ascii", maxLength: 8 })
    .filter((word) => word.trim() !== "" && !word.includes("\\|")),
  { minLength: 1, maxLength: 6 },
);
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
const inline = words.chain((list) =>
  fc
    .array(fc.constantFrom("", "b", "i", "code", "del", "a href=/x"), {
      minLength: list.length,
      maxLength: list.length,
    })
    .map((tags) =>
      list
        .map((word, at) =>
          tags[at] ? `<${tags[at]}>${escapeHtml(word)}</${tags[at]?.split(" ")[0]}>` : escapeHtml(word),
        )
        .join(" "),
    ),
);
const block = fc.oneof(
  inline.map((text) => `<p>${text}</p>`),
  inline.map((text) => `<h2>${text}</h2>`),
  fc
    .array(inline, { minLength: 1, maxLength: 3 })
    .map((items) => `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`),
  inline.map((text) => `<blockquote><p>${text}</p></blockquote>`),
  fc
    .tuple(inline, inline)
    .map(([a, b]) => `<table><tr><th>k</th><th>v</th></tr><tr><td>${a}</td><td>${b}</td></tr></table>`),
);

test("what an independent parser reads out of the Markdown is the page's text, whatever characters it holds", () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
      const html = blocks.join("");
      const back = marked.parse(markdown(html), { async: false, gfm: true });
      const plain = (text: string): string => text.replace(/[\s\u00a0]+/g, "");
      assert.equal(plain(textOfHtml(back)), plain(textOfHtml(html)), markdown(html));
    }),
    { numRuns: 400 },
  );
});

test("on plain pages the Markdown means what turndown's means", () => {
  const oracle = new TurndownService({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
  });
  const pages = [
    "<h1>T</h1><p>One <strong>two</strong> <em>three</em>.</p><ul><li>a</li><li>b</li></ul>",
    "<p>A <a href='http://x.example/y'>link</a> and <code>code</code>.</p><blockquote><p>q</p></blockquote>",
    "<ol><li>first</li><li>second<ul><li>inner</li></ul></li></ol><hr><p>end</p>",
    "<pre><code class='language-ts'>let a = 1;\n</code></pre><p>1. not a list</p>",
  ];
  const rendered = (text: string): string =>
    marked
      .parse(text, { async: false })
      .replace(/\s+/g, " ")
      .replace(/<(\/?)p>/g, "")
      .trim();
  for (const page of pages) assert.equal(rendered(markdown(page)), rendered(oracle.turndown(page)), page);
});
