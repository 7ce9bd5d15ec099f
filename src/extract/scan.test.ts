import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { type Token, Tokenizer, TokenizerMode } from "parse5";
import { TEXT_MODES } from "./element-kinds.ts";
import { extractOptionsSchema } from "./options.ts";
import type { ScanSettings } from "./page-nodes.ts";
import { PageSource } from "./page-source.ts";
import { CLOSED, ENDS, FLAGS } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { Scanner } from "./scanner/scanner.ts";
import type { Node } from "./tree.ts";

const limits = extractOptionsSchema.parse({});

/** What a tokenizer says, one line a token, runs of text joined. */
class Listing {
  readonly lines: string[] = [];
  #text = "";

  text(data: string): void {
    this.#text += data;
  }

  tag(line: string): void {
    if (this.#text !== "") this.lines.push(`text ${JSON.stringify(this.#text)}`);
    this.#text = "";
    if (line !== "") this.lines.push(line);
  }
}

const MODES = {
  raw: TokenizerMode.RAWTEXT,
  references: TokenizerMode.RCDATA,
  script: TokenizerMode.SCRIPT_DATA,
  plain: TokenizerMode.PLAINTEXT,
};
const PREFORMATTED = new Set(["pre", "listing", "textarea"]);

/** Reads one page after the other, as that of a thread does. */
const scanner = new Scanner();

/** What the scanner tells one after the other: `cdata`, as inside of SVG. */
function told(page: string, cdata: boolean, caps: ScanSettings): Node[] {
  const source = new PageSource(page);
  const { body } = scanner.scan(source, caps, false, false, cdata ? "flat, foreign" : "flat");
  const rows = new Rows();
  rows.open(scanner.copiedRows(), source, caps.attributeCharsMax, null);
  return rows.element(body).children;
}

function ours(page: string, cdata: boolean): string[] {
  const listing = new Listing();
  for (const node of told(page, cdata, limits)) {
    if (node.kind === 3) {
      listing.text(node.data);
      continue;
    }
    const flags = node.rows.numbers[node.row + FLAGS] ?? 0;
    const closed = (flags & CLOSED) !== 0 ? "/" : "";
    if ((flags & ENDS) !== 0) listing.tag(`</${node.name}>`);
    else listing.tag(`<${node.name} ${JSON.stringify(node.attributes)}${closed}>`);
  }
  listing.tag("");
  return listing.lines;
}

function standard(page: string, cdata: boolean): string[] {
  const listing = new Listing();
  let skipLineEnd = false;
  const characters = (token: Token.CharacterToken): void => {
    const { chars } = token;
    listing.text(skipLineEnd && chars.startsWith("\n") ? chars.slice(1) : chars);
    skipLineEnd = false;
  };
  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: false },
    {
      onStartTag(token) {
        skipLineEnd = PREFORMATTED.has(token.tagName);
        const attributes = token.attrs.flatMap(({ name, value }) => [name, value]);
        listing.tag(`<${token.tagName} ${JSON.stringify(attributes)}${token.selfClosing ? "/" : ""}>`);
        const mode = TEXT_MODES.get(token.tagName);
        if (mode === undefined) return;
        tokenizer.state = MODES[mode];
        tokenizer.lastStartTagName = token.tagName;
      },
      onEndTag(token) {
        skipLineEnd = false;
        listing.tag(`</${token.tagName}>`);
      },
      onComment: () => {
        skipLineEnd = false;
      },
      onDoctype: () => {
        skipLineEnd = false;
      },
      onCharacter: characters,
      onWhitespaceCharacter: characters,
      onNullCharacter: characters,
      onEof: () => {},
      onParseError: null,
    },
  );
  tokenizer.inForeignNode = cdata;
  tokenizer.write(page, true);
  listing.tag("");
  return listing.lines;
}

const odd: readonly string[] = [
  "a < b <c >d</c >",
  "<",
  "</",
  "a</>b</ x>c<?php echo '>' ?>d",
  '<!>a<!x>b<!doctype html public "a>b">c',
  "<!---->a<!-->b<!--->c<!----->d<!--x--!>e<!--x--!-->f<!-- <!-- --> g<!--x-- >h--->i<!--<!->j-->k",
  "a<!-- never closed <p>",
  "<![CDATA[x > y]]>z<![CDATA[]]><![CDATA[a]]]>b",
  '<a href=x/y?a&amp;b title = \'q"&lt;\' disabled / =odd= "quote" a=1 A=2 b=\'x\'c="y"d>',
  "<br/><br / ><p/x><img alt= ><i a=></i b=c/>",
  "<a href='never closed>text</a>",
  "<a b",
  "<TITLE>a &amp; <b></TITLE ><Title>x</titles></title/>y",
  "<textarea>\n\na</textarea><pre>\r\n\r\nb</pre><listing>\n</listing>",
  "<style><!-- </style> --></style>",
  "<script>if (a</b) '<!--' </script>x",
  "<script><!-- <script> </script> --> </script>x",
  "<script><!--><script></script>x",
  "<script><!-- <scripty> </script>x",
  "<script><!-- <script></script><script/></script>--></script>x",
  "<script><!-- a --><!-- <script> --></script>x",
  "<script><!-- <script> never closed </script>",
  "<xmp><p>&amp;</xmp><iframe><p></iframe><noembed></p></noembed><noframes><i></noframes><plaintext></plaintext><p>",
  "&amp;&amp &ampx; &notit; &notin; &AMP; &nosuch; &#65;&#x41;&#X41 &#;&#x;&#0;&#128;&#150;&#xD800;&#x110000;&#99999999999;& &&lt;",
  "<a href='?a=1&copy=2&copy;&copy&amp' b=&lt;c d=?x&lang=en&notit;>",
  "&NotEqualTilde;&CounterClockwiseContourIntegral;&bne;",
  "a\r\nb\rc\n<p title='x\r\ny'>",
  "\ufeffa\u00a0&nbsp;😀&#x1F600;<p😀 é=É İ=1>",
];

for (const page of odd)
  test(`${JSON.stringify(page)} gives the standard's tokens`, () => {
    assert.deepEqual(ours(page, false), standard(page, false));
    assert.deepEqual(ours(page, true), standard(page, true));
  });

test("any soup of markup gives the standard's tokens", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ..."< </ > /> / = ' \" & &# &#x; &amp; &ampx &not &copy= ! ? - -- --> --!> <!-- <!--> <!doctype <![CDATA[ ]]>".split(
        " ",
      ),
      ..."script style title textarea xmp iframe pre p a B I svg x:y a-b É".split(" "),
      ..."<script> </script> <SCRIPT </Script/ <style> </style> <title> </title> <textarea> </textarea> <plaintext>".split(
        " ",
      ),
      ..."a=1 A='x' b=\"y\" href=/a/b?c&amp=d 1 é 😀 ;".split(" "),
      ..." |\n|\r\n|\r|\t|\f".split("|"),
    ),
    fc.string({ maxLength: 4 }).map((text) => text.replaceAll("\u0000", "")),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, cdata) => {
      const page = pieces.join("");
      assert.deepEqual(ours(page, cdata), standard(page, cdata));
    }),
    { numRuns: 3_000 },
  );
});

test("a page of more tags, attributes and bytes than the scanner has memory for at first gives the standard's tokens", () => {
  const bears = Array.from({ length: 200 }, (_, at) => `a${at}=${at}`).join(" ");
  const pieces = Array.from(
    { length: 3_000 },
    (_, at) => `<p class=c${at % 7} id=i${at}>${at} é &amp; <br></p>\n`,
  );
  const page = `${pieces.join("")}${`<i ${bears}>x</i>`.repeat(200)}${"long text ".repeat(250_000)}<b>end`;
  for (const cdata of [false, true]) assert.deepEqual(ours(page, cdata), standard(page, cdata));
});

/** Each is read in one pass: anything quadratic would take minutes at this size. */
const hostile: readonly [name: string, page: string][] = [
  ["open angle brackets", "<".repeat(2_000_000)],
  ["end tags that never end", "</a ".repeat(500_000)],
  ["quotes that never close", "<a b='".repeat(300_000)],
  ["comments that never close", "<!--".repeat(500_000)],
  ["scripts whose comments never close", "<script><!--</script>".repeat(100_000)],
  ["a script of many comments", `<script>${"<!-- -->".repeat(250_000)}</script>`],
  ["a script of many half end tags", `<script>${"</".repeat(1_000_000)}</script>`],
  ["a script of scripts", `<script><!--${"<script></script>".repeat(100_000)}`],
  ["titles one after the other", "<title>&".repeat(250_000)],
  ["ampersands", "&".repeat(1_000_000)],
  ["half references", "&#x".repeat(500_000)],
  ["references without an end", `&#${"1".repeat(2_000_000)}`],
  ["an endless name", `&${"a".repeat(2_000_000)}`],
  ["names made up", Array.from({ length: 100_000 }, (_, at) => `&n${at};`).join("")],
  ["a million attributes", `<p ${"a b c d ".repeat(250_000)}>`],
  ["a million different attributes", `<p ${Array.from({ length: 300_000 }, (_, at) => `a${at} `).join("")}>`],
  ["slashes", `<p${"/".repeat(2_000_000)}>`],
  ["equals signs", `<p${"=".repeat(2_000_000)}>`],
  ["an attribute of references", `<p a="${"&amp;".repeat(400_000)}">`],
  ["a tag name of 2 MB", `<${"X".repeat(2_000_000)}>`],
  ["CDATA that never ends", "<![CDATA[".repeat(300_000)],
  ["carriage returns", "\r".repeat(2_000_000)],
];

for (const [name, page] of hostile)
  test(`${name}: read in one pass`, () => {
    assert.ok(ours(page, true).length >= 0);
  });

test("beyond their caps attributes and their values are left out, the page goes on", () => {
  const caps = { ...limits, attributesMax: 3, attributeCharsMax: 3 };
  const [tag, text] = told("<p a=1 b=23456 c=&amp;&amp;&amp;&amp; d=5>text", false, caps);
  assert.ok(tag?.kind === 1 && text?.kind === 3);
  assert.deepEqual(tag.attributes, ["a", "1", "b", "234", "c", "&&&"]);
  assert.equal(text.data, "text");
});

test("the units of a text are counted without decoding it, and of what is no UTF-8 not at all", () => {
  const piece = fc.oneof(
    fc.constantFrom("\r", "\n", "\r\n", "a", "é", "\u00a0", "中", "\ufeff", "😀", "x".repeat(17)),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const pieces = fc.array(piece, { maxLength: 30 }).map((all) => all.join(""));
  const bytes = fc.oneof(
    pieces.map((text) => Buffer.from(text)),
    fc
      .tuple(pieces, fc.uint8Array({ maxLength: 5 }))
      .map(([text, odd]) => Buffer.from([...Buffer.from(text), ...odd])),
  );
  const before = Buffer.from("<p>é\r");
  fc.assert(
    fc.property(bytes, fc.constantFrom("", "\n", "é"), (text, behind) => {
      const page = new PageSource(Buffer.concat([before, text, Buffer.from(behind)]));
      scanner.scan(page, limits, false, false, "flat");
      const from = before.length;
      const expected = isUtf8(text) ? text.toString().replaceAll("\r\n", "\n").length : -1;
      assert.equal(scanner.units(from, from + text.length), expected);
    }),
    { numRuns: 2_000 },
  );
});
