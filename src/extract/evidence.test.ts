import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteMarker } from "../model/index.ts";
import { documentFrom } from "./testing.ts";

const markers: readonly RouteMarker[] = [
  { id: "next", kind: "literal", text: "__NEXT_DATA__" },
  { id: "nuxt", kind: "literal", text: "window.__NUXT__" },
  { id: "ng", kind: "attribute", name: "ng-app" },
  { id: "react", kind: "attribute", name: "data-reactroot" },
  { id: "bundle", kind: "tag", name: "script", attributesContain: "bundle" },
  { id: "noscript", kind: "tag", name: "noscript" },
  { id: "article", kind: "tag", name: "article" },
  { id: "main", kind: "tag", name: "main", attributesContain: "content" },
  { id: "loading", kind: "word", words: ["loading", "spinner", "loader"], unless: ["lazy"], notOn: ["img"] },
  { id: "loading", kind: "phrase", phrases: ["loading"], visibleBelow: 500 },
];

const long = `<p>${"Plain running text. ".repeat(40)}</p>`;

const table: readonly [name: string, html: string, found: readonly string[]][] = [
  ["a data script's id", `<script id="__NEXT_DATA__" type="application/json">{}</script>`, ["next"]],
  ["an assignment in a script", `<script>self.__NEXT_DATA__={}</script>`, ["next"]],
  ["the name in running text", `<p>Next.js uses <code>__NEXT_DATA__</code></p>`, []],
  ["the name in a comment", `<!-- __NEXT_DATA__ window.__NUXT__ <article> <noscript> -->`, []],
  [
    "the name in JSON-LD",
    `<script type="application/ld+json">{"articleBody":"window.__NUXT__"}</script>`,
    [],
  ],
  ["the name in other case", `<script>window.__nuxt__={}</script>`, []],
  ["a state script", `<script>window.__NUXT__={data:1}</script>`, ["nuxt"]],
  ["an attribute without value", `<body ng-app></body>`, ["ng"]],
  ["an attribute on the html tag", `<html NG-APP="x">`, ["ng"]],
  ["the data- form of an attribute", `<div data-ng-app="x"></div>`, ["ng"]],
  ["an attribute's name in a value", `<div title="ng-app data-reactroot"></div>`, []],
  ["a React root", `<div data-reactroot=""></div>`, ["react"]],
  ["a bundle's source", `<script src="/static/js/Main.Bundle.js"></script>`, ["bundle"]],
  ["a bundle in a data attribute", `<script data-bundle="1"></script>`, ["bundle"]],
  ["a bundle in a script's text", `<script>var bundle = 1</script>`, []],
  ["a bundle of another tag", `<link href="app.bundle.css">`, []],
  ["noscript in the head", `<head><noscript><img></noscript></head>`, ["noscript"]],
  ["noscript inside a script", `<script>document.write("<noscript></noscript>")</script>`, []],
  ["noscript inside a textarea", `<textarea><noscript></textarea>`, []],
  ["noscript as text", `<p>&lt;noscript&gt;</p>`, []],
  ["an article with attributes", `<ARTICLE class="x"><p>a</p></ARTICLE>`, ["article"]],
  ["articles, twice", `<article></article><article></article>`, ["article"]],
  ["an article in a template", `<template><article></article></template>`, []],
  ["an element whose name begins so", `<article-card></article-card>`, []],
  ["main with content in a class", `<main class="page-Content"></main>`, ["main"]],
  ["main with content in an id", `<main id="content"></main>`, ["main"]],
  ["main with content inside only", `<main><div class="content"></div></main>`, []],
  ["a spinner", `<div class="spinner-border"></div>`, ["loading"]],
  ["a loader by id", `<div id="app-loader"></div>`, ["loading"]],
  ["a loader in humps", `<div id="appLoader"></div>`, ["loading"]],
  ["a loading class on the body", `<body class="is-loading"></body>`, ["loading"]],
  ["lazy loading of an image by attribute", `<img loading="lazy" src="a.png">${long}`, []],
  ["lazy loading of an image by class", `<img class="loading" src="a.png">${long}`, []],
  ["lazy loading by class elsewhere", `<div class="lazy-loading">${long}</div>`, []],
  ["words that only contain it", `<div class="downloading uploader preloaded">${long}</div>`, []],
  ["Loading… on an empty page", `<div id="root">Loading…</div>`, ["loading"]],
  ["Loading in a long page", `<p>Loading docks</p>${long}`, []],
  ["Loading in a hidden part", `<div hidden>Loading</div><p>Hi</p>`, []],
];

for (const [name, html, found] of table) {
  test(`${name}: ${found.length === 0 ? "no marker" : found.join(", ")}`, () => {
    assert.deepEqual(documentFrom(html, { markers }).evidence.markers, found);
  });
}

test("visible text is what a reader sees: no scripts, styles, titles, templates, noscript or hidden parts", () => {
  const html = `<head><title>abc</title><style>p{}</style></head><body> <p>one  two</p>\n<p>three</p>
    <script>var x</script><template>t</template><noscript>n</noscript><p hidden>h</p><p style="color:red; display: none">d</p>
    <svg><text>s</text></svg><iframe>i</iframe>&nbsp;</body>`;
  assert.equal(documentFrom(html).evidence.visibleLength, "one two three".length);
});

test("visible text counts characters, not UTF-16 units", () => {
  assert.equal(documentFrom("<p>😭한</p>").evidence.visibleLength, 2);
});
