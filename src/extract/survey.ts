// One walk over the tree that gathers what the other leaves ask for: metas, links, images, headings, scripts, text measures and the
// router's evidence. Gathers only; what it means is decided elsewhere.
import type { RouteMarker } from "../model/index.ts";
import { BLOCK } from "./element-kinds.ts";
import { Evidence } from "./evidence.ts";
import type { Tree } from "./parse.ts";
import { attribute, type Element, type Node } from "./tree.ts";
import { isHidden, rawText, textOf } from "./visible-text.ts";

export interface Survey {
  /** Not inside noscript or template, head before body. */
  readonly metas: readonly Element[];
  readonly linkElements: readonly { readonly element: Element; readonly inHead: boolean }[];
  readonly baseHref: string | null;
  readonly titles: readonly { readonly element: Element; readonly inHead: boolean }[];
  readonly jsonLd: readonly string[];
  /** `a` and `area` with an href, `frame` with a src, also hidden ones (menus), never in noscript or template. */
  readonly anchors: readonly Element[];
  readonly images: readonly Element[];
  readonly headings: readonly Element[];
  readonly times: readonly Element[];
  /** Elements with itemscope that are no one's property. */
  readonly items: readonly Element[];
  readonly byId: ReadonlyMap<string, Element>;
  /** Elements that name an author: rel=author, itemprop=author, a byline's class. */
  readonly bylines: readonly Element[];
  /** Characters (code points) of visible text, white space collapsed. */
  readonly visibleLength: number;
  readonly linkLength: number;
  readonly scriptBytes: number;
  readonly markers: readonly string[];
}

const CODE_TYPE =
  /^(?:|module|(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script.*|text\/babel|text\/jsx)$/;
/** Finds every class that may be a byline's, and few others: most are none. */
const MAY_BE_BYLINE = /byline|author|dateline|writtenby|by-line/i;
const BYLINE = /(?:^|[\s_-])(?:byline|author|dateline|writtenby|p-author|by-line)(?:$|[\s_-])/i;
const LISTS_MAX = 500_000;

export function survey(tree: Tree, markers: readonly RouteMarker[]): Survey {
  const evidence = new Evidence(markers);
  const metas: Element[] = [];
  const linkElements: { element: Element; inHead: boolean }[] = [];
  const titles: { element: Element; inHead: boolean }[] = [];
  const jsonLd: string[] = [];
  const anchors: Element[] = [];
  const images: Element[] = [];
  const headings: Element[] = [];
  const times: Element[] = [];
  const items: Element[] = [];
  const bylines: Element[] = [];
  const byId = new Map<string, Element>();
  let baseHref: string | null = null;
  let scriptBytes = 0;
  let visibleLength = 0;
  let linkLength = 0;
  /** A space is owed before the next visible character. */
  let owed = false;

  const count = (data: string, inLink: boolean): { chars: number; commas: number } => {
    let chars = 0;
    let commas = 0;
    for (let at = 0; at < data.length; at++) {
      const unit = data.charCodeAt(at);
      if (unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0) {
        owed = true;
        continue;
      }
      if (owed) {
        owed = false;
        if (visibleLength + chars > 0) chars++;
      }
      if (unit < 0xdc00 || unit > 0xdfff) chars++;
      if (unit === 44 || unit === 0x3001 || unit === 0xff0c || unit === 0x060c || unit === 0x3002) commas++;
      else if (unit === 46 && isSpace(data.charCodeAt(at + 1))) commas++;
    }
    visibleLength += chars;
    if (inLink) linkLength += chars;
    return { chars, commas };
  };

  const visit = (
    node: Node,
    into: Element,
    inHead: boolean,
    hidden: boolean,
    inert: boolean,
    inLink: boolean,
  ): void => {
    if (node.kind === 3) {
      if (hidden || inHead) return;
      const counted = count(node.data, inLink);
      into.chars += counted.chars;
      into.commas += counted.commas;
      if (inLink) into.linkChars += counted.chars;
      return;
    }
    const { name } = node;
    if (name === "template") return;
    const nowHidden = hidden || isHidden(node);
    if (!node.foreign && !inert) {
      evidence.element(node);
      switch (name) {
        case "meta":
          metas.push(node);
          break;
        case "link":
          linkElements.push({ element: node, inHead });
          break;
        case "base":
          if (inHead && baseHref === null) baseHref = attribute(node, "href");
          break;
        case "title":
          titles.push({ element: node, inHead });
          break;
        case "script": {
          const type = (attribute(node, "type") ?? "").trim().toLowerCase();
          const text = rawText(node);
          scriptBytes += text.length;
          if (CODE_TYPE.test(type)) evidence.script(text);
          else if (type.startsWith("application/ld+json")) jsonLd.push(text);
          return;
        }
        case "a":
        case "area":
          if (attribute(node, "href") !== null && anchors.length < LISTS_MAX) anchors.push(node);
          break;
        case "frame":
          if (attribute(node, "src") !== null && anchors.length < LISTS_MAX) anchors.push(node);
          break;
        case "img":
        case "video":
        case "amp-img":
          images.push(node);
          break;
        case "h1":
        case "h2":
        case "h3":
        case "h4":
        case "h5":
        case "h6":
          if (!nowHidden) headings.push(node);
          break;
        case "time":
          times.push(node);
          break;
      }
      attributesOf(node);
    }
    const parting = !nowHidden && (BLOCK.has(name) || name === "br");
    if (parting) owed = true;
    const nowInert = inert || name === "noscript";
    const nowInLink = inLink || name === "a";
    for (const child of node.children) visit(child, node, inHead, nowHidden, nowInert, nowInLink);
    if (parting) owed = true;
    into.chars += node.chars;
    into.linkChars += node.linkChars;
    into.commas += node.commas;
  };

  const attributesOf = (element: Element): void => {
    const list = element.attributes;
    let isItem = false;
    let isProperty = false;
    let isByline = false;
    for (let at = 0; at < list.length; at += 2) {
      const value = list[at + 1] ?? "";
      switch (list[at]) {
        case "id":
          if (byId.size < LISTS_MAX && !byId.has(value)) byId.set(value, element);
          break;
        case "itemscope":
          isItem = true;
          break;
        case "itemprop":
          isProperty = true;
          if (/(?:^|\s)author(?:\s|$)/.test(value)) isByline = true;
          break;
        case "rel":
          if (/(?:^|\s)author(?:\s|$)/i.test(value)) isByline = true;
          break;
        case "class":
          if (value.length < 500 && MAY_BE_BYLINE.test(value) && BYLINE.test(value)) isByline = true;
          break;
      }
    }
    if (isItem && !isProperty) items.push(element);
    if (isByline && bylines.length < 1000) bylines.push(element);
  };

  attributesOf(tree.html);
  attributesOf(tree.body);
  evidence.element(tree.html);
  evidence.element(tree.body);
  for (const child of tree.head.children) visit(child, tree.head, true, true, false, false);
  const bodyHidden = false;
  for (const child of tree.body.children) visit(child, tree.body, false, bodyHidden, false, false);
  return {
    metas,
    linkElements,
    baseHref,
    titles,
    jsonLd,
    anchors,
    images,
    headings,
    times,
    items,
    byId,
    bylines,
    visibleLength,
    linkLength,
    scriptBytes,
    markers: evidence.finish(visibleLength, () => textOf(tree.body, 20_000)),
  };
}

/** NaN (the end of the text) counts as space. */
function isSpace(unit: number): boolean {
  return !(unit > 32) || unit === 0xa0;
}
