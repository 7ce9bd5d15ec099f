// What stands in class and id, each spelling once for all the pages of a thread: on a page it has a number, which leads to its slot, so that what
// JavaScript made of it (spelling.ts) is found again. Knows no meaning of any word.
import { blockAt, isSame, mixed } from "./bytes";

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

/**
 * 512 slots for those of this page, which are looked for there first: page, hash, where it stands, its number << 8 | its length. One that
 * another one took the place of gets a second number.
 */
const HERE: usize = 0xd000;
const HERE_MASK: u32 = 511;
/** i32 for each number of this page: one more than its slot, 0 where it has none. */
const SLOTS: usize = 0x4c0000;
const NUMBERS_MAX: i32 = 32_767;
/**
 * Numbers whose slots are not looked up yet: hash, where it stands, where that ends. Sets and what is written lie anywhere in memory that the
 * processor has not at hand: asked for many at a time they come together.
 */
const WAITING: usize = 0x4e0000;
const WAITING_BYTES: usize = 16;
const WAITING_MAX: i32 = 64;

let page: i32 = 0;
let numbers: i32 = 0;
let waiting: i32 = 0;
/** Some number of this page has no slot: all places that are open to it are taken by others of the page. */
export let lacksSlots: bool = false;
/** Of what was asked for ahead, so that it is not left out. */
let ahead: u32 = 0;

export function setsAt(): usize { return SETS; }
export function writtenAt(): usize { return WRITTEN; }
export function slotsAt(): usize { return SLOTS; }

/** What was found on the page before may be replaced from now on. */
export function nextPage(): void {
  page++;
  numbers = 0;
  waiting = 0;
  lacksSlots = false;
}

/**
 * The number on this page of what stands there, from 1 on; 0 where it is empty, long, not ASCII, or holds a reference, and where there are too
 * many. Nothing is known of it before `settleSpellings`.
 */
export function spelled(start: usize, to: usize): i32 {
  const length = <i32>(to - start);
  if (length == 0 || length > BYTES_MAX) return 0;
  let hash: u64 = <u64>length;
  let odd: v128 = i8x16.splat(0);
  for (let place = start; place < to; place += 16) {
    const bytes = blockAt(place, to);
    odd = v128.or(odd, v128.or(bytes, v128.or(i8x16.eq(bytes, i8x16.splat(38)), i8x16.eq(bytes, i8x16.splat(13)))));
    hash = mixed(hash, bytes);
  }
  if (i8x16.bitmask(odd) != 0) return 0;
  const here = HERE + (<usize>(<u32>hash & HERE_MASK) << 4);
  if (load<i32>(here) == page && load<i32>(here, 4) == shortOf(hash)) {
    const known = load<u32>(here, 12);
    if (<i32>(known & 255) == length && isSame(start, load<u32>(here, 8), length)) return <i32>(known >> 8);
  }
  if (numbers == NUMBERS_MAX) return 0;
  if (waiting == WAITING_MAX) settleSpellings();
  const where = WAITING + <usize>waiting * WAITING_BYTES;
  store<u64>(where, hash);
  store<u32>(where, <u32>start, 8);
  store<u32>(where, <u32>to, 12);
  waiting++;
  numbers++;
  store<i32>(here, page);
  store<i32>(here, shortOf(hash), 4);
  store<u32>(here, <u32>start, 8);
  store<i32>(here, (numbers << 8) | length, 12);
  return numbers;
}

/** Looks up the slots of all numbers that wait for them. */
export function settleSpellings(): void {
  const last = WAITING + <usize>waiting * WAITING_BYTES;
  let touched: u32 = 0;
  for (let where = WAITING; where < last; where += WAITING_BYTES) {
    const hash = load<u64>(where);
    touched += load<u32>(SETS + (oneOf(hash) << 6)) + load<u32>(SETS + (otherOf(hash) << 6));
  }
  for (let where = WAITING; where < last; where += WAITING_BYTES) {
    const hash = load<u64>(where);
    touched += firstWritten(oneOf(hash), hash) + firstWritten(otherOf(hash), hash);
  }
  ahead = touched;
  let number = numbers - waiting;
  for (let where = WAITING; where < last; where += WAITING_BYTES) {
    const slot = found(load<u64>(where), load<u32>(where, 8), load<u32>(where, 12));
    number++;
    store<i32>(SLOTS + (<usize>number << 2), slot);
    if (slot == 0) lacksSlots = true;
  }
  waiting = 0;
}

/** A byte of what is written in a place of that hash. */
@inline
function firstWritten(number: usize, hash: u64): u32 {
  const ways = i32x4.bitmask(i32x4.eq(v128.load(SETS + (number << 6)), i32x4.splat(shortOf(hash))));
  return ways == 0 ? 0 : load<u8>(WRITTEN + (((number << 2) | <usize>ctz(ways)) << 7));
}

@inline
function shortOf(hash: u64): i32 { return <i32>(hash >> 20); }
/** The two sets where it may stand. */
@inline
function oneOf(hash: u64): usize { return <usize>(<u32>(hash >> 40) & SET_MASK); }
@inline
function otherOf(hash: u64): usize { return <usize>(<u32>(hash >> 13) & SET_MASK); }

/** One more than its slot among those of all pages; added where it is none of them. It may stand in either of two sets, so that nearly all places come into use. */
function found(hash: u64, start: usize, to: usize): i32 {
  const short = shortOf(hash);
  const there = among(oneOf(hash), short, start, to);
  if (there != 0) return there;
  const beside = among(otherOf(hash), short, start, to);
  return beside != 0 ? beside : added(oneOf(hash), otherOf(hash), short, start, to);
}

/** One more than its slot in that set; 0 where it is not there. */
@inline
function among(number: usize, short: i32, start: usize, to: usize): i32 {
  const set = SETS + (number << 6);
  let candidates = i32x4.bitmask(i32x4.eq(v128.load(set), i32x4.splat(short)));
  while (candidates != 0) {
    const way = <usize>ctz(candidates);
    const slot = (number << 2) | way;
    if (load<i32>(set + (way << 2), LENGTHS) == <i32>(to - start) && stands(slot, start, to)) {
      store<i32>(set + (way << 2), page, PAGES);
      return <i32>slot + 1;
    }
    candidates &= candidates - 1;
  }
  return 0;
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

/** Once it is settled; said of no number too. */
export function hasSlot(spelling: i32): bool {
  return spelling == 0 || load<i32>(SLOTS + (<usize>spelling << 2)) != 0;
}

/** What is known of what has that number on this page; 0 of what has none. */
@inline
export function knownOf(spelling: i32): i32 {
  if (spelling == 0) return 0;
  const slot = load<i32>(SLOTS + (<usize>spelling << 2));
  return slot == 0 ? 0 : load<i32>(placeOf(<usize>(slot - 1)), FLAGS);
}
