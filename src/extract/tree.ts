// The light tree a page is parsed into: elements with their attributes, and text. The tree itself is rows of numbers (rows.ts); these objects stand
// for single nodes of it. Knows nothing of parsing or of meaning.

import { usualName } from "./names.ts";
import {
  ATTRIBUTE_WIDTH,
  ATTRIBUTES,
  CHARS,
  CLASS_NAME,
  COUNT,
  FIRST,
  FLAGS,
  FOREIGN,
  ID_NAME,
  KINDS,
  LAST,
  LEFT_OUT,
  LINK_CHARS,
  MARKS,
  NAME,
  NEXT,
  PARENT,
} from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import type { Spelling } from "./spelling.ts";
import type { Text } from "./text-node.ts";

export type { Text };

export type Node = Element | Text;

export class Element {
  readonly kind = 1;
  readonly rows: Rows;
  row = 0;

  constructor(rows: Rows) {
    this.rows = rows;
  }

  /** For that row from now on. */
  stand(row: number): void {
    this.row = row;
  }

  /** Lower-case tag name; foreign elements too. */
  get name(): string {
    const { rows, row } = this;
    const name = rows.numbers[row + NAME] ?? 0;
    return name >= 0 ? usualName(name) : rows.rareName(row);
  }

  /** Bits of element-kinds.ts. */
  get kinds(): number {
    return this.rows.numbers[this.row + KINDS] ?? 0;
  }

  /** Which attributes it bears: bits of attribute-marks.ts. */
  get marks(): number {
    return this.rows.numbers[this.row + MARKS] ?? 0;
  }

  /** The records of what stands in class and id; null where it bears none, or none that has a record. */
  get className(): Spelling | null {
    return this.rows.spelling(this.rows.numbers[this.row + CLASS_NAME] ?? 0);
  }

  get id(): Spelling | null {
    return this.rows.spelling(this.rows.numbers[this.row + ID_NAME] ?? 0);
  }

  /** In SVG or MathML. */
  get foreign(): boolean {
    return ((this.rows.numbers[this.row + FLAGS] ?? 0) & FOREIGN) !== 0;
  }

  get parent(): Element | null {
    const row = this.rows.numbers[this.row + PARENT] ?? 0;
    return row === 0 ? null : this.rows.element(row);
  }

  /** Its children: each leads to the `next`. */
  get first(): Node | null {
    return this.rows.node(this.rows.numbers[this.row + FIRST] ?? 0);
  }

  get last(): Node | null {
    return this.rows.node(this.rows.numbers[this.row + LAST] ?? 0);
  }

  /** The sibling behind it. */
  get next(): Node | null {
    return this.rows.node(this.rows.numbers[this.row + NEXT] ?? 0);
  }

  /** Filled by the survey: characters of visible text below, and those inside links. */
  get chars(): number {
    return this.rows.numbers[this.row + CHARS] ?? 0;
  }

  get linkChars(): number {
    return this.rows.numbers[this.row + LINK_CHARS] ?? 0;
  }

  /** What main-content.ts leaves out, a bit for each way it tries. */
  get leftOut(): number {
    return this.rows.numbers[this.row + LEFT_OUT] ?? 0;
  }

  set leftOut(bits: number) {
    this.rows.numbers[this.row + LEFT_OUT] = bits;
  }

  get attributeCount(): number {
    return this.rows.numbers[this.row + COUNT] ?? 0;
  }

  /** Name of the attribute with that index below the count. */
  attributeName(index: number): string {
    const { rows } = this;
    return rows.attributeName((rows.numbers[this.row + ATTRIBUTES] ?? 0) + ATTRIBUTE_WIDTH * index);
  }

  attributeValue(index: number): string {
    const { rows } = this;
    return rows.attributeValue((rows.numbers[this.row + ATTRIBUTES] ?? 0) + ATTRIBUTE_WIDTH * index);
  }

  /** Flat list: name, value, name, value … First occurrence of a name wins. Made for each who asks. */
  get attributes(): readonly string[] {
    const list: string[] = [];
    for (let at = 0; at < this.attributeCount; at++)
      list.push(this.attributeName(at), this.attributeValue(at));
    return list;
  }

  /** A node of the same rows that stands nowhere yet becomes the last child. */
  append(child: Node): void {
    const { numbers } = this.rows;
    const last = numbers[this.row + LAST] ?? 0;
    if (child.kind === 1) numbers[child.row + PARENT] = this.row;
    numbers[last === 0 ? this.row + FIRST : last + NEXT] = child.row;
    numbers[this.row + LAST] = child.row;
  }

  /** A node of any rows becomes the last child, as a copy with all that it holds. */
  appendCopy(node: Node): void {
    const { rows } = this;
    if (node.kind === 3) {
      this.append(rows.madeText(node.data));
      return;
    }
    const copy = rows.made(node.name, node.attributes);
    if (node.foreign) rows.numbers[copy.row + FLAGS] = FOREIGN;
    this.append(copy);
    for (let child = node.first; child !== null; child = child.next) copy.appendCopy(child);
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
  return element.rows.attribute(element.row, name);
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
