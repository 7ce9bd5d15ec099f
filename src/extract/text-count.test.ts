import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extractOptionsSchema } from "./options.ts";
import { parseHtml } from "./parse.ts";
import { counted, countText } from "./text-count.ts";
import { Text } from "./tree.ts";
import { spacedOf } from "./visible-text.ts";

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
  ),
);

/** The text of a page that is nothing else, as the scanner has seen it. */
function onPage(page: string | Uint8Array): Text {
  const bytes = typeof page === "string" ? Buffer.from(page) : page;
  const { body } = parseHtml(Buffer.concat([Buffer.from("<body>"), bytes]), options, { xhtml: false });
  assert.ok(body.first?.kind === 3 && body.first.next === null);
  return body.first;
}

function agreesWithCharacters(inPlace: Text): void {
  const alone = new Text(inPlace.data);
  assert.equal(inPlace.blank, alone.blank);
  assert.equal(spacedOf(inPlace), spacedOf(alone));
  if (inPlace.blank) return;
  countText(inPlace);
  const onBytes = { ...counted };
  countText(alone);
  assert.deepEqual(onBytes, { ...counted });
  assert.deepEqual([inPlace.letters, inPlace.sentences], [alone.letters, alone.sentences]);
}

test("a text counts the same on its bytes and on its characters", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const text = pieces.join("").replaceAll(/[<&\0]/g, "");
      if (text !== "") agreesWithCharacters(onPage(text));
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
    agreesWithCharacters(onPage(Uint8Array.from(bytes)));
  }
});
