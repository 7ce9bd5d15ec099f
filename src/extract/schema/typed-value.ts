// From what a source gave to a value of the field's type; undefined where it is none. Knows neither page nor selectors.
import type { JsonValue } from "../../model/index.ts";
import { resolve } from "../addresses.ts";
import { isoDate } from "../dates.ts";
import { parseSrcset } from "../images.ts";
import type { JsonObject } from "../json-ld.ts";
import type { ValueField } from "./declaration.ts";
import { numberIn } from "./number-text.ts";
import { isObject } from "./path.ts";
import { priceIn } from "./price-text.ts";

/** What a source gave: a text or JSON, with the object it is a property of. */
export interface Raw {
  readonly value: JsonValue;
  readonly holder: JsonObject | null;
  /** Written for machines, where the decimal sign is a dot. */
  readonly exact: boolean;
}

const TEXT_CHARS_MAX = 200_000;
const LIST_MEMBERS_MAX = 1_000;

export interface PageOfValue {
  /** What URLs stand against. */
  readonly base: string;
  /** The page's language, or "". */
  readonly language: string;
}

export function typedValue(
  raw: Raw,
  field: ValueField,
  { base, language }: PageOfValue,
): JsonValue | undefined {
  switch (field.type) {
    case "text":
      return textOf(raw.value);
    case "number":
      return numberOf(raw, field);
    case "integer": {
      const number = numberOf(raw, field);
      return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
    }
    case "price":
      return priceOf(raw, field);
    case "date": {
      const text = textOf(raw.value);
      return text === undefined ? undefined : (dateIn(text, field.dateOrder, language) ?? undefined);
    }
    case "url":
      return urlOf(raw.value, base);
    case "image":
      return imageUrlOf(raw.value, base);
    case "boolean":
      return booleanOf(raw.value);
    case "present":
      return true;
    case "list":
      return listOf(raw.value, field.separator);
  }
}

/** JSON objects say themselves by their value, name or URL. */
function textOf(value: JsonValue): string | undefined {
  if (typeof value === "string") {
    const text = value.slice(0, TEXT_CHARS_MAX).trim();
    return text === "" ? undefined : text;
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!isObject(value)) return undefined;
  for (const key of ["@value", "name", "url", "@id"]) {
    const said = value[key];
    if (typeof said === "string" || typeof said === "number") return textOf(said);
  }
  return undefined;
}

const PLAIN_NUMBER = /^[+-]?\d{1,30}(?:\.\d{1,30})?$/;

function numberOf({ value, exact }: Raw, field: ValueField): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const text = textOf(isObject(value) && value.value !== undefined ? value.value : value);
  if (text === undefined) return undefined;
  if (exact && PLAIN_NUMBER.test(text)) return Number(text);
  return numberIn(text, field.decimal, false)?.value;
}

/** Also of an Offer: its price, its lowest price, or that of its specification. */
function priceOf(raw: Raw, field: ValueField): JsonValue | undefined {
  const { value } = raw;
  if (isObject(value)) {
    for (const key of ["price", "lowPrice", "amount", "value", "priceSpecification", "offers"]) {
      const below = value[key];
      const one = Array.isArray(below) ? (below as readonly JsonValue[])[0] : below;
      if (one === undefined || one === null) continue;
      const found = priceOf({ value: one, holder: value, exact: true }, field);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const said = currencyOf(raw.holder);
  if (typeof value === "number")
    return value < 0 ? undefined : { amount: value, currency: said ?? field.currency };
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (raw.exact && PLAIN_NUMBER.test(text)) return { amount: Number(text), currency: said ?? field.currency };
  const price = priceIn(text, field.decimal, said ?? field.currency);
  return price === null ? undefined : { amount: price.amount, currency: price.currency };
}

function currencyOf(holder: JsonObject | null): string | null {
  for (const key of ["priceCurrency", "currency", "currencyCode"]) {
    const said = holder?.[key];
    const one: unknown = Array.isArray(said) ? said[0] : said;
    if (typeof one === "string" && /^[A-Za-z]{3}$/.test(one.trim())) return one.trim().toUpperCase();
  }
  return null;
}

const FIGURES = /(?<!\d)(\d{1,2})([-./])(\d{1,2})\2(\d{4})(?!\d)/;
/** A date in figures within a longer text, which is not read as a whole. */
const DATE_IN_TEXT = /(?<!\d)(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{4})(?!\d)/;

/** ISO 8601 of a text that is a date or holds one. What the field says of 3/4/2026 comes before what the page's language says. */
function dateIn(text: string, order: "dmy" | "mdy" | null, language: string): string | null {
  const short = text.slice(0, 1_000);
  const figures = order === null ? null : FIGURES.exec(short);
  if (figures !== null) {
    const [, first = "", , second = "", year = ""] = figures;
    const [month, day] = order === "mdy" ? [first, second] : [second, first];
    return isoDate(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
  }
  const whole = isoDate(text, language);
  if (whole !== null) return whole;
  const found = DATE_IN_TEXT.exec(short);
  return found === null ? null : isoDate(found[0], language);
}

function urlOf(value: JsonValue, base: string): string | undefined {
  const said = isObject(value) ? (value.url ?? value.contentUrl ?? value["@id"] ?? null) : value;
  if (typeof said !== "string" || said.trim() === "") return undefined;
  return resolve(said.trim(), base) ?? undefined;
}

/** Of a srcset the largest candidate. */
function imageUrlOf(value: JsonValue, base: string): string | undefined {
  if (typeof value === "string" && /\s/.test(value.trim())) {
    const largest = largestOf(parseSrcset(value, base));
    if (largest !== null) return largest;
  }
  return urlOf(value, base);
}

export function largestOf(
  candidates: readonly { readonly url: string; readonly descriptor: string }[],
): string | null {
  let best: string | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const { url, descriptor } of candidates) {
    const size = descriptor === "" ? 1 : Number.parseFloat(descriptor);
    if (size > most) [best, most] = [url, size];
  }
  return best;
}

const YES =
  /^(?:true|yes|y|1|on|instock|in stock|limitedavailability|onlineonly|available|예|네|있음|是|はい|ja|oui|sí|si|sim)$/;
const NO =
  /^(?:false|no|n|0|off|outofstock|out of stock|soldout|sold out|discontinued|unavailable|아니오|아니요|없음|품절|否|いいえ|nein|non|não)$/;

function booleanOf(value: JsonValue): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = textOf(value)
    ?.toLowerCase()
    .replace(/^https?:\/\/schema\.org\//, "");
  if (text === undefined) return undefined;
  return YES.test(text) ? true : NO.test(text) ? false : undefined;
}

function listOf(value: JsonValue, separator: string | null): JsonValue | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const members = text
    .split(separator ?? /[,;|\n，、；]/)
    .map((member) => member.trim())
    .filter((member) => member !== "");
  return members.length === 0 ? undefined : members.slice(0, LIST_MEMBERS_MAX);
}
