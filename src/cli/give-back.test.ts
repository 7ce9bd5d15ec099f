// Memory goes back when V8 keeps much that it does not use, and only then.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../base/index.ts";
import { giveBack } from "./give-back.ts";

const MIB = 1024 * 1024;

/** A process of a heap, what V8 keeps unused, and the rest, in MiB; `look` lets the time for one look pass. */
function running() {
  const state = { heap: 100, unused: 0, rest: 200, collections: 0 };
  let task: (() => void) | null = null;
  const clock: Pick<Clock, "schedule"> = {
    schedule(_, next) {
      task = next;
      return () => {
        task = null;
      };
    },
  };
  const stop = giveBack(
    {
      heldBytes: () => state.heap * MIB,
      anonymousBytes: () => (state.heap + state.unused + state.rest) * MIB,
      collect() {
        state.collections++;
        state.unused = 0;
      },
    },
    clock,
  );
  return { state, stop, look: () => task?.() };
}

test("what a burst left is given back, once", () => {
  const { state, look } = running();
  look();
  state.unused = 8;
  look();
  assert.equal(state.collections, 0);
  state.unused = 40;
  look();
  assert.deepEqual([state.collections, state.unused], [1, 0]);
  look();
  assert.equal(state.collections, 1);
  state.unused = 20;
  look();
  assert.equal(state.collections, 2);
});

test("a heap that is in use is let be, and so is what no collection can give back", () => {
  const { state, look } = running();
  look();
  state.heap = 180;
  look();
  assert.equal(state.collections, 0);
  state.rest = 230;
  for (let at = 0; at < 5; at++) look();
  assert.equal(state.collections, 1);
});

test("what start-up took for a moment is not the measure", () => {
  const { state, look } = running();
  state.rest = 500;
  look();
  state.rest = 200;
  look();
  state.unused = 40;
  look();
  assert.equal(state.collections, 1);
});

test("nothing is collected after its end", () => {
  const { state, stop, look } = running();
  look();
  state.unused = 40;
  stop();
  look();
  assert.equal(state.collections, 0);
});
