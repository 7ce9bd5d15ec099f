import assert from "node:assert/strict";
import { after, test } from "node:test";
import { systemClock } from "../base/index.ts";
import type { Page } from "../model/index.ts";
import { createExtractStage, extractOptionsSchema } from "./index.ts";
import { createParsePool } from "./pool.ts";

const stage = createExtractStage({
  options: extractOptionsSchema.parse({ threads: 1 }),
  markers: [],
  clock: systemClock,
});
after(() => stage.close());

function page(html: string, ...headers: [string, string][]): Page {
  return {
    request: {
      kind: "page",
      captureId: "c",
      url: "http://h.example/",
      host: "h.example",
      crawlId: "k",
      depth: 0,
      attempt: 1,
      redirects: 0,
      given: true,
      referrer: null,
      validators: null,
      lane: "auto",
      verdict: null,
    },
    url: "http://h.example/",
    status: 200,
    statusText: "OK",
    headers: [["content-type", "text/html"], ...headers],
    body: new TextEncoder().encode(html),
    protocol: "http/1.1",
    remoteAddress: null,
    fetchedAtMs: 0,
    elapsedMs: 0,
    truncated: false,
  };
}

const work = () => ({ signal: new AbortController().signal, attempt: 1, traceId: "t" });

test("a page comes out with its document, and its body is still the page's", async () => {
  const given = page("<title>T</title><p>x");
  const verdict = await stage.handle(given, work());
  assert.ok(verdict.kind === "emit");
  const [out] = verdict.outputs;
  assert.equal(out?.document.title, "T");
  assert.equal(out?.page, given);
  assert.equal(given.body.byteLength, "<title>T</title><p>x".length);
});

test("as many pages as the stage takes at once all come out right", async () => {
  const verdicts = await Promise.all(
    Array.from({ length: stage.concurrencyMax }, (_, at) =>
      stage.handle(page(`<title>${at}</title>`), work()),
    ),
  );
  assert.deepEqual(
    verdicts.map((verdict) => (verdict.kind === "emit" ? verdict.outputs[0]?.document.title : verdict.kind)),
    verdicts.map((_, at) => String(at)),
  );
});

test("what cannot be decoded is rejected with its code", async () => {
  const verdict = await stage.handle(page("x", ["content-encoding", "nonsense"]), work());
  assert.equal(verdict.kind === "reject" ? verdict.code : verdict.kind, "decode");
});

test("a page that is given up while its answer is on its way costs nothing but its thread", async () => {
  const options = extractOptionsSchema.parse({ threads: 1 });
  const pool = createParsePool({ options, markers: [], clock: systemClock });
  const body = new TextEncoder().encode("<title>page</title>");
  const input = { url: "http://h.example/", body, headers: [], truncated: false };
  const standStill = new Int32Array(new SharedArrayBuffer(4));
  try {
    await pool.extract(input, new AbortController().signal);
    for (let round = 0; round < 5; round++) {
      const given = new AbortController();
      const extracting = pool.extract(input, given.signal);
      // Still in the turn in which the answer before came: the next one comes while this thread stands still, and is heard in the same
      // turn, after the page was given up.
      for (let step = 0; step < 50; step++) await null;
      Atomics.wait(standStill, 0, 0, 200);
      given.abort(new Error("given up"));
      await extracting.catch((thrown: unknown) => assert.equal(String(thrown), "Error: given up"));
      const next = await pool.extract(input, new AbortController().signal);
      assert.ok(next.ok && next.value.title === "page");
    }
  } finally {
    await pool.close();
  }
});

test("a page beyond its time fails as parse, and the next page is not touched", async () => {
  const pool = createParsePool({
    options: extractOptionsSchema.parse({ threads: 1, pageTimeMs: 100, nodesMax: 10_000_000 }),
    markers: [],
    clock: systemClock,
  });
  const signal = new AbortController().signal;
  const input = (html: string) => ({
    url: "http://h.example/",
    body: new TextEncoder().encode(html),
    headers: [],
    truncated: false,
  });
  try {
    const slow = pool.extract(input(`<p>${"<a href=x>word</a> &amp; ".repeat(600_000)}`), signal);
    const next = pool.extract(input("<title>next</title>"), signal);
    const first = await slow;
    assert.ok(!first.ok);
    assert.equal(first.error.code, "parse");
    assert.match(first.error.message, /time limit of 100 ms/);
    const second = await next;
    // A thread that starts within 100 ms on a busy machine is not promised; that its page fails for the first one's sake is excluded.
    if (second.ok) assert.equal(second.value.title, "next");
    else assert.match(second.error.message, /time limit/);
  } finally {
    await pool.close();
  }
});

test("an abort from above rejects with its reason and frees the place", async () => {
  const controller = new AbortController();
  const running = stage.handle(page(`<p>${"word ".repeat(100_000)}`), {
    ...work(),
    signal: controller.signal,
  });
  controller.abort(new Error("stop"));
  await assert.rejects(running, /stop/);
  const verdict = await stage.handle(page("<title>after</title>"), work());
  assert.equal(verdict.kind, "emit");
});
