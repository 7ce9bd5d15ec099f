// How lines are told apart before they are read: what says something about the page itself is never taken for what does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CUE, ELSEWHERE, isCue, isDateLine, isElsewhere, mayTell } from "./boilerplate.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { survey } from "./survey.ts";
import { elementsOf } from "./testing/any-page.ts";
import { textOf } from "./visible-text.ts";

const options = extractOptionsSchema.parse({});

/** Lines as the expression has them, in either case; the ends of words are told by what is added. */
function linesOf(expression: RegExp): fc.Arbitrary<string> {
  const source = expression.source.replaceAll("\\b", "");
  return fc
    .tuple(fc.stringMatching(new RegExp(source, "u")), fc.boolean(), fc.constantFrom("", " x", ": 1"))
    .map(([line, isUpper, behind]) => (isUpper ? line.toUpperCase() : line) + behind);
}

const lines = fc.oneof(
  linesOf(CUE),
  linesOf(ELSEWHERE),
  fc.constantFrom(
    ..."3 May 2020|Updated: 12.5.2020|2020년 5월|Le puede interesar|le \u017fee|12:30 h|\u017fhare|The river rose.|A|Of it".split(
      "|",
    ),
  ),
);
/** What may stand in the middle of a line and leaves it as it is, or does not. */
const part = fc.constantFrom(
  ..."|||||<b></b>|<i>|</i>|<br>|<b> </b>|<!-- -->| \n|\u00a0|\u000b|&nbsp;|<script>1</script>|<span hidden>x</span>|<p>|&#83;".split(
    "|",
  ),
);

test("a line that tells of the page is not passed over for how it begins", () => {
  fc.assert(
    fc.property(lines, fc.array(part, { minLength: 4, maxLength: 4 }), fc.nat(9), (line, parts, shift) => {
      withPageNodes(() => {
        const written = line.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
        const cut = Math.min(shift, written.length);
        const [before, early, late, behind] = parts;
        const html = `<div>${before}${written.slice(0, 1)}${early}${written.slice(1, cut)}${late}${written.slice(cut)}${behind}</div>`;
        const tree = parseHtml(html, options, { xhtml: false });
        survey(tree, []);
        for (const element of elementsOf(tree.body)) {
          const text = textOf(element, 200, 100);
          const may = (asksForDigit: boolean): boolean =>
            mayTell(tree.html.rows.scanner?.lineStart(element.row, asksForDigit) ?? 0);
          if (isCue(text) || isElsewhere(text)) assert.ok(may(false) && may(true), html);
          if (isDateLine(text)) assert.ok(may(true), html);
        }
      });
    }),
    { numRuns: 5_000 },
  );
});

test("a line is passed over by how it reads, not by how it is written", () => {
  withPageNodes(() => {
    const written = [
      "L<b>e</b><i> </i>puede interesar",
      "<i>\n</i>Le<br>puede interesar",
      "Le<p>puede interesar</p>",
    ];
    const tree = parseHtml(written.map((line) => `<div>${line}</div>`).join(""), options, { xhtml: false });
    survey(tree, []);
    for (const { row, name } of elementsOf(tree.body))
      if (name === "div") assert.ok(mayTell(tree.html.rows.scanner?.lineStart(row, false) ?? 0));
  });
});

test("a line that begins otherwise is passed over", () => {
  withPageNodes(() => {
    const html = "<p>Of the river<p>She <b>rose</b><p>Is<p>“In 1994<p>7 rivers<p>Of 7 rivers";
    const tree = parseHtml(html, options, { xhtml: false });
    survey(tree, []);
    const may = (asksForDigit: boolean): boolean[] =>
      elementsOf(tree.body)
        .filter(({ name }) => name === "p")
        .map(({ row }) => mayTell(tree.html.rows.scanner?.lineStart(row, asksForDigit) ?? 0));
    assert.deepEqual(may(false), [false, false, false, false, true, false]);
    assert.deepEqual(may(true), [false, false, false, false, true, true]);
  });
});
