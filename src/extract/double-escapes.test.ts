import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withoutDoubleEscapes } from "./double-escapes.ts";

const cases: readonly (readonly [given: string, meant: string])[] = [
  ["Tom &amp; Jerry", "Tom & Jerry"],
  ["&LT;b&gt; &#8212; &#x2014;", "<b> \u2014 \u2014"],
  ["?a=1&b=2;&lsquo;", "?a=1&b=2;\u2018"],
  ["&#0; &#xD800; &#9999999999;", "\ufffd \ufffd \ufffd"],
  ["&#xg; &#; &; &copy; &amp &#12345678901;", "&#xg; &#; &; &copy; &amp &#12345678901;"],
  ["&&amp;amp;", "&&amp;"],
  ["&#X2d; &#x00000041; &#x000000041; &#0000000065; &#6a; &#x;", "- A &#x000000041; A &#6a; &#x;"],
];
for (const [given, meant] of cases)
  test(`what was escaped twice in ${JSON.stringify(given)} is ${JSON.stringify(meant)}`, () =>
    assert.equal(withoutDoubleEscapes(given), meant));

test("text without a semicolon stays as it is", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const given = text.replaceAll(";", "&");
      assert.equal(withoutDoubleEscapes(given), given);
    }),
  );
});
