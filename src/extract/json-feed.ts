// JSON Feed (versions 1 and 1.1) as a feed like any other. Tolerant: an entry is what has an address or a text.
import type { JsonValue } from "../model/index.ts";
import { resolve } from "./addresses.ts";
import { isoDate } from "./dates.ts";
import { ENTRIES_MAX, type Feed, type FeedEntry } from "./feed-document.ts";
import type { JsonObject } from "./json-ld.ts";
import type { ExtractOptions } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { Rows } from "./rows.ts";
import { isObject } from "./schema/path.ts";
import type { Element } from "./tree.ts";
import { collapse, cutAt } from "./visible-text.ts";

const FIELD_CHARS_MAX = 2_000;

/** Null for JSON that is no feed. */
export function jsonFeedOf(value: JsonValue | undefined, base: string, options: ExtractOptions): Feed | null {
  if (!isObject(value)) return null;
  const { version, items } = value;
  if (typeof version !== "string" || !/^https?:\/\/jsonfeed\.org\/version\//.test(version)) return null;
  const all: readonly JsonValue[] = Array.isArray(items) ? items : [];
  const entries = all
    .slice(0, ENTRIES_MAX)
    .flatMap((item) => (isObject(item) ? [entryOf(item, base, options)] : []));
  return {
    title: said(value, "title"),
    description: said(value, "description"),
    language: said(value, "language"),
    author: authorOf(value),
    publishedAt: null,
    modifiedAt:
      entries
        .flatMap(({ date }) => date ?? [])
        .sort()
        .at(-1) ?? null,
    home: addressOf(value, "home_page_url", base),
    next: addressOf(value, "next_url", base),
    entries,
    dropped: Math.max(0, all.length - ENTRIES_MAX),
  };
}

function entryOf(item: JsonObject, base: string, options: ExtractOptions): FeedEntry {
  const html = item.content_html;
  const text = [item.content_text, item.summary].find((one) => typeof one === "string");
  const date = said(item, "date_published") ?? said(item, "date_modified");
  return {
    url: addressOf(item, "url", base) ?? addressOf(item, "external_url", base),
    title: said(item, "title") ?? "",
    date: date === null ? null : isoDate(date),
    body:
      typeof html === "string"
        ? [parseHtml(html, options, { xhtml: false }).body]
        : typeof text === "string"
          ? paragraphsOf(text)
          : [],
  };
}

function paragraphsOf(text: string): Element[] {
  const rows = new Rows();
  return text.split(/\n\n+/).map((part) => {
    const paragraph = rows.made("p");
    paragraph.append(rows.madeText(part));
    return paragraph;
  });
}

function said(object: JsonObject, key: string): string | null {
  const value = object[key];
  if (typeof value !== "string") return null;
  const text = cutAt(collapse(value.slice(0, 20_000)), FIELD_CHARS_MAX);
  return text === "" ? null : text;
}

function addressOf(object: JsonObject, key: string, base: string): string | null {
  const reference = said(object, key);
  return reference === null ? null : resolve(reference, base);
}

/** `authors` of 1.1, `author` of 1. */
function authorOf(feed: JsonObject): string | null {
  const { authors, author } = feed;
  const list: readonly JsonValue[] = Array.isArray(authors) ? authors : author === undefined ? [] : [author];
  const names = list.flatMap((one) => (isObject(one) ? (said(one, "name") ?? []) : []));
  return names.length === 0 ? null : names.slice(0, 20).join(", ");
}
