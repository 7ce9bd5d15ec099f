// When a page was published and last changed: the statements that say so, in the order in which they are believed.
import type { Sourced } from "../model/index.ts";
import { isoDate } from "./dates.ts";
import { inOwnText } from "./metadata-author.ts";
import type { MetaValues } from "./metadata-values.ts";
import { propertyValue } from "./microdata.ts";
import type { Survey } from "./survey.ts";
import { type Thing, textOfThing } from "./things.ts";
import { attribute } from "./tree.ts";
import { rawText } from "./visible-text.ts";

export interface DateSources {
  readonly survey: Survey;
  readonly base: string;
  readonly metas: MetaValues;
  /** The page's article as JSON-LD gives it, and as its markup does. */
  readonly declared: Thing | null;
  readonly marked: Thing | null;
  /** Of the page, for dates in numbers alone; "" where it is not known. */
  readonly language: string;
}

type Candidate = Sourced<string> | null;

export function publishedOf({
  survey,
  base,
  metas,
  declared,
  marked,
  language,
}: DateSources): Sourced<string> | null {
  const date = (candidate: Candidate) => dated(candidate, language);
  return (
    date(ofThing(declared, "datePublished")) ??
    date(metas.first("article:published_time", "og:article:published_time")) ??
    date(markedTime(survey, "datePublished", base)) ??
    date(ofThing(marked, "datePublished")) ??
    date(metas.first(...ISSUED)) ??
    date(metas.first(...PUBLISHED)) ??
    date(
      metas.first(
        "cxenseparse:recs:publishtime",
        "citation_publication_date",
        "citation_date",
        "og:published_time",
      ),
    ) ??
    date(metas.first("datepublished", "citation_online_date", "publication_date", "dc.date.created")) ??
    date(ofThing(declared, "dateCreated", "uploadDate")) ??
    date(shownDate(survey))
  );
}

const ISSUED = [
  "parsely-pub-date",
  "sailthru.date",
  "dc.date.issued",
  "dcterms.issued",
  "dcterms.created",
  "dc.date",
  "date",
];
const PUBLISHED = [
  "pubdate",
  "publishdate",
  "publish-date",
  "publish_date",
  "published_at",
  "article.published",
  "dcterms.date",
];

export function modifiedOf({
  survey,
  base,
  metas,
  declared,
  marked,
  language,
}: DateSources): Sourced<string> | null {
  const date = (candidate: Candidate) => dated(candidate, language);
  return (
    date(ofThing(declared, "dateModified")) ??
    date(metas.first("article:modified_time", "og:updated_time")) ??
    date(markedTime(survey, "dateModified", base)) ??
    date(ofThing(marked, "dateModified")) ??
    date(
      metas.first(
        "last-modified",
        "dcterms.modified",
        "dc.date.modified",
        "lastmod",
        "revised",
        "datemodified",
      ),
    ) ??
    date(shownUpdate(survey))
  );
}

function dated(candidate: Candidate, language: string): Sourced<string> | null {
  const iso = candidate === null ? null : isoDate(candidate.value, language);
  return candidate === null || iso === null ? null : { value: iso, from: candidate.from };
}

function ofThing(thing: Thing | null, ...properties: string[]): Sourced<string> | null {
  const value = textOfThing(thing, ...properties);
  return value === null || thing === null ? null : { value, from: thing.from };
}

function markedTime(survey: Survey, property: string, base: string): Sourced<string> | null {
  for (const time of survey.times) {
    const properties = attribute(time, "itemprop");
    if (properties === null || !properties.split(/\s+/).includes(property)) continue;
    const value = propertyValue(time, base);
    if (isoDate(value) !== null) return { value, from: "microdata" };
  }
  return null;
}

/** A time element marked as the publication's, else the only one in the page's articles. */
function shownDate(survey: Survey): Sourced<string> | null {
  if (survey.times.length === 0) return null;
  const marked = survey.times.find(
    (time) =>
      attribute(time, "pubdate") !== null ||
      /publish|entry-date|dt-published/i.test(attribute(time, "class") ?? ""),
  );
  const chosen =
    marked ?? (survey.times.length <= 2 ? survey.times.find((time) => inOwnText(time)) : undefined);
  if (chosen === undefined) return null;
  return { value: attribute(chosen, "datetime") ?? rawText(chosen), from: "element" };
}

function shownUpdate(survey: Survey): Sourced<string> | null {
  const marked = survey.times.find((time) =>
    /(?:^|[\s_-])(?:updated|modified|dt-updated)(?:$|[\s_-])/i.test(attribute(time, "class") ?? ""),
  );
  if (marked === undefined) return null;
  return { value: attribute(marked, "datetime") ?? rawText(marked), from: "element" };
}
