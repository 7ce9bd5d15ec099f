// Values that a page's metas give, by name, and how any value becomes a field: collapsed, bounded, with the kind of statement it came from.

import type { Provenance, Sourced } from "../model/index.ts";
import { withoutDoubleEscapes } from "./double-escapes.ts";
import { keepShape } from "./kept-shape.ts";
import type { Element } from "./tree.ts";
import { collapse, cutAt } from "./visible-text.ts";

export const FIELD_CHARS_MAX = 2_000;

/** A meta element's own words; all but its content in lower case, the name without white space around it. */
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
          property = element.attributeValue(at).toLowerCase();
          break;
        case "name":
          name = element.attributeValue(at).trim().toLowerCase();
          break;
        case "http-equiv":
          equivalent = element.attributeValue(at).toLowerCase();
          break;
        case "itemprop":
          itemprop = element.attributeValue(at).toLowerCase();
          break;
        case "content":
          content = element.attributeValue(at);
          break;
      }
    }
    return { property, name, equivalent, itemprop, content };
  });
}

const SOCIAL = /^(?:og|article|product|book|profile|twitter):/;

export function sourced(value: string | null, from: Provenance): Sourced<string> | null {
  return value === null || value === "" ? null : { value, from };
}

interface Said {
  readonly contents: string[];
  /** The same made presentable, once someone asked: no one asks for most. */
  shown: readonly string[] | null;
}

/** Every meta's content under its property, name, itemprop or http-equiv. */
export class MetaValues {
  readonly #said = new Map<string, Said>();
  /** A bit for each length of a name: most names that are asked for are of others. */
  #lengths = 0;
  /** The last content made presentable: one meta may say it under several names. */
  #written = "";
  #shown = "";

  constructor(metas: readonly MetaElement[]) {
    for (const { property, name, equivalent, itemprop, content } of metas) {
      if (content === null) continue;
      if (property !== null) this.#addAll(property, content);
      if (name !== null) this.#add(name, content);
      if (equivalent !== null) this.#addAll(equivalent, content);
      if (itemprop !== null) this.#addAll(itemprop, content);
    }
  }

  /** What they say under a name, in lower case. */
  get(name: string): readonly string[] | undefined {
    if ((this.#lengths & (1 << name.length)) === 0) return undefined;
    const said = this.#said.get(name);
    if (said === undefined) return undefined;
    said.shown ??= said.contents.map((content) => this.#presentable(content));
    return said.shown;
  }

  /** The first value of these names that says anything. */
  first(...names: readonly string[]): Sourced<string> | null {
    for (const name of names) {
      const values = this.get(name);
      if (values === undefined) continue;
      for (const value of values)
        if (value !== "") return { value, from: SOCIAL.test(name) ? "opengraph" : "meta" };
    }
    return null;
  }

  #add(name: string, content: string): void {
    const said = this.#said.get(name);
    if (said === undefined) {
      this.#said.set(name, { contents: [content], shown: null });
      this.#lengths |= 1 << name.length;
    } else if (said.contents.length < VALUES_MAX) said.contents.push(content);
  }

  #addAll(names: string, content: string): void {
    if (!/\s/.test(names)) this.#add(names, content);
    else for (const name of names.split(/\s+/)) this.#add(name, content);
  }

  #presentable(content: string): string {
    if (content !== this.#written) {
      this.#shown = cutAt(collapse(withoutDoubleEscapes(content.slice(0, 10_000))), FIELD_CHARS_MAX);
      this.#written = content;
    }
    return this.#shown;
  }
}

const VALUES_MAX = 100;

export function clean(value: string | null): string | null {
  if (value === null) return null;
  const collapsed = cutAt(collapse(value.slice(0, 10_000)), FIELD_CHARS_MAX);
  return collapsed === "" ? null : collapsed;
}

keepShape(new MetaValues([]));
