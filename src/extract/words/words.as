// One pass over a text in UTF-16, piece by piece: its characters, its words, the hash of every line and of every term. AssemblyScript,
// compiled with simhash.as to words.wasm by `npm run assembly`. Knows no Unicode: what a unit is, it asks for once and keeps (see
// unit-kinds.ts); terms that no unit gives by itself are asked for as well. Linear; no memory but the layout below.
import { FIGURES, FIRST_HIGH, FIRST_LOW, finalised, HIGH_PRIME, HIGHS, LOW_PRIME, LOWS, simhash } from "./simhash";

export { figuresAt, highsAt, lowsAt, simhash } from "./simhash";

/** What a unit, or a character of two units from the plane behind, is; 0 where that is not known yet. */
const KINDS: usize = 0x1000; // u32 each, 0x20000 of them
const TEXT: usize = 0xb9000; // u16 each, 8,192 of them
const BLOCKS: usize = 0xbd000; // hash, characters: i32 each, 256 of both

// The unit that it folds to, how many bytes that has in UTF-8, and bits.
const UNIT: u32 = 0xffff;
const BYTES_SHIFT: u32 = 16;
const BYTES: u32 = 3;
/** Of a word; a word of its own. */
const PART_SHIFT: u32 = 18;
const WHOLE_SHIFT: u32 = 19;
/** No more than a letter of a term, or than what parts terms. */
const COMMON: u32 = 1 << 20;
/** Of a script without spaces: any two that stand together are a term, and so is the last. */
const PAIRED: u32 = 1 << 21;
/** A space or a line end: what stands behind has nothing to do with what stands before. */
const WALL: u32 = 1 << 22;
const LETTER: u32 = 1 << 31;

const POINTS: u32 = 0x20000;
const TERM_BYTES_MAX: i32 = 64;
/** So many units have no more bytes than that. */
const SHORT_UNITS_MAX: i32 = 21;
/** What is hashed at most; see text-figures.ts. */
const TERMS_MAX: i32 = 19_968;
/** Of a text of more terms search repeats some. */
const POSITIONS: i32 = 16_383;
const LINE_END: u32 = 10;
const BLOCK_UNITS_MIN: i32 = 40;
const BLOCKS_MAX: i32 = 256;
const FIRST_OF_LINE: i32 = FIRST_LOW;

@external("words", "kindOf")
declare function kindOf(point: u32): u32;
/**
 * Hashes the terms that stand from one place of the text to another, behind so many; how many there are then, at most
 * TERMS_MAX. -1 where they are so many that the search terms repeat some: the text is then to be looked at as a whole.
 */
@external("words", "addTerms")
declare function addTerms(from: i32, to: i32, terms: i32): i32;

// How things stand behind the pieces read.
let unitsRead: i32 = 0;
let wordsRead: i32 = 0;
let lowSurrogates: i32 = 0;
let lastKind: u32 = 0;
let lineFrom: i32 = 0;
let lineSurrogates: i32 = 0;
let lineHash: i32 = 0;
let blocks: i32 = 0;
let termsRead: i32 = 0;
/** Of the term that is being read: its hash and its bytes in UTF-8. The last character of pairs is one. */
let termLow: i32 = 0;
let termHigh: i32 = 0;
let termBytes: i32 = 0;
/** Behind the last wall, and how many terms there were. */
let wallAt: i32 = 0;
let termsBefore: i32 = 0;
/** The terms since the wall are to be asked for. */
let asks: bool = false;
let fails: bool = false;

export function textAt(): usize { return TEXT; }
export function blocksAt(): usize { return BLOCKS; }

/**
 * So many units of the text lie at `textAt`, behind those of the calls before. No character is parted by two calls. Behind the last ones:
 * how many terms there are, -1 where that cannot be said so (see `addTerms`); the simhash of as many as search knows positions is found.
 */
export function read(count: i32, isFirst: bool, isLast: bool): i32 {
  if (isFirst) begin();
  readPiece(count);
  return isLast ? end() : 0;
}

function begin(): void {
  unitsRead = 0;
  wordsRead = 0;
  lowSurrogates = 0;
  lastKind = 0;
  lineFrom = 0;
  lineSurrogates = 0;
  lineHash = FIRST_OF_LINE;
  blocks = 0;
  termsRead = 0;
  termLow = FIRST_LOW;
  termHigh = FIRST_HIGH;
  termBytes = 0;
  wallAt = 0;
  termsBefore = 0;
  asks = false;
  fails = false;
}

function readPiece(count: i32): void {
  let words = wordsRead;
  let before = lastKind;
  let hash = lineHash;
  let terms = termsRead;
  let low = termLow;
  let high = termHigh;
  let bytes = termBytes;
  let wall = wallAt;
  let behindWall = termsBefore;
  let at: i32 = 0;
  while (at < count) {
    let unit = unitAt(at);
    let kind = kindAt(unit);
    if ((kind & LETTER) != 0) {
      words += beginsWord(kind, before);
      if ((before & PAIRED) != 0) {
        keep(terms++, low, high);
        low = FIRST_LOW;
        high = FIRST_HIGH;
        bytes = 0;
      }
      before = kind;
      // Most terms end before they can be too long: what they have in bytes is not counted then.
      const from = at;
      const to = bytes == 0 ? min(count, at + SHORT_UNITS_MAX) : at;
      while (at < to && (kind & LETTER) != 0) {
        hash = mixed(hash, unit);
        low = mixed(low, kind & UNIT);
        high = mixedHigh(high, kind & UNIT);
        at++;
        unit = unitAt(at);
        kind = kindAt(unit);
      }
      if (at < to) bytes = 1;
      else {
        for (let place = from; place < to; place++) bytes += bytesOf(kindAt(unitAt(place)));
        for (; at < count && (kind & LETTER) != 0; kind = kindAt(unit)) {
          hash = mixed(hash, unit);
          bytes += bytesOf(kind);
          if (bytes <= TERM_BYTES_MAX) {
            low = mixed(low, kind & UNIT);
            high = mixedHigh(high, kind & UNIT);
          }
          at++;
          unit = unitAt(at);
        }
      }
      continue;
    }
    if ((kind & COMMON) == 0) {
      let point = unit;
      if ((unit & 0xf800) == 0xd800) {
        const next = at + 1 < count ? unitAt(at + 1) : 0;
        if (unit < 0xdc00 && (next & 0xfc00) == 0xdc00) {
          point = 0x10000 + (((unit & 0x3ff) << 10) | (next & 0x3ff));
          hash = mixed(hash, unit);
          unit = next;
          lowSurrogates++;
          at++;
        } else if (unit >= 0xdc00) lowSurrogates++;
      }
      kind = known(point);
      // It is known from now on.
      if (point == unit && (kind & COMMON) != 0) continue;
    }
    words += beginsWord(kind, before);
    const line = hash;
    hash = mixed(hash, unit);
    if ((kind & PAIRED) != 0) {
      const folded = kind & UNIT;
      if ((before & PAIRED) != 0) keep(terms++, mixed(low, folded), mixedHigh(high, folded));
      else if (bytes != 0) keep(terms++, low, high);
      low = mixed(FIRST_LOW, folded);
      high = mixedHigh(FIRST_HIGH, folded);
      bytes = bytesOf(kind);
    } else {
      keep(terms, low, high);
      terms += <i32>(bytes != 0);
      low = FIRST_LOW;
      high = FIRST_HIGH;
      bytes = 0;
      if ((kind & WALL) != 0) {
        if (asks) terms = askTerms(wall, unitsRead + at, behindWall);
        wall = unitsRead + at + 1;
        behindWall = terms;
        if (unit == LINE_END) {
          endLine(unitsRead + at, line);
          hash = FIRST_OF_LINE;
        }
      } else if ((kind & COMMON) == 0) asks = true;
    }
    before = kind;
    at++;
  }
  unitsRead += count;
  wordsRead = words;
  lastKind = before;
  lineHash = hash;
  termsRead = min(terms, TERMS_MAX);
  termLow = low;
  termHigh = high;
  termBytes = bytes;
  wallAt = wall;
  termsBefore = behindWall;
}

function end(): i32 {
  endLine(unitsRead, lineHash);
  if (asks) termsRead = askTerms(wallAt, unitsRead, termsBefore);
  else if (termBytes != 0) keep(termsRead++, termLow, termHigh);
  store<i32>(FIGURES, unitsRead - lowSurrogates);
  store<i32>(FIGURES, wordsRead, 4);
  store<i32>(FIGURES, blocks, 8);
  if (fails) return -1;
  const terms = min(termsRead, TERMS_MAX);
  if (terms > 0 && terms <= POSITIONS) simhash(terms);
  return terms;
}

@inline
function unitAt(at: i32): u32 {
  return <u32>load<u16>(TEXT + (<usize>at << 1));
}

@inline
function kindAt(unit: u32): u32 {
  return load<u32>(KINDS + (<usize>unit << 2));
}

@inline
function bytesOf(kind: u32): i32 {
  return <i32>((kind >> BYTES_SHIFT) & BYTES);
}

/** 1 for a character that begins a word, or is one. */
@inline
function beginsWord(kind: u32, before: u32): i32 {
  return <i32>(((kind >> WHOLE_SHIFT) | ((kind & ~before) >> PART_SHIFT)) & 1);
}

@inline
function mixed(hash: i32, unit: u32): i32 {
  return (hash ^ unit) * LOW_PRIME;
}

@inline
function mixedHigh(hash: i32, unit: u32): i32 {
  const mix = (hash ^ unit) * HIGH_PRIME;
  return mix ^ (mix >>> 15);
}

@inline
function keep(term: i32, low: i32, high: i32): void {
  store<i32>(LOWS + (<usize>term << 2), low);
  store<i32>(HIGHS + (<usize>term << 2), high);
}

function known(point: u32): u32 {
  if (point >= POINTS) return kindOf(point);
  let kind = kindAt(point);
  if (kind == 0) {
    kind = kindOf(point);
    store<u32>(KINDS + (<usize>point << 2), kind);
  }
  return kind;
}

function askTerms(from: i32, to: i32, before: i32): i32 {
  asks = false;
  if (before >= TERMS_MAX) return TERMS_MAX;
  const terms = addTerms(from, to, before);
  if (terms >= 0) return terms;
  fails = true;
  return TERMS_MAX;
}

/** A line that is long enough to be known again is a block. */
function endLine(to: i32, hash: i32): void {
  if (to - lineFrom >= BLOCK_UNITS_MIN && blocks < BLOCKS_MAX) {
    const where = BLOCKS + (<usize>blocks << 3);
    store<i32>(where, finalised(hash));
    store<i32>(where, to - lineFrom - (lowSurrogates - lineSurrogates), 4);
    blocks++;
  }
  lineFrom = to + 1;
  lineSurrogates = lowSurrogates;
}
