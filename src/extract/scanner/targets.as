// Where links lead, told from their bytes: references that the URL standard's parser would leave as they stand have slots, the same target of a
// page always the same one. Any other reference is JavaScript's to read (addresses.ts), which asks for its slot by what it made of it.
import { blockAt, isSame, mixed } from "./bytes";
import { FRAME, HREF, HREFLANG, SRC, TYPE } from "./known";
import { placeIn } from "./places";
import { ATTRIBUTE_BYTES, attributesOf, countOf, nameOf, offsetOf, parentOf, placeOn, valueFrom, valueTo } from "./rows";

/** u16 each, 4,096 of them: one more than the first target of that hash. */
const HEADS: usize = 0x490000;
const HEADS_BYTES: usize = 0x2000;
const HEAD_MASK: u32 = 4095;
/** Of each target: its hash, where it stands, its place among the page's links (link-targets.ts), the next one of its hash. */
const SLOTS: usize = 0x492000;
const SLOT_BYTES: usize = 20;
const HASH: usize = 0;
const FROM: usize = 4;
const TO: usize = 8;
const PLACE: usize = 12;
const NEXT: usize = 16;
const SLOTS_MAX: i32 = 4_000;
/** Targets of one hash; a further one has no slot. */
const CHAIN_MAX: i32 = 8;

/** Targets that do not stand on the page, one behind the other; from the end on each is written over by the next. */
const WRITTEN: usize = 0x4a6000;
const WRITTEN_END: usize = 0x4be000;
/** What the URLs on the page's own host begin with; without it no link is told. */
const HOST: usize = 0x4bf000;

/** Longer references have no slots. Of any value at least so much is kept: none of these is cut. */
const BYTES_MAX: usize = 256;
/** What is made of one that leaves out its scheme is longer. */
const TARGET_BYTES_MAX: i32 = 288;

// Bits of what is told of a link; above them what places.as says of where it stands, and its slot.
const NOWHERE: i32 = 1;
const LANGUAGE: i32 = 2;
const TYPED: i32 = 4;
const PLACE_SHIFT: i32 = 3;
const SLOT_SHIFT: i32 = 5;

let slots: i32 = 0;
let written: usize = WRITTEN;
let hostLength: usize = 0;

export function hostAt(): usize { return HOST; }

/** No target is known; what is on the page's own host begins with the bytes at `hostAt`. */
export function openTargets(length: i32): void {
  memory.fill(HEADS, 0, HEADS_BYTES);
  slots = 0;
  written = WRITTEN;
  hostLength = length;
}

/** Where the next target is written that does not stand on the page; 0 for a long one. */
export function targetAt(length: i32): usize { return length <= TARGET_BYTES_MAX ? written : 0; }

/** The slot of so many bytes, which were written there. */
export function writtenTarget(length: i32): i32 {
  const to = written + <usize>length;
  let hash: u64 = 0;
  for (let block = written; block < to; block += 16) hash = mixed(hash, blockAt(block, to));
  return kept(slotOf(hash, written, to), to);
}

/** What was written up to there is no longer to be written over, if it is the slot's. */
function kept(slot: i32, to: usize): i32 {
  if (slot != 0 && isWritten(placeOn(load<i32>(<usize>slot << 2, FROM)))) written = to;
  return slot;
}

/** What is told of an element with an address: the bits above; the slot is 0 where it is JavaScript's to say. */
export function link(row: i32): i32 {
  const address = nameOf(row) == FRAME ? SRC : HREF;
  let bits = 0;
  let from: usize = 0;
  let to: usize = 0;
  let attribute = attributesOf(row);
  for (const last = attribute + <usize>countOf(row) * ATTRIBUTE_BYTES; attribute < last; attribute += ATTRIBUTE_BYTES) {
    const name = load<i32>(attribute);
    if (name == address) {
      from = valueFrom(attribute);
      to = valueTo(attribute);
    } else if (name == HREFLANG) bits |= LANGUAGE;
    else if (name == TYPE) bits |= TYPED;
  }
  // A reference within the page, or an empty one, leads nowhere new.
  if (from == to || load<u8>(from) == 35) return bits | NOWHERE;
  bits |= placeIn(parentOf(row)) << PLACE_SHIFT;
  if (hostLength == 0 || to - from > BYTES_MAX) return bits;
  let slot = slotOfReference(from, to, false);
  if (slot == 0) {
    if (hasOtherScheme(from, to)) return bits | NOWHERE;
    slot = slotOfComposed(from, to);
  }
  return bits | (slot << SLOT_SHIFT);
}

/** As addresses.ts has it: a scheme, and none of ours. */
function hasOtherScheme(start: usize, to: usize): bool {
  let place = start;
  while (place < to) {
    const byte = <u32>load<u8>(place);
    if ((byte | 0x20) - 97 >= 26 && (place == start || (byte - 48 >= 10 && byte != 43 && byte != 45 && byte != 46))) break;
    place++;
  }
  if (place == start || place == to || load<u8>(place) != 58) return false;
  const isOurs = (load<u32>(start) | 0x20202020) == 0x70747468 && (place == start + 4 || (place == start + 5 && (load<u8>(start + 4) | 0x20) == 115));
  return !isOurs;
}

/** Of a reference that leaves out its scheme or the slash behind its host, or has ampersands. */
function slotOfComposed(start: usize, to: usize): i32 {
  let out = written;
  if (load<u16>(start) == 0x2f2f) {
    const schemeLength: usize = load<u8>(HOST + 4) == 115 ? 6 : 5;
    memory.copy(out, HOST, schemeLength);
    out += schemeLength;
  }
  let slashes = 0;
  for (let place = start; place < to; ) {
    const byte = <u32>load<u8>(place);
    if (byte == 35) break;
    if (byte == 47) slashes++;
    store<u8>(out++, byte);
    place++;
    if (byte == 38) {
      // "amp;"
      if (load<u32>(place) == 0x3b706d61) place += 4;
      else if (!isParameter(place, to)) return 0;
    }
  }
  // A host alone: "https://host", "//host".
  if (slashes == 2 && (load<u8>(start) != 47 || load<u8>(start + 1) == 47)) store<u8>(out++, 47);
  return kept(slotOfReference(written, out, true), out);
}

/** Some of the ampersands, a bit for each behind `block`, may begin a character reference. */
@inline
function mayRefer(ampersands: u32, block: usize, to: usize): bool {
  for (let left = ampersands; left != 0; left &= left - 1) if (!isParameter(block + ctz(left) + 1, to)) return true;
  return false;
}

/** What stands there is no character reference, whatever its name: letters, digits and an equals sign. */
function isParameter(start: usize, to: usize): bool {
  let place = start;
  while (place < to && isLetterOrDigit(load<u8>(place))) place++;
  return place < to && load<u8>(place) == 61;
}

@inline
function isLetterOrDigit(byte: u32): bool {
  return (byte | 0x20) - 97 < 26 || byte - 48 < 10;
}

/** 0 for a reference that is not plain, as addresses.ts has it. `isRead`: it holds no character reference. */
function slotOfReference(start: usize, to: usize, isRead: bool): i32 {
  let from = start;
  if (load<u8>(start) == 47) {
    if (load<u8>(start + 1) == 47) return 0;
  } else if (isOnHost(start, to)) from += hostLength;
  else if (!leadsToHost(start, to)) return 0;
  let hash: u64 = 0;
  let end = to;
  let isQuery = false;
  // A slash stands right before the block.
  let slash: u32 = 0;
  for (let block = from; block < end; block += 16) {
    const bytes = v128.load(block);
    let inside: u32 = end - block >= 16 ? 0xffff : (1 << <u32>(end - block)) - 1;
    const fragment = standing(bytes, 35) & inside;
    if (fragment != 0) {
      end = block + ctz(fragment);
      if (end == block) break;
      inside = firstBefore(fragment);
    }
    if ((plain(bytes) & inside) != inside) return 0;
    if (!isRead && mayRefer(standing(bytes, 38) & inside, block, to)) return 0;
    if (!isQuery) {
      const query = standing(bytes, 63) & inside;
      const slashes = standing(bytes, 47) & (query == 0 ? inside : firstBefore(query));
      // No segment may be "." or "..", written out or encoded.
      if ((((slashes << 1) | slash) & (standing(bytes, 46) | standing(bytes, 37)) & inside) != 0) return 0;
      slash = slashes >> 15;
      isQuery = query != 0;
    }
    hash = mixed(hash, blockAt(block, end));
  }
  return slotOf(hash, from, end);
}

/** An address on the page's own host, which is left out of targets; two slashes would lead to another. */
function isOnHost(start: usize, to: usize): bool {
  const path = start + hostLength;
  return path < to && load<u8>(path) == 47 && (path + 1 == to || load<u8>(path + 1) != 47) && isSame(start, HOST, <i32>hostLength);
}

/** "http://" or "https://", a host in lower case whose last label is letters and none of another alphabet, and a slash. */
function leadsToHost(start: usize, to: usize): bool {
  let place = start + 4;
  if (load<u32>(start) != 0x70747468) return false;
  if (load<u8>(place) == 115) place++;
  if (load<u16>(place) != 0x2f3a || load<u8>(place + 2) != 47) return false;
  let label = place + 3;
  let labels = 0;
  let isLetters = true;
  for (place = label; place < to; place++) {
    const byte = <u32>load<u8>(place);
    if (byte - 97 < 26) continue;
    if (byte == 47) return labels > 0 && isLetters && place >= label + 2;
    if (byte == 46) {
      // "xn--"
      if (place == label || load<u32>(label) == 0x2d2d6e78) return false;
      label = place + 1;
      labels++;
      isLetters = true;
    } else if (byte - 48 < 10 || byte == 45) isLetters = false;
    else return false;
  }
  return false;
}

/** A bit for each of sixteen bytes that is this one. */
@inline
function standing(bytes: v128, byte: i32): u32 {
  return i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>byte)));
}

/** Bits below the lowest. */
@inline
function firstBefore(bits: u32): u32 {
  return (bits & (0 - bits)) - 1;
}

/** A bit for each byte that is a letter, a digit or one of "_-.~!$&()*+,;=@%:/?": told by the signs that end in its lower half, a bit for each upper half. */
function plain(bytes: v128): u32 {
  const lower = v128.and(bytes, i8x16.splat(15));
  const upper = v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
  const endings = i8x16(-72, -4, -8, -8, -4, -4, -4, -8, -4, -4, -4, 92, 84, 92, -44, 124);
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  return ~<u32>i8x16.bitmask(i8x16.eq(v128.and(i8x16.swizzle(endings, lower), i8x16.swizzle(bits, upper)), i8x16.splat(0)));
}

/** Of what stands there; 0 where none is left. */
function slotOf(hash: u64, from: usize, to: usize): i32 {
  const short = <i32>(hash >> 20);
  const head = HEADS + (<usize>(<u32>hash & HEAD_MASK) << 1);
  const first = <i32>load<u16>(head);
  const length = <i32>(to - from);
  let chain = 0;
  for (let number = first; number != 0; chain++) {
    const slot = slotAt(number - 1);
    const known = placeOn(load<i32>(slot, FROM));
    if (load<i32>(slot, HASH) == short && placeOn(load<i32>(slot, TO)) == known + length && isSame(from, known, length)) return <i32>(slot >> 2);
    number = load<i32>(slot, NEXT);
  }
  if (slots == SLOTS_MAX || chain == CHAIN_MAX || written >= WRITTEN_END && isWritten(from)) return 0;
  const slot = slotAt(slots++);
  store<i32>(slot, short, HASH);
  store<i32>(slot, offsetOf(from), FROM);
  store<i32>(slot, offsetOf(to), TO);
  store<i32>(slot, 0, PLACE);
  store<i32>(slot, first, NEXT);
  store<u16>(head, <u16>slots);
  return <i32>(slot >> 2);
}

/** It does not stand on the page, and was written last. */
@inline
function isWritten(from: usize): bool { return from >= written && from < HOST; }

@inline
function slotAt(number: i32): usize { return SLOTS + <usize>number * SLOT_BYTES; }
