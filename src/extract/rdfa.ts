// RDFa Lite as pages use it for schema.org: elements with typeof are things, those with property inside of them their values. Contexts and
// prefixes are not expanded: a name's last part is what counts. Bounded as microdata is.
import type { MicrodataItem } from "../model/index.ts";
import { resolve } from "./addresses.ts";
import type { MicrodataLimits } from "./microdata.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse, rawText } from "./visible-text.ts";

const NO_ITEMS: readonly MicrodataItem[] = [];

/** The things these elements are; those inside of others are values of them. */
export function rdfaItems(
  roots: readonly Element[],
  base: string,
  limits: MicrodataLimits,
): readonly MicrodataItem[] {
  if (roots.length === 0) return NO_ITEMS;
  const budget = { items: limits.itemsMax, properties: limits.propertiesMax };
  const read = (item: Element, depth: number): MicrodataItem => {
    budget.items--;
    const properties = new Map<string, (string | MicrodataItem)[]>();
    const add = (element: Element): void => {
      if (budget.properties <= 0) return;
      const nested = attribute(element, "typeof") !== null;
      const names = namesIn(attribute(element, "property"));
      if (names.length > 0) {
        budget.properties -= names.length;
        const value =
          nested && budget.items > 0 && depth < limits.depthMax
            ? read(element, depth + 1)
            : propertyText(element, base).slice(0, limits.valueCharsMax);
        for (const name of names) {
          const values = properties.get(name);
          if (values === undefined) properties.set(name, [value]);
          else values.push(value);
        }
      }
      if (!nested)
        for (let child = element.first; child !== null; child = child.next) if (child.kind === 1) add(child);
    };
    for (let child = item.first; child !== null; child = child.next) if (child.kind === 1) add(child);
    return {
      type: (attribute(item, "typeof") ?? "").split(/\s+/).filter((type) => type !== ""),
      id: attribute(item, "resource") ?? attribute(item, "about"),
      properties: Object.fromEntries(properties),
    };
  };
  const items: MicrodataItem[] = [];
  for (const root of roots) {
    if (budget.items <= 0) break;
    if (namesIn(attribute(root, "property")).length === 0) items.push(read(root, 0));
  }
  return items;
}

function namesIn(property: string | null): string[] {
  if (property === null) return [];
  return property
    .split(/\s+/)
    .filter((name) => name !== "")
    .map((name) =>
      name.slice(Math.max(name.lastIndexOf(":"), name.lastIndexOf("/"), name.lastIndexOf("#")) + 1),
    );
}

function propertyText(element: Element, base: string): string {
  const content = attribute(element, "content");
  if (content !== null) return content;
  const reference = attribute(element, "resource") ?? attribute(element, "href") ?? attribute(element, "src");
  if (reference !== null) return resolve(reference, base) ?? reference;
  return attribute(element, "datetime") ?? collapse(rawText(element));
}
