// Names of tags and attributes by their bytes in place: the usual ones have numbers, which JavaScript gave them (names.ts), and with each what
// the scanner and the tree need to know of it. Knows no page.

const BUCKETS: usize = 0x1000; // i16 each, 4,096 of them: the first name of that hash
const LETTERS: usize = 0x3000; // 32 bytes for each name, zeros behind its end
const LENGTHS: usize = 0x7000; // u8 each
const NEXT: usize = 0x7200; // i16 each: the next name in the bucket
const MARKS: usize = 0x7800; // i32 each: what an attribute of that name marks
const MODES: usize = 0x8000; // u8 each: how the text inside an element of that name is read
const KINDS: usize = 0x8c00; // i32 each: bits of element-kinds.ts

const BUCKET_MASK: u32 = 4095;

let names: i32 = 0;

export function lettersAt(): usize { return LETTERS + (<usize>names << 5); }

/** The name whose letters, at most 32, were written at `lettersAt`. */
export function addName(length: i32, marks: i32, mode: i32, kinds: i32): void {
  const letters = LETTERS + (<usize>names << 5);
  store<u8>(LENGTHS + names, <u8>length);
  store<i32>(MARKS + (<usize>names << 2), marks);
  store<u8>(MODES + names, <u8>mode);
  store<i32>(KINDS + (<usize>names << 2), kinds);
  const bucket = BUCKETS + (<usize>hashOf(v128.load(letters), length) << 1);
  const first = load<i16>(bucket);
  store<i16>(NEXT + (<usize>names << 1), first);
  names++;
  store<i16>(bucket, <i16>names);
}

@inline
export function marksOf(name: i32): i32 {
  return load<i32>(MARKS + (<usize>name << 2));
}

/** 0 for a name that is none of the usual ones. */
@inline
export function modeOf(name: i32): i32 {
  return name < 0 ? 0 : <i32>load<u8>(MODES + name);
}

/** 0 for a name that is none of the usual ones. */
@inline
export function kindsOf(name: i32): i32 {
  return name < 0 ? 0 : load<i32>(KINDS + (<usize>name << 2));
}

@inline
export function lettersOf(name: i32): usize {
  return LETTERS + (<usize>name << 5);
}

@inline
export function lengthOf(name: i32): usize {
  return load<u8>(LENGTHS + name);
}

/** Of the first sixteen letters, lower case, and the length. */
function hashOf(letters: v128, length: i32): u32 {
  const mixed = (v128.extract_lane<u64>(letters, 0) ^ <u64>length) * 0x9e3779b97f4a7c15 + v128.extract_lane<u64>(letters, 1) * 0xc2b2ae3d27d4eb4f;
  return <u32>(mixed >> 52) & BUCKET_MASK;
}

/** The letters of the first `length` bytes that stand there in lower case, zeros behind them. */
function lowerAt(start: usize, length: i32): v128 {
  const bytes = v128.load(start);
  const upper = v128.and(i8x16.gt_s(bytes, i8x16.splat(64)), i8x16.lt_s(bytes, i8x16.splat(91)));
  const lower = v128.or(bytes, v128.and(upper, i8x16.splat(0x20)));
  if (length >= 16) return lower;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(lower, i8x16.lt_s(lanes, i8x16.splat(<i8>length)));
}

/** The number of the usual name that stands there, ASCII case ignored; -1 for any other. */
export function usualAt(start: usize, length: i32): i32 {
  if (length > 32) return -1;
  const first = lowerAt(start, length);
  let id = <i32>load<i16>(BUCKETS + (<usize>hashOf(first, length) << 1)) - 1;
  while (id >= 0) {
    const letters = LETTERS + (<usize>id << 5);
    if (
      <i32>load<u8>(LENGTHS + id) == length &&
      i8x16.all_true(i8x16.eq(v128.load(letters), first)) &&
      (length <= 16 || i8x16.all_true(i8x16.eq(v128.load(letters, 16), lowerAt(start + 16, length - 16))))
    )
      return id;
    id = <i32>load<i16>(NEXT + (<usize>id << 1)) - 1;
  }
  return -1;
}

/** Of any name, ASCII case ignored; all its bytes count (FNV-1a). */
export function hashAt(start: usize, length: i32): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let at = 0; at < length; at++) hash = (hash ^ lower(load<u8>(start + at))) * 0x01000193;
  return hash ^ (hash >> 15);
}

@inline
export function lower(byte: u32): u32 {
  return byte - 65 < 26 ? byte | 0x20 : byte;
}

/** The same name stands at both places, ASCII case ignored. */
export function isSameName(one: usize, other: usize, length: i32): bool {
  let same = 0;
  while (same < length && lower(load<u8>(one + same)) == lower(load<u8>(other + same))) same++;
  return same == length;
}
