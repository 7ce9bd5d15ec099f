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
const channel = (name: string, from: string[] = [], to: string[] = []): EngineChannel => ({
  name,
  depth: 0,
  depthMax: 10,
  from,
  to,
});

const NAMES = ["frontier", "fetch", "process", "render", "content", "metadata", "out", "frontier.reports"];
const CHANNELS = [
  "frontier.requests",
  "raw.page",
  "process.rich",
  "processed.final",
  "processed.rows",
  "ended",
  "frontier.links",
];

test("the standalone graph is one line of boxes, in bands that fit a page, each channel between its two", () => {
  const { nodes, edges, width } = drawingOf({
    actors: NAMES.map(actor),
    channels: CHANNELS.map((name) => channel(name)),
  });
  assert.deepEqual(
    edges.map(({ channel: { name }, from, to }) => [name, from.actor.name, to.actor.name]),
    [
      ["frontier.requests", "frontier", "fetch"],
      ["raw.page", "fetch", "process"],
      ["process.rich", "process", "render"],
      ["processed.final", "process", "content"],
      ["processed.final", "render", "content"],
      ["processed.rows", "content", "metadata"],
      ["ended", "metadata", "out"],
      ["frontier.links", "out", "frontier.reports"],
    ],
  );
  assert.equal(nodes.length, NAMES.length);
  assert.ok(width <= 940, `${width} pixels`);
});

test("the server's own word on a channel's ends comes first", () => {
  const { edges } = drawingOf({
    actors: ["a", "b"].map(actor),
    channels: [channel("raw.page", ["a"], ["b"])],
  });
  assert.deepEqual(
    edges.map(({ from, to }) => [from.actor.name, to.actor.name]),
    [["a", "b"]],
  );
});

test("whatever the graph, circles too: every actor has a place of its own, within the drawing", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
  const link = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names));
  fc.assert(
    fc.property(fc.array(link, { maxLength: 24 }), (links) => {
      const { nodes, edges, width, height } = drawingOf({
        actors: names.map(actor),
        channels: links.map(([from, to], index) => channel(`${index}`, [from], [to])),
      });
      assert.equal(nodes.length, names.length);
      for (const [index, node] of nodes.entries()) {
        assert.ok(node.x >= 0 && node.y >= 0 && node.x + BOX.width <= width && node.y + BOX.height <= height);
        for (const other of nodes.slice(index + 1)) {
          const isApart = Math.abs(node.x - other.x) >= BOX.width || Math.abs(node.y - other.y) >= BOX.height;
          assert.ok(isApart, `${node.actor.name} on ${other.actor.name}`);
        }
      }
      assert.equal(edges.length, links.filter(([from, to]) => from !== to).length);
      for (const { path } of edges) assert.doesNotMatch(path, /NaN|undefined/);
    }),
  );
});
