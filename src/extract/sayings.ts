// What a page says elsewhere its text is (JSON-LD, its description), and whether a text stands in that. Most texts do not, and are told by what
// their first characters are. Knows no tree.
import { keepShape } from "./kept-shape.ts";

const SAYING_CHARS_MIN = 40;
const SAYING_CHARS_MAX = 30_000;
/** So much of a saying's beginning tells it. */
const BEGINNING_CHARS = 60;
/** So much of a text's beginning is enough to ask whether it may stand there; most are told by the first part of it. */
export const START_CHARS = 120;
const FIRST_CHARS = 24;

/** Four units in a row, by their hash: 1 where the sayings hold such. Two sayings as long as they may be fill half of it. */
const GRAM = 4;
const GRAMS = 65_536;
/** One page's at a time. */
const grams = new Uint8Array(GRAMS);

export class Sayings {
  /** Folded; those too short to tell are left out. */
  readonly #texts: readonly string[];

  /** Until the next ones are made. */
  constructor(texts: readonly (string | null)[]) {
    this.#texts = texts
      .flatMap((text) => (text === null ? [] : [folded(text.slice(0, SAYING_CHARS_MAX))]))
      .filter((text) => text.length >= SAYING_CHARS_MIN);
    if (this.none) return;
    grams.fill(0);
    for (const text of this.#texts)
      for (let at = GRAM; at <= text.length; at++) grams[gramEndingAt(text, at)] = 1;
  }

  get none(): boolean {
    return this.#texts.length === 0;
  }

  /** Characters of the longest, folded. */
  get length(): number {
    return Math.max(0, ...this.#texts.map((text) => text.length));
  }

  /** Whether a text that begins so may stand in a saying, or begin with one. False for most texts that do not. */
  mayBegin(start: string): boolean {
    if (!hasGrams(plainBeginning(start)) || !hasGrams(wholeWords(folded(start.slice(0, FIRST_CHARS)))))
      return false;
    const words = wholeWords(folded(start.slice(0, START_CHARS)));
    return words === "" || this.#texts.some((one) => one.includes(words) || begins(one, words));
  }

  /** Whether the text stands in a saying, or begins with one. */
  hold(text: string): boolean {
    const own = folded(text);
    return own.length >= SAYING_CHARS_MIN && this.#texts.some((one) => one.includes(own) || begins(one, own));
  }
}

/** False where any four of its units in a row stand in no saying. */
function hasGrams(part: string): boolean {
  for (let at = GRAM; at <= part.length; at++) if (grams[gramEndingAt(part, at)] === 0) return false;
  return true;
}

function begins(saying: string, text: string): boolean {
  return text.startsWith(saying.slice(0, BEGINNING_CHARS));
}

/** What is folded of a text's beginning where that is ASCII letters, as far as they go: the cheapest to look for. */
function plainBeginning(start: string): string {
  let from = 0;
  while (start.charCodeAt(from) <= 32) from++;
  let to = from;
  for (; to < start.length && to - from < FIRST_CHARS; to++) {
    const unit = start.charCodeAt(to) | 0x20;
    if (unit < 97 || unit > 122) break;
  }
  return start.slice(from, to).toLowerCase();
}

/** Without the last word, which may have been cut. */
function wholeWords(text: string): string {
  return text.slice(0, Math.max(0, text.lastIndexOf(" ")));
}

function gramEndingAt(text: string, to: number): number {
  const early = (text.charCodeAt(to - 4) << 5) ^ text.charCodeAt(to - 3);
  const late = (text.charCodeAt(to - 2) << 5) ^ text.charCodeAt(to - 1);
  return (Math.imul(early, 0x9e3779b1) ^ Math.imul(late, 0x85ebca6b)) >>> 16;
}

/** Letters and digits in lower case, all between them one space: for comparing texts. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

keepShape(new Sayings([]));
