import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { selectorFault } from "./selector.ts";

test("selectors of CSS and of Playwright's other forms pass", () => {
  for (const selector of [
    "button",
    "#accept-cookies",
    "ul > li:nth-child(2n + 1) a[href^='/x']",
    'div[data-x="a]b"]',
    ".a.b, .c",
    ".md\\:flex",
    "li:has(> a)",
    "section:is(.a, .b) + p",
    'button:has-text("Accept all")',
    "a::before",
    "text=Load more",
    "text=Don't show again",
    'text="exact"',
    "text=/more\\s+items/i",
    '"Load more"',
    "role=button",
    'role=button[name="Accept"][pressed=false]',
    "role=heading[level=2]",
    "xpath=//div[@id='x']",
    "//div[contains(., 'x')]",
    "(//a)[1]",
    "id=main",
    "data-testid=next",
    "css=.a >> text=more >> nth=-1",
    "*css=li >> text=x",
    ".list >> visible=true",
    "[data-count='3']",
    "img[width='1.5']",
  ])
    assert.equal(selectorFault(selector), null, selector);
});

test("what is no selector is told with its place and a remedy", () => {
  for (const [selector, fault] of [
    ["", /a part is empty/],
    ["  ", /a part is empty/],
    [".a >> ", /a part is empty/],
    ["div[a=b", /\] is missing/],
    ["li:has(a", /\) is missing/],
    ["li)", /closes nothing/],
    ["a[b='c]", /quote is not closed/],
    ["> li", /begins with a combinator/],
    ["ul >", /ends with a combinator/],
    [".a,,.b", /between two commas/],
    ["a[]", /names no attribute/],
    ["li.", /behind \. stands no name/],
    ["a:", /behind : stands no name/],
    ["#1st", /cannot begin with a digit: #1; write \[id/],
    ["txt=Load", /txt= is no selector engine; did you mean text=\?/],
    ["name=q", /is no selector engine.*\[name=…\]/],
    ["role=buton", /"buton" is no ARIA role; did you mean button\?/],
    ["role=button[label='x']", /role= knows no \[label\]/],
    ["role=button.x", /attributes alone/],
    ["text=", /text= says nothing/],
    ["nth=first", /whole number/],
    ["internal:control=enter-frame", /is no selector engine/],
  ] as const)
    assert.match(selectorFault(selector) ?? "(none)", fault, selector);
});

test("any text has an answer", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab.#:[]()'\"\\=> ,+~*/0") }), (text) => {
      const fault = selectorFault(text);
      assert.ok(fault === null || fault.length > 0);
    }),
  );
});
