// What a character is to words and to search terms, as the numbers that words.as keeps of it: asked once of every character that is met.
// Knows no text.
import { searchTerms } from "../../base/index.ts";

// Beside the unit that a letter folds to and, in two bits behind it, how many bytes that has in UTF-8: see words.as.
const BYTES_SHIFT = 16;
const PART = 1 << 18;
const WHOLE = 1 << 19;
const COMMON = 1 << 20;
const PAIRED = 1 << 21;
const WALL = 1 << 22;
/** Folds to more than one unit, or joins what is around it: its terms are found among the search terms. */
const RARE = 1 << 23;
const LETTER = 1 << 31;

const LIMITS = { termsMax: 4, termBytesMax: 64 };

/** The planes beyond are not kept by words.as: what is asked of them again and again must be cheap. */
const KEPT_POINTS = 0x2_0000;

const whole = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const part = /[\p{L}\p{N}\p{M}_'’]/u;
const mark = /\p{M}/u;
/** Jamo, which NFKC makes one with the syllable before them. */
const joins = /[\u1100-\u11ff]/;

export function kindOf(point: number): number {
  const char = String.fromCodePoint(point);
  return wordKind(char) | (point < KEPT_POINTS ? termKind(char) : RARE);
}

/** Each Han or Kana character is a word of its own. */
function wordKind(char: string): number {
  if (whole.test(char)) return WHOLE;
  return part.test(char) ? PART : 0;
}

function termKind(char: string): number {
  const composed = char.isWellFormed() ? char.normalize("NFKC") : "";
  if (composed === "" || mark.test(composed)) return RARE;
  const terms = searchTerms(`a${char}a`, LIMITS).map(({ term }) => term);
  const [first = "", second = ""] = terms;
  // Parts terms.
  if (terms.length === 2 && first === "a" && second === "a")
    return char === " " || char === "\n" ? COMMON | WALL : COMMON;
  if (char.length > 1) return RARE;
  if (terms.length === 1 && first.length === 3)
    return part.test(char) ? COMMON | LETTER | unitOf(first.charCodeAt(1)) : RARE;
  const isPaired = terms.length === 3 && second === char && composed === char;
  return isPaired && !joins.test(char) ? PAIRED | unitOf(char.charCodeAt(0)) : RARE;
}

function unitOf(unit: number): number {
  return unit | ((unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3) << BYTES_SHIFT);
}
