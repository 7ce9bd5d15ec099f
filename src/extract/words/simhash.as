// The hashes of a text's terms into one of 64 bits (see text-figures.ts), both halves one after the other and four terms at a time. A bit
// is counted in planes: the lowest bits of all counts lie in the first, and so on; four lanes count for themselves and are then added up.

export const LOWS: usize = 0x81000; // i32 each, 28,672 of them: the most terms that are kept and those of one piece
export const HIGHS: usize = 0x9d000;
const PLANES: usize = 0xbe000; // v128 each, 16 of them
/** What is found of a text, i32 each: characters, words, blocks, both halves of the simhash. */
export const FIGURES: usize = 0xbf000;

export const FIRST_LOW: i32 = 0x811c9dc5;
export const FIRST_HIGH: i32 = 0x9747b28c;
export const LOW_PRIME: i32 = 0x01000193;
export const HIGH_PRIME: i32 = 0x5bd1e995;

/** Where the hashes of terms lie, not yet finalised. */
export function lowsAt(): usize { return LOWS; }
export function highsAt(): usize { return HIGHS; }
export function figuresAt(): usize { return FIGURES; }

/** Of so many terms, one at least: once, since it finalises them where they lie. */
export function simhash(terms: i32): void {
  store<i32>(FIGURES, halfOf(HIGHS, terms), 12);
  store<i32>(FIGURES, halfOf(LOWS, terms), 16);
}

/** Murmur3's finaliser. */
export function finalised(hash: i32): i32 {
  let mixed = hash;
  mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
  mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
  return mixed ^ (mixed >>> 16);
}

@inline
function finalisedFour(hash: v128): v128 {
  let mixed = hash;
  mixed = i32x4.mul(v128.xor(mixed, i32x4.shr_u(mixed, 16)), i32x4.splat(0x85ebca6b));
  mixed = i32x4.mul(v128.xor(mixed, i32x4.shr_u(mixed, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(mixed, i32x4.shr_u(mixed, 16));
}

/** The bits that more features have than not. */
function halfOf(hashes: usize, terms: i32): i32 {
  const to = hashes + (<usize>terms << 2);
  for (let place = hashes; place < to; place += 16) v128.store(place, finalisedFour(v128.load(place)));
  // Fewer than three terms are one feature.
  if (terms == 1) return finalised(load<i32>(hashes));
  if (terms == 2) return finalised((load<i32>(hashes) * LOW_PRIME) ^ load<i32>(hashes, 4));
  const features = terms - 2;
  const planes = 32 - clz(features);
  count(hashes, features, planes);
  addLanes(planes);
  return most(features, planes);
}

/** The features that begin at four terms: each term's hash and those of the next two, in their order. */
@inline
function featuresAt(place: usize): v128 {
  const prime = i32x4.splat(LOW_PRIME);
  const two = v128.xor(i32x4.mul(v128.load(place), prime), v128.load(place, 4));
  return finalisedFour(v128.xor(i32x4.mul(two, prime), v128.load(place, 8)));
}

/** Counts the bits of every feature, lane by lane: sixteen features are added up before the planes are touched. */
function count(hashes: usize, features: i32, planes: i32): void {
  for (let at = 0; at < planes; at++) v128.store(PLANES + (<usize>at << 4), i32x4.splat(0));
  let ones = i32x4.splat(0);
  let twos = i32x4.splat(0);
  let place = hashes;
  let left = features;
  for (; left >= 16; left -= 16, place += 64) {
    const a = featuresAt(place);
    const b = featuresAt(place + 16);
    const c = featuresAt(place + 32);
    const d = featuresAt(place + 48);
    // Two full adders for the ones, one for the twos; what is left of them is worth four.
    const ab = v128.xor(a, b);
    const carryOne = v128.or(v128.and(a, b), v128.and(ab, ones));
    ones = v128.xor(ones, ab);
    const cd = v128.xor(c, d);
    const carryTwo = v128.or(v128.and(c, d), v128.and(cd, ones));
    ones = v128.xor(ones, cd);
    const both = v128.xor(carryOne, carryTwo);
    const fours = v128.or(v128.and(carryOne, carryTwo), v128.and(both, twos));
    twos = v128.xor(twos, both);
    add(fours, 2);
  }
  if (features >= 16) {
    v128.store(PLANES, ones);
    v128.store(PLANES, twos, 16);
  }
  for (; left > 0; left -= 4, place += 16) {
    // What stands behind the last term is none.
    const lanes = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
    add(v128.and(featuresAt(place), lanes), 0);
  }
}

/** Adds what is worth 1 in the plane `first`. Half of the carries end with each plane. */
function add(bits: v128, first: i32): void {
  let carry = bits;
  for (let plane = PLANES + (<usize>first << 4); v128.any_true(carry); plane += 16) {
    const before = v128.load(plane);
    v128.store(plane, v128.xor(before, carry));
    carry = v128.and(before, carry);
  }
}

/** Every lane of the planes is then what the four were together. */
function addLanes(planes: i32): void {
  let carryOne = i32x4.splat(0);
  let carryTwo = i32x4.splat(0);
  for (let at = 0; at < planes; at++) {
    const plane = PLANES + (<usize>at << 4);
    const a = v128.load(plane);
    const b = v128.shuffle<i32>(a, a, 2, 3, 0, 1);
    const half = v128.xor(v128.xor(a, b), carryOne);
    carryOne = v128.or(v128.and(a, b), v128.and(v128.xor(a, b), carryOne));
    const c = v128.shuffle<i32>(half, half, 1, 0, 3, 2);
    v128.store(plane, v128.xor(v128.xor(half, c), carryTwo));
    carryTwo = v128.or(v128.and(half, c), v128.and(v128.xor(half, c), carryTwo));
  }
}

/** The bits that are counted more often than half of the features: compared from the highest plane on. */
function most(features: i32, planes: i32): i32 {
  const half = features >> 1;
  let more: i32 = 0;
  let equal: i32 = -1;
  for (let at = planes - 1; at >= 0; at--) {
    const plane = load<i32>(PLANES + (<usize>at << 4));
    if ((half >> at) & 1) equal &= plane;
    else {
      more |= equal & plane;
      equal &= ~plane;
    }
  }
  return more;
}
