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
/** A unit that takes more than the table. */
const OTHER = -1;

/** What was folded by the table last. Kept for the next text: 30 KB a thread. */
const kept = Buffer.alloc(SAYING_CHARS_MAX);

/** One text, folded. */
class Saying {
  readonly text: string;
  readonly #beginning: string;
  /** Behind what was found there last: mostly what comes next on the page is what comes next here. */
  #next = 0;

  constructor(text: string) {
    this.text = text;
    this.#beginning = text.slice(0, BEGINNING_CHARS);
  }

  /** Whether what is folded stands there, or begins so. */
  holds(part: string): boolean {
    return this.#indexOf(part) !== -1 || part.startsWith(this.#beginning);
  }

  /** The same, of a whole text, behind which the next one is looked for first. */
  holdsWhole(text: string): boolean {
    const at = this.#indexOf(text);
    if (at !== -1) this.#next = at + text.length + 1;
    return at !== -1 || text.startsWith(this.#beginning);
  }

  #indexOf(part: string): number {
    return this.text.startsWith(part, this.#next) ? this.#next : this.text.indexOf(part);
  }
}

export class Sayings {
  /** Those too short to tell are left out. */
  readonly #sayings: readonly Saying[];

  /** Until the next ones are made. */
  constructor(texts: readonly (string | null)[]) {
    this.#sayings = texts
      .flatMap((text) => (text === null ? [] : [folded(text.slice(0, SAYING_CHARS_MAX))]))
      .filter((text) => text.length >= SAYING_CHARS_MIN)
      .map((text) => new Saying(text));
    if (this.none) return;
    grams.fill(0);
    for (const { text } of this.#sayings)
      for (let at = GRAM; at <= text.length; at++) grams[gramEndingAt(text, at)] = 1;
  }

  get none(): boolean {
    return this.#sayings.length === 0;
  }

  /** Characters of the longest, folded. */
  get length(): number {
    return Math.max(0, ...this.#sayings.map(({ text }) => text.length));
  }

  /** Whether a text that begins so may stand in a saying, or begin with one. False for most texts that do not. */
  mayBegin(start: string): boolean {
    if (!hasGrams(start)) return false;
    const words = wholeWords(folded(start.slice(0, START_CHARS)));
    return words === "" || this.#sayings.some((one) => one.holds(words));
  }

  /** Whether the text stands in a saying, or begins with one. */
  hold(text: string): boolean {
    const own = folded(text);
    return own.length >= SAYING_CHARS_MIN && this.#sayings.some((one) => one.holdsWhole(own));
  }
}

/**
 * False where any four letters in a row of what the text is folded to stand in no saying; as far as the shortest saying may go, and as the text
 * is of Latin letters.
 */
function hasGrams(text: string): boolean {
  let length = 0;
  let [first, second, third] = [0, 0, 0];
  let parted = false;
  for (let at = 0; at < text.length && length < SAYING_CHARS_MIN; at++) {
    const letter = foldedUnit(text.charCodeAt(at));
    if (letter === OTHER) return true;
    if (letter === 0) {
      parted = length > 0;
      continue;
    }
    if (parted) {
      if (++length >= GRAM && grams[gramOf(first, second, third, SPACE)] === 0) return false;
      [first, second, third] = [second, third, SPACE];
      parted = false;
    }
    if (++length >= GRAM && grams[gramOf(first, second, third, letter)] === 0) return false;
    [first, second, third] = [second, third, letter];
  }
  return true;
}

/** Without the last word, which may have been cut. */
function wholeWords(text: string): string {
  return text.slice(0, Math.max(0, text.lastIndexOf(" ")));
}

function gramEndingAt(text: string, to: number): number {
  return gramOf(
    text.charCodeAt(to - 4),
    text.charCodeAt(to - 3),
    text.charCodeAt(to - 2),
    text.charCodeAt(to - 1),
  );
}

function gramOf(first: number, second: number, third: number, fourth: number): number {
  const early = Math.imul((first << 5) ^ second, 0x9e3779b1);
  return (early ^ Math.imul((third << 5) ^ fourth, 0x85ebca6b)) >>> 16;
}

/** A letter or digit of Latin-1, 0 for what is neither, or OTHER. */
function foldedUnit(unit: number): number {
  if (unit <= 0xff) return FOLDS[unit] ?? 0;
  return unit >= PUNCTUATION_FROM && unit <= PUNCTUATION_TO ? 0 : OTHER;
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
    const letter = foldedUnit(text.charCodeAt(at));
    if (letter === OTHER) return null;
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

keepShape(new Saying(""));
keepShape(new Sayings([]));
