// Nodes hold their children as a chain, and are used again from page to page: nothing of one page is seen in the next.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extractOptionsSchema } from "./options.ts";
import { pageElement, pageText, withPageNodes } from "./page-nodes.ts";
import { PageSource } from "./page-source.ts";
import { parseHtml } from "./parse.ts";
import { NOTHING_SEEN } from "./scanner/scanner.ts";
import { attribute, Element, type Node, Text } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };

function written(node: Node): string {
  if (node.kind === 3) return `"${node.data}"`;
  assert.deepEqual(
    node.children.map((child) => (child.kind === 1 ? child.parent : node)),
    node.children.map(() => node),
  );
  assert.equal(node.last, node.children.at(-1) ?? null);
  return `<${node.name} ${node.attributes.join("=")}>${node.children.map(written).join("")}</>`;
}

const step = fc.record({ kind: fc.constantFrom("element", "text", "drop", "take"), at: fc.nat(9) });

test("children appended, taken over and dropped are those of a list", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const parents = Array.from({ length: 3 }, () => new Element("div", [], false));
      const lists: Node[][] = parents.map(() => []);
      for (const { kind, at } of steps) {
        const index = at % parents.length;
        const parent = parents[index];
        const list = lists[index];
        assert.ok(parent !== undefined && list !== undefined);
        if (kind === "element" || kind === "text") {
          const child = kind === "element" ? new Element("p", [], false) : new Text("x");
          parent.append(child);
          list.push(child);
        } else if (kind === "drop") {
          parent.dropLast();
          list.pop();
        } else {
          const other = parents.findIndex((one, place) => place !== index && one.first === null);
          if (other === -1) continue;
          parents[other]?.takeChildren(parent);
          lists[other] = list;
          lists[index] = [];
        }
      }
      for (const [index, parent] of parents.entries()) {
        assert.deepEqual(parent.children.length, lists[index]?.length);
        assert.ok(parent.children.every((child, at) => child === lists[index]?.[at]));
        assert.ok(parent.children.every((child) => child.kind === 3 || child.parent === parent));
        assert.equal(parent.last, lists[index]?.at(-1) ?? null);
      }
    }),
  );
});

const PAGES = [
  "<p class=a id=b>one<b>two<p>three</b>four<i data-x=1 hidden>five</i>",
  "<ul><li>x<li rel=y>&amp; z &lt;</ul><table><td>1<td colspan=2>2</table>",
  "",
  `<div class="${"long ".repeat(90)}">é — ü</div><br><a href="#">#</a>`,
  `<p title=x${" y=1".repeat(300)}>${"<i>s</i> ".repeat(3_000)}`,
];

test("a tree of used nodes is the tree of new ones, whatever page was read before", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PAGES), { minLength: 2, maxLength: 6 }), (pages) => {
      for (const page of pages) {
        const fresh = written(parseHtml(page, options, FLAVOUR).html);
        withPageNodes(() => {
          const tree = parseHtml(page, options, FLAVOUR);
          const again = parseHtml(page, options, FLAVOUR);
          assert.equal(written(tree.html), fresh);
          assert.equal(written(again.html), fresh);
          // As those who read a tree leave it.
          for (const node of tree.body.children) {
            if (node.kind === 3) Object.assign(node, { letters: 9, sentences: 9, spaced: "used" });
            else Object.assign(node, { chars: 9, hidden: true, leftOut: 7, linkRole: 3, naming: 5 });
          }
        });
        withPageNodes(() => {
          for (const node of parseHtml(page, options, FLAVOUR).body.children) {
            if (node.kind === 3) assert.deepEqual([node.letters, node.sentences, node.spaced], [0, 0, null]);
            else
              assert.deepEqual(
                [node.chars, node.hidden, node.leftOut, node.linkRole, node.naming, node.weight],
                [0, null, 0, -1, -1, null],
              );
          }
        });
      }
    }),
    { numRuns: 30 },
  );
});

test("a page's nodes are the next page's, hold nothing of it, and are no one's outside of a page", () => {
  const source = new PageSource("text of a page");
  const read = (): readonly [Element, Text] => [
    pageElement("p", false, 0),
    pageText(null, false, source, 0, 4, NOTHING_SEEN),
  ];
  const [element, text] = withPageNodes(() => {
    const made = read();
    assert.deepEqual([made[0].name, made[1].data], ["p", "text"]);
    return made;
  });
  assert.deepEqual([element.name, text.data, text.source], ["", "", null]);
  const outside = read();
  assert.ok(outside[0] !== element && outside[1] !== text);
  const later = withPageNodes(read);
  assert.ok(later[0] === element && later[1] === text);
});

test("a page that throws gives its nodes back, and no page is read inside another", () => {
  const thrown = new Error("thrown");
  assert.throws(
    () =>
      withPageNodes(() => {
        throw thrown;
      }),
    thrown,
  );
  assert.throws(() => withPageNodes(() => withPageNodes(() => 0)), /one page is read inside another/);
  assert.equal(
    withPageNodes(() => 1),
    1,
  );
});

test("of a page with more nodes than are kept the others are made for it alone", () => {
  const count = 40_000;
  const page = '<i class="c">x</i>'.repeat(count);
  for (let round = 0; round < 2; round++)
    withPageNodes(() => {
      const { children } = parseHtml(page, options, FLAVOUR).body;
      assert.equal(children.length, count);
      assert.equal(new Set(children).size, count);
      for (const child of children) assert.ok(child.kind === 1 && attribute(child, "class") === "c");
    });
});
