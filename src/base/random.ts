// The only door to chance: a seedable generator for simulations and jitter, and UUIDv7 for capture ids.
import { randomFillSync } from "node:crypto";

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
}

export const systemRandom: Random = {
  next: () => Math.random(),
  below: (bound) => Math.floor(Math.random() * bound),
};

/** Mulberry32: small, fast, good enough for jitter and simulations; never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, below: (bound) => Math.floor(next() * bound) };
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const pool = new Uint8Array(4096);
let poolAt = pool.length;

/** UUID version 7 (RFC 9562 section 5.7): sorts by time of minting, to the millisecond. */
export function uuidv7(nowMs: number): string {
  if (poolAt + 10 > pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const hex = (byte: number): string => HEX[byte & 0xff] ?? "00";
  const chance = (): number => pool[poolAt++] ?? 0;
  const high = Math.floor(nowMs / 0x1_0000_0000);
  const low = nowMs >>> 0;
  return (
    `${hex(high >>> 8)}${hex(high)}${hex(low >>> 24)}${hex(low >>> 16)}-${hex(low >>> 8)}${hex(low)}-` +
    `${hex(0x70 | (chance() & 0x0f))}${hex(chance())}-${hex(0x80 | (chance() & 0x3f))}${hex(chance())}-` +
    `${hex(chance())}${hex(chance())}${hex(chance())}${hex(chance())}${hex(chance())}${hex(chance())}`
  );
}
