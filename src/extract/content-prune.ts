// What inside the content is no part of it: blocks of links, calls to share or subscribe, lines of dates, and what follows a heading that
// points elsewhere. Judges by text, link density and share of the whole; what JSON-LD repeats as text is never dropped.
import { ARIA_HIDDEN } from "./attribute-marks.ts";
import { IS_BESIDE, IS_CONTENT, isCue, isDateLine, isElsewhere, namingOf } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { attribute, type Element, elements } from "./tree.ts";
import { textOf } from "./visible-text.ts";
import type { Weights } from "./weights.ts";

/** A short line of cue text is made of few nodes. */
const CUE_NODES_MAX = 100;
const LINE_CHARS_MAX = 160;
/** Root mass of a page of lists and labels: less than two or three paragraphs have. */
const SCANT = 8;
const LISTING = new Set(["ul", "ol", "div", "section", "header", "dl"]);

/** Puts the bit on what is left out below the root, beside what bears it already. */
export function prune(root: Element, weights: Weights, bit: number): void {
  pruneBelow(root, root, weights, bit);
}

function pruneBelow(element: Element, root: Element, weights: Weights, bit: number): void {
  const rootMass = weights.mass(root.row);
  /** Level of the heading under which what stands is no part of the content; 0 = none. */
  let elsewhere = 0;
  let masses: readonly number[] | null = null;
  let at = -1;
  for (let child = element.first; child !== null; child = child.next) {
    at++;
    if (child.kind !== 1 || (child.leftOut & bit) !== 0) continue;
    const level = (child.kinds & HEADINGS) !== 0 ? Number(child.name.slice(1)) : 0;
    const line = lineOf(child);
    if (level > 0 && elsewhere >= level) elsewhere = 0;
    if (elsewhere === 0 && at > 0 && pointsElsewhere(child, weights, line)) {
      child.leftOut |= bit;
      if (level > 0) elsewhere = level;
      else {
        masses ??= sumsFromBehind(element, weights);
        if ((masses[at + 1] ?? 0) < 0.05 * rootMass) elsewhere = 6;
      }
      continue;
    }
    if ((elsewhere > 0 && weights.mass(child.row) < 0.3 * rootMass) || drops(child, root, weights, line)) {
      child.leftOut |= bit;
      continue;
    }
    if (child.chars > 0) pruneBelow(child, root, weights, bit);
  }
}

/** At each index the mass of that child and of all behind it. */
function sumsFromBehind(parent: Element, weights: Weights): number[] {
  const { children } = parent;
  const sums: number[] = new Array<number>(children.length + 1).fill(0);
  for (let at = children.length - 1; at >= 0; at--) {
    const child = children[at];
    sums[at] = (sums[at + 1] ?? 0) + (child?.kind === 1 ? weights.mass(child.row) : 0);
  }
  return sums;
}

/** "Related stories", "Comments (12)": what follows belongs to other pages or people. */
function pointsElsewhere(element: Element, weights: Weights, line: string): boolean {
  if (element.chars === 0 || element.chars >= 80 || (element.kinds & BLOCK) === 0) return false;
  return weights.paragraphs(element.row) === 0 && isElsewhere(line);
}

/** The text of what is short enough to be a cue; of all else it is not asked. */
function lineOf(element: Element): string {
  if (element.chars === 0 || element.chars >= LINE_CHARS_MAX) return "";
  return (element.kinds & BLOCK) !== 0 || element.name === "a" ? textOf(element, 200, CUE_NODES_MAX) : "";
}

function drops(element: Element, root: Element, weights: Weights, line: string): boolean {
  const { name, chars, linkChars } = element;
  const isBlock = (element.kinds & BLOCK) !== 0;
  if (chars === 0) return false;
  // Decoration and doubles for the eye; but a page behind its own dialog is marked so as a whole.
  if (
    (element.marks & ARIA_HIDDEN) !== 0 &&
    attribute(element, "aria-hidden")?.toLowerCase() === "true" &&
    (!isBlock || chars < 0.3 * root.chars)
  )
    return true;
  if (!isBlock && name !== "span" && name !== "a") return false;
  const density = linkChars / chars;
  if (weights.ownSaid(element.row) > 0) return false;
  const share = chars / Math.max(1, root.chars);
  const named = namingOf(element);
  const isHeading = (element.kinds & HEADINGS) !== 0;
  const isText = isHeading || name === "p";
  if (
    (named & (IS_BESIDE | IS_CONTENT)) === IS_BESIDE &&
    share < 0.3 &&
    isBlock &&
    !isText &&
    (chars < 200 || density > 0.4)
  )
    return true;
  if (name === "form" && share < 0.5) return true;
  if (chars < LINE_CHARS_MAX && !isHeading && (isBlock || name === "a") && isCue(line)) return true;
  if (chars < 120 && isBlock && !isHeading && isDateLine(line)) return true;
  if (name === "p" && density > 0.95 && chars > 25 && weights.paragraphs(root.row) >= 6 && share < 0.05)
    return true;
  // Where there is no running text to speak of, the links are what the page is for.
  const scant = weights.mass(root.row) < SCANT;
  if (!scant && LISTING.has(name) && weights.paragraphs(element.row) === 0) {
    if (density > (name === "ul" || name === "ol" ? 0.75 : 0.6) && share < 0.5) return true;
    if (density > 0.45 && chars < 300 && name !== "div") return true;
  }
  if (name === "td" && density > 0.9 && share < 0.3 && weights.paragraphs(element.row) === 0)
    return isBesideText(element, weights);
  return !scant && name === "table" && density > 0.8 && share < 0.3;
}

/** A cell of links in a row whose other cells hold the paragraphs: the menu of a page laid out by a table. */
function isBesideText(cell: Element, weights: Weights): boolean {
  const row = cell.parent;
  return row !== null && weights.paragraphs(row.row) >= 2 && elements(row).length < 5;
}
