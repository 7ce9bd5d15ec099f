// What inside the content is no part of it: blocks of links, calls to share or subscribe, lines of dates, and what follows a heading that
// points elsewhere. Judges by text, link density and share of the whole; what JSON-LD repeats as text is never dropped.
import { assert } from "../base/index.ts";
import { ARIA_HIDDEN } from "./attribute-marks.ts";
import { IS_BESIDE, IS_CONTENT, isCue, isDateLine, isElsewhere, mayTell, namingAt } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { keepShape } from "./kept-shape.ts";
import { numberOf, usualName } from "./names.ts";
import { CHARS, FIRST, KINDS, LEFT_OUT, LINK_CHARS, MARKS, NAME, NEXT, PARENT, TEXT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import type { Element } from "./tree.ts";
import { textAt } from "./visible-text.ts";
import { Weights } from "./weights.ts";

/** A short line of cue text is made of few nodes. */
const CUE_NODES_MAX = 100;
const LINE_CHARS_MAX = 160;
const DATE_CHARS_MAX = 120;
/** Root mass of a page of lists and labels: less than two or three paragraphs have. */
const SCANT = 8;

const A = numberOf("a");
const SPAN = numberOf("span");
const P = numberOf("p");
const FORM = numberOf("form");
const UL = numberOf("ul");
const OL = numberOf("ol");
const DIV = numberOf("div");
const TABLE = numberOf("table");
const TD = numberOf("td");
const LISTING = new Set(["ul", "ol", "div", "section", "header", "dl"].map(numberOf));

/** Puts the bit on what is left out below the root, beside what bears it already. */
export function prune(root: Element, weights: Weights, bit: number): void {
  new Pruning(root.rows, root.row, weights, bit).below(root.row);
}

class Pruning {
  readonly #rows: Rows;
  readonly #numbers: Int32Array;
  readonly #weights: Weights;
  readonly #bit: number;
  // Of the root.
  readonly #chars: number;
  readonly #mass: number;
  readonly #paragraphs: number;

  constructor(rows: Rows, root: number, weights: Weights, bit: number) {
    this.#rows = rows;
    this.#numbers = rows.numbers;
    this.#weights = weights;
    this.#bit = bit;
    this.#chars = rows.numbers[root + CHARS] ?? 0;
    this.#mass = weights.mass(root);
    this.#paragraphs = weights.paragraphs(root);
  }

  below(parent: number): void {
    const numbers = this.#numbers;
    const first = numbers[parent + FIRST] ?? 0;
    /** Level of the heading under which what stands is no part of the content; 0 = none. */
    let elsewhere = 0;
    let masses: readonly number[] | null = null;
    let at = -1;
    for (let child = first; child !== 0; child = numbers[child + NEXT] ?? 0) {
      if (numbers[child] === TEXT) continue;
      at++;
      if (((numbers[child + LEFT_OUT] ?? 0) & this.#bit) !== 0) continue;
      const chars = numbers[child + CHARS] ?? 0;
      const level = this.#level(child);
      const line = chars === 0 ? "" : this.#line(child, chars);
      if (level > 0 && elsewhere >= level) elsewhere = 0;
      if (elsewhere === 0 && child !== first && line !== "" && this.#pointsElsewhere(child, chars, line)) {
        this.#leaveOut(child);
        if (level > 0) elsewhere = level;
        else {
          masses ??= this.#sumsFromBehind(parent);
          if ((masses[at + 1] ?? 0) < 0.05 * this.#mass) elsewhere = 6;
        }
        continue;
      }
      if (
        (elsewhere > 0 && this.#weights.mass(child) < 0.3 * this.#mass) ||
        (chars > 0 && this.#drops(child, chars, line))
      )
        this.#leaveOut(child);
      else if (chars > 0) this.below(child);
    }
  }

  #leaveOut(row: number): void {
    this.#numbers[row + LEFT_OUT] = (this.#numbers[row + LEFT_OUT] ?? 0) | this.#bit;
  }

  #is(row: number, kinds: number): boolean {
    return ((this.#numbers[row + KINDS] ?? 0) & kinds) !== 0;
  }

  /** Of a heading from 1 on; 0 of all else. */
  #level(row: number): number {
    return this.#is(row, HEADINGS) ? Number(usualName(this.#numbers[row + NAME] ?? 0).slice(1)) : 0;
  }

  /** The text of what is short enough to be a cue and begins as one may; of all else it is not asked. */
  #line(row: number, chars: number): string {
    const isBlock = this.#is(row, BLOCK);
    if (chars >= LINE_CHARS_MAX || !(isBlock || this.#numbers[row + NAME] === A)) return "";
    const { scanner } = this.#rows;
    assert(scanner !== null, "a tree is pruned where it was read");
    const mayBeDate = isBlock && chars < DATE_CHARS_MAX && !this.#is(row, HEADINGS);
    if (!mayTell(scanner.lineStart(row, mayBeDate))) return "";
    return textAt(this.#rows, row, 200, CUE_NODES_MAX);
  }

  /** At each index the mass of that child element and of all behind it. */
  #sumsFromBehind(parent: number): number[] {
    const numbers = this.#numbers;
    const sums: number[] = [];
    for (let child = numbers[parent + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
      if (numbers[child] !== TEXT) sums.push(this.#weights.mass(child));
    for (let at = sums.length - 2; at >= 0; at--) sums[at] = (sums[at + 1] ?? 0) + (sums[at] ?? 0);
    return sums;
  }

  /** "Related stories", "Comments (12)": what follows belongs to other pages or people. */
  #pointsElsewhere(row: number, chars: number, line: string): boolean {
    if (chars >= 80 || !this.#is(row, BLOCK)) return false;
    return this.#weights.paragraphs(row) === 0 && isElsewhere(line);
  }

  #drops(row: number, chars: number, line: string): boolean {
    const weights = this.#weights;
    const name = this.#numbers[row + NAME] ?? 0;
    const isBlock = this.#is(row, BLOCK);
    // Decoration and doubles for the eye; but a page behind its own dialog is marked so as a whole.
    if (
      ((this.#numbers[row + MARKS] ?? 0) & ARIA_HIDDEN) !== 0 &&
      this.#rows.attribute(row, "aria-hidden")?.toLowerCase() === "true" &&
      (!isBlock || chars < 0.3 * this.#chars)
    )
      return true;
    if (!isBlock && name !== SPAN && name !== A) return false;
    const density = (this.#numbers[row + LINK_CHARS] ?? 0) / chars;
    if (weights.ownSaid(row) > 0) return false;
    const share = chars / Math.max(1, this.#chars);
    const isHeading = this.#is(row, HEADINGS);
    if (
      isBlock &&
      !isHeading &&
      name !== P &&
      share < 0.3 &&
      (chars < 200 || density > 0.4) &&
      (namingAt(this.#rows, row) & (IS_BESIDE | IS_CONTENT)) === IS_BESIDE
    )
      return true;
    if (name === FORM && share < 0.5) return true;
    if (line !== "" && !isHeading) {
      if (isCue(line)) return true;
      if (chars < DATE_CHARS_MAX && isBlock && isDateLine(line)) return true;
    }
    if (name === P && density > 0.95 && chars > 25 && this.#paragraphs >= 6 && share < 0.05) return true;
    // Where there is no running text to speak of, the links are what the page is for.
    const scant = this.#mass < SCANT;
    if (!scant && LISTING.has(name) && weights.paragraphs(row) === 0) {
      if (density > (name === UL || name === OL ? 0.75 : 0.6) && share < 0.5) return true;
      if (density > 0.45 && chars < 300 && name !== DIV) return true;
    }
    if (name === TD && density > 0.9 && share < 0.3 && weights.paragraphs(row) === 0)
      return this.#isBesideText(row);
    return !scant && name === TABLE && density > 0.8 && share < 0.3;
  }

  /** A cell of links in a row whose other cells hold the paragraphs: the menu of a page laid out by a table. */
  #isBesideText(cell: number): boolean {
    const numbers = this.#numbers;
    const row = numbers[cell + PARENT] ?? 0;
    if (row === 0 || this.#weights.paragraphs(row) < 2) return false;
    let count = 0;
    for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
      if (numbers[child] !== TEXT) count++;
    return count < 5;
  }
}

keepShape(new Pruning(new Rows(), 0, new Weights(new Int32Array(1), new Float64Array(1), 0), 0));
