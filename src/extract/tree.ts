// The light tree a page is parsed into: elements with their attributes, and text; both read from the page where someone asks for them.
// Knows nothing of parsing or of meaning.

import { Attributes } from "./attributes.ts";
import { kindsOf } from "./element-kinds.ts";
import type { Spelling } from "./spelling.ts";
import { Text } from "./text-node.ts";

export { Text };

export type Node = Element | Text;

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

const NO_ATTRIBUTES = new Attributes(null, 0);

export class Element {
  readonly kind = 1;
  /** Lower-case tag name; foreign elements too. */
  name: string;
  /** Bits of element-kinds.ts. */
  kinds: number;
  /** Which attributes it bears: bits of attributes.ts. */
  marks: number;
  /** The records of what stands in class and id; null where it bears none, or none that has a record. */
  className: Spelling | null = null;
  id: Spelling | null = null;
  /** Whether it shows nothing of what it holds, once someone asked (see isHidden). */
  hidden: boolean | null = null;
  /** In SVG or MathML. */
  foreign: boolean;
  parent: Element | null = null;
  /** Its children: each leads to the `next`. */
  first: Node | null = null;
  last: Node | null = null;
  /** The sibling behind it. */
  next: Node | null = null;
  /** Filled by `measure`: characters of visible text below, and those inside links. */
  chars = 0;
  linkChars = 0;
  /** Filled by `weigh`, for what is shown. */
  weight: Weight | null = null;
  /** Bits of boilerplate.ts, once someone asked what it is called; -1 before. */
  naming = -1;
  /** What main-content.ts leaves out, a bit for each way it tries. */
  leftOut = 0;
  /** What containers say of the links inside, once someone asked (see links.ts); -1 before. */
  linkRole = -1;

  /** Holds its attributes, from `#first` on. */
  #attributes: Attributes;
  #first: number;
  #count: number;

  /** `attributes`: name, value, name, value … */
  constructor(name: string, attributes: readonly string[], foreign: boolean, kinds = kindsOf(name)) {
    this.name = name;
    this.kinds = kinds;
    this.foreign = foreign;
    this.#attributes = attributes.length === 0 ? NO_ATTRIBUTES : Attributes.of(attributes);
    this.#first = 0;
    this.#count = attributes.length >> 1;
    this.marks = this.#attributes.marks;
  }

  /**
   * So many from `first` on, whose bits are `marks`, with the page's numbers for what stands in class and id; what of them the element has
   * already is left out.
   */
  bear(
    attributes: Attributes,
    first: number,
    count: number,
    marks: number,
    className: number,
    id: number,
  ): void {
    if (count === 0) return;
    if (this.#count === 0) {
      this.#attributes = attributes;
      this.#first = first;
      this.#count = count;
      this.marks = marks;
      this.className = attributes.spelling(className, first, count);
      this.id = attributes.spelling(id, first, count);
      return;
    }
    this.className = null;
    this.id = null;
    const list = [...this.attributes];
    for (let at = first; at < first + count; at++) {
      const name = attributes.name(at);
      if (attribute(this, name) === null) list.push(name, attributes.value(at));
    }
    this.#attributes = Attributes.of(list);
    this.#first = 0;
    this.#count = list.length / 2;
    this.marks |= marks;
  }

  /** As a new one, without attributes. */
  renew(name: string, foreign: boolean, kinds: number): void {
    this.name = name;
    this.kinds = kinds;
    this.marks = 0;
    this.className = null;
    this.id = null;
    this.hidden = null;
    this.foreign = foreign;
    this.parent = null;
    this.first = null;
    this.last = null;
    this.next = null;
    this.chars = 0;
    this.linkChars = 0;
    this.weight = null;
    this.naming = -1;
    this.leftOut = 0;
    this.linkRole = -1;
    this.#count = 0;
  }

  /** Holds nothing of its page in memory. */
  forget(): void {
    this.name = "";
    this.weight = null;
    this.#attributes = NO_ATTRIBUTES;
    this.#count = 0;
  }

  /** What the other one bears; it has no attributes yet. */
  bearAsMuchAs(other: Element): void {
    this.#attributes = other.#attributes;
    this.#first = other.#first;
    this.#count = other.#count;
    this.marks = other.marks;
    this.className = other.className;
    this.id = other.id;
  }

  get attributeCount(): number {
    return this.#count;
  }

  /** Name of the attribute with that index below the count. */
  attributeName(index: number): string {
    return this.#attributes.name(this.#first + index);
  }

  attributeValue(index: number): string {
    return this.#attributes.value(this.#first + index);
  }

  /** Flat list: name, value, name, value … First occurrence of a name wins. Made for each who asks. */
  get attributes(): readonly string[] {
    const list: string[] = [];
    for (let at = 0; at < this.#count; at++) list.push(this.attributeName(at), this.attributeValue(at));
    return list;
  }

  append(child: Node): void {
    if (child.kind === 1) child.parent = this;
    child.next = null;
    const { last } = this;
    if (last === null) this.first = child;
    else last.next = child;
    this.last = child;
  }

  /** All that the other one holds; itself it holds nothing yet. */
  takeChildren(from: Element): void {
    this.first = from.first;
    this.last = from.last;
    from.first = null;
    from.last = null;
    for (let child = this.first; child !== null; child = child.next)
      if (child.kind === 1) child.parent = this;
  }

  /** Takes out its last child. As many steps as it has children. */
  dropLast(): void {
    let before: Node | null = null;
    for (let child = this.first; child !== this.last && child !== null; child = child.next) before = child;
    if (before === null) this.first = null;
    else before.next = null;
    this.last = before;
  }

  /** Made for each who asks. */
  get children(): Node[] {
    const list: Node[] = [];
    for (let child = this.first; child !== null; child = child.next) list.push(child);
    return list;
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

/** Value of an attribute, or null. */
export function attribute(element: Element, name: string): string | null {
  for (let at = 0; at < element.attributeCount; at++)
    if (element.attributeName(at) === name) return element.attributeValue(at);
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
  for (let child = parent.first; child !== null; child = child.next) {
    if (child.kind !== 1) continue;
    if (passes(child)) return child;
    const below = find(child, passes);
    if (below !== null) return below;
  }
  return null;
}

/** Calls `visit` for every descendant element in document order; `visit` returns false to skip what is below. */
export function walk(parent: Element, visit: (element: Element) => boolean | undefined): void {
  for (let child = parent.first; child !== null; child = child.next) {
    if (child.kind === 1 && visit(child) !== false) walk(child, visit);
  }
}

/** Nearest ancestor (or the element itself) that passes, or null. */
export function closest(element: Element, passes: (element: Element) => boolean): Element | null {
  for (let at: Element | null = element; at !== null; at = at.parent) if (passes(at)) return at;
  return null;
}
