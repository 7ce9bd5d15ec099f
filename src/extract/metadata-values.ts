// Values that a page's metas give, by name, and how any value becomes a field: collapsed, bounded, with the kind of statement it came from.
import type { Provenance, Sourced } from "../model/index.ts";
import { withoutDoubleEscapes } from "./double-escapes.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse, cutAt } from "./visible-text.ts";

export const FIELD_CHARS_MAX = 2_000;

/** First non-empty value of these names. */
export type Meta = (...names: string[]) => Sourced<string> | null;

export function metaReader(metas: ReadonlyMap<string, string[]>): Meta {
  return (...names) => {
    for (const name of names)
      for (const value of metas.get(name) ?? [])
        if (value !== "") return { value, from: SOCIAL.test(name) ? "opengraph" : "meta" };
    return null;
  };
}

const SOCIAL = /^(?:og|article|product|book|profile|twitter):/;

export function sourced(value: string | null, from: Provenance): Sourced<string> | null {
  return value === null || value === "" ? null : { value, from };
}

/** Every meta's content under its property, name, itemprop or http-equiv, in lower case. */
export function metaValues(metas: readonly Element[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const element of metas) {
    const content = attribute(element, "content");
    if (content === null) continue;
    for (const key of ["property", "name", "http-equiv", "itemprop"]) {
      const names = attribute(element, key);
      if (names === null) continue;
      for (const name of key === "name" ? [names.trim().toLowerCase()] : names.toLowerCase().split(/\s+/)) {
        const list = values.get(name);
        const value = cutAt(collapse(withoutDoubleEscapes(content.slice(0, 10_000))), FIELD_CHARS_MAX);
        if (list === undefined) values.set(name, [value]);
        else if (list.length < 100) list.push(value);
      }
    }
  }
  return values;
}

export function clean(value: string | null): string | null {
  if (value === null) return null;
  const collapsed = cutAt(collapse(value.slice(0, 10_000)), FIELD_CHARS_MAX);
  return collapsed === "" ? null : collapsed;
}
