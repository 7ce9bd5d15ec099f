// How much running text every element of a page holds: long sentences weigh, links and fragments do not. Also what of it the page repeats
// elsewhere about itself. The scanner weighs; here it is told what only words tell. Decides nothing.
import { assert } from "../base/index.ts";
import { hasItemprop, hasMainRole } from "./boilerplate.ts";
import { BLOCK } from "./element-kinds.ts";
import { keepShape } from "./kept-shape.ts";
import { CHARS, FIRST, KINDS, NEXT, TEXT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { Sayings, START_CHARS } from "./sayings.ts";
import { IS_DECLARED, IS_MAIN_PART, type WeighedRows } from "./scanner/scanner.ts";
import type { Element } from "./tree.ts";
import type { Weights } from "./weights.ts";

/** A longer text is not compared. */
const OWN_CHARS_MAX = 20_000;

/** What the scanner asks of the rows it weighs. */
class Weighed implements WeighedRows {
  readonly hasSayings: boolean;
  readonly #rows: Rows;
  readonly #sayings: Sayings;

  constructor(rows: Rows, sayings: Sayings) {
    this.hasSayings = !sayings.none;
    this.#rows = rows;
    this.#sayings = sayings;
  }

  mainBits(row: number): number {
    const isDeclared = hasItemprop(this.#rows, row, "articleBody");
    return (hasMainRole(this.#rows, row) ? IS_MAIN_PART : 0) | (isDeclared ? IS_DECLARED : 0);
  }

  /** Its own text stands in one of the page's sayings, or one of them begins it. */
  isSaid(row: number): boolean {
    if (!this.#sayings.mayBegin(ownText(this.#rows, row, START_CHARS))) return false;
    const text = ownText(this.#rows, row, OWN_CHARS_MAX + 1);
    return text.length <= OWN_CHARS_MAX && this.#sayings.hold(text);
  }
}

/** What all that is shown below weighs, and the body itself, until they are weighed again. The survey has measured the texts. */
export function weigh(body: Element, sayings: Sayings): Weights {
  const { rows } = body;
  assert(rows.scanner !== null, "a tree is weighed where it was read");
  return rows.scanner.weigh(body.row, new Weighed(rows, sayings));
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

keepShape(new Weighed(new Rows(), new Sayings([])));
