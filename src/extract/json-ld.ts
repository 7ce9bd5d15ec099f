// JSON-LD out of script elements: tolerant of comments, CDATA wrappers and trailing commas, bounded in bytes, depth and values.
// Finds the typed objects among them. Does not expand contexts and fetches nothing.
import type { JsonValue } from "../model/index.ts";

export interface JsonLdLimits {
  readonly blocksMax: number;
  readonly blockCharsMax: number;
  readonly depthMax: number;
}

export type JsonObject = { readonly [key: string]: JsonValue };

/** The values that parse, in document order; a top-level array gives its members. Bad JSON is skipped. */
export function parseJsonLd(blocks: readonly string[], limits: JsonLdLimits): JsonValue[] {
  const values: JsonValue[] = [];
  for (const block of blocks.slice(0, limits.blocksMax)) {
    if (block.length > limits.blockCharsMax) continue;
    const value = parseTolerant(block);
    if (value === undefined) continue;
    const bounded = isBounded(value, limits.depthMax) ? value : bound(value, limits.depthMax);
    if (Array.isArray(bounded)) values.push(...bounded.slice(0, limits.blocksMax));
    else if (bounded !== null && typeof bounded === "object") values.push(bounded);
  }
  return values;
}

function parseTolerant(block: string): unknown {
  const text = unwrapped(block);
  for (const attempt of [() => text, () => repaired(text)]) {
    try {
      return JSON.parse(attempt());
    } catch {
      // Next attempt: what does not parse is, by design, no data.
    }
  }
  return undefined;
}

function unwrapped(block: string): string {
  let text = block.trim();
  for (const [open, close] of [
    ["<!--", "-->"],
    ["/*<![CDATA[*/", "/*]]>*/"],
    ["//<![CDATA[", "//]]>"],
    ["// <![CDATA[", "// ]]>"],
    ["<![CDATA[", "]]>"],
  ] as const) {
    if (text.startsWith(open)) text = text.slice(open.length).trim();
    if (text.endsWith(close)) text = text.slice(0, -close.length).trim();
  }
  return text.endsWith(";") ? text.slice(0, -1) : text;
}

/** Drops comments and trailing commas, escapes raw control characters inside strings: what pages commonly get wrong. One pass. */
function repaired(text: string): string {
  let out = "";
  let from = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === 92) at++;
      else if (unit === 34) inString = false;
      else if (unit < 32) {
        out += `${text.slice(from, at)}\\u${unit.toString(16).padStart(4, "0")}`;
        from = at + 1;
      }
    } else if (unit === 34) {
      inString = true;
    } else if (unit === 47 && (text[at + 1] === "*" || text[at + 1] === "/")) {
      const end = text[at + 1] === "*" ? text.indexOf("*/", at + 2) : text.indexOf("\n", at);
      out += text.slice(from, at);
      from = end === -1 ? text.length : end + (text[at + 1] === "*" ? 2 : 1);
      at = from - 1;
    } else if (unit === 44) {
      let next = at + 1;
      while (/\s/.test(text[next] ?? "x")) next++;
      if (text[next] === "}" || text[next] === "]") {
        out += text.slice(from, at);
        from = at + 1;
      }
      at = next - 1;
    }
  }
  return out + text.slice(from);
}

/** Nothing in it that `bound` would make otherwise: nearly all values are so, and need not be made anew. */
function isBounded(value: unknown, depth: number): value is JsonValue {
  if (typeof value === "string") return !value.includes("\u0000");
  if (value === null || typeof value !== "object") return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (const member of value as readonly unknown[]) if (!isBounded(member, depth - 1)) return false;
    return true;
  }
  for (const member of Object.values(value)) if (!isBounded(member, depth - 1)) return false;
  return true;
}

/** Deeper values become null; NUL characters go, as no database takes them. */
function bound(value: unknown, depth: number): JsonValue {
  if (typeof value === "string") return value.replaceAll("\u0000", "");
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (depth === 0 || typeof value !== "object") return null;
  if (Array.isArray(value)) return value.map((member: unknown) => bound(member, depth - 1));
  const entries = Object.entries(value).map(([key, member]) => [key, bound(member, depth - 1)] as const);
  return Object.fromEntries(entries);
}

/** Every object with a type, the members of `@graph` and of one level of nesting under mainEntity included. */
export function typedObjects(values: readonly JsonValue[]): JsonObject[] {
  const found: JsonObject[] = [];
  const add = (value: JsonValue | undefined, depth: number): void => {
    if (value === undefined || found.length > 1000 || depth > 4) return;
    if (Array.isArray(value)) {
      for (const member of value as readonly JsonValue[]) add(member, depth + 1);
    } else if (isObject(value)) {
      if ("@type" in value) found.push(value);
      add(value["@graph"], depth + 1);
      add(value.mainEntity, depth + 1);
      add(value.mainEntityOfPage, depth + 1);
    }
  };
  for (const value of values) add(value, 0);
  return found;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The longest articleBody that any object declares, or null. */
export function articleBodyOf(values: readonly JsonValue[]): string | null {
  let longest: string | null = null;
  for (const object of typedObjects(values)) {
    const body = object.articleBody;
    if (typeof body === "string" && body.length > (longest?.length ?? 0)) longest = body;
  }
  return longest;
}
