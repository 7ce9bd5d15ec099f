// What a fetched page says of pictures and links, read by the same extraction and its threads; with `lane: rich` after a
// browser has shown it. Knows no subject.
import { err, ok, type Result } from "../../base/index.ts";
import { type ParsePool, type Schema, schemaOf } from "../../extract/index.ts";
import type { DeclaredFields, Document, Failure, JsonValue, Page } from "../../model/index.ts";
import type { Renderer } from "../../render/index.ts";
import type { RouteOptions } from "../../route/index.ts";
import { blockedBy } from "../../topology/index.ts";
import { candidatesOf } from "./candidates.ts";
import type { ImagesOptions } from "./options.ts";

export interface PageReader {
  /** Addresses of pictures, best first; none where the page names none. */
  pictures(page: Page, signal: AbortSignal): Promise<Result<readonly string[], Failure>>;
  /** The first link where `search.link` says; null where there is none. */
  link(page: Page, signal: AbortSignal): Promise<Result<string | null, Failure>>;
}

export interface PageReaderParts {
  readonly options: ImagesOptions;
  readonly route: RouteOptions;
  readonly pool: ParsePool;
  /** Of `lane: rich`. */
  readonly renderer: Renderer | null;
  /** Told of what each subject's page gave for the selectors of `picture`. */
  readonly found: (fields: DeclaredFields) => void;
}

/** The recipe's selectors as the extraction reads them. */
export interface PageSchemas {
  readonly pictures: Schema | null;
  readonly link: Schema | null;
}

const LINK = "link";
const nameOf = (place: number): string => `picture${place}`;

/** The error is one line for people: which selector is none. */
export function pageSchemas(options: ImagesOptions): Result<PageSchemas, string> {
  const fields = options.picture.flatMap((source, place) => {
    if (typeof source === "string") return [];
    const { css, attribute } = source;
    const where = { css, ...(attribute === null ? {} : { attribute }) };
    return [[nameOf(place), { ...where, type: "image", all: true, max: options.candidatesMax }] as const];
  });
  const pictures = compiled(Object.fromEntries(fields), "picture");
  if (!pictures.ok) return pictures;
  const { search } = options;
  const link = compiled(search === null ? {} : { [LINK]: { css: search.link, type: "url" } }, "search.link");
  return link.ok ? ok({ pictures: pictures.value, link: link.value }) : link;
}

function compiled(fields: { readonly [name: string]: unknown }, key: string): Result<Schema | null, string> {
  if (Object.keys(fields).length === 0) return ok(null);
  const schema = schemaOf({ fields });
  return schema.ok ? schema : err(`recipes.images.${key}: ${schema.error.message}`);
}

export function pageReader(parts: PageReaderParts, schemas: PageSchemas): PageReader {
  const { options } = parts;
  return {
    async pictures(page, signal) {
      const document = await read(page, schemas.pictures, parts, signal);
      if (!document.ok) return document;
      if (document.value.fields !== null) parts.found(document.value.fields);
      const values = document.value.fields?.values ?? {};
      const selected = new Map(options.picture.map((_, place) => [place, textsOf(values[nameOf(place)])]));
      return ok(candidatesOf(document.value, page.url, options.picture, selected));
    },
    async link(page, signal) {
      const document = await read(page, schemas.link, parts, signal);
      if (!document.ok) return document;
      return ok(textsOf(document.value.fields?.values[LINK]).find((url) => /^https?:/.test(url)) ?? null);
    },
  };
}

async function read(
  page: Page,
  schema: Schema | null,
  { options, route, pool, renderer }: PageReaderParts,
  signal: AbortSignal,
): Promise<Result<Document, Failure>> {
  const { url, body, headers, truncated } = page;
  const isShown = options.lane === "rich";
  const served = await pool.extract(
    { url, body, headers, truncated, schema: isShown ? null : schema },
    signal,
  );
  if (!served.ok) return served;
  const blocked = blockedBy(page, served.value, route);
  if (blocked !== null) return err(blocked);
  if (!isShown) return served;
  if (renderer === null) return err({ code: "render", message: "lane rich, and there is no browser" });
  const rendered = await renderer.render(page, served.value.charset, signal);
  if (!rendered.ok) return rendered;
  const shown = new TextEncoder().encode(rendered.value.html);
  const type = [["content-type", "text/html; charset=utf-8"]] as const;
  return pool.extract({ url, body: shown, headers: type, truncated: false, schema }, signal);
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === "string");
}
