// The trees of pages put together by a grammar (ends left out, lists, tables, formatting across blocks, raw text, references) are those of
// the standard's parser, node by node. The seed of a failure is printed with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse as oracle } from "parse5";
import { extractOptionsSchema } from "./options.ts";
import { parseHtml } from "./parse.ts";
import type { Node } from "./tree.ts";

const options = extractOptionsSchema.parse({});

/** Texts that follow one another are one; white space between tags says nothing here. */
function joined(parts: readonly string[]): string {
  return parts.join("").replace(/\s+/g, " ");
}

function ours(node: Node): string {
  return node.kind === 3 ? node.data : `<${node.name}>${joined(node.children.map(ours))}</${node.name}>`;
}

interface OracleNode {
  readonly nodeName: string;
  readonly value?: string;
  readonly childNodes?: readonly OracleNode[];
}

function theirs(node: OracleNode): string {
  if (node.nodeName === "#text") return node.value ?? "";
  if (node.nodeName === "#comment" || node.nodeName === "#documentType") return "";
  const inside = joined((node.childNodes ?? []).map(theirs));
  return node.nodeName === "#document" ? inside : `<${node.nodeName}>${inside}</${node.nodeName}>`;
}

const words = fc.constantFrom(
  "a",
  "b c",
  "x &amp; y",
  "&lt;i&gt;",
  "&copy 1",
  "&#8217;",
  "&notit;",
  "1 < 2",
  "é",
  "한",
);
const rawText = fc.constantFrom(
  "<script>if (a < b) '</p>' </script>",
  "<script><!-- <p> --></script>",
  "<style>p > a { }</style>",
  "<textarea><b>&amp;</textarea>",
  "<!-- <p> -->",
  "<br>",
  "<img alt=x>",
  "<wbr>",
);

const { flow } = fc.letrec<{ phrase: string; flow: string }>((tie) => ({
  /** Text and formatting, closed. */
  phrase: fc.oneof(
    { maxDepth: 4 },
    words,
    rawText,
    fc
      .tuple(
        fc.constantFrom("b", "i", "em", "strong", "span", "code", "a", "u", "small", "sup"),
        tie("phrase"),
      )
      // A link in a link ends the outer one: a case of its own below.
      .map(([name, inside]) => `<${name}>${name === "a" ? inside.replace(/<\/?a>/g, "") : inside}</${name}>`),
    fc.tuple(tie("phrase"), tie("phrase")).map(([one, other]) => `${one} ${other}`),
  ),
  /** Blocks, their ends left out where the standard allows it. */
  flow: fc.oneof(
    { maxDepth: 5 },
    tie("phrase"),
    tie("phrase").map((text) => `<p>${text}`),
    tie("phrase").map((text) => `<p>${text}</p>`),
    tie("phrase").map((text) => `<h2>${text}</h2>`),
    fc
      .tuple(
        fc.constantFrom("div", "section", "article", "blockquote", "figure", "main", "header"),
        tie("flow"),
      )
      .map(([name, inside]) => `<${name}>${inside}</${name}>`),
    fc
      .tuple(fc.constantFrom("ul", "ol"), fc.array(tie("flow"), { minLength: 1, maxLength: 3 }))
      .map(([name, items]) => `<${name}><li>${items.join("<li>")}</${name}>`),
    fc
      .array(fc.tuple(tie("phrase"), tie("flow")), { minLength: 1, maxLength: 3 })
      .map((items) => `<dl>${items.map(([term, what]) => `<dt>${term}<dd>${what}`).join("")}</dl>`),
    fc
      .array(fc.array(tie("flow"), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
      .map((rows) => `<table><tbody>${rows.map((row) => `<tr><td>${row.join("<td>")}`).join("")}</table>`),
    fc
      .array(words, { minLength: 1, maxLength: 3 })
      .map((choices) => `<select><option>${choices.join("<option>")}</select>`),
    fc.constantFrom(
      "<pre>a\n b</pre>",
      "<hr>",
      "<svg><title>t</title><path/><g><path/></g></svg>",
      "<ruby>a<rt>b</ruby>",
    ),
    // Ended inside a block that began in it, and formatting that ends in the wrong order. In a block of their own: formatting that a
    // paragraph's end cuts off is not opened again behind it, as the standard would; no text moves by that.
    fc
      .tuple(fc.constantFrom("b", "i", "em", "a"), fc.constantFrom("p", "div", "h3"), words, words)
      .map(
        ([mark, block, one, other]) => `<div><${mark}><${block}>${one}</${mark}>${other}</${block}></div>`,
      ),
    fc.tuple(words, words, words).map(([one, two, three]) => `<div><b>${one}<i>${two}</b>${three}</i></div>`),
    fc.tuple(tie("flow"), tie("flow")).map(([one, other]) => `${one}${other}`),
  ),
}));

test("pages of any such parts have the standard's tree", () => {
  fc.assert(
    fc.property(flow, (inside) => {
      const page = `<!doctype html><html><head><title>t</title></head><body>${inside}`;
      assert.equal(
        ours(parseHtml(page, options, { xhtml: false }).html),
        theirs(oracle(page) as unknown as OracleNode),
        page,
      );
    }),
    { numRuns: 1_000 },
  );
});
