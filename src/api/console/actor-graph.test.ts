import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BOX, drawingOf } from "./actor-graph.ts";
import type { EngineActor, EngineChannel } from "./answers.ts";

const actor = (name: string): EngineActor => ({
  name,
  state: "running",
  restarts: 0,
  busy: null,
  done: null,
  failed: null,
});
const channelTo = (to: string): EngineChannel => ({ name: `→ ${to}`, depth: 0, depthMax: 10, to });
const pairs = ({ edges }: ReturnType<typeof drawingOf>): string[][] =>
  edges.map(({ from, to }) => [from.actor.name, to.actor.name]);

const FAST = ["frontier", "fetch", "process", "content", "metadata", "out", "frontier.reports"];
const RICH = ["content.rich", "queue", "render_queue", "render"];

test("one machine without a browser is one line of boxes and the way back", () => {
  const drawing = drawingOf({ actors: FAST.map(actor), channels: FAST.slice(1).map(channelTo) });
  assert.deepEqual(pairs(drawing), [
    ["frontier", "fetch"],
    ["fetch", "process"],
    ["process", "content"],
    ["content", "metadata"],
    ["metadata", "out"],
    ["out", "frontier.reports"],
  ]);
  assert.equal(new Set(drawing.nodes.slice(0, 6).map(({ y }) => y)).size, 1);
  assert.ok(drawing.width <= 936, `${drawing.width} pixels are more than a page has`);
});

test("the browser's lane stands above the fast one, and both lead to the content", () => {
  const names = [...FAST, ...RICH, "frontier.urgent", "claims"];
  const drawing = drawingOf({ actors: names.map(actor), channels: names.map(channelTo) });
  const found = pairs(drawing).map((pair) => pair.join(" "));
  for (const pair of [
    "frontier.urgent fetch",
    "process content.rich",
    "content.rich queue",
    "render_queue render",
    "render content",
  ])
    assert.ok(found.includes(pair), pair);
  const yOf = (name: string): number => drawing.nodes.find((node) => node.actor.name === name)?.y ?? -1;
  assert.ok(yOf("render") < yOf("content"));
  assert.ok(yOf("claims") > yOf("frontier.reports"), "who has no channel stands below");
});

test("whatever the graph, circles too: every actor has a place of its own, within the drawing", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
  const writers = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...names), writers), { maxLength: 12 }), (links) => {
      const map = new Map(links);
      const { nodes, edges, width, height } = drawingOf(
        { actors: names.map(actor), channels: [...map.keys()].map(channelTo) },
        map,
      );
      assert.equal(nodes.length, names.length);
      for (const [index, node] of nodes.entries()) {
        assert.ok(node.x >= 0 && node.y >= 0 && node.x + BOX.width <= width && node.y + BOX.height <= height);
        for (const other of nodes.slice(index + 1)) {
          const isApart = Math.abs(node.x - other.x) >= BOX.width || Math.abs(node.y - other.y) >= BOX.height;
          assert.ok(isApart, `${node.actor.name} on ${other.actor.name}`);
        }
      }
      const wanted = [...map].flatMap(([to, from]) => from.filter((name) => name !== to));
      assert.equal(edges.length, wanted.length);
      for (const { path } of edges) assert.doesNotMatch(path, /NaN|undefined/);
    }),
  );
});
