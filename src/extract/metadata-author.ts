// Who wrote the page: declared authors first, then the element that names one. Guesses no names from prose.
import { withoutDoubleEscapes } from "./double-escapes.ts";
import { type JsonObject, namesOf } from "./json-ld.ts";
import type { Survey } from "./survey.ts";
import { attribute, closest, type Element, hasToken } from "./tree.ts";
import { collapse, textOf } from "./visible-text.ts";

/** Names joined by commas: from JSON-LD, from metas, else from the page's byline; null when none is declared. */
export function authorOf(
  survey: Survey,
  metas: ReadonlyMap<string, string[]>,
  article: JsonObject | undefined,
): string | null {
  const fromMeta = (name: string): string[] =>
    (metas.get(name) ?? []).filter((value) => value !== "" && !/^https?:\/\//i.test(value));
  const candidates = [
    () => namesOf(article?.author),
    () => fromMeta("author"),
    () => fromMeta("article:author"),
    () => fromMeta("dc.creator"),
    () => fromMeta("dcterms.creator"),
    () => fromMeta("parsely-author"),
    () => fromMeta("sailthru.author"),
    () => fromMeta("citation_author"),
    () => fromMeta("twitter:creator").filter((value) => !value.startsWith("@")),
    () => bylineNames(survey),
  ];
  for (const candidate of candidates) {
    const names = [...new Set(candidate().map((name) => byName(name)))].filter(
      (name) => name !== "" && name.length <= 200,
    );
    if (names.length > 0) return names.slice(0, 20).join(", ");
  }
  return null;
}

/** "By Jane Doe, March 11, 2015 3:46 PM" names Jane Doe. Par and Por are names too, where they are written as names. */
function byName(name: string): string {
  return collapse(withoutDoubleEscapes(name))
    .replace(/^(?:(?:written |posted )?by:?\s+)/i, "")
    .replace(/^(?:por|par):?\s+(?=\p{Lu})/u, "")
    .replace(DATED, "");
}

const DATED =
  /(?:[\s,|·•–-]+|(?<=\p{L})(?=\d))(?:on\s+)?(?:\d{1,2}\.?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d.*$/iu;

function bylineNames(survey: Survey): string[] {
  const linked = survey.bylines.filter((element) => element.name !== "link" && inOwnText(element));
  const precise = linked.filter(
    (element) =>
      hasToken(element, "rel", "author") || (attribute(element, "itemprop") ?? "").includes("author"),
  );
  for (const element of [...precise, ...linked]) {
    const name = collapse(nameInside(element));
    if (name.length > 1 && name.length < 100) return [name];
  }
  return [];
}

function nameInside(element: Element): string {
  for (const child of element.children) {
    if (child.kind === 1 && attribute(child, "itemprop") === "name")
      return attribute(child, "content") ?? textOf(child, 200);
  }
  return textOf(element, 200);
}

/** Not in a list of comments or of other articles. */
export function inOwnText(element: Element): boolean {
  return (
    closest(element, (at) => {
      const naming = `${attribute(at, "class") ?? ""} ${attribute(at, "id") ?? ""}`.slice(0, 300);
      return (
        at.name === "aside" ||
        at.name === "footer" ||
        /(?:^|[\s_-])(?:comments?|related|sidebar|footer|nav)(?:$|[\s_-])/i.test(naming)
      );
    }) === null
  );
}
