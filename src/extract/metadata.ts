// What a page declares about itself: title, description, language, canonical, authors, dates and site from JSON-LD, OpenGraph, meta names,
// microdata and RDFa, then markup. Each field has a fixed order of trust and keeps who said so; nothing is guessed from prose.
import type { Provenance, RobotsDirectives, Sourced } from "../model/index.ts";
import { resolve, withoutFragment } from "./addresses.ts";
import { declaredLanguage } from "./language.ts";
import { type Authors, authorsOf } from "./metadata-author.ts";
import { modifiedOf, publishedOf } from "./metadata-dates.ts";
import { titleOf } from "./metadata-title.ts";
import { clean, type MetaElement, MetaValues, readMetas } from "./metadata-values.ts";
import { parseRefresh } from "./refresh.ts";
import { robotsDirectives } from "./robots-directives.ts";
import type { Survey } from "./survey.ts";
import { firstThing, type Thing, textOfThing, textsOfThing } from "./things.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse, cutAt } from "./visible-text.ts";

export interface MetadataSources {
  readonly survey: Survey;
  readonly html: Element;
  readonly things: readonly Thing[];
  readonly pageUrl: string;
  readonly base: string;
  /** Response fields that speak about the document, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly robotsAgent: string;
}

type Field = Sourced<string> | null;

export interface Metadata {
  readonly title: Field;
  readonly description: Field;
  /** As declared. */
  readonly lang: Field;
  readonly canonical: Field;
  readonly authors: Authors;
  readonly published: Field;
  readonly modified: Field;
  readonly site: Field;
  readonly openGraph: { readonly [property: string]: readonly string[] };
  readonly robots: RobotsDirectives;
  readonly refresh: { readonly delayS: number; readonly url: string } | null;
  /** All metas by name, for what else is read from them. */
  readonly metas: MetaValues;
  /** The article (or what else the page is about) as JSON-LD gives it, and as its markup does. */
  readonly declared: Thing | null;
  readonly marked: Thing | null;
}

const NO_VALUES: readonly string[] = [];
const NO_THINGS: readonly Thing[] = [];

const NEWS = /(?:Article|Posting|Report)$/i;
const ARTICLE =
  /(?:Article|Posting|Report|Recipe|Review|Product|WebPage|VideoObject|Course|Event|Book|HowTo|QAPage)$/i;

export function readMetadata(sources: MetadataSources): Metadata {
  const { survey, base, things } = sources;
  const elements = readMetas(survey.metas);
  const metas = new MetaValues(elements);
  // Nothing stands behind a thing of JSON-LD but more of them, and markup's.
  const inMarkup = things.findIndex(({ from }) => from !== "json-ld");
  const linked = inMarkup === -1 ? things : things.slice(0, inMarkup);
  const markup = inMarkup === -1 ? NO_THINGS : things.slice(inMarkup);
  const declared = firstThing(linked, NEWS) ?? firstThing(linked, ARTICLE);
  const marked = firstThing(markup, NEWS) ?? firstThing(markup, ARTICLE);
  const header = (name: string): readonly string[] => {
    let values = NO_VALUES;
    for (const [key, value] of sources.headers) if (key === name) values = [...values, value];
    return values;
  };
  const site = cleaned(
    metas.first("og:site_name") ??
      said(textOfThing(declared, "publisher"), "json-ld") ??
      said(textOfThing(firstThing(linked, /^WebSite$/i), "name"), "json-ld") ??
      metas.first("application-name"),
  );
  const lang = languageOf(sources, metas, header("content-language")[0] ?? null, declared);
  const dates = { survey, base, metas, declared, marked, language: lang?.value ?? "" };
  return {
    title: titleOf(survey, metas, textOfThing(declared, "headline"), site?.value ?? null),
    description: cleaned(
      metas.first(
        "description",
        "og:description",
        "twitter:description",
        "dc.description",
        "dcterms.description",
      ) ?? said(textOfThing(declared, "description"), "json-ld"),
    ),
    lang,
    canonical: canonicalOf(survey, header("link"), base),
    authors: authorsOf(survey, metas, textsOfThing(declared, "author")),
    published: publishedOf(dates),
    modified: modifiedOf(dates),
    site,
    openGraph: openGraphOf(elements),
    robots: robotsDirectives({
      metas: elements,
      headers: header("x-robots-tag"),
      agent: sources.robotsAgent,
    }),
    refresh: refreshOf(elements, header("refresh"), base),
    metas,
    declared,
    marked,
  };
}

function said(value: string | null, from: Provenance): Field {
  return value === null ? null : { value, from };
}

function cleaned(field: Field): Field {
  const value = field === null ? null : clean(field.value);
  return field === null || value === null ? null : { value, from: field.from };
}

/** In the standard's order, then as search engines and cards are told. */
function languageOf(
  { html }: MetadataSources,
  metas: MetaValues,
  header: string | null,
  article: Thing | null,
): Field {
  return (
    language(said(attribute(html, "lang") ?? attribute(html, "xml:lang"), "element")) ??
    language(metas.first("content-language")) ??
    language(metas.first("language", "dc.language", "dcterms.language")) ??
    language(said(header, "header")) ??
    language(metas.first("og:locale")) ??
    language(said(textOfThing(article, "inLanguage"), "json-ld"))
  );
}

function language(field: Field): Field {
  const tag = field === null ? null : declaredLanguage(field.value);
  return field === null || tag === null ? null : { value: tag, from: field.from };
}

function canonicalOf(survey: Survey, linkHeaders: readonly string[], base: string): Field {
  for (const { element, inHead, rel } of survey.linkElements) {
    if (!inHead || !rel.includes("canonical")) continue;
    const href = attribute(element, "href")?.trim() ?? "";
    const url = href === "" ? null : resolve(href, base);
    if (url !== null) return { value: withoutFragment(url), from: "link" };
  }
  for (const header of linkHeaders) {
    const match = /<([^>]{1,8192})>[^<,]*;\s*rel\s*=\s*"?canonical\b/i.exec(header.slice(0, 65_536));
    const url = match?.[1] === undefined ? null : resolve(match[1], base);
    if (url !== null) return { value: withoutFragment(url), from: "header" };
  }
  return null;
}

const OPEN_GRAPH = /^(?:og|article|book|profile|video|music|product|fb):/;

function openGraphOf(metas: readonly MetaElement[]): { readonly [property: string]: readonly string[] } {
  // Made of its properties at the end: an object that grows by each is slower.
  let properties: Map<string, string[]> | null = null;
  for (const { property, name: ownName, content } of metas) {
    const name = property?.trim() ?? ownName;
    if (name === null || content === null || name.length > 200 || !OPEN_GRAPH.test(name)) continue;
    properties ??= new Map();
    if (properties.size >= 500) break;
    const list = properties.get(name);
    if (list === undefined) properties.set(name, [cutAt(collapse(content.slice(0, 20_000)), 10_000)]);
    else if (list.length < 100) list.push(cutAt(collapse(content.slice(0, 20_000)), 10_000));
  }
  return properties === null ? {} : Object.fromEntries(properties);
}

function refreshOf(
  metas: readonly MetaElement[],
  headers: readonly string[],
  base: string,
): Metadata["refresh"] {
  for (const header of headers) {
    const refresh = parseRefresh(header, base);
    if (refresh !== null) return refresh;
  }
  for (const { equivalent, content } of metas) {
    if (equivalent?.trim() !== "refresh") continue;
    const refresh = parseRefresh(content ?? "", base);
    if (refresh !== null) return refresh;
  }
  return null;
}
