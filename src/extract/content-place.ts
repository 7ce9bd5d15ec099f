// Where on a page its content lies: what is named apart is set aside, the page's own marks are believed where they hold enough of its
// running text, and without marks the way goes down as long as one child holds the text.
import { ROLE } from "./attribute-marks.ts";
import { IS_APART, IS_BODY, IS_COMMENTS, IS_CONTENT, IS_NOTICE, itemprop, namingOf } from "./boilerplate.ts";
import { APART_TAG, LEAF } from "./element-kinds.ts";
import { attribute, closest, type Element, walk } from "./tree.ts";

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
/** Footers and asides as short as this are never a page's content. */
const FOOTER_CHARS = 500;
/** A banner that asks for consent is not longer. */
const NOTICE_CHARS = 1_500;
/** Marks looked at; a page with more has none that mean anything. */
const MARKS_MAX = 10_000;

/** What sets parts aside: the names and tags of elements, their tags alone, nothing. */
export type Strictness = "names" | "tags" | "none";

export class Place {
  readonly #body: Element;
  /** The bit that is put on what is set aside: that weighs nothing, and is no part of any content. */
  readonly #apart: number;
  readonly #strictness: Strictness;
  readonly #marked: { element: Element; trust: number }[] = [];
  readonly #totalMass: number;
  /** The page's first main or article element with text, and all that holds it. */
  readonly #main = new Set<Element>();
  /** Length of what the page declares as its text; 0 when it declares none. */
  readonly #declaredLength: number;

  /** Takes the mass of what is apart out of the elements' weights. */
  constructor(body: Element, strictness: Strictness, declaredLength: number, apart: number) {
    this.#body = body;
    this.#apart = apart;
    this.#strictness = strictness;
    this.#declaredLength = declaredLength;
    this.#totalMass = Math.max(1e-9, body.weight?.all ?? 0);
    const main = firstMain(body);
    for (let at = main; at !== null; at = at.parent) this.#main.add(at);
    this.#settle(body);
  }

  /** The page marks a part with text as its main one. */
  get hasMain(): boolean {
    return this.#main.size > 0;
  }

  /** The part where the content lies; several where the page marks several of the same article as its text. */
  roots(): Element[] {
    const quoted = this.#quoted();
    if (quoted !== null) return [quoted];
    const marked = this.#bestMarked();
    if (marked === null) return [this.#narrowed(this.#body)];
    const holder = closest(marked, isArticle);
    const mass = marked.weight?.mass ?? 0;
    const trust = this.#trust(marked);
    const parts = this.#marked.filter(
      (other) =>
        other.element !== marked &&
        trust >= 2.5 &&
        other.trust === trust &&
        closest(other.element, isArticle) === holder &&
        (other.element.weight?.mass ?? 0) > 0.15 * mass &&
        !this.#isBelowApart(other.element) &&
        closest(marked, (at) => at === other.element) === null &&
        closest(other.element, (at) => at === marked) === null,
    );
    if (parts.length === 0) return [this.#narrowed(marked)];
    const wanted = new Set([marked, ...parts.map((part) => part.element)]);
    return outermost(this.#body, wanted);
  }

  /** Where nearly all of what the page's JSON-LD repeats of its text stands, when it repeats enough of it. */
  #quoted(): Element | null {
    const all = this.#body.weight?.said ?? 0;
    if (this.#declaredLength < 400 || all < 0.6 * this.#declaredLength) return null;
    let at = this.#body;
    for (;;) {
      const next = at.children.find(
        (child): child is Element =>
          child.kind === 1 && (child.kinds & LEAF) === 0 && (child.weight?.said ?? 0) >= 0.9 * all,
      );
      if (next === undefined) return at;
      at = next;
    }
  }

  /** Down as long as one child holds the text; on a page with little running text, also most of all its characters. */
  #narrowed(start: Element): Element {
    let root = start;
    let marked = root !== this.#body;
    for (;;) {
      const mass = root.weight?.mass ?? 0;
      const next = this.#heaviest(root);
      if (next === null || (next.kinds & LEAF) !== 0) return root;
      marked ||= this.#trust(root) > 0;
      const share = (next.weight?.mass ?? 0) / Math.max(mass, 1e-9);
      if (share < (marked ? DOMINANT_MARKED : DOMINANT)) return root;
      if (mass < SCANT && next.chars < DOMINANT * (root.chars - this.#apartChars(root))) return root;
      root = next;
    }
  }

  /** Characters of the children that are set aside. */
  #apartChars(parent: Element): number {
    let chars = 0;
    for (let child = parent.first; child !== null; child = child.next)
      if (child.kind === 1 && (child.leftOut & this.#apart) !== 0) chars += child.chars;
    return chars;
  }

  #bestMarked(): Element | null {
    const mass = this.#body.weight?.mass ?? 0;
    let best: Element | null = null;
    let most = 0;
    for (const { element, trust } of this.#marked) {
      const weight = element.weight;
      const share = trust >= TRUSTED ? MARKED_SHARE / 2 : MARKED_SHARE;
      if (weight === null || weight.mass < share * mass || this.#isBelowApart(element)) continue;
      // A page of links and labels has no running text at all; its characters must decide.
      const amount = weight.mass + element.chars / 1_000;
      const value = trust * Math.sqrt(amount) * (weight.said > 0 ? 1.6 : 1);
      if (value > most) {
        most = value;
        best = element;
      }
    }
    return best;
  }

  #isBelowApart(element: Element): boolean {
    for (let at: Element | null = element; at !== null; at = at.parent)
      if ((at.leftOut & this.#apart) !== 0) return true;
    return false;
  }

  /** How far the page itself says that this is its article: 0 = not at all. */
  #trust(element: Element): number {
    const { name } = element;
    if (element.attributeCount === 0 && name !== "article" && name !== "main") return 0;
    if (itemprop(element, "articleBody") || itemprop(element, "reviewBody")) return 4;
    if (this.#strictness === "names" && (namingOf(element) & IS_BODY) !== 0) return 2.5;
    const holds = element.weight?.holdsMain === true;
    if (name === "article") return holds ? 3.2 : 1.4;
    if (name === "main" || hasMainRole(element)) return 1.6;
    return 0;
  }

  #heaviest(parent: Element): Element | null {
    let best: Element | null = null;
    let most = 0;
    for (let child = parent.first; child !== null; child = child.next) {
      if (child.kind !== 1) continue;
      const mass = child.weight?.mass ?? 0;
      if (mass > most) {
        most = mass;
        best = child;
      }
    }
    return best;
  }

  /** Takes the mass of what is apart out of all that holds it. */
  #settle(element: Element): number {
    let mass = element.weight?.own ?? 0;
    for (let child = element.first; child !== null; child = child.next) {
      if (child.kind !== 1 || child.chars === 0) continue;
      this.#mark(child);
      if (this.#isApart(child)) this.#setAside(child);
      else mass += this.#settle(child);
    }
    const weight = element.weight;
    if (weight !== null) weight.mass = mass;
    return mass;
  }

  #setAside(element: Element): void {
    element.leftOut |= this.#apart;
    const weight = element.weight;
    if (weight !== null) weight.mass = 0;
  }

  #isApart(element: Element): boolean {
    if (this.#strictness === "none" || element.chars === 0) return false;
    const { name } = element;
    const naming = namingOf(element);
    if ((naming & IS_NOTICE) !== 0 && element.chars < NOTICE_CHARS && !this.#main.has(element))
      return element.weight?.holdsMain !== true;
    const byTag = (element.kinds & APART_TAG) !== 0;
    if (!byTag && (this.#strictness !== "names" || (naming & IS_APART) === 0)) return false;
    if (name === "nav" || name === "button" || name === "select") return true;
    // What holds the headline, or most of the page's running text, is its content, whatever it is called.
    const weight = element.weight;
    if (weight === null) return true;
    if (weight.holdsMain && weight.all > 0.1 * this.#totalMass) return false;
    if (this.#main.has(element)) return false;
    // Beside a main part no footer or notice is content, however short that part is.
    if (byTag && (this.#main.size > 0 || element.chars < FOOTER_CHARS)) return true;
    // Where a name says both ("entry-content-read-more"), less of the text is enough to take it for content.
    return (
      (naming & IS_COMMENTS) !== 0 ||
      weight.all < ((naming & IS_CONTENT) !== 0 ? 0.35 : 0.6) * this.#totalMass
    );
  }

  #mark(element: Element): void {
    if (this.#marked.length >= MARKS_MAX || (element.kinds & LEAF) !== 0) return;
    const trust = this.#trust(element);
    if (trust > 0) this.#marked.push({ element, trust });
  }
}

function isMain(element: Element): boolean {
  return element.name === "main" || element.name === "article" || hasMainRole(element);
}

/** The first with text below, or null. */
function firstMain(parent: Element): Element | null {
  for (let child = parent.first; child !== null; child = child.next) {
    if (child.kind !== 1 || child.chars === 0) continue;
    if (isMain(child)) return child;
    const below = firstMain(child);
    if (below !== null) return below;
  }
  return null;
}

function hasMainRole(element: Element): boolean {
  return (element.marks & ROLE) !== 0 && attribute(element, "role") === "main";
}

function isArticle(element: Element): boolean {
  return element.name === "article";
}

/** Of these elements those in no other of them, in document order. */
function outermost(below: Element, wanted: ReadonlySet<Element>): Element[] {
  const found: Element[] = [];
  walk(below, (element) => {
    if (!wanted.has(element)) return true;
    found.push(element);
    return false;
  });
  return found;
}
