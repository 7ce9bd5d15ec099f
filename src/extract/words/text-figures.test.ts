// Near texts get near hashes, in scripts with and without spaces; unrelated ones do not. Every figure is what it is by the book.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { searchTerms, seededRandom } from "../../base/index.ts";
import { textFigures } from "./text-figures.ts";

const simhash = (text: string): string => textFigures(text).simhash;

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

function finalised(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Every bit of every three search terms counted by itself. */
function simhashByTheBook(text: string): string {
  const terms = searchTerms(text, { termsMax: 20_000, termBytesMax: 64 }).map(({ term }) => term);
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

function wordsByTheBook(text: string): number {
  const apart = text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, " 1 ");
  return apart.match(/[\p{L}\p{N}\p{M}_'’]+/gu)?.length ?? 0;
}

/** Code points; of surrogates that stand alone only the high ones. */
const charactersByTheBook = (text: string): number => [...text.replace(/\p{Cs}/gu, lowIsNone)].length;
const lowIsNone = (surrogate: string): string => (surrogate < "\udc00" ? surrogate : "");

function blocksByTheBook(text: string): number[] {
  const lines = text.split("\n").filter((line) => line.length >= 40);
  return lines.slice(0, 256).flatMap((line) => {
    let hash = 0x811c9dc5;
    for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193);
    return [finalised(hash), charactersByTheBook(line)];
  });
}

function agrees(text: string): void {
  assert.deepEqual(textFigures(text), {
    characters: charactersByTheBook(text),
    words: wordsByTheBook(text),
    simhash: simhashByTheBook(text),
    blocks: blocksByTheBook(text),
  });
}

const PIECES = [
  ..."a B mill Straße ½ ² … é e\u0301 \u0301 ﬁ ™ 한국어 水車 ミル ミ\u3099 ｶﾞ \ufe0f 😀 x\u00adx \u200b - . ' ’ _ İ ΑΣ ς Й \ud800".split(
    " ",
  ),
  ..."한 가\u11a8 \u1100\u1161 ガ 갤럭시S24 〇 々 Ⓐ 𝐀 𐐀 𠀀 𝅘𝅥 \u{e0067} \udc00 ภาษาไทย ກາ က \ufeff ٠ ﷺ 8,192".split(
    " ",
  ),
  ..." \n\t\u00a0\u3000".split(""),
];

test("any text's figures are those by the book", () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(""));
  fc.assert(fc.property(text, agrees), { numRuns: 3_000 });
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), agrees), { numRuns: 2_000 });
});

test("every character is by itself what it is by the book, between letters, in a row and among Hangul", () => {
  for (let point = 0; point < 0x3_0000; point++) {
    const char = String.fromCodePoint(point);
    const text = `a${char}b ${char}${char} 한${char}글`;
    const { simhash, words } = textFigures(text);
    assert.ok(simhash === simhashByTheBook(text) && words === wordsByTheBook(text), point.toString(16));
  }
});

test("a long text's figures are those by the book wherever it is cut to be read", () => {
  const chance = seededRandom(7);
  const filler = ["mill ", "水車", "한국어 ", "naïve", "…", "😀", "\n", ". ", "½ "];
  for (let round = 0; round < 40; round++) {
    const pieces = Array.from({ length: 3_000 + chance.below(4_000) }, () => {
      const of = round % 2 === 0 ? PIECES : filler;
      return of[chance.below(of.length)] ?? "";
    });
    agrees(pieces.join(""));
  }
  for (let units = 8_150; units < 8_200; units++) {
    for (const end of ["wordwordwordwordwordwordword, two", "😀😀 a", "한국어로 a", "½½ a\n", "\n\n"])
      agrees("x ".repeat(units / 2) + (units % 2 === 1 ? "." : "") + end);
  }
});

test("a term is cut at 64 bytes of UTF-8", () => {
  for (const letter of ["a", "é", "ж", "ᄀ", "ა", "ﬁ"])
    for (let length = 15; length < 70; length++)
      agrees(`of ${letter.repeat(length)} and ${letter}${"a".repeat(length)}b`);
  agrees("a".repeat(100_000));
});

test("a text of more terms than are hashed is judged by its beginning, and what search repeats is hashed again", () => {
  const terms = (count: number): string => Array.from({ length: count }, (_, at) => `t${at % 997}`).join(" ");
  for (const count of [16_382, 16_383, 16_384, 16_400, 19_967, 19_968, 19_969, 20_100, 40_000])
    agrees(terms(count));
  for (const count of [16_383, 19_960, 30_000]) agrees(`½ ${terms(count)} ½ ½x½ ${terms(50)}½`);
  for (const count of [10_000, 16_382, 16_384, 19_990]) {
    // A part without a space is asked for as a whole, and so may hold what search repeats.
    agrees(`${"水".repeat(count)}½`);
    agrees(`${terms(300)} ½${"水".repeat(count)} ${terms(300)}`);
  }
});
