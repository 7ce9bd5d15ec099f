// What an element shows on one line is what a plain reading of all that stands below it says.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BLOCK } from "./element-kinds.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { survey } from "./survey.ts";
import { anyPage, elementsOf, hides } from "./testing/any-page.ts";
import type { Element } from "./tree.ts";
import { collapse, textAt, textOf } from "./visible-text.ts";

const options = extractOptionsSchema.parse({});

function slow(element: Element, skips: (element: Element) => boolean): string {
  const parts = element.children.map((child) => {
    if (child.kind === 3) return child.data;
    if (skips(child)) return "";
    const inside = slow(child, skips);
    return (child.kinds & BLOCK) !== 0 || child.name === "br" ? ` ${inside} ` : inside;
  });
  return parts.join("");
}

test("the text of every element on one line is what a slow reading gives, white space made single", () => {
  fc.assert(
    fc.property(anyPage, fc.integer({ min: 1, max: 30 }), (html, charsMax) => {
      withPageNodes(() => {
        const tree = parseHtml(html, options, { xhtml: false });
        // What is asked first must not matter.
        if (charsMax % 2 === 0) survey(tree, []);
        for (const element of elementsOf(tree.html)) {
          const whole = collapse(slow(element, hides));
          assert.equal(textOf(element), whole, html);
          // White space counts for the limit as it stands on the page.
          const cut = textAt(element.rows, element.row, charsMax);
          assert.ok(whole.startsWith(cut) && cut.length <= charsMax, html);
          const ownSkip = (child: Element): boolean => child.name === "b";
          const kept = textOf(element, 100_000, Number.POSITIVE_INFINITY, ownSkip);
          assert.equal(kept, collapse(slow(element, ownSkip)), html);
        }
      });
    }),
    { numRuns: 1_000 },
  );
});
