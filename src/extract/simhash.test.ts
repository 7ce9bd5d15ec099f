// Near texts get near hashes, in scripts with and without spaces; unrelated ones do not.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { searchTerms, seededRandom } from "../base/index.ts";
import { simhash } from "./simhash.ts";

function distance(one: string, other: string): number {
  let bits = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  let count = 0;
  for (; bits > 0n; bits >>= 1n) count += Number(bits & 1n);
  return count;
}

const alphabets = {
  english: "abcdefghijklmnopqrstuvwxyz",
  korean: "가나다라마바사아자차카타파하고노도로모보",
};

/** Words as chance has it, from a vocabulary of 2,000, as text has it. */
function words(seed: number, count: number, alphabet: string): string[] {
  const chance = seededRandom(seed);
  const word = (index: number): string => {
    const own = seededRandom(index * 7919 + alphabet.length);
    return Array.from({ length: 2 + own.below(5) }, () => alphabet.charAt(own.below(alphabet.length))).join(
      "",
    );
  };
  return Array.from({ length: count }, () => word(chance.below(2000)));
}

test("a text without words hashes to zeros, any other to sixteen hex digits", () => {
  assert.equal(simhash(""), "0000000000000000");
  assert.equal(simhash(" … — "), "0000000000000000");
  for (const text of ["a", "a b", "한", "한국어 문장", "x ".repeat(50_000)])
    assert.match(simhash(text), /^[0-9a-f]{16}$/);
});

test("case, width, punctuation and white space do not matter", () => {
  assert.equal(simhash("The mill, the race!"), simhash("the  MILL\nthe race"));
});

for (const [name, alphabet] of Object.entries(alphabets)) {
  test(`one ${name} word in 300 changed moves few bits, another text moves about half`, () => {
    let near = 0;
    let far = 0;
    const rounds = 30;
    for (let seed = 1; seed <= rounds; seed++) {
      const text = words(seed, 300, alphabet);
      const changed = text.with(150, "changed");
      near += distance(simhash(text.join(" ")), simhash(changed.join(" ")));
      far += distance(simhash(text.join(" ")), simhash(words(seed + 1000, 300, alphabet).join(" ")));
    }
    assert.ok(near / rounds < 6, `near ${near / rounds}`);
    assert.ok(far / rounds > 26 && far / rounds < 38, `far ${far / rounds}`);
  });
}

test("every bit is as often set as not", () => {
  const counts = new Array<number>(64).fill(0);
  const rounds = 200;
  for (let seed = 1; seed <= rounds; seed++) {
    const bits = BigInt(`0x${simhash(words(seed, 40, alphabets.english).join(" "))}`);
    for (let bit = 0; bit < 64; bit++) counts[bit] = (counts[bit] ?? 0) + Number((bits >> BigInt(bit)) & 1n);
  }
  for (const count of counts) assert.ok(count > rounds * 0.3 && count < rounds * 0.7, `${counts}`);
});

test("a text hashes to the same wherever its words are found: where they stand, or among the search terms", () => {
  // A fraction sends all of a text the long way; between marks of no word it says nothing itself but for its digits.
  for (const text of ["Łódź ΑΣΟΣ Straße «ÉTÉ» naïve…", "Tūī — kererū, 10€", "Привет, МИР!"]) {
    const long = `${text} ½`;
    const short = `${text} 1⁄2`;
    assert.equal(simhash(long), simhash(short), text);
  }
});

/** The same by the book: every bit of every three terms counted by itself. */
function slowly(text: string): string {
  const terms = searchTerms(text, { termsMax: 20_000, termBytesMax: 64 }).map(({ term }) => term);
  const finalised = (hash: number): number => {
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
  const size = Math.min(3, terms.length);
  if (size === 0) return "0".repeat(16);
  const half = (first: number, factor: number, shift: boolean): string => {
    const hashes = terms.map((term) => {
      let hash = first;
      for (let at = 0; at < term.length; at++) {
        hash = Math.imul(hash ^ term.charCodeAt(at), factor);
        if (shift) hash ^= hash >>> 15;
      }
      return finalised(hash);
    });
    const features = hashes.slice(0, hashes.length - size + 1).map((_, at) => {
      const step = (hash: number, next: number): number => Math.imul(hash, 0x01000193) ^ next;
      return finalised(hashes.slice(at, at + size).reduce(step, 0));
    });
    let bits = 0;
    for (let bit = 0; bit < 32; bit++) {
      const set = features.filter((feature) => ((feature >>> bit) & 1) === 1).length;
      if (2 * set > features.length) bits += 2 ** bit;
    }
    return bits.toString(16).padStart(8, "0");
  };
  return half(0x9747b28c, 0x5bd1e995, true) + half(0x811c9dc5, 0x01000193, false);
}

test("any text hashes as its search terms do, counted one by one", () => {
  const piece = fc.constantFrom(
    ..."a B mill Straße ½ ² … é e\u0301 \u0301 ﬁ ™ 한국어 水車 ミル \ufe0f 😀 x\u00adx \u200b - . ' _ İ ΑΣ ς Й \ud800".split(
      " ",
    ),
    ..." \n\t\u00a0\u3000".split(""),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join("");
      assert.equal(simhash(text), slowly(text));
    }),
    { numRuns: 2_000 },
  );
});
