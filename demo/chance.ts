// Seeded chance for the generator: the same seed makes the same web on every machine. Not for secrets.

export interface Chance {
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32, seeded by a text (FNV-1a). */
export function chanceOf(seed: string): Chance {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193) >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * bound);
  };
  const pick = <T>(from: readonly [T, ...T[]]): T => from[below(from.length)] ?? from[0];
  const shuffled = <T>(items: readonly T[]): T[] => {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last--) {
      const other = below(last + 1);
      const kept = order[last] as T;
      order[last] = order[other] as T;
      order[other] = kept;
    }
    return order;
  };
  return { below, pick, shuffled };
}
