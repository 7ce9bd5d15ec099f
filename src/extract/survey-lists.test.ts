// What the survey gathers of any page, and the markers it finds, are what a slow reading of the same tree gives, whatever pages were read before and
// for whichever markers.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RouteMarker } from "../model/index.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { survey } from "./survey.ts";
import { anyPage, hides } from "./testing/any-page.ts";
import { attribute, type Element, type Tree } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };

/** All that the survey may look at: no templates, nothing inside of noscript, no foreign elements. */
function looked(
  tree: Tree,
): { readonly element: Element; readonly inHead: boolean; readonly hidden: boolean }[] {
  const list: { element: Element; inHead: boolean; hidden: boolean }[] = [];
  const visit = (element: Element, inHead: boolean, hidden: boolean): void => {
    if (element.name === "template") return;
    const below = hidden || hides(element);
    if (!element.foreign) list.push({ element, inHead, hidden: below });
    if (element.name === "noscript" || (element.name === "script" && !element.foreign)) return;
    for (const child of element.children) if (child.kind === 1) visit(child, inHead, below);
  };
  for (const child of tree.head.children) if (child.kind === 1) visit(child, true, true);
  for (const child of tree.body.children) if (child.kind === 1) visit(child, false, false);
  return list;
}

const hasWord = (element: Element, name: string, word: string): boolean =>
  (attribute(element, name) ?? "").split(/[^a-z]+/).includes(word);

const says = (element: Element, name: string, word: string): boolean =>
  (attribute(element, name) ?? "").toLowerCase().split(/\s+/).includes(word);

test("the elements that are gathered are those of a slow reading, in their order", () => {
  fc.assert(
    fc.property(anyPage, (html) => {
      withPageNodes(() => {
        const tree = parseHtml(html, options, FLAVOUR);
        const all = looked(tree);
        const found = survey(tree, []);
        const named = (...given: string[]): Element[] =>
          all.map(({ element }) => element).filter((element) => given.includes(element.name));
        const bearing = (passes: (element: Element) => boolean): Element[] =>
          [
            tree.html,
            tree.body,
            ...all.map(({ element }) => element).filter(({ name }) => name !== "script"),
          ].filter(passes);
        const bears = (element: Element, name: string): boolean => attribute(element, name) !== null;
        assert.deepEqual(found.metas, named("meta"));
        assert.deepEqual(
          found.anchors.map((row) => tree.html.rows.element(row)),
          named("a", "area").filter((element) => bears(element, "href")),
        );
        assert.deepEqual(found.images, named("img", "video", "amp-img"));
        assert.deepEqual(found.times, named("time"));
        assert.deepEqual(
          found.titles.map(({ element, inHead }) => [element, inHead]),
          all
            .filter(({ element }) => element.name === "title")
            .map(({ element, inHead }) => [element, inHead]),
        );
        assert.deepEqual(
          found.headings,
          all
            .filter(({ element, hidden }) => !hidden && /^h[1-6]$/.test(element.name))
            .map(({ element }) => element),
        );
        assert.equal(
          found.evidence.fields,
          all.filter(({ element, hidden }) => !hidden && /^(?:input|textarea)$/.test(element.name)).length,
        );
        assert.deepEqual(
          found.typed,
          bearing((element) => bears(element, "typeof")),
        );
        assert.deepEqual(
          found.items,
          bearing((element) => bears(element, "itemscope") && !bears(element, "itemprop")),
        );
        assert.deepEqual(
          found.bylines,
          bearing(
            (element) =>
              hasWord(element, "class", "byline") ||
              says(element, "rel", "author") ||
              attribute(element, "itemprop") === "author",
          ),
        );
        assert.deepEqual(
          found.licences,
          bearing(
            (one) => one.name === "a" && says(one, "rel", "license") && !says(one, "rel", "author"),
          ).slice(0, 10),
        );
        const byId = new Map<string, Element>();
        for (const element of bearing((one) => bears(one, "id"))) {
          const id = attribute(element, "id") ?? "";
          if (!byId.has(id)) byId.set(id, element);
        }
        assert.deepEqual(
          [...found.byId()].map(([id, { row }]) => [id, row]),
          [...byId].map(([id, { row }]) => [id, row]),
        );
        assert.equal(
          found.evidence.scripts,
          named("script").length + (bearing((element) => bears(element, "onload")).length > 0 ? 1 : 0),
        );
      });
    }),
    { numRuns: 500 },
  );
});

const LOOKED_FOR: readonly (readonly RouteMarker[])[] = [
  [],
  [{ id: "loading", kind: "word", words: ["loading"], unless: [], notOn: [] }],
  [
    { id: "own attribute", kind: "attribute", name: "data-own" },
    { id: "own tag", kind: "tag", name: "x-own" },
    { id: "span", kind: "tag", name: "span" },
    { id: "literal", kind: "literal", text: "x-own" },
  ],
  [
    { id: "p with needle", kind: "tag", name: "p", attributesContain: "Needle" },
    { id: "x-own with own", kind: "tag", name: "x-own", attributesContain: "own" },
    { id: "b with a title", kind: "tag", name: "b", attributesContain: "title" },
    { id: "div with needle", kind: "tag", name: "div", attributesContain: "needle" },
    { id: "div with k", kind: "tag", name: "div", attributesContain: "k" },
    { id: "i with é", kind: "tag", name: "i", attributesContain: "é" },
    { id: "own attribute", kind: "attribute", name: "own" },
  ],
  [
    { id: "class", kind: "attribute", name: "class" },
    { id: "a", kind: "word", words: ["a"], unless: [], notOn: [] },
  ],
];

const bearsNamed = (element: Element, name: string): boolean =>
  ["", "data-", "x-"].some((prefix) => attribute(element, prefix + name) !== null);

/** Some name or value does; of an element without attributes what is empty does. */
const holds = (element: Element, word: string): boolean =>
  word === "" || element.attributes.some((given) => given.toLowerCase().includes(word));

/** As `Evidence` says what a marker matches, of the kinds above. */
function matches(marker: RouteMarker, tree: Tree): boolean {
  const elements = [tree.html, tree.body, ...looked(tree).map(({ element }) => element)];
  switch (marker.kind) {
    case "word":
      return elements.some((one) =>
        marker.words.some((word) => hasWord(one, "class", word) || hasWord(one, "id", word)),
      );
    case "attribute":
      return elements.some((one) => bearsNamed(one, marker.name));
    case "tag":
      return elements.some(
        (one) => one.name === marker.name && holds(one, (marker.attributesContain ?? "").toLowerCase()),
      );
    case "literal":
      return elements.some((one) => (attribute(one, "id") ?? "").includes(marker.text));
    case "phrase":
      return false;
  }
}

test("markers are found on every page, whatever was found plain on the pages before and for other markers", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyPage, fc.constantFrom(...LOOKED_FOR)), { minLength: 1, maxLength: 6 }),
      (pages) => {
        for (const [html, markers] of pages)
          withPageNodes(() => {
            const tree = parseHtml(html, options, FLAVOUR);
            const expected = markers.filter((marker) => matches(marker, tree)).map(({ id }) => id);
            assert.deepEqual(survey(tree, markers).evidence.markers, expected.sort(), html);
          });
      },
    ),
    { numRuns: 500 },
  );
});

test("an id or class of the page's html and body is looked at again for other markers", () => {
  const [none, loading] = LOOKED_FOR;
  assert.ok(none !== undefined && loading !== undefined);
  for (const html of ["<body id=is-loading>", "<html id=loading>", "<body class=loading>", "<p id=loading>"])
    for (const [markers, found] of [
      [none, []],
      [loading, ["loading"]],
      [none, []],
    ] as const)
      withPageNodes(() => {
        assert.deepEqual(survey(parseHtml(html, options, FLAVOUR), markers).evidence.markers, found, html);
      });
});
