// What the survey counts on any page is what a slow reading of the same tree gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BLOCK, HIDDEN } from "./element-kinds.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { survey } from "./survey.ts";
import { anyPage, elementsOf, hides } from "./testing/any-page.ts";
import type { Element, Node, Text, Tree } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };
const WHITE = /^[\t-\r \u00a0]$/;
const BLANK = /^[\t\n\f\r \u00a0]*$/;

/** A character that is shown, and the text and the link it stands in; white space is null's. */
interface Shown {
  readonly character: string;
  readonly text: Text | null;
  readonly inLink: boolean;
}

interface Slow {
  readonly visibleLength: number;
  readonly linkLength: number;
  readonly hiddenLength: number;
  readonly noscriptLength: number;
  readonly hasMath: boolean;
  readonly charsOf: (element: Element) => number;
  readonly linkCharsOf: (element: Element) => number;
}

/** Writes all that is shown one behind the other, then makes white space single; a space belongs to what stands behind it. */
function slow({ head, body }: Tree): Slow {
  const shown: Shown[] = [];
  let hiddenLength = 0;
  let noscriptLength = 0;
  let hasMath = false;
  const part = (): void => {
    shown.push({ character: " ", text: null, inLink: false });
  };
  const visit = (
    node: Node,
    parent: Element,
    hidden: boolean,
    inert: boolean,
    inLink: boolean,
    inHead: boolean,
  ): void => {
    if (node.kind === 3) {
      if (inHead) return;
      if (!hidden) for (const character of node.data) shown.push({ character, text: node, inLink });
      else if (BLANK.test(node.data)) return;
      else if (inert) noscriptLength += node.data.length;
      else if ((parent.kinds & HIDDEN) === 0) hiddenLength += node.data.length;
      return;
    }
    if (node.name === "template") return;
    hasMath ||= node.name === "math";
    if (node.name === "script" && !node.foreign && !inert) return;
    const below = hidden || hides(node);
    const parts = !below && ((node.kinds & BLOCK) !== 0 || node.name === "br");
    if (parts) part();
    for (const child of node.children)
      visit(child, node, below, inert || node.name === "noscript", inLink || node.name === "a", inHead);
    if (parts) part();
  };
  for (const child of head.children) visit(child, head, true, false, false, true);
  for (const child of body.children) visit(child, body, false, false, false, false);
  const counted: Shown[] = [];
  let owed = false;
  for (const one of shown) {
    if (WHITE.test(one.character)) {
      owed = true;
      continue;
    }
    if (owed && counted.length > 0) counted.push(one);
    counted.push(one);
    owed = false;
  }
  const of = (element: Element, list: readonly Shown[]): number => {
    const below = new Set(textsOf(element));
    return list.filter(({ text }) => text !== null && below.has(text)).length;
  };
  const linked = counted.filter(({ inLink }) => inLink);
  return {
    visibleLength: counted.length,
    linkLength: linked.length,
    hiddenLength,
    noscriptLength,
    hasMath,
    charsOf: (element) => of(element, counted),
    linkCharsOf: (element) => of(element, linked),
  };
}

function textsOf(element: Element): Text[] {
  return element.children.flatMap((child) => (child.kind === 3 ? [child] : textsOf(child)));
}

test("what is shown, linked, hidden, said to those without scripts, and each element's characters are what a slow reading gives", () => {
  fc.assert(
    fc.property(anyPage, (html) => {
      withPageNodes(() => {
        const tree = parseHtml(html, options, FLAVOUR);
        const expected = slow(tree);
        const { visibleLength, linkLength, hasMath, evidence } = survey(tree, []);
        assert.deepEqual(
          [visibleLength, linkLength, evidence.hiddenLength, evidence.noscriptLength],
          [expected.visibleLength, expected.linkLength, expected.hiddenLength, expected.noscriptLength],
          html,
        );
        assert.equal(evidence.visibleLength, visibleLength);
        // A script of TeX makes it true as well; there is none here.
        assert.equal(hasMath, expected.hasMath);
        for (const element of elementsOf(tree.body))
          assert.deepEqual(
            [element.name, element.chars, element.linkChars],
            [element.name, expected.charsOf(element), expected.linkCharsOf(element)],
            html,
          );
        for (const element of elementsOf(tree.head))
          assert.deepEqual([element.chars, element.linkChars], [0, 0]);
        assert.equal(tree.html.chars, 0);
      });
    }),
    { numRuns: 2_000 },
  );
});
