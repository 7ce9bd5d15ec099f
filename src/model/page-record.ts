// What a page says about itself, merged into one typed record: each field once, with the kind of statement it was taken from. Which
// statement is believed before which is decided where the record is made.

/** Who says so: linked data, microdata, RDFa, OpenGraph and its like, other metas, link elements, response fields, visible elements, text. */
export type Provenance =
  | "json-ld"
  | "microdata"
  | "rdfa"
  | "opengraph"
  | "meta"
  | "link"
  | "header"
  | "element"
  | "text";

export interface Sourced<T> {
  readonly value: T;
  readonly from: Provenance;
}

export interface Breadcrumb {
  readonly name: string;
  /** Absolute URL; null where the crumb leads nowhere. */
  readonly url: string | null;
}

export interface ProductRecord {
  readonly name: string | null;
  readonly brand: string | null;
  readonly sku: string | null;
  /** GTIN, EAN, ISBN or MPN, as given. */
  readonly code: string | null;
  readonly description: string | null;
  /** As a decimal number in text, without signs of currency; the lowest of several offers. */
  readonly price: string | null;
  /** ISO 4217, as given. */
  readonly currency: string | null;
  /** schema.org's word: "InStock", "OutOfStock" … */
  readonly availability: string | null;
  /** Average and number of ratings, as given. */
  readonly rating: string | null;
  readonly ratings: string | null;
  readonly images: readonly string[];
  readonly url: string | null;
}

export interface RecipeRecord {
  readonly name: string | null;
  readonly ingredients: readonly string[];
  readonly instructions: readonly string[];
  readonly yield: string | null;
  /** ISO 8601 durations, as given. */
  readonly preparation: string | null;
  readonly cooking: string | null;
  readonly total: string | null;
  readonly category: string | null;
  readonly cuisine: string | null;
  readonly calories: string | null;
  readonly rating: string | null;
  readonly ratings: string | null;
  readonly images: readonly string[];
}

export interface EventRecord {
  readonly name: string | null;
  /** ISO 8601, as given. */
  readonly start: string | null;
  readonly end: string | null;
  readonly place: string | null;
  readonly address: string | null;
  readonly organiser: string | null;
  readonly performers: readonly string[];
  readonly status: string | null;
  readonly price: string | null;
  readonly currency: string | null;
  readonly url: string | null;
}

export interface OrganisationRecord {
  readonly name: string | null;
  readonly url: string | null;
  readonly logo: string | null;
  readonly telephone: string | null;
  readonly email: string | null;
  readonly address: string | null;
  /** The same organisation's pages elsewhere. */
  readonly profiles: readonly string[];
}

/** Null is what no statement gives. Texts have their white space collapsed; URLs are absolute; lists and lengths are bounded. */
export interface PageRecord {
  readonly title: Sourced<string> | null;
  readonly description: Sourced<string> | null;
  /** Names alone: no "by", no date. */
  readonly authors: Sourced<readonly string[]> | null;
  readonly published: Sourced<string> | null;
  readonly modified: Sourced<string> | null;
  readonly language: Sourced<string> | null;
  readonly site: Sourced<string> | null;
  readonly canonical: Sourced<string> | null;
  readonly images: Sourced<readonly string[]> | null;
  readonly section: Sourced<string> | null;
  readonly tags: Sourced<readonly string[]> | null;
  /** A URL or a text. */
  readonly licence: Sourced<string> | null;
  readonly breadcrumbs: Sourced<readonly Breadcrumb[]> | null;
  readonly product: Sourced<ProductRecord> | null;
  readonly recipe: Sourced<RecipeRecord> | null;
  readonly event: Sourced<EventRecord> | null;
  readonly organisation: Sourced<OrganisationRecord> | null;
}

export const emptyRecord: PageRecord = {
  title: null,
  description: null,
  authors: null,
  published: null,
  modified: null,
  language: null,
  site: null,
  canonical: null,
  images: null,
  section: null,
  tags: null,
  licence: null,
  breadcrumbs: null,
  product: null,
  recipe: null,
  event: null,
  organisation: null,
};
