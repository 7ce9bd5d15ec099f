// Where the values of one page come from: its elements by selector, its linked data by path, its metas, what the extraction knows of it. Gives
// raw values in the page's order; types are made of them elsewhere.
import type { JsonValue, MicrodataItem } from "../../model/index.ts";
import { toHtml } from "../clean-html.ts";
import { imageOf } from "../images.ts";
import type { JsonObject } from "../json-ld.ts";
import { toMarkdown } from "../markdown.ts";
import { propertyValue } from "../microdata.ts";
import { attribute, type Element } from "../tree.ts";
import { collapse, isHidden, rawText, textOf } from "../visible-text.ts";
import type { DocumentKey, FieldType, Source } from "./declaration.ts";
import type { PageElements } from "./page-elements.ts";
import { follow, parsePath } from "./path.ts";
import type { CompiledSelector } from "./selector.ts";
import { largestOf, type Raw } from "./typed-value.ts";

export interface PageOfFields {
  /** Null where the body is no markup. */
  readonly elements: PageElements | null;
  readonly base: string;
  readonly metas: readonly Element[];
  readonly jsonLd: readonly JsonValue[];
  readonly microdata: readonly MicrodataItem[];
  readonly openGraph: { readonly [property: string]: readonly string[] };
  /** The body, where it is JSON. */
  readonly json: JsonValue | undefined;
  readonly document: { readonly [key in DocumentKey]: string | null };
  readonly nestingMax: number;
  readonly cellsMax: number;
}

const TEXT_CHARS_MAX = 200_000;
/** Elements whose text is looked at for `contains`. */
const CONTAINS_CHARS_MAX = 20_000;

export function cssValues(
  source: Extract<Source, { kind: "css" }>,
  selector: CompiledSelector,
  scope: Element,
  page: PageOfFields,
  elements: PageElements,
  wanted: { readonly type: FieldType; readonly max: number },
): Raw[] {
  const { contains } = source;
  const found = elements.select(selector, scope, contains === null ? wanted.max : 10_000);
  const values: Raw[] = [];
  for (const element of found) {
    if (contains !== null && !textOf(element, CONTAINS_CHARS_MAX).toLowerCase().includes(contains)) continue;
    const value = elementValue(element, source, wanted.type, page);
    if (value !== null) values.push({ value, holder: null, exact: false });
    if (values.length >= wanted.max) break;
  }
  return values;
}

function elementValue(
  element: Element,
  source: Extract<Source, { kind: "css" }>,
  type: FieldType,
  page: PageOfFields,
): string | null {
  if (source.attributes.length > 0) {
    for (const name of source.attributes) {
      const value = attribute(element, name)?.trim();
      if (value !== undefined && value !== "") return value;
    }
    return null;
  }
  const content = { roots: [element], skip: isHidden, titleHeading: null };
  if (source.as === "html") return toHtml(content, page.base);
  if (source.as === "markdown") {
    const { base, nestingMax, cellsMax } = page;
    return toMarkdown(content, {
      base,
      nestingMax,
      cellsMax,
      whole: false,
      math: false,
      byId: () => new Map(),
    });
  }
  if (source.as === null && type === "image") {
    const image = imageOf(element, page.base);
    if (image !== null) return largestOf(image.candidates) ?? image.url;
  }
  if (source.as === null && (type === "url" || type === "image")) return propertyValue(element, page.base);
  if (element.name === "meta") return attribute(element, "content");
  if (source.as === null && type === "date" && element.name === "time")
    return attribute(element, "datetime") ?? textOf(element, TEXT_CHARS_MAX);
  if (element.name === "input") return attribute(element, "value");
  if (element.name === "script" || element.name === "style") return rawText(element).slice(0, TEXT_CHARS_MAX);
  return textOf(element, TEXT_CHARS_MAX);
}

export function namedValues(source: Exclude<Source, { kind: "css" }>, page: PageOfFields): Raw[] {
  const { kind, name } = source;
  switch (kind) {
    case "jsonLd":
      return pathValues(page.jsonLd, name, true);
    case "microdata":
      return pathValues(page.microdata.map(itemAsJson), name, true);
    case "json":
      return page.json === undefined ? [] : pathValues([page.json], name, false);
    case "openGraph":
      return (page.openGraph[name.toLowerCase()] ?? []).map(exact);
    case "meta":
      return page.metas.flatMap((meta) =>
        isNamed(meta, name) ? [exact(attribute(meta, "content") ?? "")] : [],
      );
    case "document": {
      const value = page.document[name as DocumentKey];
      return value === null ? [] : [exact(value)];
    }
  }
}

const exact = (value: string): Raw => ({ value: collapse(value), holder: null, exact: true });

function isNamed(meta: Element, name: string): boolean {
  const wanted = name.toLowerCase();
  return ["name", "property", "itemprop", "http-equiv"].some(
    (key) => attribute(meta, key)?.trim().toLowerCase() === wanted,
  );
}

function pathValues(values: readonly JsonValue[], written: string, typed: boolean): Raw[] {
  const path = parsePath(written, typed);
  if (!path.ok) return [];
  return follow(values, path.value).flatMap((reached) =>
    reached.value === null || reached.value === "" ? [] : [{ ...reached, exact: true }],
  );
}

function itemAsJson(item: MicrodataItem): JsonObject {
  const properties = Object.entries(item.properties).map(
    ([name, values]) =>
      [name, values.map((value) => (typeof value === "string" ? value : itemAsJson(value)))] as const,
  );
  return Object.fromEntries<JsonValue>([
    ["@type", item.type],
    ...(item.id === null ? [] : [["@id", item.id] as const]),
    ...properties,
  ]);
}
