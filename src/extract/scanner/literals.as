// Which of a few literals stand in a script. They are looked for by two bytes that few scripts hold one behind the other, sixteen places at a time;
// literals that share these are looked for at once. Knows no script's meaning.
import { isSame } from "./bytes";

/** As JavaScript writes them (script-literals.ts), one behind the other: the two bytes, where in it they stand, its length, its bytes; so long as there are two. */
const LITERALS: usize = 0xf000;
const OFFSET: usize = 2;
const LENGTH: usize = 3;
const BYTES: usize = 4;

export function literalsAt(): usize { return LITERALS; }

/** A bit for each that stands between the two places, of the first one the lowest. */
export function literalsIn(from: usize, to: usize): i32 {
  let found = 0;
  let bit = 0;
  for (let group = LITERALS; load<u16>(group) != 0; ) {
    let next = group;
    let size = 0;
    for (; load<u16>(next) == load<u16>(group); next += BYTES + <usize>load<u8>(next, LENGTH)) size++;
    found |= groupIn(group, next, from, to) << bit;
    bit += size;
    group = next;
  }
  return found;
}

/** Of the literals written from `group` to `groupEnd`, which share their two bytes. */
function groupIn(group: usize, groupEnd: usize, from: usize, to: usize): i32 {
  const first = v128.load8_splat(group);
  const second = v128.load8_splat(group, 1);
  let found = 0;
  for (let block = from; block < to; block += 16) {
    let places = i8x16.bitmask(v128.and(i8x16.eq(v128.load(block), first), i8x16.eq(v128.load(block, 1), second)));
    for (; places != 0; places &= places - 1) found |= standing(group, groupEnd, block + ctz(places), from, to);
  }
  return found;
}

/** Of these literals those that stand with their two bytes there. */
function standing(group: usize, groupEnd: usize, place: usize, from: usize, to: usize): i32 {
  let found = 0;
  let bit = 1;
  for (let literal = group; literal < groupEnd; bit <<= 1) {
    const length = <usize>load<u8>(literal, LENGTH);
    const start = place - <usize>load<u8>(literal, OFFSET);
    if (start >= from && start + length <= to && isSame(start, literal + BYTES, <i32>length)) found |= bit;
    literal += BYTES + length;
  }
  return found;
}
