// What the blocks of any page weigh is what a slow reading of the same tree gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Place } from "./content-place.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { LETTERS, SENTENCES } from "./row-layout.ts";
import { Sayings } from "./sayings.ts";
import { survey } from "./survey.ts";
import { anyPage, elementsOf } from "./testing/any-page.ts";
import { weigh } from "./text-mass.ts";
import { attribute, type Element, type Text } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const SAYING =
  "Before it: it is a sentence, long enough to be a paragraph by itself; so it is. And behind it.";

interface Slow {
  readonly own: number;
  readonly all: number;
  readonly paragraphs: number;
  readonly holdsMain: boolean;
  readonly ownSaid: number;
  readonly said: number;
}

interface Inside {
  readonly texts: readonly { readonly text: Text; readonly inLink: boolean }[];
  readonly blocks: readonly Element[];
}

/** The texts of a block that stand in no block inside, and those blocks. */
function inside(element: Element, inLink: boolean): Inside {
  const parts = element.children.map((child): Inside => {
    if (child.kind === 3) return { texts: [{ text: child, inLink }], blocks: [] };
    if (child.chars === 0) return { texts: [], blocks: [] };
    if ((child.kinds & BLOCK) !== 0) return { texts: [], blocks: [child] };
    return inside(child, inLink || child.name === "a");
  });
  return { texts: parts.flatMap(({ texts }) => texts), blocks: parts.flatMap(({ blocks }) => blocks) };
}

const FACTORS = new Map(Object.entries({ p: 1, pre: 1, blockquote: 1, li: 0.4, dd: 0.4, dt: 0.4, td: 0.7 }));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

function slow(block: Element, sayings: Sayings, into: Map<number, Slow>): Slow {
  const { texts, blocks } = inside(block, block.name === "a");
  const counted = ({ row, rows }: Text, what: number): number => rows.numbers[row + what] ?? 0;
  const length = total(texts.map(({ text }) => counted(text, LETTERS))) / 2;
  const linked = total(texts.map(({ text, inLink }) => (inLink ? counted(text, LETTERS) : 0))) / 2;
  const density = length === 0 ? 0 : linked / length;
  const stops = total(texts.map(({ text, inLink }) => (inLink ? 0 : counted(text, SENTENCES))));
  const factor = FACTORS.get(block.name) ?? ((block.kinds & HEADINGS) !== 0 ? 0.2 : 0.8);
  const own = length < 25 ? 0 : (1 + stops + Math.min(length / 100, 4)) * (1 - density) * factor;
  const isSaid = length >= 40 && sayings.hold(texts.map(({ text }) => text.data).join(""));
  const isMain =
    ["main", "h1"].includes(block.name) ||
    attribute(block, "role") === "main" ||
    (attribute(block, "itemprop") ?? "").split(" ").includes("articleBody");
  const below = blocks.map((one) => slow(one, sayings, into));
  const weight = {
    own,
    all: total(below.map(({ all }) => all)) + own,
    paragraphs: total(below.map(({ paragraphs }) => paragraphs)) + (length >= 60 && density < 0.4 ? 1 : 0),
    holdsMain: isMain || below.some(({ holdsMain }) => holdsMain),
    ownSaid: isSaid ? length : 0,
    said: total(below.map(({ said }) => said)) + (isSaid ? length : 0),
  };
  into.set(block.row, weight);
  return weight;
}

const NOTHING: Slow = { own: 0, all: 0, paragraphs: 0, holdsMain: false, ownSaid: 0, said: 0 };

test("each block weighs what a slow reading gives, however often it is weighed, and all else weighs nothing", () => {
  fc.assert(
    fc.property(anyPage, fc.boolean(), (html, says) => {
      withPageNodes(() => {
        const tree = parseHtml(html, options, { xhtml: false });
        survey(tree, []);
        const sayings = new Sayings(says ? [SAYING] : []);
        const expected = new Map<number, Slow>();
        slow(tree.body, sayings, expected);
        new Place(tree.body, weigh(tree.body, sayings), "names", 0, 1);
        const weights = weigh(tree.body, sayings);
        for (const { row } of elementsOf(tree.html)) {
          const weight = expected.get(row) ?? NOTHING;
          assert.equal(weights.has(row), expected.has(row), html);
          assert.deepEqual(
            {
              own: weights.own(row),
              all: weights.all(row),
              paragraphs: weights.paragraphs(row),
              holdsMain: weights.holdsMain(row),
              ownSaid: weights.ownSaid(row),
              said: weights.said(row),
            },
            weight,
            html,
          );
          assert.equal(weights.mass(row), weight.all);
        }
      });
    }),
    { numRuns: 2_000 },
  );
});
