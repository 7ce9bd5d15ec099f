// Values that a page's metas give, by name, and how any value becomes a field: collapsed, bounded, with the kind of statement it came from.
import type { Provenance, Sourced } from "../model/index.ts";
import { withoutDoubleEscapes } from "./double-escapes.ts";
import type { Element } from "./tree.ts";
import { collapse, cutAt } from "./visible-text.ts";

export const FIELD_CHARS_MAX = 2_000;

/** First non-empty value of these names. */
export type Meta = (...names: string[]) => Sourced<string> | null;

/** What metas say under a name, in lower case. */
export interface MetaValues {
  get(name: string): readonly string[] | undefined;
}

/** A meta element's own words, as they stand. */
export interface MetaElement {
  readonly property: string | null;
  readonly name: string | null;
  readonly equivalent: string | null;
  readonly itemprop: string | null;
  readonly content: string | null;
}

/** One look at the attributes of each. */
export function readMetas(elements: readonly Element[]): MetaElement[] {
  return elements.map((element) => {
    let property: string | null = null;
    let name: string | null = null;
    let equivalent: string | null = null;
    let itemprop: string | null = null;
    let content: string | null = null;
    for (let at = 0; at < element.attributeCount; at++) {
      switch (element.attributeName(at)) {
        case "property":
          property = element.attributeValue(at);
          break;
        case "name":
          name = element.attributeValue(at);
          break;
        case "http-equiv":
          equivalent = element.attributeValue(at);
          break;
        case "itemprop":
          itemprop = element.attributeValue(at);
          break;
        case "content":
          content = element.attributeValue(at);
          break;
      }
    }
    return { property, name, equivalent, itemprop, content };
  });
}

export function metaReader(metas: MetaValues): Meta {
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

/** Every meta's content under its property, name, itemprop or http-equiv; made presentable where someone asks: no one asks for most. */
export function metaValues(metas: readonly MetaElement[]): MetaValues {
  const contents = new Map<string, string[]>();
  const values = new Map<string, readonly string[]>();
  /** One meta may say it under several names. */
  let written = "";
  let shown = "";
  const presentable = (content: string): string => {
    if (content !== written) {
      shown = cutAt(collapse(withoutDoubleEscapes(content.slice(0, 10_000))), FIELD_CHARS_MAX);
      written = content;
    }
    return shown;
  };
  const add = (name: string, content: string): void => {
    const list = contents.get(name);
    if (list === undefined) contents.set(name, [content]);
    else if (list.length < VALUES_MAX) list.push(content);
  };
  const addAll = (names: string | null, content: string): void => {
    if (names === null) return;
    if (!/\s/.test(names)) add(names.toLowerCase(), content);
    else for (const name of names.toLowerCase().split(/\s+/)) add(name, content);
  };
  for (const { property, name, equivalent, itemprop, content } of metas) {
    if (content === null) continue;
    addAll(property, content);
    if (name !== null) add(name.trim().toLowerCase(), content);
    addAll(equivalent, content);
    addAll(itemprop, content);
  }
  return {
    get(name) {
      const list = contents.get(name);
      if (list === undefined) return undefined;
      let known = values.get(name);
      if (known === undefined) {
        known = list.map(presentable);
        values.set(name, known);
      }
      return known;
    },
  };
}

const VALUES_MAX = 100;

export function clean(value: string | null): string | null {
  if (value === null) return null;
  const collapsed = cutAt(collapse(value.slice(0, 10_000)), FIELD_CHARS_MAX);
  return collapsed === "" ? null : collapsed;
}
