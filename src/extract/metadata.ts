// Title, description, language, canonical, author, dates and site name from what the page declares about itself: JSON-LD, OpenGraph,
// meta names, microdata, then markup. Each field has a fixed order of trust; nothing is guessed from prose.
import type { JsonValue, RobotsDirectives } from "../model/index.ts";
import { resolve, withoutFragment } from "./addresses.ts";
import { isoDate } from "./dates.ts";
import { withoutDoubleEscapes } from "./double-escapes.ts";
import { hasType, type JsonObject, namesOf, typedObjects } from "./json-ld.ts";
import { declaredLanguage } from "./language.ts";
import { authorsOf, inOwnText } from "./metadata-author.ts";
import { propertyValue } from "./microdata.ts";
import { parseRefresh } from "./refresh.ts";
import { robotsDirectives } from "./robots-directives.ts";
import type { Survey } from "./survey.ts";
import { attribute, type Element, hasToken } from "./tree.ts";
import { collapse, cutAt, rawText, textOf } from "./visible-text.ts";

export interface MetadataSources {
  readonly survey: Survey;
  readonly html: Element;
  readonly jsonLd: readonly JsonValue[];
  readonly pageUrl: string;
  readonly base: string;
  /** Response fields that speak about the document, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly robotsAgent: string;
}

export interface Metadata {
  readonly title: string | null;
  readonly description: string | null;
  readonly declaredLang: string | null;
  readonly canonical: string | null;
  readonly author: string | null;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly siteName: string | null;
  readonly openGraph: { readonly [property: string]: readonly string[] };
  readonly robots: RobotsDirectives;
  readonly refresh: { readonly delayS: number; readonly url: string } | null;
}

const FIELD_CHARS_MAX = 2_000;
const ARTICLE =
  /(?:Article|Posting|Report|Recipe|Review|Product|WebPage|VideoObject|Course|Event|Book|HowTo|QAPage)$/i;

export function readMetadata(sources: MetadataSources): Metadata {
  const { survey, base } = sources;
  const metas = metaValues(survey.metas);
  const meta = (...names: string[]): string | null => {
    for (const name of names) for (const value of metas.get(name) ?? []) if (value !== "") return value;
    return null;
  };
  const objects = typedObjects(sources.jsonLd);
  const article = articleOf(objects);
  const header = (name: string): string[] =>
    sources.headers.filter(([key]) => key === name).map(([, value]) => value);
  const robotsMetas = survey.metas.flatMap((element): [string, string][] => {
    const name = attribute(element, "name")?.trim().toLowerCase();
    return name === undefined ? [] : [[name, attribute(element, "content") ?? ""]];
  });
  const siteName = clean(
    meta("og:site_name") ??
      first(namesOf(article?.publisher)) ??
      websiteName(objects) ??
      meta("application-name"),
  );
  return {
    title: titleOf(sources, meta, article, siteName),
    description: clean(
      meta("description", "og:description", "twitter:description", "dc.description", "dcterms.description") ??
        text(article?.description),
    ),
    declaredLang: declaredLanguage([
      attribute(sources.html, "lang") ?? attribute(sources.html, "xml:lang"),
      meta("content-language"),
      meta("language", "dc.language", "dcterms.language"),
      header("content-language")[0] ?? null,
      meta("og:locale"),
      text(article?.inLanguage),
    ]),
    canonical: canonicalOf(survey, header("link"), base),
    author: authorsOf(survey, metas, article).author,
    publishedAt: dateOf(
      [
        text(article?.datePublished),
        meta("article:published_time", "og:article:published_time"),
        ...timesOf(survey, "datePublished", base),
      ],
      [
        meta(
          "parsely-pub-date",
          "sailthru.date",
          "dc.date.issued",
          "dcterms.issued",
          "dcterms.created",
          "dc.date",
          "date",
        ),
        meta(
          "pubdate",
          "publishdate",
          "publish-date",
          "publish_date",
          "published_at",
          "article.published",
          "dcterms.date",
        ),
        meta(
          "cxenseparse:recs:publishtime",
          "citation_publication_date",
          "citation_date",
          "og:published_time",
        ),
        text(article?.dateCreated) ?? text(article?.uploadDate),
        () => publishedTime(survey),
      ],
    ),
    modifiedAt: dateOf(
      [
        text(article?.dateModified),
        meta("article:modified_time", "og:updated_time"),
        ...timesOf(survey, "dateModified", base),
      ],
      [meta("last-modified", "dcterms.modified", "dc.date.modified", "lastmod", "revised")],
    ),
    siteName,
    openGraph: openGraphOf(survey.metas),
    robots: robotsDirectives({
      metas: robotsMetas,
      headers: header("x-robots-tag"),
      agent: sources.robotsAgent,
    }),
    refresh: refreshOf(survey, header("refresh"), base),
  };
}

type Meta = (...names: string[]) => string | null;

/** Every meta's content under its property, name, itemprop or http-equiv, in lower case. */
function metaValues(metas: readonly Element[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const element of metas) {
    const content = attribute(element, "content");
    if (content === null) continue;
    for (const key of ["property", "name", "http-equiv", "itemprop"]) {
      const names = attribute(element, key);
      if (names === null) continue;
      for (const name of key === "name" ? [names.trim().toLowerCase()] : names.toLowerCase().split(/\s+/)) {
        const list = values.get(name);
        const value = cutAt(collapse(withoutDoubleEscapes(content.slice(0, 10_000))), FIELD_CHARS_MAX);
        if (list === undefined) values.set(name, [value]);
        else if (list.length < 100) list.push(value);
      }
    }
  }
  return values;
}

/**
 * What the page declares as its own title (OpenGraph and the like), unless that is only the site's name; else the title element of the
 * head. A site's name beside that one is left out only where the page itself shows which part is the page's own: its headline, its
 * site's name or an h1.
 */
function titleOf(
  sources: MetadataSources,
  meta: Meta,
  article: JsonObject | undefined,
  siteName: string | null,
): string | null {
  const { survey } = sources;
  const element = survey.titles.find((title) => title.inHead) ?? survey.titles[0];
  const whole = element === undefined ? null : clean(rawText(element.element));
  const declared = clean(
    meta("dc.title", "dcterms.title", "og:title", "title", "twitter:title") ??
      (whole === null ? text(article?.headline) : null),
  );
  if (declared !== null && (whole === null || declared !== siteName)) return declared;
  if (whole === null) {
    const heading = survey.headings.find((candidate) => candidate.name === "h1");
    return heading === undefined ? null : clean(textOf(heading, FIELD_CHARS_MAX));
  }
  const parts = whole.split(/\s+[|\-–—\\/>»·•:]+\s+|\s*[|»]\s*|:\s+/).length;
  if (parts < 2) return whole;
  const headings = survey.headings.filter((candidate) => candidate.name === "h1").slice(0, 3);
  const own = [text(article?.headline), ...headings.map((heading) => textOf(heading, FIELD_CHARS_MAX))];
  for (const candidate of own) {
    if (candidate === null || candidate.length < 3 || candidate === whole || candidate === siteName) continue;
    const rest = remainder(whole, candidate);
    if (rest !== null && SEPARATED.test(rest)) return candidate;
  }
  if (siteName !== null) {
    const rest = remainder(whole, siteName);
    if (rest !== null && SEPARATED.test(rest)) return clean(rest.replace(SEPARATOR_ENDS, "")) ?? whole;
  }
  return whole;
}

const SEPARATOR = "[|\\-–—\\\\/>»·•:~]";
const SEPARATED = /^\s*[^\p{L}\p{N}\s"'(]|[^\p{L}\p{N}\s"')]\s*$/u;
const SEPARATOR_ENDS = new RegExp(`^\\s*${SEPARATOR}+\\s*|\\s*${SEPARATOR}+\\s*$`, "g");

/** What is left of `whole` beside `part` at its beginning or end (case kept), or null. */
function remainder(whole: string, part: string): string | null {
  if (whole.length <= part.length) return null;
  if (whole.startsWith(part)) return whole.slice(part.length);
  if (whole.endsWith(part)) return whole.slice(0, -part.length);
  return null;
}

function articleOf(objects: readonly JsonObject[]): JsonObject | undefined {
  return (
    objects.find((object) => hasType(object, /(?:Article|Posting|Report)$/i)) ??
    objects.find((object) => hasType(object, ARTICLE))
  );
}

function websiteName(objects: readonly JsonObject[]): string | null {
  const site = objects.find((object) => hasType(object, /^WebSite$/i));
  return site === undefined ? null : text(site.name);
}

function canonicalOf(survey: Survey, linkHeaders: readonly string[], base: string): string | null {
  for (const { element, inHead } of survey.linkElements) {
    if (!inHead || !hasToken(element, "rel", "canonical")) continue;
    const href = attribute(element, "href")?.trim() ?? "";
    const url = href === "" ? null : resolve(href, base);
    if (url !== null) return withoutFragment(url);
  }
  for (const header of linkHeaders) {
    const match = /<([^>]{1,8192})>[^<,]*;\s*rel\s*=\s*"?canonical\b/i.exec(header.slice(0, 65_536));
    const url = match?.[1] === undefined ? null : resolve(match[1], base);
    if (url !== null) return withoutFragment(url);
  }
  return null;
}

function timesOf(survey: Survey, property: string, base: string): (string | null)[] {
  return survey.times
    .filter((time) => (attribute(time, "itemprop") ?? "").split(/\s+/).includes(property))
    .map((time) => propertyValue(time, base));
}

/** A time element marked as the publication's, else the only one in the page's articles. */
function publishedTime(survey: Survey): string | null {
  const marked = survey.times.find(
    (time) =>
      attribute(time, "pubdate") !== null ||
      /publish|entry-date|dt-published/i.test(attribute(time, "class") ?? ""),
  );
  const chosen =
    marked ?? (survey.times.length <= 2 ? survey.times.find((time) => inOwnText(time)) : undefined);
  if (chosen === undefined) return null;
  return attribute(chosen, "datetime") ?? rawText(chosen);
}

type Candidate = string | null | (() => string | null);

/** What costs a search is looked for only where nothing before it is a date. */
function dateOf(...lists: readonly (readonly Candidate[])[]): string | null {
  for (const list of lists) {
    for (const given of list) {
      const candidate = typeof given === "function" ? given() : given;
      const iso = candidate === null ? null : isoDate(candidate);
      if (iso !== null) return iso;
    }
  }
  return null;
}

function openGraphOf(metas: readonly Element[]): { readonly [property: string]: readonly string[] } {
  const properties = new Map<string, string[]>();
  for (const element of metas) {
    const name = (attribute(element, "property") ?? attribute(element, "name") ?? "").trim().toLowerCase();
    if (!/^(?:og|article|book|profile|video|music|product|fb):/.test(name) || name.length > 200) continue;
    const content = attribute(element, "content");
    if (content === null || properties.size >= 500) continue;
    const list = properties.get(name) ?? [];
    if (list.length < 100) list.push(cutAt(collapse(content.slice(0, 20_000)), 10_000));
    properties.set(name, list);
  }
  return Object.fromEntries(properties);
}

function refreshOf(survey: Survey, headers: readonly string[], base: string): Metadata["refresh"] {
  for (const header of headers) {
    const refresh = parseRefresh(header, base);
    if (refresh !== null) return refresh;
  }
  for (const element of survey.metas) {
    if (attribute(element, "http-equiv")?.trim().toLowerCase() !== "refresh") continue;
    const refresh = parseRefresh(attribute(element, "content") ?? "", base);
    if (refresh !== null) return refresh;
  }
  return null;
}

function text(value: JsonValue | undefined): string | null {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "string" ? collapse(withoutDoubleEscapes(one.slice(0, FIELD_CHARS_MAX))) : null;
}

function first(names: readonly string[]): string | null {
  return names[0] ?? null;
}

function clean(value: string | null): string | null {
  if (value === null) return null;
  const collapsed = cutAt(collapse(value.slice(0, 10_000)), FIELD_CHARS_MAX);
  return collapsed === "" ? null : collapsed;
}
