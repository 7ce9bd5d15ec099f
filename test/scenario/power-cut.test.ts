// A power cut under `millrace serve` on the embedded database: the process is killed, and its database is what it was before any of the
// work, or gone. What was answered over HTTP is there all the same and runs on.
import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { scratch } from "./program.ts";
import { type Served, served } from "./served.ts";
import { page, serve } from "./site.ts";

const TASKS = 60;

const task = z.object({
  id: z.string(),
  status: z.string(),
  attempts: z.number(),
  updated_at: z.string(),
  result: z.unknown(),
});
type Task = z.infer<typeof task>;

async function finished(api: Served): Promise<Map<string, Task>> {
  const { text } = await api.get("/api/scrape/results?limit=1000");
  const tasks = text.split("\n").flatMap((line) => (line === "" ? [] : [task.parse(JSON.parse(line))]));
  return new Map(tasks.map((one) => [one.id, one]));
}

async function until(api: Served, count: number): Promise<Map<string, Task>> {
  for (let looks = 0; looks < 1_200; looks++) {
    const found = await finished(api);
    if (found.size >= count) return found;
    await sleep(50);
  }
  throw new Error(`never ${count} tasks are finished`);
}

/** What the operating system had not written is gone, and the machine was started anew. */
async function loseRows(data: string, copy: string): Promise<void> {
  const database = join(data, "database");
  await rm(database, { recursive: true });
  await cp(copy, database, { recursive: true });
  const marker = join(database, "state.json");
  const state = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(marker, "utf8")));
  await writeFile(marker, JSON.stringify({ ...state, boot: "another", closed: false }));
}

test("tasks, schedules and subjects that were answered outlive a power cut, and none is completed twice", async (t) => {
  const site = await serve(t, {
    "*": (request, response, nth) => {
      setTimeout(() => page(`number ${request.url}`)(request, response, nth), 30);
    },
  });
  const folder = scratch(t);
  const data = join(folder, "data");
  const copy = join(folder, "copy");
  assert.equal((await (await served(t, data)).stop()).code, 0);
  await cp(join(data, "database"), copy, { recursive: true });

  let api = await served(t, data);
  const urls = Array.from({ length: TASKS }, (_, n) => `${site.origin}/${n}`);
  const made = await api.post("/api/scrape", { urls });
  assert.equal(made.status, 202);
  const ids = z.array(z.object({ id: z.string() })).parse(made.json.items);
  const schedule = await api.post("/api/schedule", { url: `${site.origin}/daily`, every_seconds: 86_400 });
  assert.equal(schedule.status, 201);
  const subjects = [
    { id: "gone", name: "Gone" },
    { id: "kept", name: "Kept", url: `${site.origin}/kept` },
  ];
  assert.ok((await api.post("/api/subjects", { subjects })).status < 300);
  assert.equal((await api.get("/api/subjects/gone", { method: "DELETE" })).status, 204);
  const before = await until(api, 15);
  await api.kill();

  const same = async (known: ReadonlyMap<string, Task>, count: number): Promise<Map<string, Task>> => {
    const found = await until(api, count);
    for (const one of known.values()) assert.deepEqual(found.get(one.id), one, "an answer stays as it was");
    assert.equal((await api.get(`/api/schedule/${String(schedule.json.id)}`)).status, 200);
    assert.equal((await api.get("/api/subjects/kept")).json.name, "Kept");
    assert.equal((await api.get("/api/subjects/gone")).status, 404);
    return found;
  };

  await loseRows(data, copy);
  api = await served(t, data);
  assert.match(api.stderr(), /changes read back from .*database\.journal/);
  const all = await same(before, TASKS);
  assert.deepEqual(new Set(all.keys()), new Set(ids.map(({ id }) => id)));
  for (const [at, { id }] of ids.entries()) {
    const one = all.get(id);
    assert.equal(one?.status, "completed");
    assert.match(JSON.stringify(one?.result), new RegExp(`number /${at}\\b`));
  }
  await api.kill();

  await rm(join(data, "database"), { recursive: true });
  api = await served(t, data);
  await same(all, TASKS);
  const more = await api.post("/api/scrape?wait=30", { url: `${site.origin}/more` });
  assert.equal(more.json.status, "completed");
  assert.equal((await api.stop()).code, 0);
});
