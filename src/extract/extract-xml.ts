// XML to a Document: RSS, RDF and Atom feeds by their entries, other XML as its text.
import type { Document } from "../model/index.ts";
import { resolve } from "./addresses.ts";
import { isoDate } from "./dates.ts";
import type { Body } from "./extract.ts";
import { emptyDocument } from "./extract-text.ts";
import { documentOfFeed, ENTRIES_MAX, type Feed } from "./feed-document.ts";
import type { ExtractOptions } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { parseXml } from "./parse-xml.ts";
import { withFields } from "./schema/with-fields.ts";
import { attribute, type Element, elements, find } from "./tree.ts";
import { collapse, cutAt, rawText } from "./visible-text.ts";

export function documentOfXml(body: Body, options: ExtractOptions): Document {
  const { document, cut } = parseXml(body.text, options);
  const root = elements(document)[0];
  const parts = root === undefined ? null : feedOf(root);
  if (parts !== null)
    return documentOfFeed(read(parts, body.url, options), body, options, { root: document }, cut);
  const text = xmlText(document);
  const plain = {
    ...emptyDocument(body, options, text),
    title: root === undefined ? null : childText(root, "title", "name"),
    markdown: text === "" ? "" : `\`\`\`\n${text.replaceAll("```", "` ` `")}\n\`\`\``,
    truncated: body.truncated || cut,
  };
  return withFields(plain, body, options, { root: document, metas: [], base: body.url });
}

function read({ channel, items }: FeedParts, base: string, options: ExtractOptions): Feed {
  return {
    title: childText(channel, "title"),
    description: childText(channel, "description", "subtitle", "itunes:summary"),
    language: childText(channel, "language") ?? attribute(channel, "xml:lang"),
    author: childText(channel, "managingeditor", "dc:creator", "itunes:author") ?? nameOf(channel),
    publishedAt: dateIn(channel, "pubdate", "published", "dc:date"),
    modifiedAt: dateIn(channel, "lastbuilddate", "updated"),
    home: linkOf(channel, base),
    next: nextOf(channel, base),
    entries: items.slice(0, ENTRIES_MAX).map((item) => ({
      url: linkOf(item, base),
      title: childText(item, "title") ?? "",
      date: dateIn(item, "pubdate", "published", "dc:date", "updated"),
      body: contentOf(item, options),
    })),
    dropped: Math.max(0, items.length - ENTRIES_MAX),
  };
}

interface FeedParts {
  readonly channel: Element;
  readonly items: readonly Element[];
}

function feedOf(root: Element): FeedParts | null {
  if (root.name === "feed")
    return { channel: root, items: elements(root).filter((child) => child.name === "entry") };
  if (root.name !== "rss" && root.name !== "rdf:rdf") return null;
  const channel = find(root, (element) => element.name === "channel") ?? root;
  const items = [...elements(channel), ...elements(root)].filter((child) => child.name === "item");
  return { channel, items };
}

/** First non-empty child of these names, markup taken out. */
function childText(parent: Element, ...names: string[]): string | null {
  for (const name of names) {
    for (const child of elements(parent)) {
      if (child.name !== name) continue;
      const value = cutAt(
        collapse(
          rawText(child)
            .slice(0, 20_000)
            .replace(/<[^<>]{0,2000}>/g, " "),
        ),
        2_000,
      );
      if (value !== "") return value;
    }
  }
  return null;
}

function nameOf(channel: Element): string | null {
  const author = elements(channel).find((child) => child.name === "author");
  return author === undefined ? null : (childText(author, "name") ?? childText(channel, "author"));
}

function dateIn(parent: Element, ...names: string[]): string | null {
  const value = childText(parent, ...names);
  return value === null ? null : isoDate(value);
}

/** RSS has the link as text, Atom as attribute, RSS 2.0 sometimes only a permanent guid. */
function linkOf(parent: Element, base: string): string | null {
  const links = elements(parent).filter((child) => child.name === "link" || child.name === "atom:link");
  const atom = links.find(
    (link) => attribute(link, "href") !== null && (attribute(link, "rel") ?? "alternate") === "alternate",
  );
  const plain = links.find((link) => attribute(link, "href") === null && rawText(link).trim() !== "");
  const guid = elements(parent).find(
    (child) => child.name === "guid" && attribute(child, "ispermalink") !== "false",
  );
  for (const reference of [
    plain && rawText(plain).trim(),
    atom && attribute(atom, "href"),
    guid && rawText(guid).trim(),
  ]) {
    const url =
      reference === undefined || reference === null || reference === "" ? null : resolve(reference, base);
    if (url !== null) return url;
  }
  return null;
}

/** Where a feed in pages goes on (RFC 5005). */
function nextOf(channel: Element, base: string): string | null {
  const next = elements(channel).find(
    (child) => (child.name === "link" || child.name === "atom:link") && attribute(child, "rel") === "next",
  );
  const href = next === undefined ? null : attribute(next, "href");
  return href === null ? null : resolve(href.trim(), base);
}

function contentOf(item: Element, options: ExtractOptions): Element[] {
  const element = ["content:encoded", "content", "description", "summary"]
    .map((name) => elements(item).find((child) => child.name === name))
    .find((child) => child !== undefined);
  if (element === undefined) return [];
  if (elements(element).length > 0) {
    const holder = element.rows.made("div");
    for (let child = element.first; child !== null; child = child.next) holder.appendCopy(child);
    return [holder];
  }
  return [parseHtml(rawText(element), options, { xhtml: false }).body];
}

/** One line for each run of character data. */
function xmlText(parent: Element): string {
  const lines: string[] = [];
  const visit = (element: Element): void => {
    for (let child = element.first; child !== null; child = child.next) {
      if (child.kind === 1) visit(child);
      else if (child.data.trim() !== "") lines.push(collapse(child.data));
    }
  };
  visit(parent);
  return lines.join("\n");
}
