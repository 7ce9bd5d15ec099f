// XML to a Document: RSS, RDF and Atom feeds with their items as content links, other XML as its text.
import type { Document, Link } from "../model/index.ts";
import { resolve, withoutFragment } from "./addresses.ts";
import { toHtml } from "./clean-html.ts";
import { isoDate } from "./dates.ts";
import type { Body } from "./extract.ts";
import { emptyDocument } from "./extract-text.ts";
import type { Content } from "./main-content.ts";
import { toMarkdown } from "./markdown.ts";
import type { ExtractOptions } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { parseXml } from "./parse-xml.ts";
import { toPlainText } from "./plain-text.ts";
import { withFields } from "./schema/with-fields.ts";
import { attribute, Element, elements, find, Text } from "./tree.ts";
import { collapse, cutAt, isHidden, rawText } from "./visible-text.ts";

const ITEMS_MAX = 5_000;

export function documentOfXml(body: Body, options: ExtractOptions): Document {
  const { document, cut } = parseXml(body.text, options);
  const root = elements(document)[0];
  const truncated = body.truncated || cut;
  const feed = root === undefined ? null : feedOf(root);
  if (feed === null) {
    const text = xmlText(document);
    const plain = {
      ...emptyDocument(body, options, text),
      markdown: text === "" ? "" : `\`\`\`\n${text.replaceAll("```", "` ` `")}\n\`\`\``,
      truncated,
    };
    return withFields(plain, body, options, { root: document, metas: [], base: body.url });
  }
  const base = body.url;
  const links: Link[] = [];
  let dropped = 0;
  const add = (link: Link): void => {
    if (links.length < options.linksMax) links.push(link);
    else dropped++;
  };
  const home = linkOf(feed.channel, base);
  if (home !== null)
    add({
      url: withoutFragment(home),
      text: childText(feed.channel, "title") ?? "",
      rel: [],
      role: "alternate",
    });
  const article = new Element("article", [], false);
  const title = childText(feed.channel, "title");
  const description = childText(feed.channel, "description", "subtitle", "itunes:summary");
  if (title !== null) article.append(textElement("h1", title));
  if (description !== null) article.append(textElement("p", description));
  for (const item of feed.items.slice(0, ITEMS_MAX)) {
    const url = linkOf(item, base);
    const name = childText(item, "title") ?? "";
    if (url !== null) add({ url: withoutFragment(url), text: cutAt(name, 500), rel: [], role: "content" });
    article.append(itemHeading(name, url));
    for (const part of contentOf(item, options)) article.append(part);
  }
  const content: Content = { roots: [article], skip: isHidden, titleHeading: null };
  const text = toPlainText(content);
  const language = childText(feed.channel, "language") ?? attribute(feed.channel, "xml:lang");
  const empty = emptyDocument(body, options, text);
  const feedDocument: Document = {
    ...empty,
    title,
    description,
    lang: language ?? empty.lang,
    author: childText(feed.channel, "managingeditor", "dc:creator", "itunes:author") ?? nameOf(feed.channel),
    publishedAt: dateIn(feed.channel, "pubdate", "published", "dc:date"),
    modifiedAt: dateIn(feed.channel, "lastbuilddate", "updated"),
    links,
    linksDropped: dropped + Math.max(0, feed.items.length - ITEMS_MAX),
    feeds: [{ url: withoutFragment(body.url), type: body.contentType, title: title ?? "" }],
    markdown: toMarkdown(content, {
      base,
      nestingMax: options.nestingMax,
      cellsMax: options.tableCellsMax,
      whole: false,
    }),
    html: options.html ? toHtml(content, base) : "",
    truncated,
  };
  return withFields(feedDocument, body, options, { root: document, metas: [], base });
}

function feedOf(root: Element): { channel: Element; items: Element[] } | null {
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
            .replace(/<[^>]{0,2000}>/g, " "),
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

function contentOf(item: Element, options: ExtractOptions): Element[] {
  const element = ["content:encoded", "content", "description", "summary"]
    .map((name) => elements(item).find((child) => child.name === name))
    .find((child) => child !== undefined);
  if (element === undefined) return [];
  const inner = element.children.some((child) => child.kind === 1) ? [element] : [];
  if (inner.length > 0)
    return inner.map((child) => Object.assign(new Element("div", [], false), { children: child.children }));
  return [parseHtml(rawText(element), options, { xhtml: false }).body];
}

function itemHeading(name: string, url: string | null): Element {
  const heading = new Element("h2", [], false);
  const holder = url === null ? heading : new Element("a", ["href", url], false);
  holder.append(new Text(name === "" && url !== null ? url : name));
  if (holder !== heading) heading.append(holder);
  return heading;
}

function textElement(name: string, text: string): Element {
  const element = new Element(name, [], false);
  element.append(new Text(text));
  return element;
}

/** One line for each run of character data. */
function xmlText(parent: Element): string {
  const lines: string[] = [];
  const visit = (element: Element): void => {
    for (const child of element.children) {
      if (child.kind === 1) visit(child);
      else if (child.data.trim() !== "") lines.push(collapse(child.data));
    }
  };
  visit(parent);
  return lines.join("\n");
}
