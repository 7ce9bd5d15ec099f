// A feed, whatever it was written in, to a Document: what it is called, the site it belongs to, its entries as links and, with their dates and
// summaries, as text. Knows no format.
import type { Document, JsonValue, Link, LinkRole } from "../model/index.ts";
import { withoutFragment } from "./addresses.ts";
import { toHtml } from "./clean-html.ts";
import type { Body } from "./extract.ts";
import { emptyDocument } from "./extract-text.ts";
import type { Content } from "./main-content.ts";
import { toMarkdown } from "./markdown.ts";
import type { ExtractOptions } from "./options.ts";
import { withRecord } from "./plain-record.ts";
import { toPlainText } from "./plain-text.ts";
import { Rows } from "./rows.ts";
import { withFields } from "./schema/with-fields.ts";
import type { Element } from "./tree.ts";
import { cutAt, isHidden } from "./visible-text.ts";

export interface FeedEntry {
  /** Absolute; null where it has none. */
  readonly url: string | null;
  readonly title: string;
  /** ISO 8601. */
  readonly date: string | null;
  /** Its content, else its summary. */
  readonly body: readonly Element[];
}

export interface Feed {
  readonly title: string | null;
  readonly description: string | null;
  readonly language: string | null;
  readonly author: string | null;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  /** The site, and the feed's next page; absolute. */
  readonly home: string | null;
  readonly next: string | null;
  readonly entries: readonly FeedEntry[];
  /** Entries beyond ENTRIES_MAX. */
  readonly dropped: number;
}

export const ENTRIES_MAX = 5_000;

/** What a schema may look into. */
export interface FeedSource {
  readonly root: Element | null;
  readonly json?: JsonValue;
}

export function documentOfFeed(
  feed: Feed,
  body: Body,
  options: ExtractOptions,
  source: FeedSource,
  cut: boolean,
): Document {
  const links: Link[] = [];
  let dropped = feed.dropped;
  const link = (url: string | null, text: string, role: LinkRole): void => {
    if (url === null) return;
    if (links.length < options.linksMax)
      links.push({ url: withoutFragment(url), text: cutAt(text, 500), rel: [], role });
    else dropped++;
  };
  link(feed.home, feed.title ?? "", "alternate");
  link(feed.next, "", "pagination");
  const rows = new Rows();
  const article = rows.made("article");
  if (feed.title !== null) article.append(textElement(rows, "h1", feed.title));
  if (feed.description !== null) article.append(textElement(rows, "p", feed.description));
  for (const { url, title, date, body: parts } of feed.entries) {
    link(url, title, "content");
    article.append(entryHeading(rows, title, url));
    if (date !== null) article.append(textElement(rows, "p", date));
    for (const part of parts) article.appendCopy(part);
  }
  const content: Content = { roots: [article], skip: isHidden, titleHeading: null };
  const empty = emptyDocument(body, options, toPlainText(content));
  const base = body.url;
  const settings = {
    base,
    nestingMax: options.nestingMax,
    cellsMax: options.tableCellsMax,
    whole: false,
    math: false,
    byId: () => new Map(),
  };
  const document: Document = {
    ...empty,
    title: feed.title,
    description: feed.description,
    lang: feed.language ?? empty.lang,
    author: feed.author,
    publishedAt: feed.publishedAt,
    modifiedAt: feed.modifiedAt,
    links,
    linksDropped: dropped,
    feeds: [{ url: withoutFragment(body.url), type: body.contentType, title: feed.title ?? "" }],
    markdown: toMarkdown(content, settings),
    html: options.html ? toHtml(content, base) : "",
    truncated: body.truncated || cut,
  };
  const markup = source.root === null ? null : { root: source.root, metas: [], base };
  return withFields(withRecord(document, "element"), body, options, markup, source.json);
}

function entryHeading(rows: Rows, title: string, url: string | null): Element {
  const heading = rows.made("h2");
  const holder = url === null ? heading : rows.made("a", ["href", url]);
  holder.append(rows.madeText(title === "" && url !== null ? url : title));
  if (holder !== heading) heading.append(holder);
  return heading;
}

function textElement(rows: Rows, name: string, text: string): Element {
  const element = rows.made(name);
  element.append(rows.madeText(text));
  return element;
}
