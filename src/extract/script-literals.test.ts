// What the scanner finds of literals in scripts is what a search for one after the other finds.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RouteMarker } from "../model/index.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { ScriptLiterals } from "./script-literals.ts";
import { survey } from "./survey.ts";

const options = extractOptionsSchema.parse({});
const SCRIPT_BYTES_MAX = 2_000_000;

/** Markers of literals, of which each is its own id. */
const markersOf = (literals: readonly string[]): RouteMarker[] =>
  literals.map((text) => ({ id: text, kind: "literal", text }));

function foundIn(scripts: readonly string[], literals: readonly string[]): readonly string[] {
  const html = scripts.map((script) => `<script>${script}</script>`).join("<p>");
  return withPageNodes(
    () => survey(parseHtml(html, options, { xhtml: false }), markersOf(literals)).evidence.markers,
  );
}

/** Few letters, so that literals share their bytes, overlap and begin in vain. */
const text = (most: number) =>
  fc
    .array(fc.constantFrom("A", "B", "_", "a", "é", "한"), { maxLength: most })
    .map((letters) => letters.join(""));
const literal = fc.oneof(
  text(5).filter((letters) => letters.length > 1),
  fc.constantFrom("__NEXT_DATA__", "window.__NUXT__", "A".repeat(40)),
);

test("literals are found where they stand in any script, over borders of sixteen bytes, overlapping and at the end", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(literal, { maxLength: 8 }),
      fc.array(fc.array(fc.oneof(text(40), literal), { maxLength: 4 }), { maxLength: 3 }),
      (literals, parts) => {
        const scripts = parts.map((script) => script.join(""));
        const expected = literals.filter((one) => scripts.some((script) => script.includes(one)));
        assert.deepEqual(foundIn(scripts, literals), [...expected].sort());
      },
    ),
    { numRuns: 2_000 },
  );
});

test("literals that the scanner has no room for are found all the same", () => {
  const many = Array.from({ length: 40 }, (_, at) => `literal-${at}-`);
  for (const literals of [many, ["x"], ["B".repeat(97)], ["a\u0000b"]]) {
    assert.equal(ScriptLiterals.of(literals), null);
    for (const one of literals) assert.deepEqual(foundIn([`var a="${one}"`], literals), [one]);
  }
  const most = many.slice(0, 31);
  assert.notEqual(ScriptLiterals.of(most), null);
  for (const one of most) assert.deepEqual(foundIn([`var a="${one}"`], most), [one]);
});

test("a script's end tag and what stands behind are no part of it", () => {
  assert.deepEqual(foundIn(["var a = 1"], ["= 1<", "1</script>"]), []);
  assert.deepEqual(foundIn(["_AB", "C_"], ["ABC", "_AB"]), ["_AB"]);
});

test("a literal counts up to two million bytes of a script, and not when it reaches beyond", () => {
  const before = "x".repeat(SCRIPT_BYTES_MAX - 5);
  assert.deepEqual(foundIn([`${before}_ABC_`], ["_ABC_"]), ["_ABC_"]);
  assert.deepEqual(foundIn([`${before}x_ABC_`], ["_ABC_"]), []);
  assert.deepEqual(foundIn([`${before}x_ABC_`], ["_ABC_", "y"]), []);
});
