// The protocol's messages over pipes that the test holds: cut anywhere, answered in any order, ended in between.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { DevTools } from "./devtools.ts";

function world() {
  const input = new PassThrough();
  const output = new PassThrough();
  const devtools = new DevTools(input, output);
  return {
    devtools,
    say: (...messages: object[]) => input.write(messages.map((each) => `${JSON.stringify(each)}\0`).join("")),
    cut: (bytes: Buffer) => input.write(bytes),
    end: () => input.end(),
    asked: () =>
      String(output.read() ?? "")
        .split("\0")
        .filter(Boolean)
        .map((text) => JSON.parse(text)),
  };
}

test("answers find who asked, in any order and however they are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(400), { maxLength: 6 }),
      async (texts, cuts) => {
        const w = world();
        const answers = texts.map((expression) =>
          w.devtools.browser.send("Runtime.evaluate", { expression }),
        );
        const said = w
          .asked()
          .toReversed()
          .map(({ id, params }) => ({ id, result: { value: params.expression } }));
        const bytes = Buffer.from(said.map((each) => `${JSON.stringify(each)}\0`).join(""));
        const places = [0, ...cuts.map((at) => Math.min(at, bytes.length)), bytes.length].sort(
          (a, b) => a - b,
        );
        for (const [n, at] of places.slice(1).entries()) w.cut(bytes.subarray(places[n], at));
        const got = await Promise.all(answers);
        assert.deepEqual(
          got as unknown,
          texts.map((value) => ({ value })),
        );
      },
    ),
  );
});

test("events come to their own session, and a command that fails says why", async () => {
  const w = world();
  const page = w.devtools.session("S1");
  const heard: string[] = [];
  page.on("Page.frameNavigated", ({ frame }) => void heard.push(`page ${frame.id}`));
  w.devtools.browser.on("Target.targetDestroyed", ({ targetId }) => void heard.push(`browser ${targetId}`));
  const refused = assert.rejects(page.send("Page.enable"), /no such thing/);
  const [{ id, sessionId }] = w.asked();
  assert.equal(sessionId, "S1");
  w.say(
    { method: "Target.targetDestroyed", params: { targetId: "T" } },
    { method: "Page.frameNavigated", sessionId: "S1", params: { frame: { id: "F" } } },
    { method: "Page.frameNavigated", sessionId: "S2", params: { frame: { id: "G" } } },
    { id, error: { code: -32_000, message: "no such thing" } },
  );
  await refused;
  assert.deepEqual(heard, ["browser T", "page F"]);
});

test("who asks a page that goes, or a browser that ends, is told", async () => {
  const w = world();
  const page = w.devtools.session("S1");
  const left = assert.rejects(page.send("Page.enable"), /the page is gone/);
  w.say({ method: "Target.detachedFromTarget", params: { sessionId: "S1" } });
  await left;
  await assert.rejects(page.send("Page.enable"), /the page is gone/);
  const ended = assert.rejects(w.devtools.browser.send("Browser.getVersion"), /the browser is gone/);
  w.end();
  await ended;
  assert.match((await w.devtools.ended).message, /gone/);
  await assert.rejects(w.devtools.browser.send("Browser.getVersion"), /the browser is gone/);
});

test("what is no message of the protocol ends the conversation", async () => {
  const w = world();
  const asking = assert.rejects(w.devtools.browser.send("Browser.getVersion"));
  w.cut(Buffer.from("no JSON\0"));
  await asking;
  await turn();
});
