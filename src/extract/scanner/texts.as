// What a text says: where it stands, whether it is white space alone, how many characters, letters and stops it has, counted while its bytes
// are at hand by the rules of text-count.ts. Knows no tree.

// Bits of a text.
export const BLANK: i32 = 1;
export const REFERENCES: i32 = 2;
/** ASCII without carriage returns. */
export const PLAIN: i32 = 4;
/** ASCII that has no white space but single spaces between what it shows first and last. */
export const SINGLE: i32 = 8;
export const COUNTED: i32 = 16;
export const SPACE_BEFORE: i32 = 32;
export const SPACE_BEHIND: i32 = 64;

/** Of a text in pieces. */
export const PIECES: i32 = 128;

/** Of the text that was counted last. */
export let bits: i32 = 0;
export let characters: i32 = 0;
export let letters: i32 = 0;
export let sentences: i32 = 0;

@inline
export function isSpace(byte: u32): bool {
  return byte == 32 || byte == 10 || byte == 9 || byte == 12 || byte == 13;
}

/** Nothing is counted of it. */
export function uncounted(flags: i32): void {
  bits = flags;
  characters = 0;
  letters = 0;
  sentences = 0;
}

// Sums of the text that is counted.
let flags: i32 = 0;
let chars: i32 = 0;
let words: i32 = 0;
/** Half letters that dense characters count for beyond those of others. */
let more: i32 = 0;
let stops: i32 = 0;
/** What was read last is white space, or nothing was read. */
let space: bool = true;
/** Behind what is shown last stands more than one space. */
let wide: bool = false;

/**
 * Text without references that may be shown: how much it says, as text-count.ts has it. Sixteen bytes at a time, each a bit; from the first block
 * on that holds anything beyond ASCII one character after the other.
 */
export function count(start: usize, to: usize): void {
  flags = BLANK | PLAIN | SINGLE | COUNTED;
  chars = 0;
  words = 0;
  more = 0;
  stops = 0;
  space = true;
  wide = false;
  let place = start;
  /** Whether the byte before was a space of the kind that may stand alone. */
  let before: u32 = 0;
  for (; place < to; place += 16) {
    const bytes = v128.load(place);
    const left = <i32>(to - place);
    const all: u32 = left < 16 ? (1 << left) - 1 : 0xffff;
    if ((i8x16.bitmask(bytes) & all) != 0) break;
    const blanks: u32 = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(32))) & all;
    // Tab to carriage return.
    const breaks: u32 = i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(5))) & all;
    const shown: u32 = all & ~(blanks | breaks);
    if (breaks != 0) {
      if ((i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(13))) & all) != 0) flags &= ~PLAIN;
      if ((i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(11))) & all) != 0) flags &= ~(BLANK | SINGLE);
    }
    const extra = breaks | (blanks & ((blanks << 1) | before));
    before = (blanks >> 15) & 1;
    if (wide || extra != 0) widen(extra, shown);
    if (shown == 0) {
      space = true;
      continue;
    }
    flags &= ~BLANK;
    chars += popcnt(shown);
    words += popcnt(shown & ~((shown << 1) | (space ? 0 : 1)));
    const last: u32 = left < 16 ? left - 1 : 15;
    space = ((shown >> last) & 1) == 0;
    stops += popcnt(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(44))) & all);
    const periods: u32 = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(46))) & all;
    if (periods != 0) {
      // Those with white space or another control behind, or the text's end; zeros stand behind the page's.
      const ends: u32 = i8x16.bitmask(i8x16.lt_u(v128.load(place, 1), i8x16.splat(33)));
      stops += popcnt(periods & (ends | (left <= 16 ? 1 << (left - 1) : 0)));
    }
  }
  if (place < to) countCharacters(place, to);
  const first = <u32>load<u8>(start);
  if (first == 32 || first - 9 < 5 || (first == 0xc2 && load<u8>(start + 1) == 0xa0)) flags |= SPACE_BEFORE;
  if (space) flags |= SPACE_BEHIND;
  bits = flags;
  characters = max(0, chars + words - 1);
  letters = 2 * (chars + (space ? words : words - 1)) + more;
  sentences = stops;
}

/** White space of a block that is more than a single space, beside what the block shows. */
@inline
function widen(extra: u32, shown: u32): void {
  if (shown == 0) {
    wide = true;
    return;
  }
  const upToLast: u32 = (2 << (31 - clz(shown))) - 1;
  const beforeFirst: u32 = chars == 0 ? (shown & (0 - shown)) - 1 : 0;
  if ((wide && chars > 0) || (extra & upToLast & ~beforeFirst) != 0) flags &= ~SINGLE;
  wide = (extra & ~upToLast) != 0;
}

/** Where something is beyond ASCII. */
function countCharacters(start: usize, to: usize): void {
  flags &= ~(PLAIN | SINGLE);
  for (let place = start; place < to; place++) {
    const byte = <u32>load<u8>(place);
    if (byte <= 32) {
      if (byte == 32 || byte - 9 < 5) {
        if (byte == 11) flags &= ~BLANK;
        space = true;
        continue;
      }
    } else if (byte >= 0x80) {
      const point = pointAt(place, to);
      if (point == 0) {
        flags &= ~(COUNTED | BLANK);
        break;
      }
      place += point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
      if (point == 0xa0) {
        space = true;
        continue;
      }
      if (point >= 0x0600) {
        if (point >= 0x10000) more += 2;
        else if (point >= 0x2e80 && isDense(point)) more += 3;
        if (isStop(point)) stops++;
      }
    } else if (byte == 44 || (byte == 46 && (place + 1 == to || load<u8>(place + 1) <= 32))) stops++;
    flags &= ~BLANK;
    if (space) {
      words++;
      space = false;
    }
    chars++;
  }
}

/** The character beyond ASCII that begins there; 0 for what is none. */
function pointAt(place: usize, to: usize): u32 {
  const lead = <u32>load<u8>(place);
  const size: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || place + size > to) return 0;
  const second = <u32>load<u8>(place + 1) ^ 0x80;
  if (second > 0x3f) return 0;
  if (size == 2) return ((lead & 0x1f) << 6) | second;
  const third = <u32>load<u8>(place + 2) ^ 0x80;
  if (third > 0x3f) return 0;
  if (size == 3) {
    const point = ((lead & 0x0f) << 12) | (second << 6) | third;
    return point < 0x800 || (point >= 0xd800 && point <= 0xdfff) ? 0 : point;
  }
  const fourth = <u32>load<u8>(place + 3) ^ 0x80;
  const point = ((lead & 0x07) << 18) | (second << 12) | (third << 6) | fourth;
  return fourth > 0x3f || point < 0x10000 || point > 0x10ffff ? 0 : point;
}

@inline
function isStop(point: u32): bool {
  return point == 0x3001 || point == 0xff0c || point == 0x060c || point == 0x3002;
}

@inline
function isDense(point: u32): bool {
  return (
    (point >= 0x3041 && point <= 0x9fff) || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff)
  );
}

/**
 * UTF-16 units of the text that stands there, a carriage return with its line feed being one; -1 where it is no UTF-8. So a script beyond ASCII is
 * measured without being decoded.
 */
export function units(start: usize, to: usize): i32 {
  let sum = 0;
  for (let place = start; place < to; ) {
    const bytes = v128.load(place);
    const left = <i32>(to - place);
    const all: u32 = left < 16 ? (1 << left) - 1 : 0xffff;
    const beyond: u32 = i8x16.bitmask(bytes) & all;
    const ascii: u32 = beyond == 0 ? all : all & ((1 << ctz(beyond)) - 1);
    sum += popcnt(ascii);
    const returns: u32 = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(13))) & ascii;
    if (returns != 0) {
      const feeds: u32 = i8x16.bitmask(i8x16.eq(v128.load(place, 1), i8x16.splat(10)));
      // A line feed behind the text's end is none of its own.
      sum -= popcnt(returns & feeds & ((all >> 1) | (left > 16 ? 0x8000 : 0)));
    }
    place += popcnt(ascii);
    if (beyond == 0) continue;
    const point = pointAt(place, to);
    if (point == 0) return -1;
    sum += point < 0x10000 ? 1 : 2;
    place += point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return sum;
}

/** White space alone, no-break spaces included. */
export function isBlank(start: usize, to: usize): bool {
  for (let place = start; place < to; place++) {
    const byte = <u32>load<u8>(place);
    if (isSpace(byte)) continue;
    if (byte == 0xc2 && load<u8>(place + 1) == 0xa0 && place + 1 < to) {
      place++;
      continue;
    }
    return false;
  }
  return true;
}

