// Who wrote the page: declared authors first, then the element that names one. Guesses no names from prose.
import { CLASS, ID } from "./attribute-marks.ts";
import { withoutDoubleEscapes } from "./double-escapes.ts";
import type { MetaValues } from "./metadata-values.ts";
import { relOf } from "./rel.ts";
import type { Survey } from "./survey.ts";
import { attribute, closest, type Element } from "./tree.ts";
import { collapse, textOf } from "./visible-text.ts";

export type AuthorSource = "json-ld" | "meta" | "microdata" | "element";

export interface Authors {
  /** Declared names joined by commas; where none is declared, the line by which the page itself shows its author ("By Jane Doe"). */
  readonly author: string | null;
  /** Names alone, without what stands around them. */
  readonly names: readonly string[];
  readonly from: AuthorSource;
}

const NO_AUTHOR: Authors = { author: null, names: [], from: "element" };
const NAMES_MAX = 20;

/** In the order of trust; a page that declares several kinds of authors is believed the first. */
export function authorsOf(survey: Survey, metas: MetaValues, linkedData: readonly string[]): Authors {
  if (linkedData.length > 0) {
    const declared = namesIn(linkedData.filter((value) => !/^https?:\/\//i.test(value)));
    if (declared.length > 0) return { author: declared.join(", "), names: declared, from: "json-ld" };
  }
  for (const meta of METAS) {
    const values = metas.get(meta);
    if (values === undefined) continue;
    const handles = meta === "twitter:creator" ? /^@/ : /^$/;
    const names = namesIn(values.filter((value) => !/^https?:\/\//i.test(value) && !handles.test(value)));
    if (names.length > 0) return { author: names.join(", "), names, from: "meta" };
  }
  return survey.bylines.length === 0 ? NO_AUTHOR : shownAuthor(survey);
}

const METAS = [
  "author",
  "article:author",
  "dc.creator",
  "dcterms.creator",
  "parsely-author",
  "sailthru.author",
  "citation_author",
  "twitter:creator",
];

function namesIn(given: readonly string[]): string[] {
  const names = [...new Set(given.map((name) => byName(name)))];
  return names.filter((name) => name !== "" && name.length <= 200).slice(0, NAMES_MAX);
}

/** "By Jane Doe, March 11, 2015 3:46 PM" names Jane Doe. Par and Por are names too, where they are written as names. */
function byName(name: string): string {
  return undated(name)
    .replace(/^(?:(?:written |posted )?by:?\s+)/i, "")
    .replace(/^(?:por|par|von|door|di):?\s+(?=\p{Lu}\p{Ll}+\s+\p{Lu})/u, "");
}

function undated(line: string): string {
  return collapse(withoutDoubleEscapes(line)).replace(DATED, "");
}

const DATED =
  /(?:[\s,|·•–-]+|(?<=\p{L})(?=\d))(?:on\s+)?(?:\d{1,2}\.?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d.*$/iu;

/** A byline of more characters is text. */
const BYLINE_CHARS_MAX = 100;

function shownAuthor(survey: Survey): Authors {
  const bylines = survey.bylines.filter((element) => element.name !== "link");
  const isProperty = (element: Element): boolean => (attribute(element, "itemprop") ?? "").includes("author");
  const precise = bylines.filter((element) => relOf(element).includes("author") || isProperty(element));
  for (const element of [...precise, ...bylines]) {
    const name = collapse(nameInside(element));
    if (name.length <= 1 || name.length >= BYLINE_CHARS_MAX) continue;
    const names = namesIn([name]);
    if (names.length === 0 || !inOwnText(element)) continue;
    if (isProperty(element)) return { author: names.join(", "), names, from: "microdata" };
    return { author: undated(lineAround(element, bylines) ?? name), names, from: "element" };
  }
  return NO_AUTHOR;
}

/** The whole line, where the name is a link inside of what is called a byline. */
function lineAround(element: Element, bylines: readonly Element[]): string | null {
  const outer = closest(element, (at) => at !== element && bylines.includes(at) && inOwnText(at));
  if (outer === null || outer.name === "body" || outer.chars >= BYLINE_CHARS_MAX) return null;
  return textOf(outer, 10 * BYLINE_CHARS_MAX);
}

function nameInside(element: Element): string {
  for (let child = element.first; child !== null; child = child.next) {
    if (child.kind === 1 && attribute(child, "itemprop") === "name")
      return attribute(child, "content") ?? textOf(child, 200);
  }
  return textOf(element, 200);
}

/** Not in a list of comments or of other articles. */
export function inOwnText(element: Element): boolean {
  return closest(element, isApart) === null;
}

function isApart(element: Element): boolean {
  if (element.name === "aside" || element.name === "footer") return true;
  if ((element.marks & (CLASS | ID)) === 0) return false;
  const naming = `${attribute(element, "class") ?? ""} ${attribute(element, "id") ?? ""}`.slice(0, 300);
  return /(?:^|[\s_-])(?:comments?|related|sidebar|footer|nav)(?:$|[\s_-])/i.test(naming);
}
