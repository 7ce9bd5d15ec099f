// The one typed record of what a page says about itself: the metadata's fields with who said so, and beside them section, tags, licence,
// images and breadcrumbs. A field comes from the first kind of statement that has it: JSON-LD, microdata, RDFa, OpenGraph, metas, links.
import type { Breadcrumb, PageRecord, Provenance, Sourced } from "../model/index.ts";
import { resolve, withoutFragment } from "./addresses.ts";
import type { Metadata } from "./metadata.ts";
import type { MetaValues } from "./metadata-values.ts";
import { eventOf, organisationOf, productOf, recipeOf } from "./record-kinds.ts";
import type { Survey } from "./survey.ts";
import { firstThing, imagesIn, partOfThing, type Thing, textOfThing, textsOfThing } from "./things.ts";
import { attribute } from "./tree.ts";
import { collapse, cutAt } from "./visible-text.ts";

const LIST_MAX = 50;
const NOTHING: readonly string[] = [];
const TAG_CHARS_MAX = 200;

export interface RecordSources {
  readonly metadata: Metadata;
  readonly things: readonly Thing[];
  readonly survey: Survey;
  readonly base: string;
  /** What the document has, where nothing declares it. */
  readonly description: string | null;
  readonly lang: string | null;
}

export function recordOf(sources: RecordSources): PageRecord {
  const { metadata, things, base } = sources;
  const { authors } = metadata;
  return {
    title: metadata.title,
    description: metadata.description ?? fromText(sources.description),
    authors: authors.names.length === 0 ? null : { value: authors.names, from: authors.from },
    published: metadata.published,
    modified: metadata.modified,
    language: metadata.lang ?? fromText(sources.lang),
    site: metadata.site,
    canonical: metadata.canonical,
    images: imagesOf(sources),
    section:
      ofThing(metadata.declared, "articleSection") ??
      ofThing(metadata.marked, "articleSection") ??
      metadata.metas.first(
        "article:section",
        "og:article:section",
        "parsely-section",
        "section",
        "dc.subject",
      ),
    tags: tagsOf(metadata),
    licence: licenceOf(sources),
    breadcrumbs: breadcrumbsOf(things, base),
    product: productOf(things, metadata.metas, base),
    recipe: recipeOf(things, base),
    event: eventOf(things, base),
    organisation: organisationOf(things, base),
  };
}

function fromText(value: string | null): Sourced<string> | null {
  return value === null ? null : { value, from: "text" };
}

function ofThing(thing: Thing | null, ...properties: string[]): Sourced<string> | null {
  const value = textOfThing(thing, ...properties);
  return value === null || thing === null ? null : { value, from: thing.from };
}

function list(values: readonly string[], from: Provenance): Sourced<readonly string[]> | null {
  if (values.length === 0) return null;
  const kept = [...new Set(values)].filter((value) => value !== "").slice(0, LIST_MAX);
  return kept.length === 0 ? null : { value: kept, from };
}

function imagesOf({ metadata, survey, base }: RecordSources): Sourced<readonly string[]> | null {
  const { metas, declared, marked } = metadata;
  const absolute = (references: readonly string[], from: Provenance): Sourced<readonly string[]> | null =>
    references.length === 0
      ? null
      : list(
          references.flatMap((reference) => resolve(reference, base) ?? []),
          from,
        );
  return (
    absolute(imagesIn(declared), "json-ld") ??
    absolute(named(metas, "og:image", "og:image:url", "og:image:secure_url"), "opengraph") ??
    absolute(imagesIn(marked), marked?.from ?? "microdata") ??
    absolute(named(metas, "twitter:image", "twitter:image:src", "thumbnail"), "meta") ??
    absolute(linkedImages(survey), "link")
  );
}

function named(metas: MetaValues, ...names: string[]): readonly string[] {
  let values = NOTHING;
  for (const name of names) {
    const more = metas.get(name);
    if (more !== undefined) values = values.length === 0 ? more : [...values, ...more];
  }
  return values;
}

function linkedImages({ linkElements }: Survey): readonly string[] {
  return linkElements
    .filter(({ rel }) => rel.includes("image_src"))
    .map(({ element }) => attribute(element, "href") ?? "");
}

function tagsOf({ metas, declared, marked }: Metadata): Sourced<readonly string[]> | null {
  return (
    list(tagsIn(textsOfThing(declared, "keywords")), "json-ld") ??
    list(metas.get("article:tag") ?? NOTHING, "opengraph") ??
    list(tagsIn(textsOfThing(marked, "keywords")), marked?.from ?? "microdata") ??
    list(tagsIn((metas.get("keywords") ?? NOTHING).slice(0, 1)), "meta") ??
    list(tagsIn((metas.get("news_keywords") ?? NOTHING).slice(0, 1)), "meta")
  );
}

/** Tags are listed one by one, or in one text with commas. */
function tagsIn(values: readonly string[]): readonly string[] {
  if (values.length === 0) return NOTHING;
  const [only = ""] = values;
  const listed = values.length === 1 ? only.split(/[,;،、]/) : values;
  return listed.map((tag) => collapse(tag)).filter((tag) => tag.length <= TAG_CHARS_MAX);
}

function licenceOf(sources: RecordSources): Sourced<string> | null {
  const { declared, marked, metas } = sources.metadata;
  return (
    ofThing(declared, "license") ??
    ofThing(marked, "license") ??
    linkedLicence(sources) ??
    metas.first("dcterms.license", "dc.rights", "dcterms.rights", "license")
  );
}

function linkedLicence({ survey, base }: RecordSources): Sourced<string> | null {
  const link = survey.linkElements.find(({ rel }) => rel.includes("license"));
  const element = link?.element ?? survey.licences[0];
  const url = element === undefined ? null : resolve(attribute(element, "href") ?? "", base);
  return url === null ? null : { value: url, from: "link" };
}

function breadcrumbsOf(things: readonly Thing[], base: string): Sourced<readonly Breadcrumb[]> | null {
  const trail = firstThing(things, /^BreadcrumbList$/i);
  if (trail === null) return null;
  const crumbs = trail.values("itemListElement").flatMap((entry, at) => {
    if (typeof entry === "string") return [];
    const item = partOfThing(entry, "item");
    const name = textOfThing(entry, "name") ?? textOfThing(item, "name");
    const reference =
      textOfThing(item, "@id", "url") ?? (item === null ? textOfThing(entry, "item", "url") : null);
    const url = reference === null ? null : resolve(reference, base);
    const position = Number(textOfThing(entry, "position") ?? at + 1);
    if (name === null) return [];
    return [{ name: cutAt(name, 500), url: url === null ? null : withoutFragment(url), position }];
  });
  if (crumbs.length === 0) return null;
  crumbs.sort((one, other) => one.position - other.position);
  return { value: crumbs.slice(0, LIST_MAX).map(({ name, url }) => ({ name, url })), from: trail.from };
}
