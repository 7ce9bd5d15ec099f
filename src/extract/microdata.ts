// Microdata items by the HTML standard (section 5.2): values by element, itemref, nested items; bounded in items, properties and depth.
import type { MicrodataItem } from "../model/index.ts";
import { resolve } from "./addresses.ts";
import { ITEMPROP, ITEMSCOPE } from "./attribute-marks.ts";
import { keepShape } from "./kept-shape.ts";
import { FIRST, MARKS, NEXT, TEXT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse, rawText } from "./visible-text.ts";

export interface MicrodataLimits {
  readonly itemsMax: number;
  readonly propertiesMax: number;
  readonly valueCharsMax: number;
  readonly depthMax: number;
}

const NO_NAMES: readonly string[] = [];
const NO_ITEMS: readonly MicrodataItem[] = [];

/** Mostly one. */
function namesIn(given: string | null): readonly string[] {
  if (given === null || given === "") return NO_NAMES;
  return /\s/.test(given) ? given.split(/\s+/).filter((name) => name !== "") : [given];
}

export function microdataItems(
  roots: readonly Element[],
  byId: () => ReadonlyMap<string, Element>,
  base: string,
  limits: MicrodataLimits,
): readonly MicrodataItem[] {
  const [first] = roots;
  if (first === undefined) return NO_ITEMS;
  const reader = new Reader(first.rows, byId, base, limits);
  const items: MicrodataItem[] = [];
  for (const root of roots) {
    if (reader.isDone) break;
    items.push(reader.read(root.row));
  }
  return items;
}

/** An item's values so far; `visited`: rows, where some can be met twice: what other elements refer to. */
interface Values {
  readonly properties: Map<string, (string | MicrodataItem)[]>;
  readonly visited: Set<number> | null;
}

/** Goes over the rows: of what an item holds, most are no properties. */
class Reader {
  readonly #rows: Rows;
  readonly #byId: () => ReadonlyMap<string, Element>;
  readonly #base: string;
  readonly #limits: MicrodataLimits;
  #itemsLeft: number;
  #propertiesLeft: number;
  /** The rows of the items that are read: each is inside of the one before. */
  readonly #path: number[] = [];

  constructor(rows: Rows, byId: () => ReadonlyMap<string, Element>, base: string, limits: MicrodataLimits) {
    this.#rows = rows;
    this.#byId = byId;
    this.#base = base;
    this.#limits = limits;
    this.#itemsLeft = limits.itemsMax;
    this.#propertiesLeft = limits.propertiesMax;
  }

  get isDone(): boolean {
    return this.#itemsLeft <= 0;
  }

  read(item: number): MicrodataItem {
    const rows = this.#rows;
    this.#itemsLeft--;
    this.#path.push(item);
    const references = rows.attribute(item, "itemref");
    const into = {
      properties: new Map<string, (string | MicrodataItem)[]>(),
      visited: references === null ? null : new Set<number>(),
    };
    this.#below(item, into);
    if (references !== null)
      for (const id of references.split(/\s+/).slice(0, 100)) {
        const referred = this.#byId().get(id);
        if (referred !== undefined) this.#add(referred.row, into);
      }
    this.#path.pop();
    const id = rows.attribute(item, "itemid");
    return {
      type: namesIn(rows.attribute(item, "itemtype")),
      id: id === null ? null : (URL.parse(id.trim(), this.#base)?.href ?? id.trim()),
      properties: Object.fromEntries(into.properties),
    };
  }

  #below(row: number, into: Values): void {
    const { numbers } = this.#rows;
    for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
      if (numbers[child] !== TEXT) this.#add(child, into);
  }

  #add(row: number, into: Values): void {
    if (this.#propertiesLeft <= 0) return;
    const marks = this.#rows.numbers[row + MARKS] ?? 0;
    const nested = (marks & ITEMSCOPE) !== 0;
    if (nested && this.#path.includes(row)) return;
    if (into.visited !== null) {
      if (into.visited.has(row)) return;
      into.visited.add(row);
    }
    if ((marks & ITEMPROP) !== 0) this.#property(row, nested, into.properties);
    if (!nested) this.#below(row, into);
  }

  #property(row: number, nested: boolean, properties: Values["properties"]): void {
    const names = namesIn(this.#rows.attribute(row, "itemprop"));
    if (names.length === 0) return;
    this.#propertiesLeft -= names.length;
    const { depthMax, valueCharsMax } = this.#limits;
    const value =
      nested && !this.isDone && this.#path.length <= depthMax
        ? this.read(row)
        : propertyValue(this.#rows.element(row), this.#base).slice(0, valueCharsMax);
    for (const name of names) {
      const values = properties.get(name);
      if (values === undefined) properties.set(name, [value]);
      else values.push(value);
    }
  }
}

const URL_ATTRIBUTE: Readonly<Record<string, string>> = {
  audio: "src",
  embed: "src",
  iframe: "src",
  img: "src",
  source: "src",
  track: "src",
  video: "src",
  a: "href",
  area: "href",
  link: "href",
  object: "data",
};

/** The value of a property by its element: content, a URL, value, datetime, else its text. */
export function propertyValue(element: Element, base: string): string {
  const { name } = element;
  if (name === "meta") return attribute(element, "content") ?? "";
  const urlAttribute = Object.hasOwn(URL_ATTRIBUTE, name) ? URL_ATTRIBUTE[name] : undefined;
  if (urlAttribute !== undefined) {
    const reference = attribute(element, urlAttribute);
    if (reference === null) return "";
    return resolve(reference, base) ?? URL.parse(reference.slice(0, 8192), base)?.href ?? "";
  }
  if (name === "data" || name === "meter") return attribute(element, "value") ?? "";
  if (name === "time") return attribute(element, "datetime") ?? rawText(element).trim();
  // Beyond the standard, as pages and search engines use it: content on any element.
  return attribute(element, "content") ?? collapse(rawText(element));
}

keepShape(
  new Reader(new Rows(), () => new Map(), "", {
    itemsMax: 0,
    propertiesMax: 0,
    valueCharsMax: 0,
    depthMax: 0,
  }),
);
