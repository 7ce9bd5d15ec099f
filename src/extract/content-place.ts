// Where on a page its content lies: what is named apart is set aside, the page's own marks are believed where they hold enough of its
// running text, and without marks the way goes down as long as one child holds the text.

import { hasItemprop, hasMainRole, IS_BODY, namingAt } from "./boilerplate.ts";
import { LEAF } from "./element-kinds.ts";
import { keepShape } from "./kept-shape.ts";
import { numberOf } from "./names.ts";
import { CHARS, COUNT, FIRST, KINDS, LEFT_OUT, NAME, NEXT, PARENT, TEXT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import type { JudgedRows, Strictness } from "./scanner/scanner.ts";
import { type Element, walk } from "./tree.ts";
import { Weights } from "./weights.ts";

const ARTICLE = numberOf("article");
const MAIN = numberOf("main");

/** A child holding this share of its parent's mass is where the content lies. */
const DOMINANT = 0.72;
/** Inside what the page itself marks as its article a step further down needs all but all of the text. */
const DOMINANT_MARKED = 0.93;
/** A marked part is believed when it holds this share of the page's mass. */
const MARKED_SHARE = 0.2;
/** From this trust on (an article with the headline, a declared body) half that share is enough. */
const TRUSTED = 3;
/** Less mass than some two paragraphs have: too little to tell where the content lies by it alone. */
const SCANT = 8;
/** Marks looked at; a page with more has none that mean anything. */
const MARKS_MAX = 10_000;

export class Place implements JudgedRows {
  readonly #rows: Rows;
  readonly #numbers: Int32Array;
  readonly #body: Element;
  readonly #weights: Weights;
  /** The bit that is put on what is set aside: that weighs nothing, and is no part of any content. */
  readonly #apart: number;
  readonly #strictness: Strictness;
  /** By their rows. */
  readonly #marked: { row: number; trust: number }[] = [];
  /** Length of what the page declares as its text; 0 when it declares none. */
  readonly #declaredLength: number;

  /** Takes the mass of what is apart out of the elements' weights. */
  constructor(
    body: Element,
    weights: Weights,
    strictness: Strictness,
    declaredLength: number,
    apart: number,
  ) {
    this.#body = body;
    this.#rows = body.rows;
    this.#numbers = body.rows.numbers;
    this.#weights = weights;
    this.#apart = apart;
    this.#strictness = strictness;
    this.#declaredLength = declaredLength;
    this.#rows.scanner?.setApart(body.row, strictness, apart, this);
  }

  /** The page marks a part with text as its main one. */
  get hasMain(): boolean {
    return this.#weights.main !== 0;
  }

  /** The part where the content lies; several where the page marks several of the same article as its text. */
  roots(): Element[] {
    const weights = this.#weights;
    const quoted = this.#quoted();
    if (quoted !== 0) return [this.#rows.element(quoted)];
    const marked = this.#bestMarked();
    if (marked === 0) return [this.#rows.element(this.#narrowed(this.#body.row))];
    const holder = this.#articleOf(marked);
    const mass = weights.mass(marked);
    const trust = this.#trust(marked);
    const parts = this.#marked.filter(
      (other) =>
        other.row !== marked &&
        trust >= 2.5 &&
        other.trust === trust &&
        this.#articleOf(other.row) === holder &&
        weights.mass(other.row) > 0.15 * mass &&
        !this.#isBelowApart(other.row) &&
        !this.#isIn(marked, other.row) &&
        !this.#isIn(other.row, marked),
    );
    if (parts.length === 0) return [this.#rows.element(this.#narrowed(marked))];
    return outermost(this.#body, new Set([marked, ...parts.map(({ row }) => row)]));
  }

  /** The nearest article that holds it, or that it is; 0 where there is none. */
  #articleOf(row: number): number {
    let at = row;
    while (at !== 0 && this.#numbers[at + NAME] !== ARTICLE) at = this.#numbers[at + PARENT] ?? 0;
    return at;
  }

  /** It is the other one or stands below it. */
  #isIn(row: number, other: number): boolean {
    let at = row;
    while (at !== 0 && at !== other) at = this.#numbers[at + PARENT] ?? 0;
    return at !== 0;
  }

  /** Where nearly all of what the page's JSON-LD repeats of its text stands, when it repeats enough of it; else 0. */
  #quoted(): number {
    const all = this.#weights.said(this.#body.row);
    if (this.#declaredLength < 400 || all < 0.6 * this.#declaredLength) return 0;
    let at = this.#body.row;
    for (;;) {
      let next = this.#firstElement(at);
      while (next !== 0 && (this.#isLeaf(next) || this.#weights.said(next) < 0.9 * all))
        next = this.#nextElement(next);
      if (next === 0) return at;
      at = next;
    }
  }

  #firstElement(parent: number): number {
    const first = this.#numbers[parent + FIRST] ?? 0;
    return first !== 0 && this.#numbers[first] === TEXT ? this.#nextElement(first) : first;
  }

  #nextElement(node: number): number {
    const numbers = this.#numbers;
    let next = numbers[node + NEXT] ?? 0;
    while (next !== 0 && numbers[next] === TEXT) next = numbers[next + NEXT] ?? 0;
    return next;
  }

  #isLeaf(row: number): boolean {
    return ((this.#numbers[row + KINDS] ?? 0) & LEAF) !== 0;
  }

  #chars(row: number): number {
    return this.#numbers[row + CHARS] ?? 0;
  }

  /** Down as long as one child holds the text; on a page with little running text, also most of all its characters. */
  #narrowed(start: number): number {
    let root = start;
    let marked = root !== this.#body.row;
    for (;;) {
      const mass = this.#weights.mass(root);
      const next = this.#heaviest(root);
      if (next === 0 || this.#isLeaf(next)) return root;
      marked ||= this.#trust(root) > 0;
      const share = this.#weights.mass(next) / Math.max(mass, 1e-9);
      if (share < (marked ? DOMINANT_MARKED : DOMINANT)) return root;
      if (mass < SCANT && this.#chars(next) < DOMINANT * (this.#chars(root) - this.#apartChars(root)))
        return root;
      root = next;
    }
  }

  #isSetAside(row: number): boolean {
    return ((this.#numbers[row + LEFT_OUT] ?? 0) & this.#apart) !== 0;
  }

  /** Characters of the children that are set aside. */
  #apartChars(parent: number): number {
    let chars = 0;
    for (let child = this.#firstElement(parent); child !== 0; child = this.#nextElement(child))
      if (this.#isSetAside(child)) chars += this.#chars(child);
    return chars;
  }

  #bestMarked(): number {
    const weights = this.#weights;
    const mass = weights.mass(this.#body.row);
    let best = 0;
    let most = 0;
    for (const { row, trust } of this.#marked) {
      const share = trust >= TRUSTED ? MARKED_SHARE / 2 : MARKED_SHARE;
      const own = weights.mass(row);
      if (!weights.has(row) || own < share * mass || this.#isBelowApart(row)) continue;
      // A page of links and labels has no running text at all; its characters must decide.
      const amount = own + this.#chars(row) / 1_000;
      const value = trust * Math.sqrt(amount) * (weights.said(row) > 0 ? 1.6 : 1);
      if (value > most) {
        most = value;
        best = row;
      }
    }
    return best;
  }

  #isBelowApart(row: number): boolean {
    for (let at = row; at !== 0; at = this.#numbers[at + PARENT] ?? 0) if (this.#isSetAside(at)) return true;
    return false;
  }

  /** How far the page itself says that this is its article: 0 = not at all. */
  #trust(row: number): number {
    const name = this.#numbers[row + NAME];
    if (this.#numbers[row + COUNT] === 0 && name !== ARTICLE && name !== MAIN) return 0;
    const rows = this.#rows;
    if (hasItemprop(rows, row, "articleBody") || hasItemprop(rows, row, "reviewBody")) return 4;
    if (this.#strictness === "names" && (namingAt(rows, row) & IS_BODY) !== 0) return 2.5;
    if (name === ARTICLE) return this.#weights.holdsMain(row) ? 3.2 : 1.4;
    return name === MAIN || hasMainRole(rows, row) ? 1.6 : 0;
  }

  #heaviest(parent: number): number {
    let best = 0;
    let most = 0;
    for (let child = this.#firstElement(parent); child !== 0; child = this.#nextElement(child)) {
      const mass = this.#weights.mass(child);
      if (mass > most) {
        most = mass;
        best = child;
      }
    }
    return best;
  }

  naming(row: number): number {
    return namingAt(this.#rows, row);
  }

  mark(row: number): void {
    if (this.#marked.length >= MARKS_MAX) return;
    const trust = this.#trust(row);
    if (trust > 0) this.#marked.push({ row, trust });
  }
}

/** Of these elements, told by their rows, those in no other of them, in document order. */
function outermost(below: Element, wanted: ReadonlySet<number>): Element[] {
  const found: Element[] = [];
  walk(below, (element) => {
    if (!wanted.has(element.row)) return true;
    found.push(element);
    return false;
  });
  return found;
}

const nothing = new Rows().made("body");
keepShape(new Place(nothing, new Weights(nothing.rows.numbers, new Float64Array(1), 0), "none", 0, 0));
