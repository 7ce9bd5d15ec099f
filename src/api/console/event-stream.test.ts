import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { eventReader } from "./event-stream.ts";

const STREAM =
  ': hello\n\nevent: task\nid: 7\ndata: {"id":"a"}\n\ndata: one\ndata:two\r\n\r\nevent: nothing\n\ndata: last\n\n';
const EVENTS = [
  { name: "task", data: '{"id":"a"}', id: "7" },
  { name: "message", data: "one\ntwo", id: "7" },
  { name: "message", data: "last", id: "7" },
];

test("events are read with name, data of several lines and the last id", () => {
  assert.deepEqual(eventReader()(STREAM), EVENTS);
});

test("however the stream is cut into pieces, the events are the same", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 20 }), (cuts) => {
      const read = eventReader();
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const events = places.slice(1).flatMap((end, index) => read(STREAM.slice(places[index], end)));
      assert.deepEqual(events, EVENTS);
    }),
  );
});

test("an event beyond the bound is left out, and the next one is read", () => {
  const read = eventReader();
  const line = `data: ${"x".repeat(1_000_000)}\n`;
  assert.deepEqual(read(line.repeat(5)), []);
  assert.deepEqual(read("\ndata: small\n\n"), [{ name: "message", data: "small", id: "" }]);
});
