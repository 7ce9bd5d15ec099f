// Literals as the scanner looks for them in scripts (scanner/literals.as): each by two bytes that few scripts hold one behind the other. Knows no page.

/** As many as an answer has bits, and as the scanner has room for. */
const LITERALS_MAX = 31;
const LITERAL_BYTES_MAX = 96;

/** A pair of bytes and where in its literal it stands. */
interface Pair {
  readonly bytes: number;
  readonly offset: number;
}

export class ScriptLiterals {
  /** What the scanner reads. */
  readonly table: Uint8Array;
  /** Which literal each bit of an answer stands for, lowest first: its index in the list given. */
  readonly order: readonly number[];

  private constructor(table: Uint8Array, order: readonly number[]) {
    this.table = table;
    this.order = order;
  }

  /** Null where they are too many, or one is too long, too short to hold two bytes, or holds NUL. */
  static of(literals: readonly string[]): ScriptLiterals | null {
    const all = literals.map((literal) => Buffer.from(literal));
    if (all.length > LITERALS_MAX) return null;
    if (all.some((bytes) => bytes.length < 2 || bytes.length > LITERAL_BYTES_MAX || bytes.includes(0)))
      return null;
    const table: number[] = [];
    const order: number[] = [];
    while (order.length < all.length) {
      const left = [...all.keys()].filter((at) => !order.includes(at));
      const best = bestPair(left.map((at) => all[at] ?? Buffer.alloc(0)));
      for (const at of left) {
        const bytes = all[at] ?? Buffer.alloc(0);
        const pair = pairsOf(bytes).find((one) => one.bytes === best);
        if (pair === undefined) continue;
        table.push(best >> 8, best & 255, pair.offset, bytes.length, ...bytes);
        order.push(at);
      }
    }
    return new ScriptLiterals(Uint8Array.from([...table, 0, 0]), order);
  }
}

/** The pair that most of them share; of several the rarest. */
function bestPair(literals: readonly Uint8Array[]): number {
  const shared = new Map<number, number>();
  for (const literal of literals)
    for (const bytes of new Set(pairsOf(literal).map((pair) => pair.bytes)))
      shared.set(bytes, (shared.get(bytes) ?? 0) + 1);
  const rank = ([bytes, by]: readonly [number, number]): number =>
    100 * by + rarity(bytes >> 8) + rarity(bytes & 255);
  const [best] = [...shared].sort((one, other) => rank(other) - rank(one));
  return best?.[0] ?? 0;
}

function pairsOf(literal: Uint8Array): Pair[] {
  return [...literal.keys()]
    .slice(1)
    .map((at) => ({ bytes: ((literal[at - 1] ?? 0) << 8) | (literal[at] ?? 0), offset: at - 1 }));
}

/** In scripts capital letters are rarer than digits and signs, and these than small letters. */
function rarity(byte: number): number {
  const sign = String.fromCharCode(byte);
  return /[A-Z]/.test(sign) ? 3 : /[a-z ]/.test(sign) ? 0 : 1;
}
