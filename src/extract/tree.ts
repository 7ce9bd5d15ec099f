// The light tree a page is parsed into: elements with flat attribute lists, and text. Knows nothing of parsing or of meaning.

import { kindsOf } from "./element-kinds.ts";
import { isBlank } from "./raw-text.ts";

export type Node = Element | Text;

export class Text {
  readonly kind = 3;
  data: string;
  /** Nothing but white space, no-break spaces included: most texts of a page part its tags. */
  blank: boolean;
  /** Filled by `measure` where the text is shown: twice its length in letters, and how many commas and full stops it has. */
  letters = 0;
  sentences = 0;

  constructor(data: string, blank = isBlank(data, 0, data.length)) {
    this.data = data;
    this.blank = blank;
  }

  append(data: string, blank = isBlank(data, 0, data.length)): void {
    this.data += data;
    this.blank &&= blank;
  }
}

/** What is measured of an element beside the survey's counts. */
export interface Weight {
  /** Score of the running text that is its own, not of a block inside: long sentences count, links and fragments do not. */
  readonly own: number;
  /** The same with all that is below; then the same less what is apart. */
  readonly all: number;
  mass: number;
  /** Blocks of running text below. */
  readonly paragraphs: number;
  /** Holds the page's headline, main element or declared body. */
  readonly holdsMain: boolean;
  /** Characters of own text, and of all text below, that the page's own sayings hold. */
  readonly ownSaid: number;
  readonly said: number;
}

export class Element {
  readonly kind = 1;
  /** Lower-case tag name; foreign elements too. */
  readonly name: string;
  /** Bits of element-kinds.ts. */
  readonly kinds: number;
  /** Flat list: name, value, name, value … First occurrence of a name wins. */
  readonly attributes: readonly string[];
  /** Whether it shows nothing of what it holds, once someone asked (see isHidden). */
  hidden: boolean | null = null;
  /** In SVG or MathML. */
  readonly foreign: boolean;
  parent: Element | null = null;
  children: Node[] = [];
  /** Filled by `measure`: characters of visible text below, and those inside links. */
  chars = 0;
  linkChars = 0;
  /** Filled by `measure`: commas and full stops in text below, of any script. */
  commas = 0;
  /** Filled by `weigh`, for what is shown. */
  weight: Weight | null = null;
  /** Bits of boilerplate.ts, once someone asked what it is called; -1 before. */
  naming = -1;
  /** What main-content.ts leaves out, a bit for each way it tries. */
  leftOut = 0;
  /** What containers say of the links inside, once someone asked (see links.ts); -1 before. */
  linkRole = -1;

  constructor(name: string, attributes: readonly string[], foreign: boolean, kinds = kindsOf(name)) {
    this.name = name;
    this.kinds = kinds;
    this.attributes = attributes;
    this.foreign = foreign;
  }

  append(child: Node): void {
    if (child.kind === 1) child.parent = this;
    this.children.push(child);
  }
}

export interface Tree {
  /** Bears the attributes of the first html tag; its children are head and body. */
  readonly html: Element;
  readonly head: Element;
  readonly body: Element;
  /** The node limit cut the page. */
  readonly cut: boolean;
}

/** Adds to a flat list those attributes of another that it does not have. */
export function addMissing(into: string[], from: readonly string[]): void {
  for (let at = 0; at < from.length; at += 2) {
    const name = from[at] ?? "";
    if (!into.some((value, index) => index % 2 === 0 && value === name)) into.push(name, from[at + 1] ?? "");
  }
}

/** Value of an attribute, or null. */
export function attribute(element: Element, name: string): string | null {
  const list = element.attributes;
  for (let at = 0; at < list.length; at += 2) if (list[at] === name) return list[at + 1] ?? "";
  return null;
}

/** Whether the attribute (rel, class …) holds the token, ASCII case ignored. */
export function hasToken(element: Element, name: string, token: string): boolean {
  const value = attribute(element, name);
  return value !== null && tokens(value).includes(token);
}

const NO_TOKENS: readonly string[] = [];

/** Lower-case tokens of a space-separated attribute value. */
export function tokens(value: string): readonly string[] {
  if (value === "") return NO_TOKENS;
  return value
    .toLowerCase()
    .split(/[ \t\n\f\r]+/)
    .filter((token) => token !== "");
}

/** Element children only. */
export function elements(parent: Element): Element[] {
  return parent.children.filter((child) => child.kind === 1);
}

/** First descendant (in document order) that passes, or null. Depth is bounded by the parser. */
export function find(parent: Element, passes: (element: Element) => boolean): Element | null {
  for (const child of parent.children) {
    if (child.kind !== 1) continue;
    if (passes(child)) return child;
    const below = find(child, passes);
    if (below !== null) return below;
  }
  return null;
}

/** Calls `visit` for every descendant element in document order; `visit` returns false to skip what is below. */
export function walk(parent: Element, visit: (element: Element) => boolean | undefined): void {
  for (const child of parent.children) {
    if (child.kind === 1 && visit(child) !== false) walk(child, visit);
  }
}

/** Nearest ancestor (or the element itself) that passes, or null. */
export function closest(element: Element, passes: (element: Element) => boolean): Element | null {
  for (let at: Element | null = element; at !== null; at = at.parent) if (passes(at)) return at;
  return null;
}
