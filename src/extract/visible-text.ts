// What of a tree a reader sees as text, and the collapsing of white space as CSS does it. Knows nothing of main content.
import { BLOCK } from "./element-kinds.ts";
import { hidesAt, isHidden } from "./hiding.ts";
import { keepShape } from "./kept-shape.ts";
import { numberOf } from "./names.ts";
import { BITS, BLANK, FIRST, KINDS, NAME, NEXT, SPACE_BEFORE, SPACE_BEHIND, TEXT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import type { Element, Text } from "./tree.ts";

export { isHidden };

const BR = numberOf("br");

/**
 * What a text shows between the white space at its ends, of which the text then knows: runs of white space as HTML has it, also no-break spaces,
 * become one space.
 */
export function shownOf(text: Text): string {
  if (text.shown !== null) return text.shown;
  const inside = text.rows.inside(text.row);
  if (inside !== null) {
    text.spaceBefore = (text.bits & SPACE_BEFORE) !== 0;
    text.spaceBehind = (text.bits & SPACE_BEHIND) !== 0;
    text.shown = inside;
    return inside;
  }
  const spaced = singleSpaced(text.data);
  const to = spaced.length - (spaced.charCodeAt(spaced.length - 1) === 32 ? 1 : 0);
  text.spaceBefore = spaced.charCodeAt(0) === 32;
  text.spaceBehind = to < spaced.length;
  text.shown = spaced.slice(text.spaceBefore ? 1 : 0, to);
  return text.shown;
}

function singleSpaced(text: string): string {
  return isSeenSingle(text) ? text : text.replace(SPACES, " ");
}

// All but the single spaces, which are most: each run that is found costs more than the way to it.
const SPACES = /[\t\n\f\r\u00a0][ \t\n\f\r\u00a0]*| [ \t\n\f\r\u00a0]+/g;
const WHITE = /[^\S ]\s*| \s+/g;

/** Runs of white space, also no-break spaces, become one space; ends trimmed. */
export function collapse(text: string): string {
  return isSeenSingle(text) ? trimmed(text) : text.replace(WHITE, " ").trim();
}

const SHORT = 16;

/** A text as long as a word or two has no white space but single spaces. False where that is in doubt. */
function isSeenSingle(text: string): boolean {
  // A step over a part of the page's string costs more than an expression's, a call of one more than some steps.
  if (text.length > SHORT) return false;
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 32) {
      if (before === 32) return false;
    } else if (unit < 32 || unit === 0xa0 || (unit >= 0x1680 && isRareSpace(unit))) return false;
    before = unit;
  }
  return true;
}

function isRareSpace(unit: number): boolean {
  return (
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x1680 ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0xfeff
  );
}

function trimmed(text: string): string {
  const from = text.charCodeAt(0) === 32 ? 1 : 0;
  const to = text.length > 1 && text.charCodeAt(text.length - 1) === 32 ? text.length - 1 : text.length;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/**
 * Visible text below an element on one line, blocks and line breaks parted by a space; cut at `charsMax` characters and after
 * `nodesMax` nodes, so that asking at every level of a deep page stays cheap. `skip`: what is left out, where that is not what is hidden.
 */
export function textOf(
  element: Element,
  charsMax = 100_000,
  nodesMax = Number.POSITIVE_INFINITY,
  skip: Skip | null = null,
): string {
  return textAt(element.rows, element.row, charsMax, nodesMax, skip);
}

type Skip = (element: Element) => boolean;

/** The same of an element's row. */
export function textAt(
  rows: Rows,
  row: number,
  charsMax: number,
  nodesMax = Number.POSITIVE_INFINITY,
  skip: Skip | null = null,
): string {
  const { numbers } = rows;
  const only = numbers[row + FIRST] ?? 0;
  if (only === 0) return "";
  // As most links and headings are.
  if (numbers[only + NAME] === TEXT && numbers[only + NEXT] === 0) {
    if (((numbers[only + BITS] ?? 0) & BLANK) !== 0) return "";
    return rows.inside(only, charsMax) ?? cutAt(collapse(rows.text(only).data), charsMax);
  }
  const line = new Line(rows, charsMax, nodesMax, skip);
  line.children(row);
  return cutAt(line.text, charsMax);
}

/** What is put together of several nodes, by their rows: no objects are made of most. */
class Line {
  text = "";
  /** A space is owed before the next visible character. */
  #owed = false;
  #length = 0;
  #nodes = 0;
  readonly #rows: Rows;
  readonly #charsMax: number;
  readonly #nodesMax: number;
  readonly #skip: Skip | null;

  constructor(rows: Rows, charsMax: number, nodesMax: number, skip: Skip | null) {
    this.#rows = rows;
    this.#charsMax = charsMax;
    this.#nodesMax = nodesMax;
    this.#skip = skip;
  }

  children(row: number): void {
    const { numbers } = this.#rows;
    let child = numbers[row + FIRST] ?? 0;
    for (; child !== 0 && this.#nodes <= this.#nodesMax; child = numbers[child + NEXT] ?? 0)
      this.#node(child);
  }

  #node(row: number): void {
    if (this.#length > this.#charsMax || ++this.#nodes > this.#nodesMax) return;
    const rows = this.#rows;
    const name = rows.numbers[row + NAME];
    if (name === TEXT) {
      this.#add(row);
      return;
    }
    if (this.#skip === null ? hidesAt(rows, row) : this.#skip(rows.element(row))) return;
    const parting = name === BR || ((rows.numbers[row + KINDS] ?? 0) & BLOCK) !== 0;
    if (parting) this.#owed = true;
    this.children(row);
    if (parting) this.#owed = true;
  }

  #add(row: number): void {
    const rows = this.#rows;
    const bits = rows.numbers[row + BITS] ?? 0;
    if ((bits & BLANK) !== 0) {
      this.#length += rows.text(row).length;
      this.#owed = true;
      return;
    }
    const line = rows.inside(row, this.#charsMax);
    if (line !== null) {
      this.#length += rows.dataLength(row);
      this.#append(line, (bits & SPACE_BEFORE) !== 0, (bits & SPACE_BEHIND) !== 0);
      return;
    }
    const { data } = rows.text(row);
    this.#length += data.length;
    this.#append(
      collapse(data),
      isWhite(data.charCodeAt(0)),
      data === "" ? this.#owed : isWhite(data.charCodeAt(data.length - 1)),
    );
  }

  #append(text: string, isWhiteBefore: boolean, isWhiteBehind: boolean): void {
    if (text === "") {
      this.#owed ||= isWhiteBehind;
      return;
    }
    const apart = (this.#owed || isWhiteBefore) && this.text !== "";
    this.text += apart ? ` ${text}` : text;
    this.#owed = isWhiteBehind;
  }
}

keepShape(new Line(new Rows(), 0, 0, null));

/** What `collapse` takes for white space. */
function isWhite(unit: number): boolean {
  return unit <= 32
    ? unit === 32 || (unit >= 9 && unit <= 13)
    : unit >= 0xa0 && (unit === 0xa0 || isRareSpace(unit));
}

/** Raw character data below, whatever it is: for scripts, titles and time elements. */
export function rawText(element: Element): string {
  let text = "";
  for (let child = element.first; child !== null; child = child.next)
    text += child.kind === 3 ? child.data : rawText(child);
  return text;
}

/** At most `charsMax` UTF-16 units, never half a surrogate pair. */
export function cutAt(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const last = text.charCodeAt(charsMax - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? charsMax - 1 : charsMax);
}
