// Which part of a page is its content. A cascade by evidence: what is named apart goes; the mass of running text says where the content
// lies; the page's own marks (articleBody, article, main) and its JSON-LD decide close calls; inside, blocks of links and of cues go.
// Deterministic, and linear in the tree.
import { Place } from "./content-place.ts";
import { prune } from "./content-prune.ts";
import { BLOCK } from "./element-kinds.ts";
import { hidesAt } from "./hiding.ts";
import { CHARS, FIRST, LEFT_OUT, NEXT, TEXT } from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import { folded, Sayings } from "./sayings.ts";
import { weigh } from "./text-mass.ts";
import type { Element, Tree } from "./tree.ts";
import { isHidden, textOf } from "./visible-text.ts";

export interface Content {
  /** Parts of the content in document order, none inside another. */
  readonly roots: readonly Element[];
  /** True for what is left out below the roots. */
  readonly skip: (element: Element) => boolean;
  /** The heading that only repeats the page's title, where there is one: part of the document, not of its text. */
  readonly titleHeading: Element | null;
}

export interface ContentHints {
  readonly title: string | null;
  /** Texts by which the page says what it is about: JSON-LD articleBody, description. */
  readonly saying: readonly (string | null)[];
}

export function wholeBody(tree: Tree): Content {
  return { roots: [tree.body], skip: isHidden, titleHeading: null };
}

/** Text of the content's first paragraph, be it a `p` or a block used as one; what a page without a description can be described by. */
export function firstParagraph(content: Content): string | null {
  const visit = (element: Element): string | null => {
    for (let child = element.first; child !== null; child = child.next) {
      if (child.kind !== 1 || content.skip(child)) continue;
      const isParagraph = child.name === "p" || isParagraphLike(child);
      const text = isParagraph
        ? textOf(child, DESCRIPTION_CHARS_MAX, Number.POSITIVE_INFINITY, content.skip)
        : (visit(child) ?? "");
      if (text !== "") return text;
    }
    return null;
  };
  for (const root of content.roots) {
    const text = isParagraphLike(root)
      ? textOf(root, DESCRIPTION_CHARS_MAX, Number.POSITIVE_INFINITY, content.skip)
      : visit(root);
    if (text !== null) return text;
  }
  return null;
}

const DESCRIPTION_CHARS_MAX = 1_000;
/** A block of more characters than this and no block inside reads as a paragraph. */
const PARAGRAPH_CHARS_MIN = 40;

function isParagraphLike(element: Element): boolean {
  return (
    (element.name === "div" || element.name === "section" || element.name === "td") &&
    element.chars >= PARAGRAPH_CHARS_MIN &&
    element.linkChars < 0.5 * element.chars &&
    element.children.every((child) => child.kind === 3 || (child.kinds & BLOCK) === 0)
  );
}

/** Content of fewer characters is too thin to be it; the next looser way is tried. */
const THIN = 200;
const NOTHING = 10;

const WAYS = ["names", "tags", "none"] as const;
/** What is skipped by each way: the same functions for every page. */
const skips = WAYS.map((_, way) => (element: Element): boolean => {
  return (element.leftOut & (1 << way)) !== 0 || isHidden(element);
});

export function mainContent(tree: Tree, hints: ContentHints): Content {
  const { body } = tree;
  const sayings = new Sayings(hints.saying);
  const declaredLength = sayings.length;
  let best = wholeBody(tree);
  let bestLength = -1;
  for (const [way, strictness] of WAYS.entries()) {
    const weights = weigh(body, sayings);
    const bit = 1 << way;
    const place = new Place(body, weights, strictness, declaredLength, bit);
    const roots = place.roots();
    if (strictness !== "none") for (const root of roots) prune(root, weights, bit);
    const length = roots.reduce((sum, root) => sum + keptLength(root.rows, root.row, bit), 0);
    // Nothing set aside at all: only where there is next to nothing otherwise.
    if (length > bestLength * 2 && (strictness !== "none" || bestLength < NOTHING)) {
      best = { roots, skip: skips[way] ?? isHidden, titleHeading: null };
      bestLength = length;
    }
    if (bestLength >= THIN || (place.hasMain && bestLength > 0)) break;
  }
  const [root] = best.roots;
  if (hints.title === null || root === undefined) return best;
  const heading = headingOf(root, hints.title, best.skip);
  // A short text needs its heading to be understood.
  return heading === null || bestLength - heading.chars < THIN ? best : { ...best, titleHeading: heading };
}

/** Characters kept below the root, as the survey counted them. */
function keptLength(rows: Rows, root: number, bit: number): number {
  const { numbers } = rows;
  let length = numbers[root + CHARS] ?? 0;
  for (let child = numbers[root + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0) {
    if (numbers[child] === TEXT) continue;
    const chars = numbers[child + CHARS] ?? 0;
    if (chars === 0) continue;
    const isLeftOut = ((numbers[child + LEFT_OUT] ?? 0) & bit) !== 0 || hidesAt(rows, child);
    length -= isLeftOut ? chars : chars - keptLength(rows, child, bit);
  }
  return length;
}

/** The first heading of the content, when it says what the title says. */
function headingOf(root: Element, title: string, skip: (element: Element) => boolean): Element | null {
  const heading = firstHeading(root, skip);
  if (heading === null) return null;
  const wanted = folded(title);
  const text = folded(textOf(heading, 1_000, 1_000));
  const says = text === wanted || (text.length > 10 && (wanted.startsWith(text) || text.startsWith(wanted)));
  return text !== "" && says ? heading : null;
}

function firstHeading(element: Element, skip: (element: Element) => boolean): Element | null {
  for (let child = element.first; child !== null; child = child.next) {
    if (child.kind !== 1 || skip(child)) continue;
    if (child.name === "h1" || child.name === "h2") return child;
    const below = firstHeading(child, skip);
    if (below !== null) return below;
  }
  return null;
}
