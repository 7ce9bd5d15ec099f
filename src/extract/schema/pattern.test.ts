// Patterns find what JavaScript's own machine finds, and take linear time where that one does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { firstMatch } from "./pattern.ts";
import { compilePattern } from "./pattern-program.ts";

function groupsOf(source: string, text: string, flags = ""): readonly (string | null)[] | null {
  const program = compilePattern(source, flags);
  assert.ok(program.ok, program.ok ? "" : `${source}: ${program.error}`);
  return firstMatch(program.value, text, () => true)?.groups ?? null;
}

function nativeGroups(source: string, text: string, flags = ""): (string | null)[] | null {
  const match = new RegExp(source, flags).exec(text);
  return match === null ? null : [...match].map((group) => group ?? null);
}

test("expressions as people write them match as JavaScript does", () => {
  for (const [source, text, flags] of [
    ["(\\d+)\\s*x\\s*(\\d+)", "size 12 x 30 cm", ""],
    ["price:\\s*\\$?([\\d.,]+)", "PRICE: $1,299.00", "i"],
    ["^b.*$", "a\nbcd\ne", "m"],
    ["a.c", "a\nc", "s"],
    ["(?<year>\\d{4})-(?<month>\\d\\d)", "on 2026-11-28", ""],
    ["\\bcat\\b", "concat cat", ""],
    ["(a|ab)(c|bcd)(d*)", "abcd", ""],
    ["a{2,3}?", "aaaa", ""],
    ["[^\\]]+\\]", "[ab]", ""],
    ["\\p{L}+", "12 Größe", "u"],
    ["한글|조선", "오늘 한글", ""],
    ["\\u0041\\x42\\/", "AB/", ""],
    ["(?:)", "", ""],
    ["x*", "aaa", ""],
    ["a{,3}", "a{,3}", ""],
  ] as const)
    assert.deepEqual(groupsOf(source, text, flags), nativeGroups(source, text, flags), source);
});

test("any expression of the known parts matches as JavaScript does", () => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\b", "^", "$", "c");
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => a + b),
      fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(?:${a}|${b})`),
      tie("expression").map((a) => `(${a})`),
      fc
        .tuple(
          fc.constantFrom("a", "b", "[ab]", "."),
          fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}"),
        )
        .map(([a, b]) => a + b),
    ),
  }));
  fc.assert(
    fc.property(
      expression,
      fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 12 }),
      (source, text) => {
        assert.deepEqual(groupsOf(source, text), nativeGroups(source, text));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("what makes other machines go back for ever takes steps by text times pattern", () => {
  const text = "a".repeat(20_000);
  for (const source of ["(a+)+b", "(a|a)*b", "a*a*a*a*a*b", "(.*)(.*)(.*)x", "^(\\w+\\s?)*$!"]) {
    const program = compilePattern(source, "");
    assert.ok(program.ok);
    let steps = 0;
    assert.equal(
      firstMatch(program.value, text, () => ++steps > 0),
      null,
    );
    assert.ok(steps < 3 * text.length * program.value.instructions.length, `${source}: ${steps} steps`);
  }
});

test("what takes no bounded time, or is no expression, is refused with its reason", () => {
  for (const [source, reason] of [
    ["(?=a)", /looks ahead/],
    ["(?<!a)b", /looks ahead or behind/],
    ["(a)\\1", /refers back/],
    ["(?<n>a)\\k<n>", /refers back/],
    ["(", /./],
    ["a**", /./],
    ["((a{99}){99}){9}", /repeats more/],
  ] as const) {
    const program = compilePattern(source, "");
    assert.ok(!program.ok, source);
    assert.match(program.error, reason);
  }
});
