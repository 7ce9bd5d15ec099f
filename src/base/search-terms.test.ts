// What is indexed and what is asked must meet: a page is found by each of its words, by phrases of them, and by nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type QueryGroup, queryTerms, searchTerms, type Term } from "./search-terms.ts";

const limits = { termsMax: 100_000, termBytesMax: 255 };
const terms = (text: string): string =>
  searchTerms(text, limits)
    .map(({ term }) => term)
    .join(" ");

/** What a store does with both: every group at consecutive positions somewhere. */
function finds(query: string, text: string): boolean {
  const indexed = searchTerms(text, limits);
  const groups = queryTerms(query);
  return groups.length > 0 && groups.every((group) => phraseIn(group, indexed));
}

function phraseIn(group: QueryGroup, indexed: readonly Term[]): boolean {
  const at = (position: number, term: string, prefix: boolean): boolean =>
    indexed.some(
      (one) => one.position === position && (prefix ? one.term.startsWith(term) : one.term === term),
    );
  return indexed.some(({ position }) =>
    group.every(({ term, offset, prefix }) => at(position + offset, term, prefix)),
  );
}

test("words are folded: case, width, ligatures, final sigma, sharp s, soft hyphens", () => {
  assert.equal(terms("Straße STRASSE ＳＴＲＡＳＳＥ"), "strasse strasse strasse");
  assert.equal(terms("ΟΔΟΣ οδός ﬁne ﬀ mill\u00adrace"), "οδοσ οδόσ fine ff millrace");
  assert.equal(terms("café cafe\u0301"), "café café");
  assert.equal(terms("Ёлка №5 x² Ⅷ"), "ёлка no5 x2 viii");
});

test("letters, digits and marks of any script make words; everything else parts them", () => {
  assert.equal(
    terms("don't well-known 3.14 a_b (x) e-mail@host.org"),
    "don t well known 3 14 a b x e mail host org",
  );
  assert.equal(terms("हिन्दी में العربية עִבְרִית"), "हिन्दी में العربية עִבְרִית");
  assert.equal(terms("❤️ 🎉 … — \u0301"), "");
});

test("scripts without spaces become overlapping pairs, each character beginning one", () => {
  assert.equal(terms("서울 시장"), "서울 울 시장 장");
  assert.equal(terms("東京タワー"), "東京 京タ タワ ワー ー");
  assert.equal(terms("ﾀﾜｰ"), "タワ ワー ー");
  assert.equal(terms("갤럭시S24 폰"), "갤럭 럭시 시 s24 폰");
  assert.equal(terms("𠮷野家"), "𠮷野 野家 家");
  assert.equal(terms("ไทย"), "ไท ทย ย");
});

test("a query is a list of groups, each a phrase; a lone character asks for a beginning", () => {
  assert.deepEqual(queryTerms('갤럭시S24 "hello big world" 東'), [
    [
      { term: "갤럭", offset: 0, prefix: false },
      { term: "럭시", offset: 1, prefix: false },
      { term: "s24", offset: 3, prefix: false },
    ],
    [
      { term: "hello", offset: 0, prefix: false },
      { term: "big", offset: 1, prefix: false },
      { term: "world", offset: 2, prefix: false },
    ],
    [{ term: "東", offset: 0, prefix: true }],
  ]);
  assert.deepEqual(queryTerms(" \"\" '… ' --"), []);
  assert.equal(queryTerms('"never closed phrase').length, 3);
});

test("a page is found by parts of its words only where a script has no spaces", () => {
  const page =
    "서울에서 물총새를 보았습니다. The kingfisher flew over Aldermere's mill-race. 東京タワーは高い。";
  for (const query of [
    "물총새",
    "물총새를",
    "총새",
    "서울",
    "새",
    "습니다",
    "kingfisher",
    "KINGFISHER",
    "mill-race",
    '"flew over"',
    "東京",
    "タワー",
    "高",
    "Aldermere's",
    "서울 kingfisher",
  ]) {
    assert.ok(finds(query, page), query);
  }
  for (const query of [
    "kingfish",
    "총물",
    "물새",
    "서울을",
    "race-mill",
    '"over flew"',
    "京都",
    "새울",
    "kingfisher owl",
  ]) {
    assert.ok(!finds(query, page), query);
  }
});

test("positions stay within 1 and 16383, and phrases are found across the wrap", () => {
  const words = Array.from({ length: 40_000 }, (_, index) => `w${index}`);
  const indexed = searchTerms(words.join(" "), limits);
  assert.ok(indexed.every(({ position }) => position >= 1 && position <= 16_383));
  const positions = new Map<string, number[]>();
  for (const { term, position } of indexed) positions.set(term, [...(positions.get(term) ?? []), position]);
  for (let index = 0; index + 1 < words.length; index++) {
    const first = positions.get(`w${index}`) ?? [];
    const second = positions.get(`w${index + 1}`) ?? [];
    assert.ok(
      first.some((position) => second.includes(position + 1)),
      `w${index} and what follows`,
    );
  }
});

test("both limits hold, and an over-long word is cut alike in page and query", () => {
  assert.equal(searchTerms("a b c d e", { termsMax: 3, termBytesMax: 10 }).length, 3);
  assert.equal(searchTerms("a", { termsMax: 0, termBytesMax: 10 }).length, 0);
  assert.deepEqual(
    searchTerms("äääää", { termsMax: 9, termBytesMax: 5 }).map(({ term }) => term),
    ["ää"],
  );
  const long = "x".repeat(5000);
  assert.ok(finds(long, `before ${long} after`));
  assert.ok(queryTerms("a ".repeat(1000)).length <= 64);
});

test("every text is found by each of its chunks, and by itself as a phrase", () => {
  const letters = fc.constantFrom(..."abzÄßéЖёعन्한글가나東京タワーカ𠮷野ไทย0½-'. ＡＢ");
  const chunk = fc.array(letters, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 8 }), (chunks) => {
      const text = chunks.join(" ");
      for (const one of chunks) if (queryTerms(one).length > 0) assert.ok(finds(one, text), one);
      if (queryTerms(`"${text}"`).length > 0) assert.ok(finds(`"${text}"`, text), text);
      assert.deepEqual(
        searchTerms(text, limits),
        searchTerms(text.normalize("NFD").normalize("NFC"), limits),
      );
    }),
    { numRuns: 300 },
  );
});

test("no text makes it throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      for (const { term } of searchTerms(text, limits))
        assert.ok(term.length > 0 && Buffer.byteLength(term) <= 255);
      queryTerms(text);
    }),
    { numRuns: 300 },
  );
});

test("text of Western letters and usual punctuation folds as it does beside a character that needs more", () => {
  const letters = Array.from({ length: 0x2100 }, (_, unit) => String.fromCharCode(unit)).filter((letter) =>
    /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(letter),
  );
  const wide = { termsMax: 100_000, termBytesMax: 255 };
  const some = letters.filter((letter) => letter < "\u0100" || letter >= "\u2000");
  for (const first of some) {
    const text = some.map((second) => `${first}${second}x`).join(" ");
    const parts = some.flatMap((second) => searchTerms(`${first}${second}x`, wide).map(({ term }) => term));
    const beside = searchTerms(`${text} ǆ`, wide).map(({ term }) => term);
    assert.deepEqual(
      [...parts, "ǆ"].map((term) => term.normalize("NFKC")),
      beside,
    );
  }
});
