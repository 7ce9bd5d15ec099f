// Tasks over two machines: asked for at a process that only answers people, ordered by the processor, fetched by the ingestor that
// owns the host, and answered in their rows, whether there was a page or not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hostPartition } from "../../src/model/index.ts";
import { type Running, start } from "../scenario/program.ts";
import { page, redirect, type Site, serve, status } from "../scenario/site.ts";
import { whyMissing } from "../services/index.ts";
import { startMachines, until } from "./two-machines.ts";

const skip = whyMissing("kafka") ?? whyMissing("postgres") ?? whyMissing("minio") ?? false;

async function apiOf({ child, stderr }: Running): Promise<string> {
  for (;;) {
    const url = /API and console on (\S+)/.exec(stderr())?.[1];
    if (url !== undefined) return url;
    assert.equal(child.exitCode, null, stderr());
    await sleep(50);
  }
}

test("a task asked for at the role api is done by ingestor and processor, failures too", {
  skip,
}, async (t) => {
  const site = await serve(t, {
    "/robots.txt": (_, response) => response.end("user-agent: *\ndisallow: /private\n"),
    "/": page("root"),
    "/old": redirect("/new"),
    "/new": page("new"),
    "/gone": status(410),
    "/busy": (request, response, nth) => (nth === 1 ? status(503) : page("busy"))(request, response, nth),
  });
  const machines = await startMachines(t, {
    env: { MILLRACE_API_PORT: "0", MILLRACE_JOBS_TASKS_RETRY_DELAYS_MS: "[100, 100]" },
  });
  machines.ingestor(["--allow-private", "--delay", "0"]);
  const processor = machines.processor([], { MILLRACE_NET_ALLOW_PRIVATE: "true" });
  const answering = start(["--role", "api", "--metrics-port", "0"], {
    env: { ...machines.env, MILLRACE_NET_ALLOW_PRIVATE: "true" },
  });
  t.after(() => answering.child.kill("SIGKILL"));
  const api = await apiOf(answering);
  await apiOf(processor);
  const paths = ["/", "/old", "/gone", "/busy", "/private"];
  const posted = await fetch(`${api}/api/scrape/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ urls: paths.map((path) => site.origin + path) }),
  });
  assert.equal(posted.status, 202);
  const { items } = (await posted.json()) as { items: { id: string }[] };
  const found = new Map<string, Record<string, unknown>>();
  await until(
    "all tasks are finished",
    async () => {
      for (const [at, { id }] of items.entries()) {
        const response = await fetch(`${api}/api/scrape/${id}/`);
        found.set(paths[at] ?? "", (await response.json()) as Record<string, unknown>);
      }
      return [...found.values()].every((task) => task.status === "completed" || task.status === "failed");
    },
    120_000,
  );
  const told = Object.fromEntries(
    [...found].map(([path, task]) => [path, [task.status, task.error_code, task.attempts]]),
  );
  assert.deepEqual(told, {
    "/": ["completed", null, 1],
    "/old": ["completed", null, 1],
    "/gone": ["failed", "status", 1],
    "/busy": ["completed", null, 2],
    "/private": ["failed", "robots", 1],
  });
  assert.match(JSON.stringify(found.get("/old")), /The page called new/);
  assert.equal(site.count("/private"), 0);

  // What a processor has registered is known, and begun, where people ask.
  const send = (path: string, body: unknown): Promise<Response> =>
    fetch(api + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  // Who stands waiting is answered on the same way.
  const waited = await send("/api/scrape/?wait=60", { url: `${site.origin}/new` });
  assert.equal(waited.status, 200);
  assert.match(await waited.text(), /The page called new/);
  assert.equal((await send("/api/schedule/", { recipe: "pictures", cron: "0 3 * * *" })).status, 400);
  assert.equal((await send("/api/schedule/", { recipe: "images", cron: "0 5 * * *" })).status, 201);
  assert.equal((await send("/api/jobs/images/run", {})).status, 202);
  await until(
    "the processor has run the recipe",
    async () => /"taken":0/.test(await (await fetch(`${api}/api/jobs/images/runs`)).text()),
    60_000,
  );
  answering.child.kill("SIGTERM");
  assert.equal((await answering.ended).code, 0);
});

test("a task whose URL leads to a host of another ingestor is done by that one", { skip }, async (t) => {
  const shardOf = ({ origin }: Site): number => hostPartition(new URL(origin).host, 12) % 2;
  let target = "";
  const table: Parameters<typeof serve>[1] = {
    "/old": (request, response, nth) => redirect(target)(request, response, nth),
    "/new": page("new"),
  };
  const sites: Site[] = [];
  while (new Set(sites.map(shardOf)).size < 2) sites.push(await serve(t, table));
  const [from, there] = [sites.at(0) ?? assert.fail(), sites.at(-1) ?? assert.fail()];
  target = `${there.origin}/new`;
  const machines = await startMachines(t, { env: { MILLRACE_API_PORT: "0" } });
  for (const index of [0, 1]) {
    const data = `${machines.ingestorData}-${index}`;
    const place = ["--data", data, "--metrics-port", "0", "--shard", `${index}/2`];
    const { child } = start(["--role", "ingestor", "--allow-private", "--delay", "0", ...place], {
      env: machines.env,
    });
    t.after(() => child.kill("SIGKILL"));
  }
  const api = await apiOf(machines.processor([], { MILLRACE_NET_ALLOW_PRIVATE: "true" }));
  const asked = await fetch(`${api}/api/scrape/?wait=60`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: `${from.origin}/old` }),
  });
  const task = (await asked.json()) as { status: string; attempts: number; result: Record<string, unknown> };
  assert.deepEqual([task.status, task.attempts], ["completed", 1], JSON.stringify(task));
  assert.equal(task.result.final_url, target);
  assert.match(String(task.result.markdown), /The page called new/);
  assert.deepEqual([from.count("/old"), there.count("/new")], [1, 1]);
});
