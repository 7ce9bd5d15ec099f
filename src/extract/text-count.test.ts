import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extractOptionsSchema } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { CHARACTERS, COUNTED, LETTERS, SENTENCES, SPACE_BEFORE, SPACE_BEHIND } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { countText } from "./text-count.ts";
import type { Text } from "./tree.ts";
import { collapse, shownOf } from "./visible-text.ts";

const options = extractOptionsSchema.parse({});

const piece = fc.oneof(
  fc.string({ unit: "binary", maxLength: 4 }),
  fc.constantFrom(
    " ",
    "\n",
    "\u00a0",
    ". ",
    ".",
    ",",
    "word",
    "漢字",
    "、",
    "。",
    "한국",
    "é",
    "،",
    "\u{1f600}",
    "\u{20000}",
    "A sentence of more than sixteen bytes. ",
    "no,space.or,one",
    "x".repeat(15),
    " ".repeat(17),
  ),
);

/** The text of a page that is nothing else, as the scanner has seen it. */
function onPage(page: string | Uint8Array): Text {
  const bytes = typeof page === "string" ? Buffer.from(page) : page;
  const { body } = parseHtml(Buffer.concat([Buffer.from("<body>"), bytes]), options, { xhtml: false });
  assert.ok(body.first?.kind === 3 && body.first.next === null);
  return body.first;
}

/** Beyond ASCII, or white space inside that is no single space; a vertical tab anywhere. */
const SPACED_OR_BEYOND = /[^\0-\x7f]|\v|\S(?:[^\S ]| \s)\s*\S/;

/** Of a text that stands in one piece and without references. */
function isCutWhereItCanBe(text: Text): void {
  const inside = text.rows.inside(text.row);
  const canBe = !text.blank && !SPACED_OR_BEYOND.test(text.data);
  assert.equal(inside, canBe ? collapse(text.data) : null, JSON.stringify(text.data));
}

/** What its row says once it is counted. */
function figuresOf(text: Text): object {
  const { numbers } = text.rows;
  return {
    isCounted: (text.bits & COUNTED) !== 0,
    characters: numbers[text.row + CHARACTERS],
    letters: numbers[text.row + LETTERS],
    sentences: numbers[text.row + SENTENCES],
    ends: text.bits & (SPACE_BEFORE | SPACE_BEHIND),
  };
}

/** The scanner has counted it, or left it to be counted by its characters. */
function agreesWithCharacters(inPlace: Text): void {
  const alone = new Rows().madeText(inPlace.data);
  assert.equal(inPlace.blank, alone.blank);
  assert.equal(inPlace.length, alone.length);
  assert.equal(shownOf(inPlace), shownOf(alone));
  assert.deepEqual(
    [inPlace.spaceBefore, inPlace.spaceBehind || inPlace.shown === ""],
    [alone.spaceBefore, alone.spaceBehind || alone.shown === ""],
  );
  countText(alone);
  if ((inPlace.bits & COUNTED) === 0) countText(inPlace);
  assert.deepEqual(figuresOf(inPlace), figuresOf(alone));
}

test("a text counts the same on its bytes and on its characters", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const text = pieces.join("").replaceAll(/[<&\0]/g, "");
      if (text === "") return;
      const inPlace = onPage(text);
      assert.ok((inPlace.bits & COUNTED) !== 0, "the scanner counts all that is UTF-8");
      isCutWhereItCanBe(inPlace);
      agreesWithCharacters(inPlace);
    }),
    { numRuns: 2_000 },
  );
});

test("it does so wherever in its blocks of sixteen bytes white space and stops stand", () => {
  for (let length = 1; length < 50; length++)
    for (const end of [
      "  y",
      " y",
      "\n y",
      " \n",
      "y\r\n",
      "\t y  y",
      " ",
      "\n",
      "\r\ny",
      ". ",
      ".y",
      ".",
      ", .\u00a0",
      "é  y",
      "\u000b",
    ]) {
      const text = onPage("x".repeat(length) + end);
      isCutWhereItCanBe(text);
      agreesWithCharacters(text);
    }
});

/** Code points, white space collapsed to nothing at the ends and to one space between. */
const charactersOf = (text: string): number =>
  [...text.replace(/[\t-\r \u00a0]+/g, " ").replace(/^ | $/g, "")].length;

test("characters are the code points of the text with its white space collapsed", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const text = new Rows().madeText(Buffer.from(pieces.join("")).toString());
      countText(text);
      assert.equal(text.rows.numbers[text.row + CHARACTERS], charactersOf(text.data));
    }),
    { numRuns: 1_000 },
  );
});

test("a text in pieces or with references is counted by its characters, whatever was counted of its pieces", () => {
  const given: readonly (readonly [page: string, characters: number, letters: number, sentences: number])[] =
    [
      ["a, b.<!-- -->c, d", 9, 18, 2],
      ["&#44;&nbsp;a&period;", 4, 8, 2],
      ["\u6f22<!-- -->\u3002&#x6f22;", 3, 12, 1],
    ];
  for (const [page, characters, letters, sentences] of given) {
    const text = onPage(page);
    assert.equal(text.bits & COUNTED, 0);
    countText(text);
    const { numbers } = text.rows;
    const found = [CHARACTERS, LETTERS, SENTENCES].map((what) => numbers[text.row + what]);
    assert.deepEqual(found, [characters, letters, sentences], page);
    agreesWithCharacters(text);
  }
});

test("what is no UTF-8 is counted as it is read", () => {
  for (const bytes of [
    [0x61, 0xff, 0x62],
    [0xc3],
    [0xed, 0xa0, 0x80],
    [0xe0, 0x80, 0x80, 0x2e],
    [0xf5, 0x80, 0x80, 0x80],
    [0xc2, 0x41],
  ]) {
    agreesWithCharacters(onPage(Uint8Array.from(bytes)));
  }
});

test("white space in pieces behind a text that was counted leaves it counted", () => {
  const space = fc.array(fc.constantFrom(" ", "\n", "\r\n", "\u00a0", "&nbsp;", "&#32;"), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      fc.array(space, { maxLength: 3 }),
      (pieces, spaces) => {
        const beginning = pieces.join("").replaceAll(/[<&\0]/g, "");
        if (beginning === "") return;
        const text = onPage(`${beginning}${spaces.map((one) => `<!-- -->${one.join("")}`).join("")}`);
        const isPlain =
          /[^\t\n\f\r \u00a0]/.test(beginning) &&
          spaces.every(([first]) => /\s/.test(first ?? "") && first !== "\u00a0");
        if (isPlain) assert.ok((text.bits & COUNTED) !== 0);
        agreesWithCharacters(text);
      },
    ),
    { numRuns: 2_000 },
  );
  const { bits, data } = onPage("Test.\n<!-- -->\n<!-- -->more");
  assert.equal(bits & COUNTED, 0);
  assert.equal(data, "Test.\n\nmore");
});
