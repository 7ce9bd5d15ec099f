import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteEvidence } from "../model/index.ts";
import { documentFrom } from "./testing.ts";

type Told = Partial<RouteEvidence>;

const table: readonly [what: string, html: string, told: Told][] = [
  [
    "an empty container and a script",
    `<div id="root"></div><script src="a.js"></script>`,
    { isShell: true, emptyMounts: 1, scripts: 1, externalScripts: 1 },
  ],
  [
    "a custom element in its place",
    `<app-root></app-root><script type="module" src="a.js"></script>`,
    { isShell: true, emptyMounts: 1 },
  ],
  [
    "containers in containers, with a drawn sign of waiting",
    `<div><div class="x"><svg><circle/></svg></div></div><script>a()</script>`,
    { isShell: true, emptyMounts: 1, codeBytes: 3 },
  ],
  ["nothing but a script", `<script>document.write("x")</script>`, { isShell: true, emptyMounts: 0 }],
  ["text of the body's own", `Hello<script>a()</script>`, { isShell: false, emptyMounts: 0 }],
  [
    "a frame of header and footer around an empty main",
    `<div id="app"><header>Shop</header><main></main><footer>2026</footer></div>`,
    { isShell: false, emptyMounts: 1, scripts: 0 },
  ],
  ["an empty place that shows a picture", `<div><img src="a.png"></div>`, { isShell: false, emptyMounts: 0 }],
  ["a form", `<div><input name="q"></div>`, { isShell: false, emptyMounts: 0, fields: 1 }],
];

for (const [what, html, told] of table)
  test(`where a script would put its page: ${what}`, () => {
    const { evidence } = documentFrom(html);
    assert.deepEqual(
      Object.fromEntries(Object.keys(told).map((key) => [key, Reflect.get(evidence, key)])),
      told,
    );
  });

const runs: readonly [what: string, html: string, scripts: number][] = [
  ["a script with a source", `<script src="a.js"></script>`, 1],
  ["a module", `<script type="module">import "./a.js"</script>`, 1],
  ["a handler that runs by itself", `<body onload="go()">`, 1],
  ["a handler that waits for a hand", `<p onclick="go()">x</p>`, 0],
  ["data", `<script type="application/json">{}</script>`, 0],
  ["linked data", `<script type="application/ld+json">{}</script>`, 0],
  ["an import map", `<script type="importmap">{}</script>`, 0],
  ["a template's script", `<template><script>a()</script></template>`, 0],
  ["a script for those without scripts", `<noscript><script>a()</script></noscript>`, 0],
  ["a script in a comment", `<!-- <script>a()</script> -->`, 0],
];

for (const [what, html, scripts] of runs)
  test(`what runs on a page: ${what}: ${scripts}`, () =>
    assert.equal(documentFrom(html).evidence.scripts, scripts));

test("data for scripts, hidden text and a word for those without scripts are told apart", () => {
  const { evidence } = documentFrom(
    `<p>Seen</p><div hidden>Not seen</div><noscript>Turn it on</noscript>
     <script type="application/json">{"a":1}</script><script type="application/ld+json">{"b":2}</script><script>f()</script>`,
  );
  const { dataBytes, codeBytes, hiddenLength, noscriptLength, scriptBytes, mainWords } = evidence;
  assert.deepEqual(
    { dataBytes, codeBytes, hiddenLength, noscriptLength, scriptBytes, mainWords },
    { dataBytes: 7, codeBytes: 3, hiddenLength: 8, noscriptLength: 10, scriptBytes: 17, mainWords: 1 },
  );
});

test("fields are those a person fills in, not those of a search or hidden ones", () => {
  const { fields, passwords } = documentFrom(
    `<input name="a"><input type="search"><input type="hidden"><input type="submit"><div hidden><input></div>
     <input type="PASSWORD"><textarea></textarea>`,
  ).evidence;
  assert.deepEqual([fields, passwords], [3, 1]);
});

test("markers for pages with little text are looked for on those alone", () => {
  const markers = [{ id: "rare", kind: "literal", text: "RARE", visibleBelow: 100 } as const];
  const script = "<script>RARE()</script>";
  const found = (html: string): readonly string[] => documentFrom(html, { markers }).evidence.markers;
  assert.deepEqual(found(`<p>Short</p>${script}`), ["rare"]);
  assert.deepEqual(found(`<p>${"Long text. ".repeat(20)}</p>${script}`), []);
  assert.deepEqual(found(`<noscript>${script}</noscript>`), []);
});
