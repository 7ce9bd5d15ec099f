// An HTML page to a Document: parse, survey, metadata, main content, its renderings. Reads as the steps; the leaves do the work.
import type { Document, RouteMarker } from "../model/index.ts";
import { baseUrl } from "./addresses.ts";
import { toHtml } from "./clean-html.ts";
import type { Body } from "./extract.ts";
import { collectImages } from "./images.ts";
import { articleBodyOf, parseJsonLd } from "./json-ld.ts";
import { detectedLanguage } from "./language.ts";
import { collectLinks } from "./links.ts";
import { firstParagraph, mainContent, wholeBody } from "./main-content.ts";
import { toMarkdown } from "./markdown.ts";
import { readMetadata } from "./metadata.ts";
import { microdataItems } from "./microdata.ts";
import type { ExtractOptions } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { toPlainText } from "./plain-text.ts";
import { rdfaItems } from "./rdfa.ts";
import { recordOf } from "./record.ts";
import { withFields } from "./schema/with-fields.ts";
import { survey } from "./survey.ts";
import { thingsOf } from "./things.ts";
import { textOf } from "./visible-text.ts";
import { textFigures } from "./words/text-figures.ts";

export function documentOfHtml(
  body: Body,
  options: ExtractOptions,
  markers: readonly RouteMarker[],
  xhtml: boolean,
): Document {
  const tree = parseHtml(body.utf8, options, { xhtml });
  const found = survey(tree, markers);
  const base = baseUrl(body.url, found.baseHref);
  const jsonLd = parseJsonLd(found.jsonLd, {
    blocksMax: 100,
    blockCharsMax: options.structuredCharsMax,
    depthMax: options.structuredDepthMax,
  });
  const limits = {
    itemsMax: options.structuredItemsMax,
    propertiesMax: 10 * options.structuredItemsMax,
    valueCharsMax: 20_000,
    depthMax: options.structuredDepthMax,
  };
  const microdata = microdataItems(found.items, found.byId, base, limits);
  const things = thingsOf(jsonLd, microdata, rdfaItems(found.typed, base, limits));
  const metadata = readMetadata({
    survey: found,
    html: tree.html,
    things,
    pageUrl: body.url,
    base,
    headers: body.headers,
    robotsAgent: options.robotsAgent,
  });
  const title = metadata.title?.value ?? null;
  const links = collectLinks(tree.html.rows, found, base, options.linksMax);
  const content = options.full
    ? wholeBody(tree)
    : mainContent(tree, { title, saying: [articleBodyOf(jsonLd)] });
  const text = toPlainText(content, content.titleHeading, found.hasMath);
  const { characters: textLength, words, simhash, blocks } = textFigures(text);
  const description = metadata.description?.value ?? firstParagraph(content);
  const lang = metadata.lang?.value ?? detectedLanguage(text === "" ? (title ?? "") : text);
  const document: Document = {
    title,
    description,
    lang,
    canonical: metadata.canonical?.value ?? null,
    author: metadata.authors.author,
    publishedAt: metadata.published?.value ?? null,
    modifiedAt: metadata.modified?.value ?? null,
    siteName: metadata.site?.value ?? null,
    charset: body.charset,
    charsetSource: body.charsetSource,
    contentType: body.contentType === "" ? "text/html" : body.contentType,
    headings: found.headings
      .slice(0, options.headingsMax)
      .map((element) => ({ level: Number(element.name.slice(1)), text: textOf(element, 1_000) }))
      .filter((heading) => heading.text !== ""),
    links: links.links,
    linksDropped: links.dropped,
    images: collectImages(found.images, base, options.imagesMax),
    feeds: links.feeds,
    openGraph: metadata.openGraph,
    jsonLd,
    microdata,
    record: recordOf({ metadata, things, survey: found, base, description, lang }),
    robots: metadata.robots,
    refresh: metadata.refresh,
    markdown: toMarkdown(content, {
      base,
      nestingMax: options.nestingMax,
      cellsMax: options.tableCellsMax,
      whole: options.full,
      math: found.hasMath,
      byId: found.byId,
    }),
    text,
    html: options.html ? toHtml(content, base) : "",
    statistics: {
      visibleLength: found.visibleLength,
      textLength,
      wordCount: words,
      linkDensity: found.visibleLength === 0 ? 0 : found.linkLength / found.visibleLength,
      scriptBytes: found.scriptBytes,
    },
    simhash,
    blocks,
    signature: body.signature,
    decodedBytes: body.decodedBytes,
    truncated: body.truncated || tree.cut,
    evidence: { ...found.evidence, mainLength: textLength, mainWords: words },
    fields: null,
  };
  return withFields(document, body, options, { root: tree.html, metas: found.metas, base });
}
