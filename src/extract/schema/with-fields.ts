// Joins a page's document with what its schema finds, in the pass that has the tree at hand.
import type { Document, JsonValue } from "../../model/index.ts";
import type { Body } from "../extract.ts";
import type { ExtractOptions } from "../options.ts";
import type { Element } from "../tree.ts";
import { declaredFields } from "./apply.ts";
import { PageElements } from "./page-elements.ts";

/** Tests of elements by all selectors of a page together: some tenths of a second. */
const SELECTOR_STEPS_MAX = 20_000_000;

export function withFields(
  document: Document,
  body: Body,
  options: ExtractOptions,
  markup: { readonly root: Element; readonly metas: readonly Element[]; readonly base: string } | null,
  json?: JsonValue,
): Document {
  if (body.schema === null) return document;
  const fields = declaredFields(body.schema, {
    elements: markup === null ? null : new PageElements(markup.root, SELECTOR_STEPS_MAX),
    base: markup?.base ?? body.url,
    metas: markup?.metas ?? [],
    jsonLd: document.jsonLd,
    microdata: document.microdata,
    openGraph: document.openGraph,
    json,
    document: {
      url: body.url,
      title: document.title,
      description: document.description,
      lang: document.lang,
      canonical: document.canonical,
      author: document.author,
      published_at: document.publishedAt,
      modified_at: document.modifiedAt,
      site_name: document.siteName,
      content_type: document.contentType,
      text: document.text,
      markdown: document.markdown,
    },
    nestingMax: options.nestingMax,
    cellsMax: options.tableCellsMax,
  });
  return { ...document, fields };
}
