// Where a page leads: anchors, areas and link elements with a meaning for a crawler, absolute, each URL and role once, counted beyond
// the cap. A link's role comes from its rel and from where it stands. Follows nothing and judges no scope.
import type { Feed, Link, LinkRole } from "../model/index.ts";
import { target, targetUrl } from "./addresses.ts";
import { keepShape } from "./kept-shape.ts";
import { placeIn } from "./link-place.ts";
import { numberOf } from "./names.ts";
import { relOf } from "./rel.ts";
import { ATTRIBUTE_WIDTH, ATTRIBUTES, COUNT, NAME, PARENT } from "./row-layout.ts";
import type { Survey } from "./survey.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse, cutAt, textOf } from "./visible-text.ts";

const TEXT_CHARS_MAX = 500;
const FEED_TYPE = /^application\/(?:rss|atom|feed|rdf)\+(?:xml|json)|^application\/feed\+json/i;
const FEEDS_MAX = 1_000;

const FRAME = numberOf("frame");
const HREF = numberOf("href");
const SRC = numberOf("src");
const HREFLANG = numberOf("hreflang");
const TYPE = numberOf("type");

const SPACE = 32;
const HASH = 35;
const DELETE = 127;

export interface Links {
  readonly links: readonly Link[];
  readonly dropped: number;
  readonly feeds: readonly Feed[];
}

export function collectLinks(survey: Survey, base: string, linksMax: number): Links {
  const list = new LinkList(base, linksMax);
  const feeds: Feed[] = [];

  for (const { element, inHead } of survey.linkElements) {
    const rel = relOf(element);
    const role = linkElementRole(element, rel, inHead);
    if (role === null) continue;
    const key = target(attribute(element, "href") ?? "", base);
    if (key === null) continue;
    const title = collapse((attribute(element, "title") ?? "").slice(0, TEXT_CHARS_MAX));
    if (role === "feed")
      feeds.push({
        url: targetUrl(key, base),
        type: (attribute(element, "type") ?? "").trim().toLowerCase(),
        title,
      });
    list.add(key, list.placeOf(key), rank(role), rel, element, title);
  }
  for (const element of survey.anchors) {
    const { rows, row } = element;
    const { numbers } = rows;
    const address = numbers[row + NAME] === FRAME ? SRC : HREF;
    let href = "";
    let isFeed = false;
    let language = false;
    let at = numbers[row + ATTRIBUTES] ?? 0;
    for (const end = at + ATTRIBUTE_WIDTH * (numbers[row + COUNT] ?? 0); at < end; at += ATTRIBUTE_WIDTH) {
      const name = numbers[at];
      if (name === address) href = rows.attributeValue(at);
      else if (name === HREFLANG) language = true;
      else if (name === TYPE) isFeed = FEED_TYPE.test(rows.attributeValue(at));
    }
    // A reference within the page, or an empty one, leads nowhere new.
    const first = href.charCodeAt(0);
    if (!(first > SPACE && first < DELETE) || first === HASH) {
      const reference = href.trim();
      if (reference === "" || reference.startsWith("#")) continue;
    }
    // What is a target itself leads there: it need not be read once more.
    let key: string | null = href;
    let place = list.placeOf(href);
    if (place === undefined) {
      key = target(href, base);
      if (key === null) continue;
      if (key !== href) place = list.placeOf(key);
    }
    const rel = relOf(element);
    const role = anchorRole(element, rel, language, isFeed);
    if (role === FEED && feeds.length < FEEDS_MAX) {
      const type = (attribute(element, "type") ?? "").trim().toLowerCase();
      feeds.push({ url: targetUrl(key, base), type, title: anchorText(element) });
    }
    list.add(key, place, role, rel, element, null);
  }
  return { links: list.links, dropped: list.dropped, feeds };
}

/** The links of a page, each target once. */
class LinkList {
  readonly links: Link[] = [];
  dropped = 0;
  /** By their targets, as `target` has them. */
  readonly #places = new Map<string, number>();
  readonly #base: string;
  readonly #linksMax: number;

  constructor(base: string, linksMax: number) {
    this.#base = base;
    this.#linksMax = linksMax;
  }

  placeOf(key: string): number | undefined {
    return this.#places.get(key);
  }

  /** `given`: its text, where it is not the element's. */
  add(
    key: string,
    place: number | undefined,
    role: number,
    rel: readonly string[],
    element: Element,
    given: string | null,
  ): void {
    const { links } = this;
    const known = place === undefined ? undefined : links[place];
    if (place !== undefined && known !== undefined) {
      if (known.text !== "" && known.rel.length === 0 && role <= rank(known.role)) return;
      // The same target again: the more telling text and role stay; nofollow only where every link says so.
      const better = known.text === "" ? (given ?? anchorText(element)) : known.text;
      links[place] = {
        url: known.url,
        text: better,
        rel: known.rel.filter((token) => !RESTRAINING.has(token) || rel.includes(token)),
        role: role > rank(known.role) ? named(role) : known.role,
      };
      return;
    }
    if (links.length >= this.#linksMax) {
      this.dropped++;
      return;
    }
    this.#places.set(key, links.length);
    links.push({
      url: targetUrl(key, this.#base),
      text: given ?? anchorText(element),
      rel,
      role: named(role),
    });
  }
}

keepShape(new LinkList("", 0));

const RESTRAINING = new Set(["nofollow", "ugc", "sponsored"]);
const RANK: readonly LinkRole[] = ["navigation", "content", "pagination", "alternate", "feed", "canonical"];
const rank = (role: LinkRole): number => RANK.indexOf(role);
const named = (role: number): LinkRole => RANK[role] ?? "content";
const NAVIGATION_RANK = rank("navigation");
const PAGINATION_RANK = rank("pagination");
const ALTERNATE = rank("alternate");
const FEED = rank("feed");

function linkElementRole(element: Element, rel: readonly string[], inHead: boolean): LinkRole | null {
  const type = (attribute(element, "type") ?? "").trim();
  if (rel.includes("stylesheet")) return null;
  if (rel.includes("canonical")) return inHead ? "canonical" : null;
  if (rel.includes("feed") || (rel.includes("alternate") && FEED_TYPE.test(type))) return "feed";
  if (rel.includes("next") || rel.includes("prev") || rel.includes("previous")) return "pagination";
  if (rel.includes("amphtml")) return "alternate";
  if (rel.includes("alternate")) return type === "" || /html/i.test(type) ? "alternate" : null;
  return null;
}

function anchorRole(element: Element, rel: readonly string[], language: boolean, isFeed: boolean): number {
  if (rel.length > 0 && (rel.includes("next") || rel.includes("prev") || rel.includes("previous")))
    return PAGINATION_RANK;
  if (isFeed) return FEED;
  const place = rank(placeIn(element.rows, element.rows.numbers[element.row + PARENT] ?? 0));
  // In a text a link may lead to another page that is in another language.
  return language && (place === NAVIGATION_RANK || rel.includes("alternate")) ? ALTERNATE : place;
}

function anchorText(element: Element): string {
  const text = element.rows.line(element.row, TEXT_CHARS_MAX) ?? textOf(element, TEXT_CHARS_MAX);
  if (text !== "") return text;
  const label = attribute(element, "aria-label") ?? attribute(element, "title") ?? attribute(element, "alt");
  if (label !== null) return cutAt(collapse(label.slice(0, 2000)), TEXT_CHARS_MAX);
  for (let child = element.first; child !== null; child = child.next) {
    if (child.kind === 1 && child.name === "img")
      return cutAt(collapse((attribute(child, "alt") ?? "").slice(0, 2000)), TEXT_CHARS_MAX);
  }
  return "";
}
