// Failures told in one line, whatever was thrown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asError, describe } from "./index.ts";

test("the chain of causes is one line, each code told once", () => {
  const inner = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
  assert.equal(
    describe(new Error("the store is away", { cause: inner })),
    "the store is away <- ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1",
  );
});

test("what is no Error still says what it is", () => {
  assert.equal(describe("plain text"), "plain text");
  assert.equal(describe({ message: "from another thread" }), "from another thread");
  assert.match(describe({ errno: -2 }), /errno: -2/);
  assert.ok(asError(undefined) instanceof Error);
});
