import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PageSource } from "./page-source.ts";
import { counted, countText } from "./text-count.ts";
import { Text } from "./tree.ts";

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
  ),
);

test("a text counts the same on its bytes and on its characters", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const source = new PageSource(pieces.join(""));
      const to = source.bytes.length;
      const inPlace = new Text(null, false, source, 0, to);
      const alone = new Text(source.slice(0, to), false);
      countText(inPlace);
      const onBytes = { ...counted };
      countText(alone);
      assert.deepEqual(onBytes, { ...counted });
      assert.deepEqual([inPlace.letters, inPlace.sentences], [alone.letters, alone.sentences]);
    }),
    { numRuns: 1_000 },
  );
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
    const source = new PageSource(Uint8Array.from(bytes));
    const inPlace = new Text(null, false, source, 0, bytes.length);
    const alone = new Text(source.slice(0, bytes.length), false);
    countText(inPlace);
    const onBytes = { ...counted };
    countText(alone);
    assert.deepEqual(onBytes, { ...counted });
    assert.deepEqual([inPlace.letters, inPlace.sentences], [alone.letters, alone.sentences]);
  }
});
