// How texts are compared with what their page says of itself: folding by a table beside the plain expression, and that no text which stands in a
// saying is taken for one that does not by its beginning.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { folded, Sayings, START_CHARS } from "./sayings.ts";

/** Units that fold in ways of their own, or stand at an edge of a table. */
const unusual = fc.constantFrom(
  ..."\u0000\u001f \t\n\u00a0\u00aa\u00b2\u00b5\u00ba\u00d7\u00df\u00f7\u00ff\u0100",
  ..."\u0130\u0131\u0149\u01c5\u0301\u0307\u03a3\u03c2\u1e9e\u1fff\u2000\u2019\u201c\u2028\u206f\u2070\u2071",
  ..."\u212a\u212b\u2160\u3000\u4e2d\ud7a3\ufeff\ufb01\uff21",
  "\ud835\udc00",
  "\ud800",
  "\udc00",
);
const written = fc
  .array(fc.oneof(unusual, fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("The", "café", " — ")))
  .map((parts) => parts.join(""));

test("a text is folded as one expression folds it, whatever it is written in", () => {
  const check = (text: string): void =>
    assert.equal(
      folded(text),
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, " ")
        .trim(),
    );
  for (let unit = 0; unit <= 0xffff; unit++) check(`A${String.fromCharCode(unit)}z`);
  check("Ab, ".repeat(10_000));
  fc.assert(fc.property(written, check), { numRuns: 2_000 });
});

test("a text that stands in a saying, or begins with one, may begin so", () => {
  const word = fc.constantFrom(
    "The",
    "river",
    "rose,",
    "“slowly”",
    "in",
    "1994.",
    "Σίσυφος",
    "été",
    "İstanbul",
  );
  const words = fc.array(word, { maxLength: 80 });
  fc.assert(
    fc.property(words, fc.nat(80), fc.nat(80), words, (saying, from, length, behind) => {
      const sayings = new Sayings([saying.join(" ")]);
      const part = saying.slice(from, from + length).join("  ");
      for (const text of [part, saying.concat(behind).join(" "), part + behind.join(" ")])
        assert.ok(!sayings.hold(text) || sayings.mayBegin(text.slice(0, START_CHARS)));
    }),
    { numRuns: 2_000 },
  );
});
