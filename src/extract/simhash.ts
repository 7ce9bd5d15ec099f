// A 64-bit simhash (Charikar 2002; Manku et al. 2007) of a text: near-equal texts differ in few bits, unrelated ones in about 32.
// Features are runs of three words, or of two characters where a script is written without spaces. Knows nothing of pages.
import { searchTerms } from "../base/index.ts";

/** What is hashed at most; a longer text is judged by its beginning. Keeps the cost linear and below some 10 ms. */
const limits = { termsMax: 20_000, termBytesMax: 64 };
/** Beyond this many terms the search terms repeat some: those texts go the long way as a whole. */
const PLAIN_TERMS_MAX = 16_000;
const SHINGLE = 3;

const FIRST_LOW = 0x811c9dc5 | 0;
const FIRST_HIGH = 0x9747b28c | 0;

/** Two independent 32-bit halves of each term (FNV-1a steps), finalised, one after the other. A page's are gone with the next page. */
const halves = new Int32Array(2 * (limits.termsMax + 1));

/**
 * Hashes the terms in place where a fold is one unit for one unit; what stands between two spaces and has others is asked of the search
 * terms, for which a space is a wall. How many terms there are, -1 for more than are found so.
 */
function hashPlain(text: string): number {
  let terms = 0;
  let bytes = 0;
  let low = FIRST_LOW;
  let high = FIRST_HIGH;
  /** Behind the last space, and how many terms there were. */
  let from = 0;
  let termsBefore = 0;
  for (let at = 0; at < text.length; at++) {
    const written = text.charCodeAt(at);
    let unit = folds[written] ?? UNKNOWN;
    if (unit <= OTHER) {
      if (unit === UNKNOWN) {
        unit = foldOf(written);
        folds[written] = unit;
      }
      if (unit === BETWEEN) {
        if (bytes > 0) {
          if (terms === PLAIN_TERMS_MAX) return -1;
          keep(terms++, low, high);
          bytes = 0;
          low = FIRST_LOW;
          high = FIRST_HIGH;
        }
        if (written === SPACE || written === LINE_END) {
          from = at + 1;
          termsBefore = terms;
        }
        continue;
      }
      if (unit === OTHER) {
        const to = spaceBehind(text, at);
        const found = searchTerms(text.slice(from, to), limits);
        terms = termsBefore;
        if (terms + found.length > PLAIN_TERMS_MAX) return -1;
        for (let index = 0; index < found.length; index++) hashTerm(terms++, found[index]?.term ?? "");
        bytes = 0;
        low = FIRST_LOW;
        high = FIRST_HIGH;
        termsBefore = terms;
        from = to + 1;
        at = to;
        continue;
      }
    }
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    if (bytes > limits.termBytesMax) continue;
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  }
  if (bytes > 0) {
    if (terms === PLAIN_TERMS_MAX) return -1;
    keep(terms++, low, high);
  }
  return terms;
}

const SPACE = 32;
const LINE_END = 10;

function spaceBehind(text: string, from: number): number {
  let to = from;
  for (; to < text.length; to++) {
    const unit = text.charCodeAt(to);
    if (unit === SPACE || unit === LINE_END) break;
  }
  return to;
}

const UNKNOWN = 0;
/** Parts words. */
const BETWEEN = 1;
/** Folds to more than one unit, joins what is around it, or is written without spaces. */
const OTHER = 2;

/** What each UTF-16 unit is to terms: one of the above, else the unit it folds to. Learnt from the search terms as they are met. */
const folds = new Uint16Array(0x1_0000);

function foldOf(unit: number): number {
  const char = String.fromCharCode(unit);
  if (!char.isWellFormed() || /\p{M}/u.test(char.normalize("NFKC"))) return OTHER;
  const terms = searchTerms(`a${char}a`, limits);
  const [first, second] = terms;
  if (terms.length === 2 && first?.term === "a" && second?.term === "a") return BETWEEN;
  return terms.length === 1 && first?.term.length === 3 ? first.term.charCodeAt(1) : OTHER;
}

function hashTerms(text: string): number {
  const terms = searchTerms(text, limits);
  for (let index = 0; index < terms.length; index++) hashTerm(index, terms[index]?.term ?? "");
  return terms.length;
}

function hashTerm(index: number, term: string): void {
  let low = FIRST_LOW;
  let high = FIRST_HIGH;
  for (let at = 0; at < term.length; at++) {
    const unit = term.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  }
  keep(index, low, high);
}

function keep(index: number, low: number, high: number): void {
  halves[2 * index] = finalised(low);
  halves[2 * index + 1] = finalised(high);
}

/** Murmur3's finaliser. */
function finalised(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** One half of a shingle: its terms' halves in their order. */
function shingleHash(from: number, size: number): number {
  let hash = 0;
  for (let part = 0; part < size; part++) hash = Math.imul(hash, 0x01000193) ^ (halves[from + 2 * part] ?? 0);
  return finalised(hash);
}

/** Bits that a count of features may have: there are no more of them than terms. */
const PLANES = 15;
/** How often each bit was set, written upright: the counts' lowest bits in the first plane, and so on. */
const lowPlanes = new Int32Array(PLANES);
const highPlanes = new Int32Array(PLANES);

/** Adds `bits`, worth 1 in the plane `first`, to the count of every bit that is set. Half of the carries end with each plane. */
function count(planes: Int32Array, bits: number, first = 0): void {
  let carry = bits;
  for (let at = first; carry !== 0 && at < PLANES; at++) {
    const before = planes[at] ?? 0;
    planes[at] = before ^ carry;
    carry &= before;
  }
}

/** Features that are added up among themselves before the planes are touched. */
const GROUP = 4;

/** Counts the features that begin at every term, of one half of the hashes (0 or 1): three and one more at a time by full adders. */
function countHalf(planes: Int32Array, half: number, features: number, size: number): void {
  planes.fill(0);
  let ones = 0;
  let twos = 0;
  let at = 0;
  for (; at + GROUP <= features; at += GROUP) {
    const from = 2 * at + half;
    const a = shingleHash(from, size);
    const b = shingleHash(from + 2, size);
    const c = shingleHash(from + 4, size);
    const d = shingleHash(from + 6, size);
    // Two full adders for the ones, one for the twos; what is left of them is worth four.
    const ab = a ^ b;
    const carryOne = (a & b) | (ab & ones);
    ones ^= ab;
    const cd = c ^ d;
    const carryTwo = (c & d) | (cd & ones);
    ones ^= cd;
    const both = carryOne ^ carryTwo;
    const fours = (carryOne & carryTwo) | (both & twos);
    twos ^= both;
    if (fours !== 0) count(planes, fours, 2);
  }
  planes[0] = ones;
  planes[1] = twos;
  for (; at < features; at++) count(planes, shingleHash(2 * at + half, size));
}

/**
 * 16 hex digits; all zero for a text without words. In a text of 300 words one word changed moves about 3 bits, one sentence in
 * ten about 9; unrelated texts differ in 32 ± 4. Every feature weighs as often as it stands in the text.
 */
export function simhash(text: string): string {
  let terms = hashPlain(text);
  if (terms === -1) terms = hashTerms(text);
  if (terms === 0) return "0".repeat(16);
  const size = Math.min(SHINGLE, terms);
  const features = terms - size + 1;
  countHalf(lowPlanes, 0, features, size);
  countHalf(highPlanes, 1, features, size);
  return hexOf(highPlanes, features) + hexOf(lowPlanes, features);
}

/** The bits that more features had set than not. */
function hexOf(planes: Int32Array, features: number): string {
  const used = 32 - Math.clz32(features);
  let hex = "";
  for (let nibble = 7; nibble >= 0; nibble--) {
    let value = 0;
    for (let bit = 4 * nibble + 3; bit >= 4 * nibble; bit--)
      value = value * 2 + (2 * countOf(planes, bit, used) > features ? 1 : 0);
    hex += value.toString(16);
  }
  return hex;
}

/** `used`: no count has more bits. */
function countOf(planes: Int32Array, bit: number, used: number): number {
  let sum = 0;
  for (let at = 0; at < used; at++) sum |= (((planes[at] ?? 0) >>> bit) & 1) << at;
  return sum;
}
