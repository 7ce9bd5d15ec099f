// One walk over the tree that gathers what the other leaves ask for: metas, links, images, headings, scripts, text measures and the
// router's evidence. Gathers only; what it means is decided elsewhere.
import type { RouteEvidence, RouteMarker } from "../model/index.ts";
import { CLASS, HANDLER, ID, ITEMPROP, ITEMSCOPE, REL, TYPEOF } from "./attribute-marks.ts";
import { BLOCK, HIDDEN, SURVEYED } from "./element-kinds.ts";
import { Evidence } from "./evidence.ts";
import { isFormula } from "./math.ts";
import { isOwnHandler, kindOfScript } from "./script-code.ts";
import { shellOf } from "./shell.ts";
import { counted, countText } from "./text-count.ts";
import { attribute, type Element, type Text, type Tree } from "./tree.ts";
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
  /** MathML, or scripts of TeX. */
  readonly hasMath: boolean;
  /** Anchors that lead to the page's licence. */
  readonly licences: readonly Element[];
  /** Elements with RDFa's typeof. */
  readonly typed: readonly Element[];
  /** Elements by their id, the first of each. Made where something is asked for by it. */
  readonly byId: () => ReadonlyMap<string, Element>;
  /** Elements that name an author: rel=author, itemprop=author, a byline's class. */
  readonly bylines: readonly Element[];
  /** Characters (code points) of visible text, white space collapsed. */
  readonly visibleLength: number;
  readonly linkLength: number;
  readonly scriptBytes: number;
  /** All but what is known of the main text. */
  readonly evidence: Omit<RouteEvidence, "mainLength" | "mainWords">;
}

/** Kinds of fields that are not filled in. */
const NO_FIELD = /^(?:hidden|submit|button|reset|image|checkbox|radio|search|file|range|color)$/i;
/** Finds every class that may be a byline's, and few others: most are none. */
const MAY_BE_BYLINE = /byline|author|dateline|writtenby|by-line/i;
const BYLINE = /(?:^|[\s_-])(?:byline|author|dateline|writtenby|p-author|by-line)(?:$|[\s_-])/i;
const LICENCE = /(?:^|\s)license(?:\s|$)/i;
const LISTS_MAX = 500_000;
/** What `attributesOf` looks for. */
const ATTRIBUTES = CLASS | ID | ITEMPROP | ITEMSCOPE | REL | HANDLER | TYPEOF;

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
  const typed: Element[] = [];
  const licences: Element[] = [];
  let hasMath = false;
  const bylines: Element[] = [];
  const ids: Element[] = [];
  let byId: ReadonlyMap<string, Element> | null = null;
  let baseHref: string | null = null;
  let scriptBytes = 0;
  let scripts = 0;
  let externalScripts = 0;
  let codeBytes = 0;
  let dataBytes = 0;
  let hiddenLength = 0;
  let noscriptLength = 0;
  let hasHandler = false;
  let fields = 0;
  let passwords = 0;
  const mains: Element[] = [];
  let visibleLength = 0;
  let linkLength = 0;
  /** A space is owed before the next visible character. */
  let owed = false;

  /** One run over a text that is shown, for the survey's counts and for its weight. */
  const count = (text: Text, into: Element, inLink: boolean): void => {
    if (text.blank) {
      owed = true;
      return;
    }
    countText(text);
    if (counted.spaceBefore) owed = true;
    const chars = counted.chars + (owed && visibleLength > 0 ? 1 : 0);
    owed = counted.spaceBehind;
    visibleLength += chars;
    into.chars += chars;
    if (inLink) {
      linkLength += chars;
      into.linkChars += chars;
    }
  };

  const visit = (
    node: Element,
    into: Element,
    inHead: boolean,
    hidden: boolean,
    inert: boolean,
    inLink: boolean,
  ): void => {
    const { name, kinds } = node;
    if (name === "template") return;
    if (name === "math") hasMath = true;
    const nowHidden = hidden || isHidden(node);
    if (!node.foreign && !inert) {
      evidence.element(node);
      if ((kinds & SURVEYED) !== 0 && !gather(node, inHead, nowHidden)) return;
      if ((node.marks & ATTRIBUTES) !== 0) attributesOf(node);
    }
    const parting = !nowHidden && ((kinds & BLOCK) !== 0 || name === "br");
    if (parting) owed = true;
    const nowInert = inert || name === "noscript";
    const nowInLink = inLink || name === "a";
    for (let child = node.first; child !== null; child = child.next) {
      if (child === undefined) continue;
      if (child.kind === 1) visit(child, node, inHead, nowHidden, nowInert, nowInLink);
      else if (!nowHidden && !inHead) count(child, node, nowInLink);
      else if (!inHead && !child.blank) {
        if (nowInert) noscriptLength += child.length;
        else if ((kinds & HIDDEN) === 0) hiddenLength += child.length;
      }
    }
    if (parting) owed = true;
    into.chars += node.chars;
    into.linkChars += node.linkChars;
  };

  /** False for a script, which is read here. */
  const gather = (node: Element, inHead: boolean, hidden: boolean): boolean => {
    switch (node.name) {
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
        const kind = kindOfScript(node);
        const text = rawText(node);
        scriptBytes += text.length;
        if (kind === "code") {
          scripts++;
          codeBytes += text.length;
          if (attribute(node, "src") !== null) externalScripts++;
          evidence.script(text);
        } else if (kind === "linked data") jsonLd.push(text);
        else if (kind === "data") dataBytes += text.length;
        else hasMath ||= isFormula(node);
        return false;
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
        if (!hidden) headings.push(node);
        break;
      case "time":
        times.push(node);
        break;
      case "main":
        if (mains.length < 10) mains.push(node);
        break;
      case "input":
      case "textarea": {
        const type = attribute(node, "type") ?? "";
        if (hidden || NO_FIELD.test(type)) break;
        fields++;
        if (/^password$/i.test(type)) passwords++;
        break;
      }
    }
    return true;
  };

  const attributesOf = (element: Element): void => {
    const { marks } = element;
    if ((marks & ID) !== 0 && ids.length < LISTS_MAX) ids.push(element);
    if ((marks & TYPEOF) !== 0 && typed.length < 1000) typed.push(element);
    if ((marks & (ITEMSCOPE | ITEMPROP)) === ITEMSCOPE) items.push(element);
    if ((marks & HANDLER) !== 0) hasHandler ||= bearsOwnHandler(element);
    const rel = (marks & REL) === 0 ? "" : (attribute(element, "rel") ?? "");
    const isAuthor = /(?:^|\s)author(?:\s|$)/i.test(rel);
    if (!isAuthor && rel !== "" && element.name === "a" && licences.length < 10 && LICENCE.test(rel))
      licences.push(element);
    if ((isAuthor || isByline(element)) && bylines.length < 1000) bylines.push(element);
  };

  attributesOf(tree.html);
  attributesOf(tree.body);
  evidence.element(tree.html);
  evidence.element(tree.body);
  for (let child = tree.head.first; child !== null; child = child.next) {
    if (child.kind === 1) visit(child, tree.head, true, true, false, false);
  }
  for (let child = tree.body.first; child !== null; child = child.next) {
    if (child.kind === 1) visit(child, tree.body, false, false, false, false);
    else count(child, tree.body, false);
  }
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
    typed,
    licences,
    hasMath,
    byId: () => {
      byId ??= firstById(ids);
      return byId;
    },
    bylines,
    visibleLength,
    linkLength,
    scriptBytes,
    evidence: {
      markers: evidence.finish(tree, visibleLength, () => textOf(tree.body, 20_000)),
      visibleLength,
      scriptBytes,
      scripts: scripts + (hasHandler ? 1 : 0),
      externalScripts,
      codeBytes,
      dataBytes,
      hiddenLength,
      noscriptLength,
      ...shellOf(tree, mains),
      links: anchors.length,
      fields,
      passwords,
    },
  };
}

function firstById(elements: readonly Element[]): Map<string, Element> {
  const byId = new Map<string, Element>();
  for (const element of elements) {
    const id = attribute(element, "id") ?? "";
    if (!byId.has(id)) byId.set(id, element);
  }
  return byId;
}

function isByline(element: Element): boolean {
  if ((element.marks & ITEMPROP) !== 0 && /(?:^|\s)author(?:\s|$)/.test(attribute(element, "itemprop") ?? ""))
    return true;
  if ((element.marks & CLASS) === 0) return false;
  const { className } = element;
  if (className === null) return isBylineClass(attribute(element, "class") ?? "");
  className.isByline ??= isBylineClass(className.text);
  return className.isByline;
}

function isBylineClass(value: string): boolean {
  return value.length < 500 && MAY_BE_BYLINE.test(value) && BYLINE.test(value);
}

function bearsOwnHandler(element: Element): boolean {
  for (let at = 0; at < element.attributeCount; at++)
    if (isOwnHandler(element.attributeName(at))) return true;
  return false;
}
