// What stands in class and id, each spelling once for all the pages of a thread: a number that is the same wherever the same stands, so that
// what JavaScript made of it (spelling.ts) is found by the number. Knows no meaning of any word.

// Sets of four, each a line of the processor's cache, two of them for each spelling: the hashes, the lengths, the pages that had them last, and bits for
// what is known of them, which are JavaScript's (spelling.ts) but for those below.
const SETS: usize = 0x10000;
const SET_MASK: u32 = 8191;
const LENGTHS: usize = 16;
const PAGES: usize = 32;
const FLAGS: usize = 48;
/** 128 bytes for each spelling, zeros behind its end. */
const WRITTEN: usize = 0x90000;
const BYTES_MAX: i32 = 128;

/** As a class, as an id nothing of it is looked at by the survey. */
export const PLAIN_CLASS: i32 = 2;
export const PLAIN_ID: i32 = 4;

/** 512 slots for those of this page, which are looked for there first: page, hash, where it stands, its number << 8 | its length. */
const HERE: usize = 0xd000;
const HERE_MASK: u32 = 511;

let page: i32 = 0;

export function setsAt(): usize { return SETS; }
export function writtenAt(): usize { return WRITTEN; }

/** What was found on the page before may be replaced from now on. */
export function nextPage(): void {
  page++;
}

/** The number of what stands there, from 1 on; 0 where it is empty, long, not ASCII, or holds a reference, and where all places are taken. */
export function spelled(start: usize, to: usize): i32 {
  const length = <i32>(to - start);
  if (length == 0 || length > BYTES_MAX) return 0;
  let hash: u64 = <u64>length;
  let odd: v128 = i8x16.splat(0);
  for (let place = start; place < to; place += 16) {
    const bytes = blockAt(place, to);
    odd = v128.or(odd, v128.or(bytes, v128.or(i8x16.eq(bytes, i8x16.splat(38)), i8x16.eq(bytes, i8x16.splat(13)))));
    hash = (hash ^ v128.extract_lane<u64>(bytes, 0)) * 0x9e3779b97f4a7c15;
    hash = (hash ^ (hash >> 32) ^ v128.extract_lane<u64>(bytes, 1)) * 0xc2b2ae3d27d4eb4f;
    hash ^= hash >> 29;
  }
  if (i8x16.bitmask(odd) != 0) return 0;
  const short = <i32>(hash >> 20);
  const here = HERE + (<usize>(<u32>hash & HERE_MASK) << 4);
  if (load<i32>(here) == page && load<i32>(here, 4) == short) {
    const known = load<u32>(here, 12);
    if (<i32>(known & 255) == length && isSame(start, load<u32>(here, 8), length)) return <i32>(known >> 8);
  }
  const spelling = found(hash, short, length, start, to);
  store<i32>(here, page);
  store<i32>(here, short, 4);
  store<u32>(here, <u32>start, 8);
  store<i32>(here, (spelling << 8) | length, 12);
  return spelling;
}

export function isSame(one: usize, other: usize, length: i32): bool {
  let done = 0;
  for (; done + 8 <= length; done += 8) if (load<u64>(one + done) != load<u64>(other + done)) return false;
  for (; done < length; done++) if (load<u8>(one + done) != load<u8>(other + done)) return false;
  return true;
}

/** Among those of all pages; added where it is none of them. It may stand in either of two sets, so that nearly all places come into use. */
function found(hash: u64, short: i32, length: i32, start: usize, to: usize): i32 {
  const one = <usize>(<u32>(hash >> 40) & SET_MASK);
  const there = among(one, short, length, start, to);
  if (there != 0) return there;
  const other = <usize>(<u32>(hash >> 13) & SET_MASK);
  const beside = among(other, short, length, start, to);
  return beside != 0 ? beside : added(one, other, short, start, to);
}

/** The number of the one in that set; 0 where it is not there. */
@inline
function among(number: usize, short: i32, length: i32, start: usize, to: usize): i32 {
  const set = SETS + (number << 6);
  let candidates = i32x4.bitmask(i32x4.eq(v128.load(set), i32x4.splat(short)));
  while (candidates != 0) {
    const way = <usize>ctz(candidates);
    const slot = (number << 2) | way;
    if (load<i32>(set + (way << 2), LENGTHS) == length && stands(slot, start, to)) {
      store<i32>(set + (way << 2), page, PAGES);
      return <i32>slot + 1;
    }
    candidates &= candidates - 1;
  }
  return 0;
}

/** The sixteen bytes that stand there, zeros from `to` on. */
@inline
export function blockAt(place: usize, to: usize): v128 {
  const bytes = v128.load(place);
  const left = <i32>(to - place);
  if (left >= 16) return bytes;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(bytes, i8x16.lt_s(lanes, i8x16.splat(<i8>left)));
}

function stands(slot: usize, start: usize, to: usize): bool {
  const written = WRITTEN + (slot << 7);
  for (let place = start; place < to; place += 16)
    if (!i8x16.all_true(i8x16.eq(blockAt(place, to), v128.load(written + (place - start))))) return false;
  return true;
}

/** In a free place of the set that has more of them, or that of the one of both that was met longest ago; 0 where this page has had all of them. */
function added(one: usize, other: usize, short: i32, start: usize, to: usize): i32 {
  const first = freeIn(one) >= freeIn(other) ? one : other;
  let slot: usize = 0;
  let oldest = page;
  for (let tried: usize = 0; tried < 8; tried++) {
    const at = ((tried < 4 ? first : one ^ other ^ first) << 2) | (tried & 3);
    const met = load<i32>(placeOf(at), PAGES);
    if (met >= oldest) continue;
    oldest = met;
    slot = at;
  }
  if (oldest == page) return 0;
  const where = placeOf(slot);
  const written = WRITTEN + (slot << 7);
  for (let place = start; place < to; place += 16) v128.store(written + (place - start), blockAt(place, to));
  store<i32>(where, short);
  store<i32>(where, <i32>(to - start), LENGTHS);
  store<i32>(where, page, PAGES);
  store<i32>(where, 0, FLAGS);
  return <i32>slot + 1;
}

function freeIn(number: usize): i32 {
  return popcnt(i32x4.bitmask(i32x4.eq(v128.load(SETS + (number << 6), PAGES), i32x4.splat(0))));
}

/** Of a slot, in its set. */
@inline
function placeOf(slot: usize): usize {
  return SETS + ((slot >> 2) << 6) + ((slot & 3) << 2);
}

/** What is known of a spelling; 0 of what has no number. */
@inline
export function knownOf(spelling: i32): i32 {
  if (spelling == 0) return 0;
  return load<i32>(placeOf(<usize>(spelling - 1)), FLAGS);
}
