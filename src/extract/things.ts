// What a page states in schema.org's words, be it as JSON-LD, microdata or RDFa: things with types and properties, read in one way.
// References of linked data within the page (@id) are followed. Knows no property's meaning.
import type { JsonValue, MicrodataItem, Provenance } from "../model/index.ts";
import { withoutDoubleEscapes } from "./double-escapes.ts";
import { type JsonObject, typedObjects } from "./json-ld.ts";
import { collapse, cutAt } from "./visible-text.ts";

export interface Thing {
  /** The last parts of its types: "Product" of "https://schema.org/Product". */
  readonly types: readonly string[];
  readonly from: Provenance;
  readonly values: (property: string) => readonly (string | Thing)[];
}

const THINGS_MAX = 2_000;
const VALUES_MAX = 200;
const TEXT_CHARS_MAX = 5_000;
const NESTING_MAX = 6;
const NOTHING: readonly string[] = [];

/** All things of a page, in the order in which they are believed. */
export function thingsOf(
  jsonLd: readonly JsonValue[],
  microdata: readonly MicrodataItem[],
  rdfa: readonly MicrodataItem[],
): Thing[] {
  const things: Thing[] = [];
  if (jsonLd.length > 0) {
    const objects = typedObjects(jsonLd);
    const byId = new Map<string, JsonObject>();
    for (const object of objects) {
      const id = object["@id"];
      if (typeof id === "string" && !byId.has(id)) byId.set(id, object);
    }
    for (const object of objects) things.push(ofObject(object, byId));
  }
  collectItems(microdata, "microdata", things, 0);
  collectItems(rdfa, "rdfa", things, 0);
  return things;
}

/** Things inside of others too: a product is often the main entity of a page. */
function collectItems(
  items: readonly (string | MicrodataItem)[],
  from: Provenance,
  into: Thing[],
  depth: number,
): void {
  for (const item of items) {
    if (typeof item === "string" || into.length >= THINGS_MAX || depth > NESTING_MAX) continue;
    into.push(ofItem(item, from));
    for (const values of Object.values(item.properties)) collectItems(values, from, into, depth + 1);
  }
}

function ofItem(item: MicrodataItem, from: Provenance): Thing {
  return {
    types: item.type.map((type) => lastPart(type)),
    from,
    values: (property) => {
      const values = Object.hasOwn(item.properties, property) ? item.properties[property] : undefined;
      return (values ?? [])
        .slice(0, VALUES_MAX)
        .map((value) => (typeof value === "string" ? plain(value) : ofItem(value, from)));
    },
  };
}

function ofObject(object: JsonObject, byId: ReadonlyMap<string, JsonObject>): Thing {
  const types = object["@type"];
  const list: readonly unknown[] = Array.isArray(types) ? types : [types];
  return {
    types: list.flatMap((type) => (typeof type === "string" ? [lastPart(type)] : [])),
    from: "json-ld",
    values: (property) => (Object.hasOwn(object, property) ? valuesOf(object[property], byId, 0) : []),
  };
}

function valuesOf(
  value: JsonValue | undefined,
  byId: ReadonlyMap<string, JsonObject>,
  depth: number,
): (string | Thing)[] {
  if (typeof value === "string") return [plain(withoutDoubleEscapes(value))];
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  if (value === null || value === undefined || depth > NESTING_MAX) return [];
  if (Array.isArray(value))
    return (value as readonly JsonValue[])
      .slice(0, VALUES_MAX)
      .flatMap((member) => valuesOf(member, byId, depth + 1));
  const object = value as JsonObject;
  if (typeof object["@value"] === "string") return [plain(withoutDoubleEscapes(object["@value"]))];
  const id = object["@id"];
  const referred = typeof id === "string" && Object.keys(object).length <= 2 ? byId.get(id) : undefined;
  return [ofObject(referred ?? object, byId)];
}

function plain(value: string): string {
  return cutAt(collapse(value.slice(0, 2 * TEXT_CHARS_MAX)), TEXT_CHARS_MAX);
}

function lastPart(type: string): string {
  return type.slice(Math.max(type.lastIndexOf("/"), type.lastIndexOf("#"), type.lastIndexOf(":")) + 1);
}

/** The thing with a type that passes, of the first kind of statement that has one. */
export function firstThing(things: readonly Thing[], type: RegExp): Thing | null {
  for (const thing of things) for (const one of thing.types) if (type.test(one)) return thing;
  return null;
}

/** First value of these properties that is a text, or has a name. */
export function textOfThing(thing: Thing | null, ...properties: string[]): string | null {
  if (thing === null) return null;
  for (const property of properties) {
    for (const value of thing.values(property)) {
      const text = typeof value === "string" ? value : named(value);
      if (text !== null && text !== "") return text;
    }
  }
  return null;
}

/** All texts and names of a property. */
export function textsOfThing(thing: Thing | null, property: string): readonly string[] {
  if (thing === null) return NOTHING;
  const texts = thing.values(property).map((value) => (typeof value === "string" ? value : named(value)));
  return texts.filter((text) => text !== null && text !== "").map(String);
}

/** First value of these properties that is a thing itself. */
export function partOfThing(thing: Thing | null, ...properties: string[]): Thing | null {
  if (thing === null) return null;
  for (const property of properties) {
    for (const value of thing.values(property)) if (typeof value !== "string") return value;
  }
  return null;
}

function named(thing: Thing): string | null {
  for (const property of ["name", "text", "@value", "url", "@id"]) {
    for (const value of thing.values(property)) if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

/** Addresses of a thing's images: as texts, or as image objects. */
export function imagesIn(thing: Thing | null): readonly string[] {
  if (thing === null) return NOTHING;
  return thing.values("image").flatMap((value) => {
    if (typeof value === "string") return [value];
    return textsOfThing(value, "url").concat(textsOfThing(value, "contentUrl")).slice(0, 1);
  });
}
