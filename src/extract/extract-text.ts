// Bodies without markup to a Document: plain text as paragraphs, Markdown as it is, JSON Feed as a feed, other JSON indented in a code block.
import { type Document, emptyRecord, type JsonValue, noEvidence, type RouteMarker } from "../model/index.ts";
import type { Body } from "./extract.ts";
import { documentOfHtml } from "./extract-html.ts";
import { documentOfFeed } from "./feed-document.ts";
import { jsonFeedOf } from "./json-feed.ts";
import { declaredLanguage, detectedLanguage } from "./language.ts";
import { escapeLineStart, escapeText } from "./markdown-escapes.ts";
import type { ExtractOptions } from "./options.ts";
import { robotsDirectives } from "./robots-directives.ts";
import { isObject } from "./schema/path.ts";
import { withFields } from "./schema/with-fields.ts";
import { collapse, cutAt } from "./visible-text.ts";
import { textFigures } from "./words/text-figures.ts";

/** Longer JSON is kept as it came: indenting would multiply it. */
const JSON_CHARS_MAX = 5_000_000;
/** Deeper JSON too: each line would stand behind as many spaces. */
const INDENTED_LEVELS_MAX = 64;

export function documentOfText(body: Body, options: ExtractOptions): Document {
  const text = body.text.replace(/\r\n?/g, "\n").replace(/^\n+/, "").trimEnd();
  const isMarkdown = body.contentType === "text/markdown" || body.contentType === "text/x-markdown";
  const document: Document = {
    ...emptyDocument(body, options, text),
    title: isMarkdown ? (/^#[ \t]+(.{1,500})$/m.exec(text.slice(0, 10_000))?.[1]?.trim() ?? null) : null,
    markdown: isMarkdown ? text : paragraphs(text),
    text,
    html: options.html ? `<pre>${escapedHtml(text)}</pre>` : "",
  };
  return withFields(document, body, options, null);
}

export function documentOfJson(
  body: Body,
  options: ExtractOptions,
  markers: readonly RouteMarker[],
): Document {
  let text = body.text.trim();
  const declared = body.contentType !== "" && body.contentType !== "text/html";
  const value = text.length <= JSON_CHARS_MAX ? parsedJson(text) : undefined;
  // Not called JSON and only beginning like it: a page. Called JSON and broken (or one value a line): kept as it came.
  if (value === undefined && !declared) return documentOfHtml(body, options, markers, false);
  const feed = jsonFeedOf(value, body.url, options);
  if (feed !== null) return documentOfFeed(feed, body, options, { root: null, json: value ?? null }, false);
  if (value !== undefined && isShallow(value, INDENTED_LEVELS_MAX)) text = JSON.stringify(value, null, 2);
  let longest = 2;
  for (const run of text.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  const document: Document = {
    ...emptyDocument(body, options, text),
    title: titleOf(value),
    markdown: text === "" ? "" : `${fence}json\n${text}\n${fence}`,
    text,
    html: options.html ? `<pre>${escapedHtml(text)}</pre>` : "",
  };
  return withFields(document, body, options, null, value);
}

function isShallow(value: JsonValue, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

/** Undefined for what is no JSON. */
function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an object calls itself. */
function titleOf(value: JsonValue | undefined): string | null {
  if (!isObject(value)) return null;
  for (const key of ["title", "name", "headline"]) {
    const said = value[key];
    if (typeof said === "string" && said.trim() !== "") return cutAt(collapse(said.slice(0, 2_000)), 500);
  }
  return null;
}

/** Code points; a surrogate that stands alone is one only where it is a high one, as everywhere here. */
function pointsIn(text: string): number {
  let points = text.length;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) points--;
  return points;
}

/** A document of this text and nothing else known of it. */
export function emptyDocument(body: Body, options: ExtractOptions, text: string): Document {
  const header = (name: string): string[] =>
    body.headers.filter(([key]) => key === name).map(([, value]) => value);
  const visibleLength = pointsIn(collapse(text));
  const { characters, words, simhash, blocks } = textFigures(text);
  return {
    title: null,
    description: null,
    lang:
      header("content-language")
        .map(declaredLanguage)
        .find((tag) => tag !== null) ?? detectedLanguage(text),
    canonical: null,
    author: null,
    publishedAt: null,
    modifiedAt: null,
    siteName: null,
    charset: body.charset,
    charsetSource: body.charsetSource,
    contentType: body.contentType === "" ? "text/plain" : body.contentType,
    headings: [],
    links: [],
    linksDropped: 0,
    images: [],
    feeds: [],
    openGraph: {},
    jsonLd: [],
    microdata: [],
    record: emptyRecord,
    robots: robotsDirectives({ metas: [], headers: header("x-robots-tag"), agent: options.robotsAgent }),
    refresh: null,
    markdown: "",
    text,
    html: "",
    statistics: {
      visibleLength,
      textLength: characters,
      wordCount: words,
      linkDensity: 0,
      scriptBytes: 0,
    },
    simhash,
    blocks,
    signature: body.signature,
    decodedBytes: body.decodedBytes,
    truncated: body.truncated,
    evidence: { ...noEvidence, visibleLength, mainLength: visibleLength, mainWords: words },
    fields: null,
  };
}

/** Lines stay lines, empty lines part paragraphs, nothing is read as markup. */
function paragraphs(text: string): string {
  return text
    .split(/\n[ \t]*\n\s*/)
    .map((paragraph) =>
      paragraph
        .split("\n")
        .map((line) => escapeLineStart(escapeText(line.trim())))
        .filter((line) => line !== "")
        .join("  \n"),
    )
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

function escapedHtml(text: string): string {
  return text.replace(/[&<>]/g, (char) => (char === "&" ? "&amp;" : char === "<" ? "&lt;" : "&gt;"));
}
