// What `--fields` may choose from: the keys of an --out line, in their order, and those that only who names them gets.

export const OUT_FIELDS: readonly string[] = [
  "url",
  "final_url",
  "outcome",
  "status",
  "error",
  "lane",
  "lane_wanted",
  "score",
  "content_type",
  "charset",
  "bytes",
  "fetched_at",
  "elapsed_ms",
  "depth",
  "protocol",
  "attempts",
  "title",
  "description",
  "lang",
  "canonical",
  "author",
  "published_at",
  "site_name",
  "text_length",
  "markdown",
  "links",
  "structured",
];

/** Those that a crawl with `--schema` has. */
export const DECLARED_FIELDS: readonly string[] = [
  "fields",
  "field_sources",
  "missing_fields",
  "field_problems",
];

export const NAMED_FIELDS: readonly string[] = ["repeated_share"];

/** Keys that the fetch alone fills; the others need the page read. */
const FETCH_FIELDS: ReadonlySet<string> = new Set([
  "url",
  "final_url",
  "outcome",
  "status",
  "error",
  "content_type",
  "bytes",
  "fetched_at",
  "elapsed_ms",
  "depth",
  "protocol",
  "attempts",
]);

/** Whether a crawl has to read its pages: to store them, to follow their links, or for the chosen keys (null: all). */
export function needsExtraction(spec: {
  readonly store: boolean;
  readonly depth: number;
  readonly schema: string | null;
  readonly fields: readonly string[] | null;
}): boolean {
  if (spec.store || spec.depth > 0 || spec.fields === null || spec.schema !== null) return true;
  return spec.fields.some((field) => !FETCH_FIELDS.has(field));
}
