// Dotted paths into JSON: a type to begin with, properties, places in arrays; arrays on the way are gone through. Knows no page.
import { err, ok, type Result } from "../../base/index.ts";
import type { JsonValue } from "../../model/index.ts";
import type { JsonObject } from "../json-ld.ts";

export interface JsonPath {
  /** Only below objects of this type, wherever they stand; null: from the top. */
  readonly type: string | null;
  /** Property names and places in arrays, from 0. */
  readonly steps: readonly (string | number)[];
}

export interface Reached {
  readonly value: JsonValue;
  /** The object that the value is a property of. */
  readonly holder: JsonObject | null;
}

/** Values looked at to find a type, and values that a path may reach. */
const VISITED_MAX = 50_000;
const REACHED_MAX = 10_000;

/** `typed`: a first part that begins with a capital names a type. */
export function parsePath(text: string, typed: boolean): Result<JsonPath, string> {
  const parts: (string | number)[] = [];
  const part = /(?:^|\.)([^.[\]]{1,100})|\[(\d{1,5}|\*|)\]/y;
  while (part.lastIndex < text.length) {
    const from = part.lastIndex;
    const match = part.exec(text);
    if (match === null)
      return err(`"${text}": a path is of names and places, as Product.offers[0].price (at ${from + 1})`);
    const [, name, place] = match;
    if (name !== undefined) parts.push(name);
    else if (place !== undefined && place !== "" && place !== "*") parts.push(Number(place));
  }
  const [first] = parts;
  if (typed && typeof first === "string" && /^\p{Lu}/u.test(first))
    return ok({ type: first, steps: parts.slice(1) });
  return ok({ type: null, steps: parts });
}

export function follow(values: readonly JsonValue[], path: JsonPath): Reached[] {
  let reached: Reached[] =
    path.type === null
      ? values.map((value) => ({ value, holder: null }))
      : objectsOfType(values, path.type).map((value) => ({ value, holder: null }));
  for (const step of path.steps) {
    const next: Reached[] = [];
    for (const { value, holder } of reached) {
      if (typeof step === "number") {
        const member = isArray(value) ? value[step] : step === 0 ? value : undefined;
        if (member !== undefined && next.length < REACHED_MAX) next.push({ value: member, holder });
        continue;
      }
      for (const member of isArray(value) ? value : [value]) {
        if (!isObject(member) || !Object.hasOwn(member, step)) continue;
        const below = member[step];
        if (below !== undefined && next.length < REACHED_MAX) next.push({ value: below, holder: member });
      }
    }
    reached = next;
  }
  const flat: Reached[] = [];
  for (const { value, holder } of reached) {
    for (const member of isArray(value) ? value : [value]) {
      if (flat.length >= REACHED_MAX) return flat;
      flat.push({ value: member, holder });
    }
  }
  return flat;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** In document order, at any depth. */
function objectsOfType(values: readonly JsonValue[], type: string): JsonObject[] {
  const found: JsonObject[] = [];
  let visited = 0;
  const visit = (value: JsonValue): void => {
    if (++visited > VISITED_MAX) return;
    if (isArray(value)) for (const member of value) visit(member);
    else if (isObject(value)) {
      const types = value["@type"];
      const list = types !== undefined && isArray(types) ? types : [types];
      if (list.some((one) => typeof one === "string" && one.split(/[/#:]/).at(-1) === type))
        found.push(value);
      for (const member of Object.values(value)) visit(member);
    }
  };
  for (const value of values) visit(value);
  return found;
}
