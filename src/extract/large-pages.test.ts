// Pages larger than the scanner's memory holds at first, in bytes, in nodes or in attributes, are read like others, and so are those behind them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { PageSource } from "./page-source.ts";
import { parseHtml } from "./parse.ts";
import { Rows } from "./rows.ts";
import { Scanner } from "./scanner/scanner.ts";
import { survey } from "./survey.ts";
import { documentFrom } from "./testing.ts";
import type { Element, Tree } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };
/** Up to here a page lies before the place where rows begin for nearly all. */
const USUAL_BYTES = 2_097_152;

const treeOf = (page: string): Tree => parseHtml(page, options, FLAVOUR);

function textOf(element: Element): string {
  return element.children.map((child) => (child.kind === 3 ? child.data : textOf(child))).join("");
}

const SMALL = '<html lang=a><body><p class="b c" id=d>small &amp; <x-own e=f>plain</x-own></p>';

/** In place and as a copy. */
function readsSmall(): void {
  const look = ({ html, body }: Tree): void => {
    const [p] = body.children;
    assert.ok(p?.kind === 1);
    assert.deepEqual(
      [html.attributes, p.attributes],
      [
        ["lang", "a"],
        ["class", "b c", "id", "d"],
      ],
    );
    const own = p.last;
    assert.ok(own?.kind === 1 && own.name === "x-own");
    assert.deepEqual(own.attributes, ["e", "f"]);
    assert.equal(textOf(body), "small & plain");
  };
  withPageNodes(() => {
    const tree = treeOf(SMALL);
    look(tree);
    assert.equal(survey(tree, []).visibleLength, "small & plain".length);
  });
  look(treeOf(SMALL));
}

/** A page of just so many bytes whose last element stands at its very end. */
function pageOf(bytes: number): string {
  const start = "<title>t</title><p class=first>";
  const end = "</p><p class=last>é end";
  const filled = "Words of a long text. ";
  const left = bytes - Buffer.byteLength(start + end);
  return start + filled.repeat(Math.ceil(left / filled.length)).slice(0, left) + end;
}

test("a page a little smaller or larger than usual ones are, or much larger, is read to its last byte", () => {
  for (const bytes of [
    ...[-17, -1, 0, 1, 15, 16, 17, 63, 64, 65].map((more) => USUAL_BYTES + more),
    5_000_000,
    20_000_000,
  ]) {
    const page = pageOf(bytes);
    assert.equal(Buffer.byteLength(page), bytes);
    const look = ({ body, cut }: Tree): void => {
      const [first, last] = body.children;
      assert.ok(!cut && first?.kind === 1 && last?.kind === 1);
      assert.deepEqual(last.attributes, ["class", "last"]);
      assert.equal(textOf(last), "é end");
      assert.equal(textOf(first), page.slice(page.indexOf("first>") + 6, page.lastIndexOf("</p>")));
    };
    withPageNodes(() => {
      const tree = treeOf(page);
      look(tree);
      const [first, last] = tree.body.children;
      assert.ok(first?.kind === 1 && last?.kind === 1);
      assert.deepEqual([first.className?.text, last.className?.text], ["first", "last"]);
      const { visibleLength } = survey(tree, []);
      assert.equal(visibleLength, textOf(first).trim().length + 1 + "é end".length);
      // A second tree beside it, and what the first says afterwards.
      assert.equal(textOf(treeOf(SMALL).body), "small & plain");
      look(tree);
    });
    look(treeOf(page));
    readsSmall();
  }
});

test("rows that make the memory grow while a page is read are those of a page that finds the memory grown", () => {
  const page = Array.from(
    { length: 20_000 },
    (_, at) => `<p class=c${at % 50} data-x=${at}>${at}<i>i</i> &amp; <br><x-own y-own=${at}></p>`,
  ).join("");
  const look = (body: Element): void => {
    let count = 0;
    for (const child of body.children) {
      assert.ok(child.kind === 1);
      if (child.name !== "p") continue;
      assert.deepEqual(child.attributes, ["class", `c${count % 50}`, "data-x", `${count}`]);
      assert.equal(textOf(child), `${count}i & `);
      const own = child.last;
      assert.ok(own?.kind === 1 && own.attributes[1] === `${count}`);
      count++;
    }
    assert.equal(count, 20_000);
  };
  const scanner = new Scanner();
  const source = new PageSource(page);
  for (const when of ["small", "grown"] as const) {
    const before = scanner.memoryBytes;
    const { body, cut } = scanner.scan(source, options, false, when === "grown");
    assert.equal(cut, false);
    assert.equal(scanner.memoryBytes > before, when === "small");
    for (const numbers of [scanner.rows, scanner.copiedRows()]) {
      const rows = new Rows();
      rows.open(numbers, source, options.attributeCharsMax, numbers === scanner.rows ? scanner : null);
      look(rows.element(body));
    }
  }
  for (let round = 0; round < 2; round++) {
    withPageNodes(() => {
      const tree = treeOf(page);
      const { visibleLength, linkElements } = survey(tree, []);
      look(tree.body);
      const numbers = Array.from({ length: 20_000 }, (_, at) => `${at}i &`).join(" ");
      assert.deepEqual([visibleLength, linkElements], [numbers.length, []]);
    });
    readsSmall();
  }
});

test("a survey that looks at every element of a page has room for that", () => {
  const page = "<x-o>".repeat(50) + "<x-o></x-o>".repeat(200_000);
  withPageNodes(() => {
    const tree = treeOf(page);
    const markers = [{ id: "own", kind: "tag", name: "x-o" }] as const;
    const { evidence } = survey(tree, markers);
    assert.deepEqual(evidence.markers, ["own"]);
  });
  readsSmall();
});

test("tags of as many attributes as are kept, thousands of them, make the memory grow", () => {
  const names = Array.from({ length: 300 }, (_, at) => `a${at}=${at}`).join(" ");
  const count = 3_000;
  const page = `<html ${names}><body ${names}>${`<i ${names}>x</i>`.repeat(count)}<body b=c>`;
  const kept = Array.from({ length: 256 }, (_, at) => [`a${at}`, `${at}`]).flat();
  withPageNodes(() => {
    const { html, body } = treeOf(page);
    assert.deepEqual([html.attributes, body.attributes], [kept, kept]);
    const { children } = body;
    assert.equal(children.length, count);
    for (const at of [0, 1, count - 1]) {
      const child = children[at];
      assert.ok(child?.kind === 1);
      assert.deepEqual(child.attributes, kept);
    }
  });
  readsSmall();
  const most = { ...options, attributesMax: 10_000 };
  const many = Array.from({ length: 20_000 }, (_, at) => `a${at}=${at}`).join(" ");
  const { body } = parseHtml(`<body c=1 ${many}><body d=2 ${many}><p ${many}>`, most, FLAVOUR);
  assert.equal(body.attributeCount, 10_000);
  assert.deepEqual([body.attributeName(9_999), body.attributeValue(9_999)], ["a9998", "9998"]);
  assert.ok(body.first?.kind === 1 && body.first.attributeCount === 10_000);
});

test("a page that ends inside a tag of many attributes leaves nothing of it, nor to the next page", () => {
  const names = Array.from({ length: 256 }, (_, at) => `class=a${at} b${at}=${at}`).join(" ");
  for (const page of [
    `<p>kept<i ${names}`,
    `<p>kept<i ${names} c="`,
    `<p>kept</p ${names}`,
    `<p>kept<body ${names}`,
  ]) {
    withPageNodes(() => {
      const tree = treeOf(page);
      survey(tree, []);
      assert.deepEqual([tree.body.attributeCount, textOf(tree.body)], [0, "kept"]);
      const [p] = tree.body.children;
      assert.ok(p?.kind === 1 && p.children.length === 1 && p.chars === 4);
    });
    readsSmall();
  }
});

test("documents are the same before and behind pages that are larger than all others", () => {
  const before = documentFrom(SMALL);
  documentFrom(`<p>${"x".repeat(9_000_000)}`);
  assert.deepEqual(documentFrom(SMALL), before);
  documentFrom(Array.from({ length: 150_000 }, (_, at) => `<b class=z${at}>z</b>`).join(""));
  assert.deepEqual(documentFrom(SMALL), before);
});
