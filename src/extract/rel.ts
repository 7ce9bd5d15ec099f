// What rel says, in lower-case tokens. The web writes the same few spellings on page after page: each is parted once. Knows no token's
// meaning.
import { REL } from "./attribute-marks.ts";
import { attribute, type Element, tokens } from "./tree.ts";

/** Spellings kept; the longest of them is some ten words: 100 KB a thread. */
const SPELLINGS_MAX = 512;
const KEPT = /^[\x20-\x7e]{1,64}$/;

export const NO_TOKENS: readonly string[] = [];
const parted = new Map<string, readonly string[]>();

export function relOf(element: Element): readonly string[] {
  if ((element.marks & REL) === 0) return NO_TOKENS;
  const value = attribute(element, "rel") ?? "";
  return parted.get(value) ?? newlyParted(value);
}

function newlyParted(value: string): readonly string[] {
  if (!KEPT.test(value)) return tokens(value);
  if (parted.size >= SPELLINGS_MAX) parted.clear();
  // A part of the page's string would keep the page in memory.
  const own = Buffer.from(value, "latin1").toString("latin1");
  const made = tokens(own);
  parted.set(own, made);
  return made;
}
