// Images a page shows: src or the lazy attributes pages use instead, srcset candidates, picture sources, posters. Loads nothing.
import type { ImageRef } from "../model/index.ts";
import { resolve } from "./addresses.ts";
import { DATA } from "./attribute-marks.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse } from "./visible-text.ts";

const LAZY = [
  "data-src",
  "data-original",
  "data-lazy-src",
  "data-lazy",
  "data-original-src",
  "data-url",
  "data-hi-res-src",
  "data-img-src",
];
const LAZY_SETS = ["data-srcset", "data-lazy-srcset", "data-original-set"];
const CANDIDATES_MAX = 50;

type Candidate = { readonly url: string; readonly descriptor: string };

/** The image as an absolute reference, or null when it has none (a placeholder, a data: URL). */
export function imageOf(element: Element, base: string): ImageRef | null {
  const candidates: Candidate[] = [];
  for (const source of sources(element)) candidates.push(...candidatesOf(source, base));
  candidates.push(...candidatesOf(element, base));
  if (candidates.length > CANDIDATES_MAX) candidates.length = CANDIDATES_MAX;
  const url = ownUrl(element, base) ?? candidates.at(-1)?.url ?? null;
  if (url === null) return null;
  return {
    url,
    alt: imageAlt(element),
    width: pixels(attribute(element, "width")),
    height: pixels(attribute(element, "height")),
    candidates,
  };
}

/** The reference alone: of several candidates only where the element has none of its own. */
export function imageUrl(element: Element, base: string): string | null {
  return ownUrl(element, base) ?? imageOf(element, base)?.url ?? null;
}

export function imageAlt(element: Element): string {
  return collapse((attribute(element, "alt") ?? "").slice(0, 2000));
}

export function collectImages(found: readonly Element[], base: string, imagesMax: number): ImageRef[] {
  const images: ImageRef[] = [];
  const seen = new Set<string>();
  for (const element of found) {
    if (images.length >= imagesMax) break;
    const image = imageOf(element, base);
    if (image === null || seen.has(image.url)) continue;
    seen.add(image.url);
    images.push(image);
  }
  return images;
}

/** A lazy attribute beats src: where both stand, src is the placeholder. */
function ownUrl(element: Element, base: string): string | null {
  if (element.name === "video") return resolveImage(attribute(element, "poster"), base);
  if (hasOwnData(element)) {
    for (const name of LAZY) {
      const url = resolveImage(attribute(element, name), base);
      if (url !== null) return url;
    }
  }
  return resolveImage(attribute(element, "src"), base);
}

function resolveImage(reference: string | null, base: string): string | null {
  return reference === null || reference.trim() === "" ? null : resolve(reference, base);
}

/** Some attribute begins with "data-": most elements have none, and need not be asked for each. */
function hasOwnData(element: Element): boolean {
  return (element.marks & DATA) !== 0;
}

const NO_SOURCES: readonly Element[] = [];

function sources(element: Element): readonly Element[] {
  if (element.parent?.name !== "picture") return NO_SOURCES;
  return element.parent.children.filter(
    (child): child is Element => child.kind === 1 && child.name === "source",
  );
}

const NO_CANDIDATES: readonly Candidate[] = [];

function candidatesOf(element: Element, base: string): readonly Candidate[] {
  if (hasOwnData(element)) {
    for (const name of LAZY_SETS) {
      const set = attribute(element, name);
      const candidates = set === null ? NO_CANDIDATES : parseSrcset(set, base);
      if (candidates.length > 0) return candidates;
    }
  }
  const set = attribute(element, "srcset");
  return set === null ? NO_CANDIDATES : parseSrcset(set, base);
}

const BLANKS_AND_COMMAS = /[\s,]*/y;
const NO_BLANKS = /\S*/y;

/** Where a run that begins at `from` ends. */
function after(run: RegExp, text: string, from: number): number {
  run.lastIndex = from;
  return from + (run.exec(text)?.[0].length ?? 0);
}

/** The srcset grammar (HTML standard, 4.8.4.2.2): URLs may hold commas, descriptors parentheses. Bad candidates are left out. */
export function parseSrcset(set: string, base: string): Candidate[] {
  const candidates: Candidate[] = [];
  const text = set.slice(0, 65_536);
  let at = 0;
  while (at < text.length && candidates.length < CANDIDATES_MAX) {
    at = after(BLANKS_AND_COMMAS, text, at);
    const start = at;
    at = after(NO_BLANKS, text, at);
    let reference = text.slice(start, at);
    let descriptor = "";
    if (reference.endsWith(",")) {
      reference = reference.replace(/,+$/, "");
    } else {
      let depth = 0;
      const from = at;
      for (; at < text.length; at++) {
        const unit = text[at];
        if (unit === "(") depth++;
        else if (unit === ")") depth--;
        else if (unit === "," && depth <= 0) break;
      }
      descriptor = text.slice(from, at).trim();
    }
    const url = reference === "" ? null : resolve(reference, base);
    if (url !== null && /^(?:|\d+(?:\.\d+)?[xw](?:\s+\d+h)?|\d+h)$/.test(descriptor))
      candidates.push({ url, descriptor });
  }
  return candidates;
}

function pixels(value: string | null): number | null {
  const match = value === null ? null : /^\s*(\d{1,6})(?:\.\d+)?(?:px)?\s*$/.exec(value);
  return match === null ? null : Number(match[1]);
}
