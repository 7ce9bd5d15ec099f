// Somebody stands waiting while the engine has no place left, or works at full speed with no end in sight: what he asked for goes before
// the rest. Judged by the order of events alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { jsonLines, scratch } from "./program.ts";
import { SERVE_FLAGS, type Served, served } from "./served.ts";
import { page, serve } from "./site.ts";

/** So many tasks are begun at once; as many again wait. */
const RUNNING = 1_000;
const ASKED = 5;

async function answered(api: Served, url: string): Promise<string> {
  const posted = await api.post("/api/scrape?wait=60", { url });
  assert.deepEqual([posted.status, posted.json.status], [200, "completed"], JSON.stringify(posted.json));
  assert.match(JSON.stringify(posted.json.result), new RegExp(`number ${new URL(url).pathname}\\b`));
  return String(posted.json.id);
}

async function handIn(api: Served, urls: readonly string[]): Promise<void> {
  const { status } = await api.post("/api/scrape", { urls });
  assert.equal(status, 202);
}

const finished = async (api: Served, limit: number): Promise<unknown[]> =>
  jsonLines((await api.get(`/api/scrape/results?limit=${limit}`)).text).map(({ id }) => id);

test("a POST that waits is answered though every place on its way is taken by pages that do not come", async (t) => {
  const held: (() => void)[] = [];
  const site = await serve(t, {
    "*": (request, response, nth) => {
      const answer = () => page(`number ${request.url}`)(request, response, nth);
      if (request.url?.startsWith("/held") === true) held.push(answer);
      else answer();
    },
  });
  const { port } = new URL(site.origin);
  const flags = [...SERVE_FLAGS, "--timeout", "300", "--resolve", `*:${port}:127.0.0.1`];
  const api = await served(t, scratch(t), flags);
  const urls = Array.from({ length: 2 * RUNNING }, (_, n) => `http://h${n}.test:${port}/held/${n}`);
  await handIn(api, urls.slice(0, RUNNING));
  await handIn(api, urls.slice(RUNNING));
  // The fetch pool but for what is kept of it.
  while (held.length < 450) await sleep(50);
  for (;;) {
    const before = held.length;
    await sleep(500);
    if (held.length === before) break;
  }
  assert.ok(held.length < RUNNING, "no place is left to what was handed in");
  const asked: string[] = [];
  for (let n = 0; n < ASKED; n++)
    asked.push(await answered(api, `http://${n === 0 ? "h0" : "person"}.test:${port}/page/${n}`));
  assert.deepEqual(await finished(api, 100), asked, "nothing else is finished");
  for (const answer of held) answer();
});

test("beside thousands of tasks at full speed a POST that waits is answered before many others are", async (t) => {
  const site = await serve(t, {
    "*": (request, response, nth) => {
      setTimeout(() => page(`number ${request.url}`)(request, response, nth), 20);
    },
  });
  const { port } = new URL(site.origin);
  const api = await served(t, scratch(t), [...SERVE_FLAGS, "--resolve", `*:${port}:127.0.0.1`]);
  const pages = 3 * RUNNING;
  for (let from = 0; from < pages; from += RUNNING) {
    const urls = Array.from({ length: RUNNING }, (_, n) => `http://h${n % 50}.test:${port}/page/${from + n}`);
    await handIn(api, urls);
  }
  const asked: string[] = [];
  for (let n = 0; n < ASKED; n++) asked.push(await answered(api, `http://person.test:${port}/asked/${n}`));
  const running = await api.get("/api/scrape?status=running&limit=1");
  assert.equal((running.json.items as unknown[]).length, 1, "they are under way still");
  const inOrder = await finished(api, 1_000);
  const places = asked.map((id) => inOrder.indexOf(id));
  t.diagnostic(`of ${pages} tasks so many were finished before each: ${places.join(", ")}`);
  for (const [n, place] of places.entries())
    assert.ok(place >= 0 && place - (places[n - 1] ?? 0) <= pages / 6, `${place} of ${pages} came before it`);
});
