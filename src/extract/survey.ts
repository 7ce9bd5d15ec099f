// One walk over the tree that gathers what the other leaves ask for: metas, links, images, headings, scripts, text measures and the
// router's evidence. Gathers only; what it means is decided elsewhere.

import { assert } from "../base/index.ts";
import type { RouteEvidence, RouteMarker } from "../model/index.ts";
import { CLASS, HANDLER, ITEMPROP, ITEMSCOPE, REL, TYPEOF } from "./attribute-marks.ts";
import { firstById } from "./by-id.ts";
import { Evidence } from "./evidence.ts";
import { hidesAt } from "./hiding.ts";
import { keepShape } from "./kept-shape.ts";
import { isFormula } from "./math.ts";
import { numberOf, usualName } from "./names.ts";
import { relOf } from "./rel.ts";
import { CHARACTERS, CLASS_NAME, FIRST, MARKS, NAME, NEXT, TEXT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { BEARING, GATHERED, IN_HEAD, MARKED, NOT_SHOWN, type SurveyedRows } from "./scanner/scanner.ts";
import { isOwnHandler, kindOfScript } from "./script-code.ts";
import { shellOf } from "./shell.ts";
import { PLAIN_CLASS } from "./spelling.ts";
import { countText } from "./text-count.ts";
import type { Element, Tree } from "./tree.ts";
import { rawText, textOf } from "./visible-text.ts";

/** `rel`: in lower-case tokens, which all who look for a link of theirs ask. */
interface LinkElement {
  readonly element: Element;
  readonly inHead: boolean;
  readonly rel: readonly string[];
}

export interface Survey {
  /** Not inside noscript or template, head before body. */
  readonly metas: readonly Element[];
  readonly linkElements: readonly LinkElement[];
  readonly baseHref: string | null;
  readonly titles: readonly { readonly element: Element; readonly inHead: boolean }[];
  readonly jsonLd: readonly string[];
  /** `a` and `area` with an href, `frame` with a src, also hidden ones (menus), never in noscript or template: their rows. */
  readonly anchors: readonly number[];
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
const AUTHOR = /(?:^|\s)author(?:\s|$)/i;
const LISTS_MAX = 500_000;
/** What `attributesOf` looks for beside classes. */
const RARELY = ITEMPROP | ITEMSCOPE | REL | HANDLER | TYPEOF;

const A = numberOf("a");
const HREF = numberOf("href");
const SRC = numberOf("src");

/** What the scanner asks of the rows it surveys. */
class Surveyor implements SurveyedRows {
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  hides(row: number): boolean {
    return hidesAt(this.#rows, row);
  }

  count(row: number): number {
    countText(this.#rows.text(row));
    return this.#rows.numbers[row + CHARACTERS] ?? 0;
  }

  dataLength(row: number): number {
    return this.#rows.dataLength(row);
  }
}

export function survey(tree: Tree, markers: readonly RouteMarker[]): Survey {
  const { rows } = tree.html;
  const evidence = new Evidence(markers);
  const found = new Gathered(rows, evidence);
  assert(rows.scanner !== null, "a tree is surveyed where it was read");
  const surveyed = rows.scanner.survey(new Surveyor(rows), evidence.watch);
  const { visibleLength, linkLength, hiddenLength, noscriptLength, from, to } = surveyed;
  found.hasMath = surveyed.hasMath;
  for (const { row } of [tree.html, tree.body]) {
    found.attributesOf(row);
    evidence.element(rows, row);
  }
  const { numbers } = rows;
  for (let at = from; at < to; at += 2) {
    const row = numbers[at] ?? 0;
    const bits = numbers[at + 1] ?? 0;
    if ((bits & MARKED) !== 0) evidence.element(rows, row);
    if ((bits & GATHERED) !== 0) found.gather(row, (bits & IN_HEAD) !== 0, (bits & NOT_SHOWN) !== 0);
    if ((bits & BEARING) !== 0) found.attributesOf(row);
  }
  let byId: ReadonlyMap<string, Element> | null = null;
  return {
    metas: found.metas,
    linkElements: found.linkElements,
    baseHref: found.baseHref,
    titles: found.titles,
    jsonLd: found.jsonLd,
    anchors: found.anchors,
    images: found.images,
    headings: found.headings,
    times: found.times,
    items: found.items,
    typed: found.typed,
    licences: found.licences,
    hasMath: found.hasMath,
    byId: () => {
      byId ??= firstById(tree);
      return byId;
    },
    bylines: found.bylines,
    visibleLength,
    linkLength,
    scriptBytes: found.scriptBytes,
    evidence: {
      markers: evidence.finish(tree, visibleLength, () => textOf(tree.body, 20_000)),
      visibleLength,
      scriptBytes: found.scriptBytes,
      scripts: found.scripts + (found.hasHandler ? 1 : 0),
      externalScripts: found.externalScripts,
      codeBytes: found.codeBytes,
      dataBytes: found.dataBytes,
      hiddenLength,
      noscriptLength,
      ...shellOf(tree, found.mains),
      links: found.anchors.length,
      fields: found.fields,
      passwords: found.passwords,
    },
  };
}

/** What is found of a page's elements, one after the other. */
class Gathered {
  readonly metas: Element[] = [];
  readonly linkElements: LinkElement[] = [];
  readonly titles: { element: Element; inHead: boolean }[] = [];
  readonly jsonLd: string[] = [];
  readonly anchors: number[] = [];
  readonly images: Element[] = [];
  readonly headings: Element[] = [];
  readonly times: Element[] = [];
  readonly items: Element[] = [];
  readonly typed: Element[] = [];
  readonly licences: Element[] = [];
  hasMath = false;
  readonly bylines: Element[] = [];
  baseHref: string | null = null;
  scriptBytes = 0;
  scripts = 0;
  externalScripts = 0;
  codeBytes = 0;
  dataBytes = 0;
  hasHandler = false;
  fields = 0;
  passwords = 0;
  readonly mains: Element[] = [];
  readonly #rows: Rows;
  readonly #evidence: Evidence;

  constructor(rows: Rows, evidence: Evidence) {
    this.#rows = rows;
    this.#evidence = evidence;
  }

  gather(row: number, inHead: boolean, hidden: boolean): void {
    switch (usualName(this.#rows.numbers[row + NAME] ?? 0)) {
      case "a":
        // Without an href it is not gathered at all.
        if (this.anchors.length < LISTS_MAX) this.anchors.push(row);
        break;
      case "area":
        if (this.anchors.length < LISTS_MAX && this.#rows.bears(row, HREF)) this.anchors.push(row);
        break;
      case "frame":
        if (this.anchors.length < LISTS_MAX && this.#rows.bears(row, SRC)) this.anchors.push(row);
        break;
      case "script":
        this.#script(row);
        break;
      case "meta":
        this.metas.push(this.#rows.element(row));
        break;
      case "link": {
        const element = this.#rows.element(row);
        this.linkElements.push({ element, inHead, rel: relOf(element) });
        break;
      }
      case "img":
      case "video":
      case "amp-img":
        this.images.push(this.#rows.element(row));
        break;
      case "h1":
      case "h2":
      case "h3":
      case "h4":
      case "h5":
      case "h6":
        if (!hidden) this.headings.push(this.#rows.element(row));
        break;
      case "input":
      case "textarea": {
        const type = hidden ? "hidden" : (this.#rows.attribute(row, "type") ?? "");
        if (NO_FIELD.test(type)) break;
        this.fields++;
        if (/^password$/i.test(type)) this.passwords++;
        break;
      }
      case "time":
        this.times.push(this.#rows.element(row));
        break;
      case "title":
        this.titles.push({ element: this.#rows.element(row), inHead });
        break;
      case "main":
        if (this.mains.length < 10) this.mains.push(this.#rows.element(row));
        break;
      case "base":
        if (inHead && this.baseHref === null) this.baseHref = this.#rows.attribute(row, "href");
        break;
    }
  }

  #script(row: number): void {
    const rows = this.#rows;
    const kind = kindOfScript(rows, row);
    const length = lengthOf(rows, row);
    this.scriptBytes += length;
    if (kind === "code") {
      this.scripts++;
      this.codeBytes += length;
      if (rows.bears(row, SRC)) this.externalScripts++;
      this.#evidence.script(rows, row);
    } else if (kind === "linked data") this.jsonLd.push(rawText(rows.element(row)));
    else if (kind === "data") this.dataBytes += length;
    else this.hasMath ||= isFormula(rows.element(row));
  }

  attributesOf(row: number): void {
    const marks = this.#rows.numbers[row + MARKS] ?? 0;
    let isNamed = (marks & CLASS) !== 0 && isByline(this.#rows, row, this.#evidence);
    if ((marks & RARELY) !== 0) {
      if ((marks & TYPEOF) !== 0 && this.typed.length < 1000) this.typed.push(this.#rows.element(row));
      if ((marks & (ITEMSCOPE | ITEMPROP)) === ITEMSCOPE) this.items.push(this.#rows.element(row));
      if ((marks & HANDLER) !== 0) this.hasHandler ||= bearsOwnHandler(this.#rows.element(row));
      const rel = (marks & REL) === 0 ? "" : (this.#rows.attribute(row, "rel") ?? "");
      const isAuthor = AUTHOR.test(rel);
      if (
        !isAuthor &&
        rel !== "" &&
        this.#rows.numbers[row + NAME] === A &&
        this.licences.length < 10 &&
        LICENCE.test(rel)
      )
        this.licences.push(this.#rows.element(row));
      isNamed ||=
        isAuthor ||
        ((marks & ITEMPROP) !== 0 &&
          /(?:^|\s)author(?:\s|$)/.test(this.#rows.attribute(row, "itemprop") ?? ""));
    }
    if (isNamed && this.bylines.length < 1000) this.bylines.push(this.#rows.element(row));
  }
}

/** UTF-16 units of the text that stands right in an element. */
function lengthOf(rows: Rows, row: number): number {
  const { numbers } = rows;
  let length = 0;
  for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
    if (numbers[child] === TEXT) length += rows.dataLength(child);
  return length;
}

/** By its class; what the survey finds nothing in it is not shown again. */
function isByline(rows: Rows, row: number, evidence: Evidence): boolean {
  const number = rows.numbers[row + CLASS_NAME] ?? 0;
  if (rows.spellings?.knows(number, PLAIN_CLASS) === true) return false;
  const className = rows.spelling(number);
  if (className === null) return isBylineClass(rows.attribute(row, "class") ?? "");
  className.isByline ??= isBylineClass(className.text);
  if (!className.isByline && evidence.isPlainClass(rows, number)) rows.spellings?.learn(number, PLAIN_CLASS);
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

keepShape(new Surveyor(new Rows()));
keepShape(new Gathered(new Rows(), new Evidence([])));
