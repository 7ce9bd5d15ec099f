// What the survey is to watch for (marker-lookup.ts): elements by their names, by a word in their attributes, by their attributes' names. Tells all
// that may be one, and few others.
import { lengthOf, lettersOf } from "./names";
import { ATTRIBUTE_BYTES, attributesOf, countOf, RARE_NAME, valueFrom, valueTo } from "./rows";
import { attributeNameFrom, attributeNameTo } from "./tags";

/** u8 for each usual name: 1 where its elements are watched for, whatever they bear; from 2 on where some attribute must hold a word. */
const NAMES: usize = 0xac00;
const WORD_FIRST: i32 = 2;
/** 32 bytes for each word: its length, its letters with the bit of small ones set. Behind them a u8 for each sketch of an attribute's name. */
const WORDS: usize = 0xfd00;
const SKETCHES: usize = 0xfe00;
const SKETCH_MASK: i32 = 511;

export function watchedAt(): usize { return NAMES; }
export function watchWordsAt(): usize { return WORDS; }

/** Of an element with a usual name. */
export function isWatched(row: i32, name: i32): bool {
  const watched = <i32>load<u8>(NAMES + name);
  if (watched < WORD_FIRST) return watched != 0;
  const word = WORDS + (<usize>(watched - WORD_FIRST) << 5);
  const first = attributesOf(row);
  const last = first + <usize>countOf(row) * ATTRIBUTE_BYTES;
  for (let attribute = first; attribute < last; attribute += ATTRIBUTE_BYTES) {
    const name = load<i32>(attribute);
    if (name == RARE_NAME) {
      if (mayStand(word, attributeNameFrom(attribute), attributeNameTo(attribute))) return true;
    } else if (mayStand(word, lettersOf(name), lettersOf(name) + lengthOf(name))) return true;
    if (mayStand(word, valueFrom(attribute), valueTo(attribute))) return true;
  }
  return false;
}

/** The word in capital or small letters; also anything beyond ASCII and any reference may be it. */
function mayStand(word: usize, from: usize, to: usize): bool {
  const length = <usize>load<u8>(word);
  const first = v128.load8_splat(word, 1);
  for (let block = from; block < to; block += 16) {
    const bytes = v128.load(block);
    const left = <i32>(to - block);
    const all: u32 = left < 16 ? (1 << left) - 1 : 0xffff;
    if ((i8x16.bitmask(v128.or(bytes, i8x16.eq(bytes, i8x16.splat(38)))) & all) != 0) return true;
    let places: u32 = i8x16.bitmask(i8x16.eq(v128.or(bytes, i8x16.splat(32)), first)) & all;
    for (; places != 0; places &= places - 1) {
      const place = block + ctz(places);
      let same: usize = 1;
      while (same < length && (load<u8>(place + same) | 32) == load<u8>(word + 1 + same)) same++;
      if (same == length && place + length <= to) return true;
    }
  }
  return false;
}

/** Some attribute with a rare name that may be watched for. */
export function bearsWatched(row: i32): bool {
  const first = attributesOf(row);
  const last = first + <usize>countOf(row) * ATTRIBUTE_BYTES;
  for (let attribute = first; attribute < last; attribute += ATTRIBUTE_BYTES)
    if (load<i32>(attribute) == RARE_NAME && load<u8>(SKETCHES + sketchOf(attributeNameFrom(attribute), attributeNameTo(attribute))) != 0)
      return true;
  return false;
}

/** As marker-lookup.ts has it. */
@inline
function sketchOf(from: usize, to: usize): usize {
  const length = <i32>(to - from);
  const last = <i32>load<u8>(to - 1) | 32;
  const before = length > 1 ? <i32>load<u8>(to - 2) | 32 : 0;
  return <usize>(((length * 31 + before) * 31 + last) & SKETCH_MASK);
}
