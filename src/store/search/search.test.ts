// Vectors, questions and snippets: what is indexed is what is asked for, and what is shown says why.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tsqueryOf } from "./query.ts";
import { plainText, snippetOf } from "./snippet.ts";
import { vectorOf } from "./vector.ts";

const limits = { termsMax: 1000, termBytesMax: 255 };

test("title, description and text stand in their weights, and no phrase reaches across", () => {
  assert.equal(
    vectorOf({ title: "Red fox", description: "red", text: "fox runs" }, limits),
    "'red':1A,4B 'fox':2A,6 'runs':7 ",
  );
});

test("quotes and backslashes cannot leave a lexeme", () => {
  assert.equal(tsqueryOf("'; drop", limits), "('drop')");
  assert.equal(tsqueryOf("", limits), null);
  assert.equal(tsqueryOf("&|!", limits), null);
  assert.equal(tsqueryOf("날씨가 fine", limits), "('날씨' <1> '씨가') & ('fine')");
});

test("terms beyond the limit are left out", () => {
  const vector = vectorOf(
    { title: null, description: null, text: "a b c d e f" },
    { ...limits, termsMax: 5 },
  );
  assert.equal(vector, "'a':3 'b':4 'c':5 ");
});

test("a snippet shows the words asked for, marked", () => {
  const markdown = `# Title\n\n${"filler words here. ".repeat(40)}The [harbour](http://x.test/a) has **rain** today. ${"more ".repeat(90)}`;
  const { text, highlights } = snippetOf(markdown, "RAIN harbour");
  assert.deepEqual(
    highlights.map(([start, end]) => text.slice(start, end)),
    ["harbour", "rain"],
  );
  assert.match(text, /^….*The harbour has rain today/);
});

test("a snippet marks Korean inside words and Latin only as whole words", () => {
  const { text, highlights } = snippetOf("날씨가 좋다 rainy rain", "날씨 rain");
  assert.deepEqual(
    highlights.map(([start, end]) => text.slice(start, end)),
    ["날씨", "rain"],
  );
});

test("snippets of any text and query stay inside the text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 600 }),
      fc.string({ unit: "binary", maxLength: 20 }),
      (markdown, query) => {
        const { text, highlights } = snippetOf(markdown, query);
        let last = 0;
        for (const [start, end] of highlights) {
          assert.ok(start >= last && end > start && end <= text.length);
          last = end;
        }
        assert.ok(text.length <= 222);
      },
    ),
  );
});

test("Markdown's marks are taken off, and large texts cost no more than they should", () => {
  assert.equal(
    plainText("## A\n\n- *b* `c`\n> d\n\n| e | f |\n|---|---|\n1. g ![h](i.png)"),
    "A b c d e f g h",
  );
  for (const nasty of [
    "[".repeat(300_000),
    "(".repeat(300_000),
    "[](".repeat(100_000),
    "* ".repeat(200_000),
    `${" ".repeat(200_000)}x`,
    `${"- ".repeat(100_000)}x`,
  ]) {
    assert.ok(plainText(nasty).length <= 200_000);
  }
});
