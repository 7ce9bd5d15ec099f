// A page's rows and objects are those of the pages before: nothing of one page is seen in the next, and nothing of it is held.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isHidden } from "./hiding.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import {
  CHARS,
  FIRST,
  FLAGS,
  HIDES,
  HIDING_KNOWN,
  LEFT_OUT,
  LINK_CHARS,
  LINK_ROLE,
  NAMING,
  RARE_NAME_READ,
  WEIGHT,
} from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { survey } from "./survey.ts";
import { attribute, type Element, type Node, type Tree } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };

const treeOf = (page: string): Tree => parseHtml(page, options, FLAVOUR);

function written(node: Node): string {
  if (node.kind === 3) return JSON.stringify([node.data, node.blank, node.length]);
  assert.deepEqual(
    node.children.map((child) => (child.kind === 1 ? child.parent : node)),
    node.children.map(() => node),
  );
  assert.equal(node.last, node.children.at(-1) ?? null);
  const bears = [node.kinds, node.marks, node.foreign, ...node.attributes].join(" ");
  return `<${node.name} ${bears}>${node.children.map(written).join("")}</>`;
}

/** What a list of children says that a tree of the same steps must. */
type Made = {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly inside: (Made | string)[];
};

const step = fc.record({
  kind: fc.constantFrom("element", "text", "copy", "more"),
  at: fc.nat(30),
  other: fc.nat(30),
  name: fc.constantFrom("p", "div", "x-own", "content:encoded"),
  attributes: fc.constantFrom([], ["href", "/a"], ["x-own", "1", "class", "c d", "data-y", ""]),
  text: fc.constantFrom("", " ", "\u00a0", "x", "é\u{1f600}"),
});

const list = (from: Made): string =>
  `<${from.name} ${from.attributes.join(" ")}>${from.inside.map((one) => (typeof one === "string" ? JSON.stringify(one) : list(one))).join("")}</>`;

const listed = (from: Element): string =>
  `<${from.name} ${from.attributes.join(" ")}>${from.children.map((one) => (one.kind === 3 ? JSON.stringify(one.data) : listed(one))).join("")}</>`;

const copyOf = (from: Made): Made => ({
  ...from,
  inside: from.inside.map((one) => (typeof one === "string" ? one : copyOf(one))),
});

test("what is made, appended and copied is what a list of the same steps is", () => {
  const strange = treeOf("<svg a=1><g/>t &amp; u</svg><X-Own CLASS=c>v</X-Own>").body;
  const strangeMade: Made = {
    name: "body",
    attributes: [],
    inside: [
      { name: "svg", attributes: ["a", "1"], inside: [{ name: "g", attributes: [], inside: [] }, "t & u"] },
      { name: "x-own", attributes: ["class", "c"], inside: ["v"] },
    ],
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rows = new Rows();
      const elements: Element[] = [rows.made("#document")];
      const lists: Made[] = [{ name: "#document", attributes: [], inside: [] }];
      for (const { kind, at, other, name, attributes, text } of steps) {
        const index = at % elements.length;
        const parent = elements[index];
        const same = lists[index];
        assert.ok(parent !== undefined && same !== undefined);
        if (kind === "element") {
          const made = rows.made(name, attributes);
          parent.append(made);
          elements.push(made);
          const own: Made = { name, attributes, inside: [] };
          lists.push(own);
          same.inside.push(own);
        } else if (kind === "text") {
          parent.append(rows.madeText(text));
          same.inside.push(text);
        } else if (kind === "more") {
          const { last } = parent;
          if (last?.kind !== 3) continue;
          last.append(text);
          const before = same.inside.pop();
          assert.ok(typeof before === "string");
          same.inside.push(before + text);
        } else {
          const from = other % (elements.length + 1);
          const copied = from === elements.length ? strange : elements[from];
          const asList = from === elements.length ? strangeMade : lists[from];
          // What holds the parent is not copied into it, nor copies that grow beyond bounds.
          if (copied === undefined || asList === undefined || listed(copied).length > 400) continue;
          if (holds(copied, parent)) continue;
          parent.appendCopy(copied);
          same.inside.push(copyOf(asList));
        }
      }
      for (const [index, element] of elements.entries()) {
        const same = lists[index];
        assert.ok(same !== undefined);
        assert.equal(listed(element), list(same));
        written(element);
        for (const child of element.children)
          if (child.kind === 3) assert.equal(child.blank, /^[ \u00a0]*$/.test(child.data));
      }
    }),
  );
});

function holds(element: Element, other: Element): boolean {
  for (let at: Element | null = other; at !== null; at = at.parent) if (at === element) return true;
  return false;
}

test("a copy is foreign where its original is", () => {
  const rows = new Rows();
  const holder = rows.made("div");
  holder.appendCopy(treeOf("<svg><g/></svg>").body);
  const svg = holder.first?.kind === 1 ? holder.first.first : null;
  assert.ok(svg?.kind === 1 && svg.foreign && svg.first?.kind === 1 && svg.first.foreign);
  assert.equal(holder.foreign, false);
});

const PAGES = [
  "<p class=a id=b>one<b>two<p>three</b>four<i data-x=1 hidden>five</i>",
  "<ul><li>x<li rel=y>&amp; z &lt;</ul><table><td>1<td colspan=2>2</table>",
  "",
  `<div class="${"long ".repeat(90)}">é — ü</div><br><a href="#">#</a>`,
  `<p title=x${" y=1".repeat(300)}>${"<i>s</i> ".repeat(3_000)}`,
  "<html lang=a><body x-own=1><X-Own X-Y='&amp;z'>a<!-- -->&#98;<x-other></X-Own><svg><G/></svg>",
  `<body class=b>${"<div>".repeat(700)}deep`,
];

function elementsOf(element: Element): Element[] {
  return [element, ...element.children.flatMap((child) => (child.kind === 1 ? elementsOf(child) : []))];
}

/** What the leaves find and write into the rows. */
const FOUND = [WEIGHT, NAMING, LEFT_OUT, LINK_ROLE, CHARS, LINK_CHARS];

function figuresOf(element: Element): object {
  const { numbers } = element.rows;
  return {
    found: FOUND.map((what) => numbers[element.row + what]),
    hiding: (numbers[element.row + FLAGS] ?? 0) & (HIDING_KNOWN | HIDES),
    read: numbers[element.row + RARE_NAME_READ],
  };
}
const FRESH = { found: FOUND.map(() => 0), hiding: 0, read: 0 };

test("a tree of used rows is the tree of new ones, whatever page was read before", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PAGES), { minLength: 2, maxLength: 6 }), (pages) => {
      for (const page of pages) {
        const fresh = written(treeOf(page).html);
        withPageNodes(() => {
          const tree = treeOf(page);
          const again = treeOf(page);
          for (const { html } of [tree, again])
            for (const element of elementsOf(html)) assert.deepEqual(figuresOf(element), FRESH);
          assert.equal(written(tree.html), fresh);
          assert.equal(written(again.html), fresh);
          // As those who read a tree leave it.
          survey(tree, []);
          for (const element of elementsOf(tree.html)) {
            for (const what of FOUND) element.rows.numbers[element.row + what] = 9;
            isHidden(element);
          }
          assert.equal(written(tree.html), fresh);
          assert.equal(written(again.html), fresh);
        });
      }
    }),
    { numRuns: 20 },
  );
});

test("of two trees in one page each is its own, whichever is asked first", () => {
  withPageNodes(() => {
    const one = treeOf("<p class=a>one<i>x</i></p>");
    const other = treeOf("<div class=b id=c>other &amp; more</div>");
    const third = treeOf("<p>");
    assert.notEqual(one.html.rows, other.html.rows);
    assert.notEqual(other.html.rows, third.html.rows);
    assert.equal(listed(other.body), '<body ><div class b id c>"other & more"</></>');
    assert.equal(listed(one.body), '<body ><p class a>"one"<i >"x"</></></>');
    assert.equal(listed(third.body), "<body ><p ></></>");
    const [p, div] = [one.body.first, other.body.first];
    assert.ok(p?.kind === 1 && div?.kind === 1);
    // Only the first has numbers for what stands in class and id.
    assert.equal(p.className?.text, "a");
    assert.deepEqual([div.className, div.id], [null, null]);
  });
});

test("a page's objects are the next page's and hold nothing of it; outside of a page they are no one's", () => {
  const read = (): readonly [Element, Node | null] => {
    const { body } = treeOf("<x-own class=c>text &amp; more</x-own>");
    const own = body.first;
    assert.ok(own?.kind === 1);
    assert.deepEqual([own.name, own.attributes], ["x-own", ["class", "c"]]);
    assert.ok(own.first?.kind === 3 && own.first.data === "text & more");
    own.first.shown = "text & more";
    return [own, own.first];
  };
  const [element, text] = withPageNodes(read);
  assert.ok(text?.kind === 3);
  const { rows } = element;
  assert.deepEqual([text.data, text.shown, text.next], ["", null, null]);
  assert.deepEqual(
    [element.attributes, element.first, element.parent, element.className],
    [[], null, null, null],
  );
  assert.deepEqual([rows.numbers.length, rows.spellings, rows.scanner], [0, null, null]);
  const outside = read();
  assert.ok(outside[0] !== element && outside[1] !== text && outside[0].rows !== rows);
  const later = withPageNodes(read);
  assert.ok(later[0] === element && later[1] === text);
  // What was read outside of a page stays as it is.
  assert.deepEqual([outside[0].name, outside[0].attributes], ["x-own", ["class", "c"]]);
});

test("a page that throws gives its rows back, and no page is read inside another", () => {
  const thrown = new Error("thrown");
  const rows = withPageNodes(() => treeOf("<p>").html.rows);
  assert.throws(
    () =>
      withPageNodes(() => {
        treeOf("<p class=a>thrown");
        throw thrown;
      }),
    thrown,
  );
  assert.equal(rows.numbers.length, 0);
  assert.throws(() => withPageNodes(() => withPageNodes(() => 0)), /one page is read inside another/);
  withPageNodes(() => {
    const { html, body } = treeOf("<p>next");
    assert.equal(html.rows, rows);
    assert.equal(listed(body), '<body ><p >"next"</></>');
  });
});

test("of a page with more nodes than are kept the others are made for it alone", () => {
  const count = 40_000;
  const page = '<i class="c">x</i>'.repeat(count);
  let before: readonly Node[] = [];
  for (let round = 0; round < 2; round++)
    withPageNodes(() => {
      const { children } = treeOf(page).body;
      assert.equal(children.length, count);
      assert.equal(new Set(children).size, count);
      const kept = children.filter((child, at) => child === before[at]).length;
      assert.ok(round === 0 || (kept > 1_000 && kept < count / 2), `${kept} objects kept`);
      before = children;
      for (const child of children) {
        assert.ok(child.kind === 1 && attribute(child, "class") === "c");
        assert.ok(child.first?.kind === 3 && child.first.data === "x");
      }
    });
});

test("no row is 0, and a row's first child is a row of the same page", () => {
  withPageNodes(() => {
    const { html } = treeOf("<p>a");
    for (const element of elementsOf(html)) {
      assert.ok(element.row > 0);
      const first = element.rows.numbers[element.row + FIRST] ?? 0;
      assert.ok(first === 0 || first > html.row);
    }
  });
});
