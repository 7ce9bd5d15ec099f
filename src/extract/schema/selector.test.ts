// Selectors over the tree: each part by what it selects.
import assert from "node:assert/strict";
import { test } from "node:test";
import { extractOptionsSchema } from "../options.ts";
import { parseHtml } from "../parse.ts";
import { attribute } from "../tree.ts";
import { nthTest } from "./nth.ts";
import { PageElements } from "./page-elements.ts";
import { compileSelector } from "./selector.ts";

const PAGE = `<body><main id="m" class="a b" lang="en-GB"><h1 id="h">x</h1><p id="p1">1</p><div id="d"><p id="p2" data-x="One">2</p>
<span id="s1"></span><p id="p3" class="last a">3<em id="e">e</em></p></div><p id="p4">4</p><ul id="u"><li id="l1">1<li id="l2">2<li id="l3">3<li id="l4">4</ul></main></body>`;

function idsOf(selector: string, scopeId?: string): string[] {
  const tree = parseHtml(PAGE, extractOptionsSchema.parse({}), { xhtml: false });
  const compiled = compileSelector(selector);
  assert.ok(compiled.ok, compiled.ok ? "" : `${selector}: ${compiled.error}`);
  const page = new PageElements(tree.html, 1_000_000);
  const byId = compileSelector(`#${scopeId ?? "none"}`);
  assert.ok(byId.ok);
  const scope = page.select(byId.value, tree.html, 1)[0] ?? tree.html;
  return page.select(compiled.value, scope, 100).flatMap((element) => attribute(element, "id") ?? []);
}

test("every part selects what CSS says it does", () => {
  for (const [selector, ids] of [
    ["p", "p1 p2 p3 p4"],
    ["P.a", "p3"],
    ["#p2, #e", "p2 e"],
    ["main > p", "p1 p4"],
    ["main p em", "e"],
    ["main > div > p em", "e"],
    ["h1 + p", "p1"],
    ["h1 ~ p", "p1 p4"],
    ["[data-x]", "p2"],
    ["[data-x=one]", ""],
    ["[data-x=one i]", "p2"],
    ["[data-x^=O]", "p2"],
    ["[data-x$=ne]", "p2"],
    ["[data-x*=n]", "p2"],
    ["[class~=b]", "m"],
    ["[lang|=en]", "m"],
    ["p:first-child", "p2"],
    ["p:last-child", "p3"],
    ["p:first-of-type", "p1 p2"],
    ["em:only-child", "e"],
    ["li:nth-child(2n+1)", "l1 l3"],
    ["li:nth-child(-n+2)", "l1 l2"],
    ["li:nth-last-child(1)", "l4"],
    ["p:nth-of-type(even)", "p3 p4"],
    ["p:nth-last-of-type(2)", "p1 p2"],
    ["li:not(:first-child):not(#l3)", "l2 l4"],
    [":is(h1, em)", "h e"],
    [":where(#d) p", "p2 p3"],
    ["div:has(em)", "d"],
    ["p:has(> em)", "p3"],
    ["p:has(+ div)", "p1"],
    ["p:has(~ ul)", "p1 p4"],
    ["span:empty", "s1"],
    [":root > body > main", "m"],
  ] as const)
    assert.equal(idsOf(selector).join(" "), ids, selector);
});

test("below a scope a leading combinator stands for it", () => {
  assert.deepEqual(idsOf("> p", "d"), ["p2", "p3"]);
  assert.deepEqual(idsOf(":scope > span", "d"), ["s1"]);
  assert.deepEqual(idsOf("main p", "d"), ["p2", "p3"]);
  assert.deepEqual(idsOf("+ p", "d"), ["p4"]);
  assert.deepEqual(idsOf("~ ul li:first-child", "d"), ["l1"]);
});

test("what is no selector, or none of ours, says why", () => {
  for (const selector of [
    "",
    "p >",
    "p::before",
    "p:hover",
    "a < b",
    "p:nth-child(x)",
    "p:not()",
    ">> p",
    "p[",
    "a||b",
  ])
    assert.ok(!compileSelector(selector).ok, selector);
});

test("An+B counts as CSS counts", () => {
  const places = [1, 2, 3, 4, 5, 6];
  const taken = (text: string): number[] => places.filter((place) => nthTest(text)?.(place));
  assert.deepEqual(taken("3n-1"), [2, 5]);
  assert.deepEqual(taken("-2n+5"), [1, 3, 5]);
  assert.deepEqual(taken("0n+4"), [4]);
  assert.deepEqual(taken("n"), places);
  assert.equal(nthTest("2x"), null);
});
