// Microdata items by the HTML standard (section 5.2): values by element, itemref, nested items; bounded in items, properties and depth.
import type { MicrodataItem } from "../model/index.ts";
import { resolve } from "./addresses.ts";
import { ITEMPROP, ITEMSCOPE } from "./attribute-marks.ts";
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
  if (roots.length === 0) return NO_ITEMS;
  const budget = { items: limits.itemsMax, properties: limits.propertiesMax };
  /** The items that are read: each is inside of the one before. */
  const path: Element[] = [];
  const read = (item: Element): MicrodataItem => {
    budget.items--;
    path.push(item);
    const properties = new Map<string, (string | MicrodataItem)[]>();
    // Only what other elements refer to can be met twice.
    const references = attribute(item, "itemref");
    const visited = references === null ? null : new Set<Element>();
    const add = (element: Element): void => {
      if (budget.properties <= 0) return;
      const nested = (element.marks & ITEMSCOPE) !== 0;
      if (nested && path.includes(element)) return;
      if (visited !== null) {
        if (visited.has(element)) return;
        visited.add(element);
      }
      const names = (element.marks & ITEMPROP) === 0 ? NO_NAMES : namesIn(attribute(element, "itemprop"));
      if (names.length > 0) {
        budget.properties -= names.length;
        const value =
          nested && budget.items > 0 && path.length <= limits.depthMax
            ? read(element)
            : propertyValue(element, base).slice(0, limits.valueCharsMax);
        for (const name of names) {
          const values = properties.get(name);
          if (values === undefined) properties.set(name, [value]);
          else values.push(value);
        }
      }
      if (nested) return;
      for (let child = element.first; child !== null; child = child.next) {
        if (child?.kind === 1) add(child);
      }
    };
    for (let child = item.first; child !== null; child = child.next) if (child.kind === 1) add(child);
    for (const id of references?.split(/\s+/).slice(0, 100) ?? []) {
      const referred = byId().get(id);
      if (referred !== undefined) add(referred);
    }
    path.pop();
    const id = attribute(item, "itemid");
    return {
      type: namesIn(attribute(item, "itemtype")),
      id: id === null ? null : (URL.parse(id.trim(), base)?.href ?? id.trim()),
      properties: Object.fromEntries(properties),
    };
  };
  const items: MicrodataItem[] = [];
  for (const root of roots) {
    if (budget.items <= 0) break;
    items.push(read(root));
  }
  return items;
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
