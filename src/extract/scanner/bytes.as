// What stands at two places compared, and hashed, many bytes at a time. Knows no page.

/** The sixteen bytes that stand there, zeros from `to` on. */
@inline
export function blockAt(place: usize, to: usize): v128 {
  const bytes = v128.load(place);
  const left = <i32>(to - place);
  if (left >= 16) return bytes;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(bytes, i8x16.lt_s(lanes, i8x16.splat(<i8>left)));
}

export function isSame(one: usize, other: usize, length: i32): bool {
  let done = 0;
  for (; done + 8 <= length; done += 8) if (load<u64>(one + done) != load<u64>(other + done)) return false;
  for (; done < length; done++) if (load<u8>(one + done) != load<u8>(other + done)) return false;
  return true;
}

/** A hash that goes on with sixteen bytes more. */
@inline
export function mixed(hash: u64, bytes: v128): u64 {
  const one = (hash ^ v128.extract_lane<u64>(bytes, 0)) * 0x9e3779b97f4a7c15;
  const both = (one ^ (one >> 32) ^ v128.extract_lane<u64>(bytes, 1)) * 0xc2b2ae3d27d4eb4f;
  return both ^ (both >> 29);
}
