// What a browser's DOM told of a page and no row can be without: kept in one header of the page's conversion record,
// because the raw body tells it no more. Over-long texts are cut. Pure; knows no record around it.
import { z } from "zod";
import { asError } from "../../base/index.ts";
import type { Document } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import type { RenderedDocument, RenderedFields } from "../faces.ts";
import { plainText } from "../search/snippet.ts";
import { ascii } from "./warc-record.ts";

export const DOCUMENT_FIELD = "WARC-Millrace-Document";

/** All texts together, as escaped: there are WARC readers that refuse a line of 10,000 bytes. */
const TEXTS_BYTES_MAX = 5_632;
const TITLE_BYTES_MAX = 2_048;
const URL_BYTES_MAX = 2_048;
const NAME_BYTES_MAX = 512;
const TOKEN_BYTES_MAX = 64;

const CUT = "…";

const nullableText = z.string().nullable();

const documentFields = z.object({
  title: nullableText,
  description: nullableText,
  lang: nullableText,
  canonical: nullableText,
  author: nullableText,
  published_at: nullableText,
  modified_at: nullableText,
  site_name: nullableText,
  visible_length: z.number(),
  text_length: z.number(),
  word_count: z.number(),
  link_density: z.number(),
  script_bytes: z.number(),
  link_count: z.number(),
  simhash: z.string(),
  robots: z.object({
    noindex: z.boolean(),
    nofollow: z.boolean(),
    noarchive: z.boolean(),
    nosnippet: z.boolean(),
  }),
});
type DocumentFields = z.infer<typeof documentFields>;

/** The header's value: one line of ASCII, at most 6 KiB. */
export function encodeRendered(document: Document): string {
  const texts = new Texts();
  const { statistics, robots } = document;
  // In the order in which they may take room; the description has what they leave.
  const lang = texts.whole(document.lang, TOKEN_BYTES_MAX);
  const publishedAt = texts.whole(document.publishedAt, TOKEN_BYTES_MAX);
  const modifiedAt = texts.whole(document.modifiedAt, TOKEN_BYTES_MAX);
  const title = texts.cut(document.title, TITLE_BYTES_MAX);
  const canonical = texts.whole(document.canonical, URL_BYTES_MAX);
  const author = texts.cut(document.author, NAME_BYTES_MAX);
  const siteName = texts.cut(document.siteName, NAME_BYTES_MAX);
  const description = texts.cut(document.description, TEXTS_BYTES_MAX);
  const fields: DocumentFields = {
    title,
    description,
    lang,
    canonical,
    author,
    published_at: publishedAt,
    modified_at: modifiedAt,
    site_name: siteName,
    visible_length: statistics.visibleLength,
    text_length: statistics.textLength,
    word_count: statistics.wordCount,
    link_density: statistics.linkDensity,
    script_bytes: statistics.scriptBytes,
    link_count: document.links.length + document.linksDropped,
    simhash: document.simhash,
    robots: { ...robots },
  };
  return ascii(JSON.stringify(fields));
}

/** Throws RecordDamaged, naming `where`. */
export function decodeRendered(value: string, where: string): RenderedFields {
  try {
    const fields = documentFields.parse(JSON.parse(value));
    return {
      title: fields.title,
      description: fields.description,
      lang: fields.lang,
      canonical: fields.canonical,
      author: fields.author,
      publishedAt: fields.published_at,
      modifiedAt: fields.modified_at,
      siteName: fields.site_name,
      statistics: {
        visibleLength: fields.visible_length,
        textLength: fields.text_length,
        wordCount: fields.word_count,
        linkDensity: fields.link_density,
        scriptBytes: fields.script_bytes,
      },
      linkCount: fields.link_count,
      simhash: fields.simhash,
      robots: fields.robots,
    };
  } catch (thrown) {
    throw new RecordDamaged(where, "its document header is not readable", asError(thrown));
  }
}

/**
 * The document of a page that a browser showed, without a browser: what its record holds, on top of what the raw body tells
 * today (signature, charset, type; links and structured data, which no record of the DOM holds).
 */
export function renderedDocument(answered: Document, { markdown, document }: RenderedDocument): Document {
  const { linkCount, ...fields } = document;
  const links = answered.links.slice(0, linkCount);
  return {
    ...answered,
    ...fields,
    links,
    linksDropped: linkCount - links.length,
    headings: [],
    images: [],
    markdown,
    text: plainText(markdown, markdown.length),
    html: "",
  };
}

/** In bytes of escaped JSON, without the quotes. */
const sizeOf = (text: string): number => ascii(JSON.stringify(text)).length - 2;

/** Texts that share one room. */
class Texts {
  #left = TEXTS_BYTES_MAX;

  /** Null where it is too long: a part of a URL or of a date is another one. */
  whole(text: string | null, bytesMax: number): string | null {
    return text === null ? null : this.#take(text, Math.min(bytesMax, this.#left));
  }

  cut(text: string | null, bytesMax: number): string | null {
    if (text === null) return null;
    const room = Math.min(bytesMax, this.#left);
    return this.#take(text, room) ?? this.#take(cutTo(text, room), room);
  }

  #take(text: string, room: number): string | null {
    // No character is less than a byte; a text of megabytes is not escaped to learn that.
    if (text.length > room) return null;
    const bytes = sizeOf(text);
    if (bytes > room) return null;
    this.#left -= bytes;
    return text;
  }
}

/** Whole characters alone, with a sign that there were more. */
function cutTo(text: string, bytesMax: number): string {
  let bytes = sizeOf(CUT);
  let at = 0;
  for (const char of text) {
    bytes += sizeOf(char);
    if (bytes > bytesMax) break;
    at += char.length;
  }
  return `${text.slice(0, at)}${CUT}`;
}
