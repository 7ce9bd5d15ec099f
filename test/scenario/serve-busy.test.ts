// Somebody asks while the engine has its hands full: hundreds of pages of many hosts are under way, and what is asked meanwhile is
// answered before they are done. Judged by the order of events; the times are only told.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { jsonLines, scratch } from "./program.ts";
import { SERVE_FLAGS, served } from "./served.ts";
import { page, serve } from "./site.ts";

const HOSTS = 50;
const PAGES = 500;
const HELD = 20;
const ASKED = 10;
const LATENCY_MS = 20;

function halfAndMost(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms (${sorted.at(-1)?.toFixed(0)} at most)`;
}

test("a POST while hundreds of tasks run is answered with its result before they are done, and so is a GET", async (t) => {
  const held = Promise.withResolvers<void>();
  const site = await serve(t, {
    "*": (request, response, nth) => {
      const answer = () => page(`number ${request.url}`)(request, response, nth);
      if (request.url?.startsWith("/held") === true) void held.promise.then(answer);
      else setTimeout(answer, LATENCY_MS);
    },
  });
  const { port } = new URL(site.origin);
  const api = await served(t, scratch(t), [...SERVE_FLAGS, "--resolve", `*:${port}:127.0.0.1`]);
  const at = (host: string, path: string) => `http://${host}.test:${port}${path}`;
  const asked = async (path: string) => {
    const startMs = performance.now();
    const posted = await api.post("/api/scrape?wait=60", { url: at("person", path) });
    const postMs = performance.now() - startMs;
    assert.deepEqual([posted.status, posted.json.status], [200, "completed"], JSON.stringify(posted.json));
    assert.match(JSON.stringify(posted.json.result), new RegExp(`number ${path}\\b`));
    const id = String(posted.json.id);
    const gotMs = performance.now();
    assert.equal((await api.get(`/api/scrape/${id}`)).json.status, "completed");
    return { id, postMs, getMs: performance.now() - gotMs };
  };
  const several = async (name: string) => {
    const found = [];
    for (let n = 0; n < ASKED; n++) found.push(await asked(`/${name}/${n}`));
    return found;
  };
  await asked("/first");
  const quiet = await several("quiet");
  const batch = Array.from({ length: PAGES }, (_, n) => at(`h${n % HOSTS}`, `/page/${n}`));
  // Whatever the machine, the batch is not over before all were asked, who would wait for ever if they waited for it.
  const heldBack = Array.from({ length: HELD }, (_, n) => at(`held${n}`, "/held"));
  const made = await api.post("/api/scrape", { urls: [...batch, ...heldBack] });
  assert.equal(made.status, 202);
  const taken = [];
  for (let n = 0; n < ASKED; n++) {
    const startMs = performance.now();
    const posted = await api.post("/api/scrape", { url: at("person", `/taken/${n}`) });
    const postMs = performance.now() - startMs;
    assert.equal(posted.status, 202);
    const gotMs = performance.now();
    const id = String(posted.json.id);
    assert.equal((await api.get(`/api/scrape/${id}`)).status, 200);
    taken.push({ id, postMs, getMs: performance.now() - gotMs });
  }
  const busy = await several("busy");
  const under = await api.get("/api/scrape?status=running&limit=1000");
  assert.ok((under.json.items as unknown[]).length >= HELD, "the batch is under way still");
  held.resolve();
  const open = async (): Promise<unknown[]> => {
    const { json } = await api.get("/api/scrape?status=running&limit=1");
    return json.items as unknown[];
  };
  while ((await open()).length > 0) await sleep(100);
  const { text } = await api.get("/api/scrape/results?limit=1000");
  const finished = jsonLines(text);
  assert.equal(finished.length, PAGES + HELD + 3 * ASKED + 1);
  for (const task of finished) assert.equal(task.status, "completed", JSON.stringify(task));
  const inOrder = finished.map(({ id }) => id);
  const place = ({ id }: { id: string }) => inOrder.indexOf(id) - (ASKED + 1);
  const [first] = taken;
  assert.ok(first !== undefined);
  t.diagnostic(
    `beside ${PAGES} tasks a POST is taken after ${halfAndMost(taken.map(({ postMs }) => postMs))}, a GET answered after ` +
      halfAndMost(taken.map(({ getMs }) => getMs)),
  );
  t.diagnostic(
    `POST to result: ${halfAndMost(quiet.map(({ postMs }) => postMs))} alone, ${halfAndMost(busy.map(({ postMs }) => postMs))} after ` +
      `those; the first of those was finished as number ${place(first)}, the first of these as number ${place(busy[0] ?? first)}`,
  );
  assert.equal((await api.stop()).code, 0);
});
