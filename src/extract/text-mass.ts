// How much running text every element of a page holds: long sentences weigh, links and fragments do not. Also what of it the page repeats
// elsewhere about itself. One walk; knows no names and decides nothing.
import { hasItemprop, hasMainRole } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { numberOf } from "./names.ts";
import { CHARS, FIRST, KINDS, LETTERS, NAME, NEXT, SENTENCES, TEXT } from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import { type Sayings, START_CHARS } from "./sayings.ts";
import type { Element } from "./tree.ts";
import { Weights } from "./weights.ts";

const A = numberOf("a");
const MAIN = numberOf("main");
const H1 = numberOf("h1");

/** A shorter block is not compared. */
const OWN_CHARS_MIN = 40;
/** A longer text is not compared. */
const OWN_CHARS_MAX = 20_000;

/** What all that is shown below weighs, and the body itself. The survey has measured the texts. */
export function weigh(body: Element, sayings: Sayings): Weights {
  const weights = new Weights(body.rows.numbers);
  weighBlock(body.rows, body.row, weights, sayings);
  return weights;
}

/** The number of its weight. */
function weighBlock(rows: Rows, row: number, weights: Weights, sayings: Sayings): number {
  const name = rows.numbers[row + NAME] ?? 0;
  const weight = weights.add(row);
  if (isHeadline(rows, row, name)) weights.setHoldsMain(weight);
  add(rows, row, name === A, weight, weights, sayings);
  const { length, density, sentences } = weights.summed(weight);
  const own =
    length < 25 ? 0 : (1 + sentences + Math.min(length / 100, 4)) * (1 - density) * factor(rows, row, name);
  const isParagraph = length >= 60 && density < 0.4;
  const said = length >= OWN_CHARS_MIN && isSaid(rows, row, sayings) ? length : 0;
  weights.settle(weight, own, isParagraph, said);
  return weight;
}

/** What stands in the element, up to the blocks inside and with the weights of those. */
function add(
  rows: Rows,
  row: number,
  inLink: boolean,
  weight: number,
  weights: Weights,
  sayings: Sayings,
): void {
  const { numbers } = rows;
  for (let node = numbers[row + FIRST] ?? 0; node !== 0; node = numbers[node + NEXT] ?? 0) {
    const name = numbers[node];
    if (name === TEXT) {
      const letters = numbers[node + LETTERS] ?? 0;
      if (letters !== 0) weights.sumText(weight, letters, numbers[node + SENTENCES] ?? 0, inLink);
      // The survey counted nothing in what is hidden.
    } else if (numbers[node + CHARS] === 0) continue;
    else if (((numbers[node + KINDS] ?? 0) & BLOCK) === 0)
      add(rows, node, inLink || name === A, weight, weights, sayings);
    else weights.sumBlock(weight, weighBlock(rows, node, weights, sayings));
  }
}

function isHeadline(rows: Rows, row: number, name: number): boolean {
  return name === MAIN || name === H1 || hasItemprop(rows, row, "articleBody") || hasMainRole(rows, row);
}

/** Its own text stands in one of the page's sayings, or one of them begins it. */
function isSaid(rows: Rows, row: number, sayings: Sayings): boolean {
  if (sayings.none || !sayings.mayBegin(ownText(rows, row, START_CHARS))) return false;
  const text = ownText(rows, row, OWN_CHARS_MAX + 1);
  return text.length <= OWN_CHARS_MAX && sayings.hold(text);
}

/** Text up to the blocks inside, of at least `charsMax` UTF-16 units where there is so much. */
function ownText(rows: Rows, row: number, charsMax: number): string {
  const { numbers } = rows;
  let text = "";
  for (let node = numbers[row + FIRST] ?? 0; node !== 0; node = numbers[node + NEXT] ?? 0) {
    if (text.length >= charsMax) break;
    if (numbers[node] === TEXT) text += rows.text(node).data;
    else if (numbers[node + CHARS] !== 0 && ((numbers[node + KINDS] ?? 0) & BLOCK) === 0)
      text += ownText(rows, node, charsMax - text.length);
  }
  return text;
}

/** How much of running text is expected in it; 0.8 where nothing else is said. */
const FACTORS: ReadonlyMap<number, number> = new Map(
  Object.entries({ p: 1, pre: 1, blockquote: 1, li: 0.4, dd: 0.4, dt: 0.4, td: 0.7 }).map(
    ([name, factor]) => [numberOf(name), factor],
  ),
);

function factor(rows: Rows, row: number, name: number): number {
  return FACTORS.get(name) ?? (((rows.numbers[row + KINDS] ?? 0) & HEADINGS) !== 0 ? 0.2 : 0.8);
}
