// Where a page leads: anchors, areas and link elements with a meaning for a crawler, absolute, each URL and role once, counted beyond
// the cap. A link's role comes from its rel and from where it stands. Follows nothing and judges no scope.
import type { Feed, Link, LinkRole } from "../model/index.ts";
import { targetUrl } from "./addresses.ts";
import { REL } from "./attribute-marks.ts";
import { keepShape } from "./kept-shape.ts";
import { NAVIGATION_PLACE, placeIn } from "./link-place.ts";
import { LinkTargets } from "./link-targets.ts";
import { numberOf } from "./names.ts";
import { NO_TOKENS, relOf } from "./rel.ts";
import { FIRST, MARKS, NAME, NEXT, PARENT } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { LANGUAGE, PLACE_SHIFT, TYPED } from "./scanner/scanner.ts";
import type { Survey } from "./survey.ts";
import { attribute, type Element } from "./tree.ts";
import { collapse, cutAt, textAt } from "./visible-text.ts";

const TEXT_CHARS_MAX = 500;
const FEED_TYPE = /^application\/(?:rss|atom|feed|rdf)\+(?:xml|json)|^application\/feed\+json/i;
const FEEDS_MAX = 1_000;

const IMG = numberOf("img");

export interface Links {
  readonly links: readonly Link[];
  readonly dropped: number;
  readonly feeds: readonly Feed[];
}

export function collectLinks(rows: Rows, survey: Survey, base: string, linksMax: number): Links {
  if (survey.anchors.length === 0 && survey.linkElements.length === 0)
    return { links: [], dropped: 0, feeds: [] };
  const list = new LinkList(rows, base, linksMax);
  const { targets } = list;
  const feeds: Feed[] = [];

  for (const { element, inHead, rel } of survey.linkElements) {
    const role = linkElementRole(element, rel, inHead);
    if (role < 0 || !targets.read(attribute(element, "href") ?? "")) continue;
    const title = collapse((attribute(element, "title") ?? "").slice(0, TEXT_CHARS_MAX));
    if (role === FEED)
      feeds.push({
        url: targetUrl(targets.key, base),
        type: (attribute(element, "type") ?? "").trim().toLowerCase(),
        title,
      });
    list.add(role, rel, element.row, title);
  }
  const { numbers } = rows;
  for (const row of survey.anchors) {
    if (!targets.readLink(row)) continue;
    const rel = ((numbers[row + MARKS] ?? 0) & REL) === 0 ? NO_TOKENS : relOf(rows.element(row));
    const role = anchorRole(rows, row, rel, targets.bits);
    if (role === FEED && feeds.length < FEEDS_MAX) {
      const type = (rows.attribute(row, "type") ?? "").trim().toLowerCase();
      feeds.push({ url: targetUrl(targets.key, base), type, title: anchorText(rows, row) });
    }
    list.add(role, rel, row, null);
  }
  return { links: list.links, dropped: list.dropped, feeds };
}

/** The links of a page, each target once. */
class LinkList {
  readonly targets: LinkTargets;
  readonly links: Link[] = [];
  dropped = 0;
  readonly #ranks: number[] = [];
  readonly #rows: Rows;
  readonly #base: string;
  readonly #linksMax: number;

  constructor(rows: Rows, base: string, linksMax: number) {
    this.targets = new LinkTargets(rows, base);
    this.#rows = rows;
    this.#base = base;
    this.#linksMax = linksMax;
  }

  /** Of the target that was read last. `given`: its text, where it is not the element's. */
  add(rank: number, rel: readonly string[], row: number, given: string | null): void {
    const { links, targets } = this;
    const { place } = targets;
    const known = place < 0 ? undefined : links[place];
    if (known !== undefined) {
      const before = this.#ranks[place] ?? 0;
      if (known.text !== "" && known.rel.length === 0 && rank <= before) return;
      // The same target again: the more telling text and role stay; nofollow only where every link says so.
      this.#ranks[place] = Math.max(rank, before);
      links[place] = {
        url: known.url,
        text: known.text === "" ? (given ?? anchorText(this.#rows, row)) : known.text,
        rel: known.rel.filter((token) => !RESTRAINING.has(token) || rel.includes(token)),
        role: rank > before ? named(rank) : known.role,
      };
      return;
    }
    if (links.length >= this.#linksMax) {
      this.dropped++;
      return;
    }
    targets.place = links.length;
    this.#ranks.push(rank);
    links.push({
      url: targetUrl(targets.key, this.#base),
      text: given ?? anchorText(this.#rows, row),
      rel,
      role: named(rank),
    });
  }
}

keepShape(new LinkList(new Rows(), "", 0));

const RESTRAINING = new Set(["nofollow", "ugc", "sponsored"]);
/** By how much they tell; the first three are the places of link-place.ts. */
const RANKS: readonly LinkRole[] = ["navigation", "content", "pagination", "alternate", "feed", "canonical"];
const named = (rank: number): LinkRole => RANKS[rank] ?? "content";
const PAGINATION = RANKS.indexOf("pagination");
const ALTERNATE = RANKS.indexOf("alternate");
const FEED = RANKS.indexOf("feed");
const CANONICAL = RANKS.indexOf("canonical");

/** Below 0 for what is no link. */
function linkElementRole(element: Element, rel: readonly string[], inHead: boolean): number {
  if (rel.includes("stylesheet")) return -1;
  if (rel.includes("canonical")) return inHead ? CANONICAL : -1;
  const type = (attribute(element, "type") ?? "").trim();
  if (rel.includes("feed") || (rel.includes("alternate") && FEED_TYPE.test(type))) return FEED;
  if (leadsOn(rel)) return PAGINATION;
  if (rel.includes("amphtml")) return ALTERNATE;
  return rel.includes("alternate") && (type === "" || /html/i.test(type)) ? ALTERNATE : -1;
}

function leadsOn(rel: readonly string[]): boolean {
  return rel.includes("next") || rel.includes("prev") || rel.includes("previous");
}

function anchorRole(rows: Rows, row: number, rel: readonly string[], bits: number): number {
  if (rel.length > 0 && leadsOn(rel)) return PAGINATION;
  if ((bits & TYPED) !== 0 && FEED_TYPE.test(rows.attribute(row, "type") ?? "")) return FEED;
  const told = (bits >> PLACE_SHIFT) & 3;
  const place = told === 0 ? placeIn(rows, rows.numbers[row + PARENT] ?? 0) : told - 1;
  // In a text a link may lead to another page that is in another language.
  return (bits & LANGUAGE) !== 0 && (place === NAVIGATION_PLACE || rel.includes("alternate"))
    ? ALTERNATE
    : place;
}

function anchorText(rows: Rows, row: number): string {
  const text = textAt(rows, row, TEXT_CHARS_MAX);
  if (text !== "") return text;
  const label =
    rows.attribute(row, "aria-label") ?? rows.attribute(row, "title") ?? rows.attribute(row, "alt");
  if (label !== null) return labelled(label);
  const { numbers } = rows;
  for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
    if (numbers[child + NAME] === IMG) return labelled(rows.attribute(child, "alt") ?? "");
  return "";
}

function labelled(value: string): string {
  return cutAt(collapse(value.slice(0, 2000)), TEXT_CHARS_MAX);
}
