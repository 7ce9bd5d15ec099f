// Text into search terms, the same way for what is indexed and for what is asked, so that a page is found by exactly its words.
// Words are runs of letters, marks and digits; scripts written without spaces (Han, Kana, Hangul, Thai …) become overlapping pairs,
// and a question about them becomes a phrase of those pairs. Knows no database and no ranking.

export interface Term {
  readonly term: string;
  /** 1..16383, as PostgreSQL's tsvector has it; long texts start again at 1 (see `searchTerms`). */
  readonly position: number;
}

export interface TermLimits {
  /** Terms a text gives at most; what follows is not searchable. */
  readonly termsMax: number;
  /** UTF-8 bytes of one term; a longer word is cut there, in index and question alike. */
  readonly termBytesMax: number;
}

export interface QueryTerm {
  readonly term: string;
  /** Distance from the group's first term: "b" two words after "a" has offset 2. */
  readonly offset: number;
  /** Matches every term that begins so: a lone character of a script without spaces. */
  readonly prefix: boolean;
}

/** A phrase: its terms stand in the page at exactly these distances. */
export type QueryGroup = readonly QueryTerm[];

/** PostgreSQL keeps positions up to 16383 and lumps all later ones together (section 11.6.7, limits of text search). */
export const TERM_POSITION_MAX = 16_383;
/** Terms repeated after each wrap, so that a phrase of up to this many terms is found across the seam. */
export const TERM_SEAM = 32;
const QUERY_LIMITS: TermLimits = { termsMax: 64, termBytesMax: 255 };

const NOTHING = 0;
const LETTER = 1;
const MARK = 2;
const PAIRED = 3;

// Scripts written without spaces between words. U+30FC and its half-width kin prolong Kana and belong to no script.
const pairedScript =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{sc=Bopomofo}\p{sc=Yi}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const letterOrDigit = /[\p{L}\p{N}]/u;
const mark = /\p{M}/u;

let classes: Uint8Array | null = null;

function classify(codePoint: number): number {
  const char = String.fromCodePoint(codePoint);
  if (letterOrDigit.test(char)) return pairedScript.test(char) ? PAIRED : LETTER;
  if (!mark.test(char)) return NOTHING;
  return pairedScript.test(char) && !/\p{scx=Han}|\p{scx=Hiragana}/u.test(char) ? PAIRED : MARK;
}

/** Class of each UTF-16 unit of the basic plane; made on first use, 64 KiB, so that starting up costs nothing. */
function basicPlane(): Uint8Array {
  if (classes !== null) return classes;
  const table = new Uint8Array(0x1_0000);
  for (let unit = 0; unit < 0x1_0000; unit++) {
    if (unit < 0xd800 || unit > 0xdfff) table[unit] = classify(unit);
  }
  classes = table;
  return table;
}

/**
 * ASCII, Western letters and the usual punctuation: NFKC leaves each of these and any row of them alone, and their cases pair off one to
 * one. (Not among them: "ß", "µ", fractions, the no-break space, "…".)
 */
const PLAIN =
  /^[\0-\x7f\u00a1-\u00a7\u00a9\u00ab\u00ac\u00ae\u00b0\u00b1\u00b6\u00b7\u00bb\u00bf-\u00de\u00e0-\u00ff\u2010\u2013\u2014\u2018-\u201e\u2022\u20ac]*$/;
const INVISIBLE = /\u00ad|\u200c|\u200d|\u2060|\ufeff/g;

/** NFKC and full case folding, as near as the language gives it: "STRASSE", "straße" and "ＳＴＲＡＳＳＥ" become one. */
function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .replace(INVISIBLE, "")
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .normalize("NFKC");
}

/** Cut at the last character that fits; never inside a surrogate pair. */
function capped(term: string, bytesMax: number): string {
  if (term.length * 3 <= bytesMax) return term;
  let bytes = 0;
  let at = 0;
  for (const char of term) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes > bytesMax) return term.slice(0, at);
    at += char.length;
  }
  return term;
}

/** Called for each term in order: the term, its ordinal from 1, and whether it is a character that ends a paired run. */
type Visit = (term: string, ordinal: number, tail: "word" | "pair" | "last" | "lone") => boolean;

/** Walks folded text. A paired run ABC visits AB, BC and then C alone, so that every character begins some term. */
function walk(text: string, bytesMax: number, visit: Visit): void {
  const table = basicPlane();
  let ordinal = 0;
  let wordFrom = -1;
  let previous = "";
  let runLength = 0;
  const endWord = (to: number): boolean => {
    const from = wordFrom;
    wordFrom = -1;
    return from < 0 || visit(capped(text.slice(from, to), bytesMax), ++ordinal, "word");
  };
  const endRun = (): boolean => {
    const length = runLength;
    runLength = 0;
    return length === 0 || visit(previous, ++ordinal, length === 1 ? "lone" : "last");
  };
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    const code = unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(at) ?? unit) : unit;
    const width = code > 0xffff ? 2 : 1;
    const kind = width === 2 ? classify(code) : (table[unit] ?? NOTHING);
    if (kind === PAIRED) {
      if (!endWord(at)) return;
      const char = width === 2 ? text.slice(at, at + 2) : text.charAt(at);
      if (runLength > 0 && !visit(previous + char, ++ordinal, "pair")) return;
      previous = char;
      runLength++;
    } else if (kind === LETTER) {
      if (!endRun()) return;
      if (wordFrom < 0) wordFrom = at;
    } else if (kind === NOTHING) {
      if (!endWord(at) || !endRun()) return;
    }
    // A mark goes on with what it stands in and never begins a word: an emoji's variation selector is not one.
    at += width;
  }
  if (endWord(text.length)) endRun();
}

/**
 * The terms of a text with their positions, in order. Where positions run out (16383) they begin again at 1 with the last
 * 32 terms repeated, so that phrases are found to the end of a long text; linear in the text's length.
 */
export function searchTerms(text: string, limits: TermLimits): Term[] {
  const terms: Term[] = [];
  let shift = 0;
  const room = (): boolean => terms.length < limits.termsMax;
  if (!room()) return terms;
  walk(fold(text), limits.termBytesMax, (term, ordinal) => {
    let position = ordinal - shift;
    if (position > TERM_POSITION_MAX) {
      const seam = terms.slice(-TERM_SEAM);
      for (let back = 0; back < seam.length && room(); back++) {
        terms.push({ term: seam[back]?.term ?? "", position: back + 1 });
      }
      shift = ordinal - 1 - seam.length;
      position = ordinal - shift;
      if (!room()) return false;
    }
    terms.push({ term, position });
    return room();
  });
  return terms;
}

/** "…" and its typographic kin, or what stands between white space. */
const QUERY_PARTS = /["“”„«»]([^"“”„«»]*)["“”„«»]|[^\s"“”„«»]+/gu;

/**
 * What a query asks for: every group must be in the page, and a group is a phrase. Words are groups of their own; "quoted words"
 * are one group, and so is what stands together without a space (well-known, 갤럭시S24). Empty when nothing can be asked.
 */
export function queryTerms(query: string, limits: TermLimits = QUERY_LIMITS): QueryGroup[] {
  const groups: QueryGroup[] = [];
  let count = 0;
  for (const [whole, quoted] of query.matchAll(QUERY_PARTS)) {
    const group: QueryTerm[] = [];
    let first = 0;
    walk(fold(quoted ?? whole), limits.termBytesMax, (term, ordinal, tail) => {
      if (count >= limits.termsMax) return false;
      // The end of a run is already in its last pair; in the page more may follow it there.
      if (tail === "last") return true;
      if (first === 0) first = ordinal;
      group.push({ term, offset: ordinal - first, prefix: tail === "lone" });
      count++;
      return count < limits.termsMax;
    });
    if (group.length > 0) groups.push(group);
    if (count >= limits.termsMax) break;
  }
  return groups;
}
