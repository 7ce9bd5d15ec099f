// Which pictures a page names, in the order of the recipe's sources. Pure: of what the extraction found. Fetches nothing.
import type { Document, JsonValue } from "../../model/index.ts";
import type { PictureSource } from "./options.ts";

/** Depth and number of JSON-LD values that are looked at. */
const DEPTH_MAX = 20;
const NODES_MAX = 5_000;

/** Addresses found by the sources that are selectors, by their place in the list. */
export type Selected = ReadonlyMap<number, readonly string[]>;

/** Absolute http and https URLs, each once. */
export function candidatesOf(
  document: Document,
  base: string,
  sources: readonly PictureSource[],
  selected: Selected,
): string[] {
  const found = sources.flatMap((source, place) => {
    if (source === "open_graph") return openGraphImages(document.openGraph);
    if (source === "json_ld") return jsonLdImages(document.jsonLd);
    return selected.get(place) ?? [];
  });
  return [...new Set(found.flatMap((reference) => absolute(reference, base) ?? []))];
}

function absolute(reference: string, base: string): string | null {
  const url = URL.parse(reference.trim(), base);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  url.hash = "";
  return url.href;
}

function openGraphImages(openGraph: Document["openGraph"]): readonly string[] {
  const of = (property: string): readonly string[] =>
    Object.hasOwn(openGraph, property) ? (openGraph[property] ?? []) : [];
  return [...of("og:image:secure_url"), ...of("og:image"), ...of("og:image:url")];
}

/** Nodes that speak of the site, not of what the page is about: their pictures are logos. */
const OF_THE_SITE = new Set([
  "website",
  "organization",
  "breadcrumblist",
  "searchaction",
  "webapplication",
  "listitem",
]);

type JsonObject = { readonly [key: string]: JsonValue };

function jsonLdImages(values: readonly JsonValue[]): string[] {
  const found: string[] = [];
  let nodes = 0;
  const visit = (value: JsonValue, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > DEPTH_MAX || ++nodes > NODES_MAX) return;
    if (isList(value)) {
      for (const one of value) visit(one, depth + 1);
      return;
    }
    if (typesOf(value).some((type) => OF_THE_SITE.has(type))) return;
    for (const key of ["image", "photo"]) found.push(...imagesOf(value[key] ?? null));
    for (const key of ["@graph", "mainEntity", "mainEntityOfPage", "about", "itemReviewed"])
      visit(value[key] ?? null, depth + 1);
  };
  for (const value of values) visit(value, 0);
  return found;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

function typesOf(node: JsonObject): string[] {
  const type = node["@type"] ?? null;
  const types =
    typeof type === "string" ? [type] : type !== null && typeof type === "object" && isList(type) ? type : [];
  return types.flatMap((one) =>
    typeof one === "string" ? [one.replace(/^https?:\/\/schema\.org\//, "").toLowerCase()] : [],
  );
}

/** A text, an ImageObject, or several; of ImageObjects that say their size the largest first. */
function imagesOf(value: JsonValue): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if (!isList(value)) {
    const url = value.contentUrl ?? value.url ?? value["@id"] ?? null;
    return typeof url === "string" ? [url] : [];
  }
  return [...value]
    .slice(0, 100)
    .sort((a, b) => areaOf(b) - areaOf(a))
    .flatMap(imagesOf);
}

function areaOf(value: JsonValue): number {
  if (typeof value !== "object" || value === null || isList(value)) return 0;
  const [width, height] = [Number(value.width), Number(value.height)];
  return width > 0 && height > 0 ? width * height : 0;
}
