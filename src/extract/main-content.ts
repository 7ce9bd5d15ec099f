// Which part of a page is its content. A cascade by evidence: what is named apart goes; the mass of running text says where the content
// lies; the page's own marks (articleBody, article, main) and its JSON-LD decide close calls; inside, blocks of links and of cues go.
// Deterministic, and linear in the tree.
import { isCue, isDateLine, isElsewhere, itemprop, type Naming, namer } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import type { Tree } from "./parse.ts";
import { attribute, closest, type Element, type Node, walk } from "./tree.ts";
import { isHidden, textOf } from "./visible-text.ts";

export interface Content {
  /** Parts of the content in document order, none inside another. */
  readonly roots: readonly Element[];
  /** True for what is left out below the roots. */
  readonly skip: (element: Element) => boolean;
  /** The heading that only repeats the page's title, where there is one: part of the document, not of its text. */
  readonly titleHeading: Element | null;
}

export interface ContentHints {
  readonly title: string | null;
  /** Texts by which the page says what it is about: JSON-LD articleBody, description. */
  readonly saying: readonly (string | null)[];
}

export function wholeBody(tree: Tree): Content {
  return { roots: [tree.body], skip: isHidden, titleHeading: null };
}

/** Text of the first paragraph element of the content; what a page without a description can be described by. */
export function firstParagraph(content: Content): string | null {
  const visit = (element: Element): string | null => {
    for (const child of element.children) {
      if (child.kind !== 1 || content.skip(child)) continue;
      const text = child.name === "p" ? textOf(child, DESCRIPTION_CHARS_MAX) : (visit(child) ?? "");
      if (text !== "") return text;
    }
    return null;
  };
  for (const root of content.roots) {
    const text = visit(root);
    if (text !== null) return text;
  }
  return null;
}

const DESCRIPTION_CHARS_MAX = 1_000;

/** A child holding this share of its parent's mass is where the content lies. */
const DOMINANT = 0.72;
/** Inside what the page itself marks as its article a step further down needs all but all of the text. */
const DOMINANT_MARKED = 0.93;
/** A marked part is believed when it holds this share of the page's mass. */
const MARKED_SHARE = 0.2;
/** A short line of cue text is made of few nodes. */
const CUE_NODES_MAX = 100;
const SAYING_CHARS_MIN = 40;
const SAYING_CHARS_MAX = 30_000;
/** Content of fewer characters is too thin to be it; the next looser way is tried. */
const THIN = 200;

export function mainContent(tree: Tree, hints: ContentHints): Content {
  const { body } = tree;
  const saying = hints.saying
    .flatMap((text) => (text === null ? [] : [folded(text.slice(0, SAYING_CHARS_MAX))]))
    .filter((text) => text.length >= SAYING_CHARS_MIN);
  let best: Content | null = null;
  let bestLength = -1;
  for (const strictness of ["names", "tags", "none"] as const) {
    const weigher = new Weigher(body, strictness, saying);
    const roots = weigher.roots();
    const dropped = strictness === "none" ? new Set<Element>() : weigher.prune(roots);
    const skip = (element: Element): boolean => dropped.has(element) || isHidden(element);
    const length = roots.reduce((sum, root) => sum + keptLength(root, skip), 0);
    if (length > bestLength * 2 || best === null) {
      best = { roots, skip, titleHeading: null };
      bestLength = length;
    }
    if (bestLength >= THIN) break;
  }
  const content = best ?? wholeBody(tree);
  const [root] = content.roots;
  const titleHeading =
    hints.title === null || root === undefined ? null : headingOf(root, hints.title, content.skip);
  return { ...content, titleHeading };
}

/** Characters kept below the root, as the survey counted them. */
function keptLength(root: Element, skip: (element: Element) => boolean): number {
  let length = root.chars;
  for (const child of root.children) {
    if (child.kind !== 1 || child.chars === 0) continue;
    length -= skip(child) ? child.chars : child.chars - keptLength(child, skip);
  }
  return length;
}

type Strictness = "names" | "tags" | "none";

const APART_TAGS = new Set(["nav", "aside", "button", "select", "textarea", "dialog", "menu", "footer"]);

/** What is measured of an element beside the survey's counts. */
interface Weight {
  /** Score of the running text that is its own, not of a block inside: long sentences count, links and fragments do not. */
  readonly own: number;
  /** The same with all that is below; then the same less what is apart. */
  all: number;
  mass: number;
  /** Blocks of running text below. */
  paragraphs: number;
  /** Holds the page's headline, main element or declared body. */
  readonly holdsMain: boolean;
  /** Characters of own text, and of all text below, that the page's own sayings hold. */
  readonly ownSaid: number;
  readonly said: number;
}

class Weigher {
  readonly #body: Element;
  readonly #strictness: Strictness;
  readonly #naming: (element: Element) => Naming;
  readonly #weights = new Map<Element, Weight>();
  readonly #apart = new Set<Element>();
  readonly #marked: { element: Element; trust: number }[] = [];
  readonly #totalMass: number;
  readonly #saying: readonly string[];
  readonly #sayingLength: number;

  constructor(body: Element, strictness: Strictness, saying: readonly string[]) {
    this.#body = body;
    this.#saying = saying;
    this.#sayingLength = Math.max(0, ...saying.map((text) => text.length));
    this.#strictness = strictness;
    this.#naming = namer();
    this.#totalMass = Math.max(1e-9, this.#weigh(body).all);
    this.#settle(body);
  }

  /** The part where the content lies; several where the page marks several of the same article as its text. */
  roots(): Element[] {
    const quoted = this.#quoted();
    if (quoted !== null) return [quoted];
    const marked = this.#bestMarked();
    if (marked === null) return [this.#narrowed(this.#body)];
    const holder = closest(marked, isArticle);
    const mass = this.#weights.get(marked)?.mass ?? 0;
    const trust = this.#trust(marked);
    const parts = this.#marked.filter(
      (other) =>
        other.element !== marked &&
        trust >= 2.5 &&
        other.trust === trust &&
        closest(other.element, isArticle) === holder &&
        (this.#weights.get(other.element)?.mass ?? 0) > 0.15 * mass &&
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
    const all = this.#weights.get(this.#body)?.said ?? 0;
    if (this.#sayingLength < 400 || all < 0.6 * this.#sayingLength) return null;
    let at = this.#body;
    for (;;) {
      const next = at.children.find(
        (child): child is Element =>
          child.kind === 1 && !LEAVES.has(child.name) && (this.#weights.get(child)?.said ?? 0) >= 0.9 * all,
      );
      if (next === undefined) return at;
      at = next;
    }
  }

  /** Down as long as one child holds the text. */
  #narrowed(start: Element): Element {
    let root = start;
    let marked = root !== this.#body;
    for (;;) {
      const mass = this.#weights.get(root)?.mass ?? 0;
      const next = this.#heaviest(root);
      if (next === null || LEAVES.has(next.name)) return root;
      marked ||= this.#trust(root) > 0;
      const share = (this.#weights.get(next)?.mass ?? 0) / Math.max(mass, 1e-9);
      if (share < (marked ? DOMINANT_MARKED : DOMINANT)) return root;
      root = next;
    }
  }

  #bestMarked(): Element | null {
    const mass = this.#weights.get(this.#body)?.mass ?? 0;
    let best: Element | null = null;
    let most = 0;
    for (const { element, trust } of this.#marked) {
      const weight = this.#weights.get(element);
      if (weight === undefined || weight.mass < MARKED_SHARE * mass || this.#isBelowApart(element)) continue;
      const value = trust * Math.sqrt(weight.mass) * (weight.said > 0 ? 1.6 : 1);
      if (value > most) {
        most = value;
        best = element;
      }
    }
    return best;
  }

  #isBelowApart(element: Element): boolean {
    for (let at: Element | null = element; at !== null; at = at.parent) if (this.#apart.has(at)) return true;
    return false;
  }

  /** How far the page itself says that this is its article: 0 = not at all. */
  #trust(element: Element): number {
    if (itemprop(element, "articleBody") || itemprop(element, "reviewBody")) return 4;
    if (this.#strictness === "names" && this.#naming(element).body) return 2.5;
    const holds = this.#weights.get(element)?.holdsMain === true;
    if (element.name === "article") return holds ? 3.2 : 1.4;
    if (element.name === "main" || attribute(element, "role") === "main") return 1.6;
    return 0;
  }

  #heaviest(parent: Element): Element | null {
    let best: Element | null = null;
    let most = 0;
    for (const child of parent.children) {
      if (child.kind !== 1) continue;
      const mass = this.#weights.get(child)?.mass ?? 0;
      if (mass > most) {
        most = mass;
        best = child;
      }
    }
    return best;
  }

  /** From the leaves up: own text, all text, and whether the page's headline is inside. */
  #weigh(element: Element): Weight {
    let length = 0;
    let linked = 0;
    let sentences = 0;
    let all = 0;
    let paragraphs = 0;
    let holdsMain = false;
    let said = 0;
    const ownText: string[] = [];
    const add = (node: Node, inLink: boolean): void => {
      if (node.kind === 3) {
        const characters = collapsedLength(node.data);
        length += characters;
        if (this.#saying.length > 0) ownText.push(node.data);
        if (inLink) linked += characters;
        else sentences += commas(node.data);
        return;
      }
      if (isHidden(node)) return;
      if (!BLOCK.has(node.name)) {
        for (const child of node.children) add(child, inLink || node.name === "a");
        return;
      }
      const below = this.#weigh(node);
      all += below.all;
      paragraphs += below.paragraphs;
      said += below.said;
      holdsMain ||= below.holdsMain;
    };
    for (const child of element.children) add(child, element.name === "a");
    let own = 0;
    if (length >= 25) {
      const density = linked / length;
      own = (1 + sentences + Math.min(length / 100, 4)) * (1 - density) * factor(element);
      if (length >= 60 && density < 0.4) paragraphs++;
    }
    holdsMain ||=
      element.name === "main" ||
      element.name === "h1" ||
      itemprop(element, "articleBody") ||
      attribute(element, "role") === "main";
    const ownSaid = length >= SAYING_CHARS_MIN && this.#isSaid(ownText.join("")) ? length : 0;
    said += ownSaid;
    const weight: Weight = { own, all: own + all, mass: own + all, paragraphs, holdsMain, ownSaid, said };
    this.#weights.set(element, weight);
    if (element !== this.#body && !LEAVES.has(element.name)) {
      const trust = this.#trust(element);
      if (trust > 0) this.#marked.push({ element, trust });
    }
    return weight;
  }

  /** The text stands in one of the page's sayings, or one of them begins it. */
  #isSaid(text: string): boolean {
    if (this.#saying.length === 0 || text.length > 20_000) return false;
    const own = folded(text);
    return (
      own.length >= SAYING_CHARS_MIN &&
      this.#saying.some((saying) => saying.includes(own) || own.startsWith(saying.slice(0, 60)))
    );
  }

  /** Takes the mass of what is apart out of all that holds it. */
  #settle(element: Element): number {
    let mass = this.#weights.get(element)?.own ?? 0;
    for (const child of element.children) {
      if (child.kind !== 1) continue;
      if (this.#isApart(child)) this.#apart.add(child);
      else mass += this.#settle(child);
    }
    const weight = this.#weights.get(element);
    if (weight !== undefined) weight.mass = mass;
    return mass;
  }

  #isApart(element: Element): boolean {
    if (this.#strictness === "none" || element.chars === 0) return false;
    const { name } = element;
    const byTag = APART_TAGS.has(name);
    if (!byTag && (this.#strictness !== "names" || !this.#naming(element).apart)) return false;
    if (name === "nav" || name === "button" || name === "select") return true;
    // What holds the headline, or most of the page's running text, is its content, whatever it is called.
    const weight = this.#weights.get(element);
    if (weight === undefined) return true;
    if (weight.holdsMain && weight.all > 0.1 * this.#totalMass) return false;
    return weight.all < 0.6 * this.#totalMass || this.#naming(element).comments;
  }

  /** What is left out below the root. */
  prune(roots: readonly Element[]): Set<Element> {
    const dropped = new Set(this.#apart);
    for (const root of roots) this.#prune(root, root, dropped);
    return dropped;
  }

  #prune(element: Element, root: Element, dropped: Set<Element>): void {
    const rootMass = this.#weights.get(root)?.mass ?? 0;
    /** Level of the heading under which what stands is no part of the content; 0 = none. */
    let elsewhere = 0;
    for (const [at, child] of element.children.entries()) {
      if (child.kind !== 1 || dropped.has(child)) continue;
      const level = HEADINGS.has(child.name) ? Number(child.name.slice(1)) : 0;
      if (level > 0 && elsewhere >= level) elsewhere = 0;
      if (elsewhere === 0 && at > 0 && this.#pointsElsewhere(child)) {
        dropped.add(child);
        if (level > 0) elsewhere = level;
        else if (this.#massAfter(element, at) < 0.05 * rootMass) elsewhere = 6;
        continue;
      }
      if (elsewhere > 0 && (this.#weights.get(child)?.mass ?? 0) < 0.3 * rootMass) {
        dropped.add(child);
        continue;
      }
      if (this.#drops(child, root)) {
        dropped.add(child);
        continue;
      }
      this.#prune(child, root, dropped);
    }
  }

  /** "Related stories", "Comments (12)": what follows belongs to other pages or people. */
  #pointsElsewhere(element: Element): boolean {
    if (element.chars === 0 || element.chars >= 80 || !BLOCK.has(element.name)) return false;
    return (
      (this.#weights.get(element)?.paragraphs ?? 0) === 0 && isElsewhere(textOf(element, 200, CUE_NODES_MAX))
    );
  }

  #massAfter(parent: Element, at: number): number {
    let mass = 0;
    for (const child of parent.children.slice(at + 1))
      if (child.kind === 1) mass += this.#weights.get(child)?.mass ?? 0;
    return mass;
  }

  #drops(element: Element, root: Element): boolean {
    const { name, chars, linkChars } = element;
    const isBlock = BLOCK.has(name);
    if (chars === 0) return false;
    if (attribute(element, "aria-hidden")?.toLowerCase() === "true" && chars < 0.3 * root.chars) return true;
    if (!isBlock && name !== "span" && name !== "a") return false;
    const density = linkChars / chars;
    const weight = this.#weights.get(element);
    if ((weight?.ownSaid ?? 0) > 0) return false;
    const share = chars / Math.max(1, root.chars);
    const naming = this.#naming(element);
    const isText = HEADINGS.has(name) || name === "p";
    if (
      naming.beside &&
      !naming.content &&
      share < 0.3 &&
      isBlock &&
      !isText &&
      (chars < 200 || density > 0.4)
    )
      return true;
    if (name === "form" && share < 0.5) return true;
    if (
      chars < 160 &&
      !HEADINGS.has(name) &&
      (isBlock || name === "a") &&
      isCue(textOf(element, 200, CUE_NODES_MAX))
    )
      return true;
    if (chars < 120 && isBlock && !HEADINGS.has(name) && isDateLine(textOf(element, 200, CUE_NODES_MAX)))
      return true;
    if (
      name === "p" &&
      density > 0.95 &&
      chars > 25 &&
      (this.#weights.get(root)?.paragraphs ?? 0) >= 6 &&
      share < 0.05
    )
      return true;
    if (LISTING.has(name) && (weight?.paragraphs ?? 0) === 0) {
      if (density > (name === "ul" || name === "ol" ? 0.75 : 0.6) && share < 0.5) return true;
      if (density > 0.45 && chars < 300 && name !== "div") return true;
    }
    return name === "table" && density > 0.8 && share < 0.3;
  }
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

/** The text's own blocks: content is never narrowed down to one of them. */
const LEAVES = new Set([
  "p",
  "blockquote",
  "li",
  "pre",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "dd",
  "dt",
  "tr",
  "tbody",
  "table",
]);
const LISTING = new Set(["ul", "ol", "div", "section", "header", "dl"]);

function factor(element: Element): number {
  switch (element.name) {
    case "p":
    case "pre":
    case "blockquote":
      return 1;
    case "li":
    case "dd":
    case "dt":
      return 0.4;
    case "td":
      return 0.7;
    default:
      return HEADINGS.has(element.name) ? 0.2 : 0.8;
  }
}

/** Length with white space runs as one. */
function collapsedLength(text: string): number {
  let length = 0;
  let space = true;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0) {
      if (!space) length++;
      space = true;
    } else {
      space = false;
      length++;
    }
  }
  return length;
}

function commas(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 44 || unit === 0x3001 || unit === 0xff0c || unit === 0x060c || unit === 0x3002) count++;
    else if (unit === 46 && !(text.charCodeAt(at + 1) > 32)) count++;
  }
  return count;
}

/** The first heading of the content, when it says what the title says. */
function headingOf(root: Element, title: string, skip: (element: Element) => boolean): Element | null {
  const wanted = folded(title);
  let found: Element | null = null;
  const visit = (element: Element): boolean => {
    for (const child of element.children) {
      if (child.kind !== 1 || skip(child)) continue;
      if (child.name === "h1" || child.name === "h2") {
        const text = folded(textOf(child, 1_000, 1_000));
        if (
          text !== "" &&
          (text === wanted || (text.length > 10 && (wanted.startsWith(text) || text.startsWith(wanted))))
        )
          found = child;
        return true;
      }
      if (visit(child)) return true;
    }
    return false;
  };
  visit(root);
  return found;
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
