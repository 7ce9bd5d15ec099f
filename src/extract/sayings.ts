// What a page says elsewhere its text is (JSON-LD, its description), and whether a text stands in that. Most texts do not, and are told by what
// their first characters are. Knows no tree.
import { keepShape } from "./kept-shape.ts";

const SAYING_CHARS_MIN = 40;
const SAYING_CHARS_MAX = 30_000;
/** So much of a saying's beginning tells it. */
const BEGINNING_CHARS = 60;
/** So much of a text's beginning is enough to ask whether it may stand there. */
export const START_CHARS = 120;

/** Four units in a row, by their hash: 1 where the sayings hold such. Two sayings as long as they may be fill half of it. */
const GRAM = 4;
const GRAMS = 65_536;
/** One page's at a time. */
const grams = new Uint8Array(GRAMS);

/** What each unit of Latin-1 is folded to: another one of it, or 0 where it is no letter and no digit. */
const FOLDS = Uint8Array.from({ length: 256 }, (_, unit) => {
  const letter = anyFolded(String.fromCharCode(unit));
  return letter === "" ? 0 : letter.charCodeAt(0);
});
const SPACE = 32;
/** Quotes, dashes and spaces: this block of Unicode has no letter and no digit. */
const PUNCTUATION_FROM = 0x2000;
const PUNCTUATION_TO = 0x206f;

/** What was folded by the table last. Kept for the next text: 30 KB a thread. */
const kept = Buffer.alloc(SAYING_CHARS_MAX);

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
    const words = wholeWords(folded(start.slice(0, START_CHARS)));
    if (!hasGrams(words)) return false;
    return words === "" || this.#texts.some((one) => one.includes(words) || begins(one, words));
  }

  /** Whether the text stands in a saying, or begins with one. */
  hold(text: string): boolean {
    const own = folded(text);
    return own.length >= SAYING_CHARS_MIN && this.#texts.some((one) => one.includes(own) || begins(one, own));
  }
}

/** False where any four units in a row, as far as the shortest saying may go, stand in no saying. */
function hasGrams(text: string): boolean {
  const to = Math.min(text.length, SAYING_CHARS_MIN);
  for (let at = GRAM; at <= to; at++) if (grams[gramEndingAt(text, at)] === 0) return false;
  return true;
}

function begins(saying: string, text: string): boolean {
  return text.startsWith(saying.slice(0, BEGINNING_CHARS));
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
  return latinFolded(text) ?? anyFolded(text);
}

/** Of what has no other letters than Latin-1's, one table is enough, as for most pages; else null. */
function latinFolded(text: string): string | null {
  if (text.length > kept.length) return null;
  let length = 0;
  let parted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff && (unit < PUNCTUATION_FROM || unit > PUNCTUATION_TO)) return null;
    const letter = unit > 0xff ? 0 : (FOLDS[unit] ?? 0);
    if (letter === 0) {
      parted = length > 0;
      continue;
    }
    if (parted) kept[length++] = SPACE;
    parted = false;
    kept[length++] = letter;
  }
  return kept.toString("latin1", 0, length);
}

function anyFolded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

keepShape(new Sayings([]));
