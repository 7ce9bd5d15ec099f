// What of a tree a reader sees as text, and the collapsing of white space as CSS does it. Knows nothing of main content.
import { BLOCK, HIDDEN } from "./element-kinds.ts";
import { attribute, type Element, type Node } from "./tree.ts";

const HIDING_STYLE = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;

/** Elements that show nothing of what they hold: scripts, templates, graphics, and what the page itself hides. Every leaf asks. */
export function isHidden(element: Element): boolean {
  element.hidden ??= hides(element);
  return element.hidden;
}

function hides(element: Element): boolean {
  if ((element.kinds & HIDDEN) !== 0) return true;
  if (element.name === "a" && isPermalink(element)) return true;
  const list = element.attributes;
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at];
    if (name === "hidden") return list[at + 1]?.toLowerCase() !== "until-found";
    if (name === "style" && HIDING_STYLE.test((list[at + 1] ?? "").slice(0, 1000))) return true;
  }
  return element.name === "dialog" && attribute(element, "open") === null;
}

/** The sign beside a heading that links to itself: shown on hover, no part of what is read. */
function isPermalink(element: Element): boolean {
  const [only, second] = element.children;
  if (only === undefined || only.kind !== 3 || second !== undefined) return false;
  const sign = only.data.length < 8 && /^\s*[#¶§🔗]\ufe0f?\s*$/u.test(only.data);
  return sign && attribute(element, "href")?.includes("#") === true;
}

/** Runs of white space as HTML has it, also no-break spaces, become one space; ends are kept. */
export function singleSpaced(text: string): string {
  // Most texts are so already: looking is cheaper than writing anew.
  return /[\t\n\f\r\u00a0]| {2}/.test(text) ? text.replace(/[ \t\n\f\r\u00a0]+/g, " ") : text;
}

/** Runs of white space, also no-break spaces, become one space; ends trimmed. */
export function collapse(text: string): string {
  // Most texts are collapsed already: looking is cheaper than writing anew.
  return !/[^\S ]| {2}/.test(text) ? text.trim() : text.replace(/[\s\u00a0\ufeff]+/g, " ").trim();
}

/**
 * Visible text below an element on one line, blocks and line breaks parted by a space; cut at `charsMax` characters and after
 * `nodesMax` nodes, so that asking at every level of a deep page stays cheap.
 */
export function textOf(
  element: Element,
  charsMax = 100_000,
  nodesMax = Number.POSITIVE_INFINITY,
  skip: (element: Element) => boolean = isHidden,
): string {
  const [only] = element.children;
  if (only === undefined) return "";
  // As most links and headings are.
  if (only.kind === 3 && element.children.length === 1) return cutAt(collapse(only.data), charsMax);
  const parts: string[] = [];
  let length = 0;
  let nodes = 0;
  const visit = (node: Node): void => {
    if (length > charsMax || ++nodes > nodesMax) return;
    if (node.kind === 3) {
      parts.push(node.blank ? " " : node.data);
      length += node.data.length;
      return;
    }
    if (skip(node)) return;
    const parting = (node.kinds & BLOCK) !== 0 || node.name === "br";
    if (parting) parts.push(" ");
    for (const child of node.children) {
      if (nodes > nodesMax) break;
      visit(child);
    }
    if (parting) parts.push(" ");
  };
  for (const child of element.children) visit(child);
  return cutAt(collapse(parts.join("")), charsMax);
}

/** Raw character data below, whatever it is: for scripts, titles and time elements. */
export function rawText(element: Element): string {
  let text = "";
  for (const child of element.children) text += child.kind === 3 ? child.data : rawText(child);
  return text;
}

/** At most `charsMax` UTF-16 units, never half a surrogate pair. */
export function cutAt(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const last = text.charCodeAt(charsMax - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? charsMax - 1 : charsMax);
}
