// A process killed in the middle of collecting pictures, by the command and by serve: the next one of the same folder goes on at
// once with what is due, what was stored is not asked for again, and rows and objects agree.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/base/index.ts";
import { embeddedStore, query, storeOptions } from "../../src/store/index.ts";
import { type PictureSite, pictureSite } from "./picture-site.ts";
import { jsonLines, run, scratch, start } from "./program.ts";
import { served } from "./served.ts";

const SUBJECTS = 20;
/** Pictures that are there when the process is killed, at least. */
const STORED_MIN = 3;
/** Slow enough to be killed in the middle: each subject is two requests to the one host. */
const PACE = ["--delay", "100", "--resolve", "site.test:*:127.0.0.1"];

const env = {
  MILLRACE_RECIPES_IMAGES_PICTURE: "[open_graph, json_ld, {css: img.portrait}]",
  MILLRACE_RECIPES_IMAGES_SCHEDULE_ENABLED: "false",
};

interface Row {
  readonly id: string;
  readonly owner: string | null;
  readonly object_key: string | null;
  readonly sha256: string | null;
}

interface Place {
  readonly site: PictureSite;
  readonly data: string;
  /** Path of the page by id. */
  readonly pages: ReadonlyMap<string, string>;
  readonly csv: string;
}

async function place(t: TestContext): Promise<Place> {
  const folder = scratch(t);
  const site = await pictureSite();
  t.after(() => site.close());
  const pages = new Map<string, string>();
  const lines = ["id,name,url"];
  for (const [id, { ends, url }] of site.cases) {
    if (ends !== "stored" || url === null || pages.size >= SUBJECTS) continue;
    pages.set(id, new URL(url).pathname);
    lines.push(`${id},Artist ${id},${url}`);
  }
  const csv = join(folder, "subjects.csv");
  writeFileSync(csv, `${lines.join("\n")}\n`);
  return { site, data: join(folder, "data"), pages, csv };
}

const objectsOf = (data: string): string[] => {
  const folder = join(data, "objects");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
};

/** As soon as some pictures are there. */
async function someStored(data: string, isAlive: () => boolean): Promise<void> {
  while (objectsOf(data).filter((key) => key.endsWith(".jpg")).length < STORED_MIN) {
    assert.ok(isAlive(), "it ended before it could be killed");
    await sleep(20);
  }
}

async function rowsOf(data: string): Promise<Row[]> {
  const store = embeddedStore(data, storeOptions.parse({}), "test", systemClock);
  try {
    await store.metadata.connect(new AbortController().signal);
    const sql = `select s.id, s.owner, i.object_key, i.sha256
      from subjects s left join subject_images i on i.subject_id = s.id order by s.id`;
    return (await query(store.session, sql)) as unknown as Row[];
  } finally {
    await store.close();
  }
}

/** What the killed process had stored, with how often its page was asked for until then. */
async function storedBefore({ site, data, pages }: Place): Promise<Map<string, number>> {
  const rows = await rowsOf(data);
  const stored = rows.filter((row) => row.object_key !== null);
  assert.ok(stored.length < SUBJECTS, "killed in the middle");
  return new Map(stored.map(({ id }) => [id, site.asked.get(pages.get(id) ?? "") ?? 0]));
}

async function assertWhole({ site, data, pages }: Place, before: ReadonlyMap<string, number>): Promise<void> {
  const rows = await rowsOf(data);
  assert.deepEqual(
    rows.map(({ id, owner }) => [id, owner]),
    [...pages.keys()].sort().map((id) => [id, null]),
  );
  for (const { id, object_key: key, sha256 } of rows) {
    assert.equal(key, `artists/${id}.jpg`);
    const bytes = readFileSync(join(data, "objects", key));
    assert.equal(hash("sha256", bytes), sha256, id);
    assert.deepEqual(bytes, site.cases.get(id)?.picture);
  }
  assert.deepEqual(
    objectsOf(data).sort(),
    rows.map(({ object_key: key }) => key),
  );
  for (const [id, asked] of before)
    assert.equal(site.asked.get(pages.get(id) ?? ""), asked, `${id} was stored and is asked for again`);
}

test("run images killed in the middle: the next run takes the rest at once", async (t) => {
  const where = await place(t);
  const { data, csv } = where;
  const first = start(["run", "images", "--data", data, "--subjects", csv, ...PACE], { env });
  await someStored(data, () => first.child.exitCode === null);
  first.child.kill("SIGKILL");
  await first.ended;
  const before = await storedBefore(where);
  const second = await run(["run", "images", "--data", data, ...PACE], { env });
  assert.equal(second.code, 0, second.stderr);
  const [summary] = jsonLines(second.stdout);
  assert.deepEqual([summary?.taken, summary?.failed, summary?.due], [SUBJECTS - before.size, 0, 0]);
  await assertWhole(where, before);
});

test("serve killed in the middle of a run: the same run is begun again at the next start, and ends", async (t) => {
  const where = await place(t);
  const { data, csv } = where;
  const flags = ["--port", "0", "--allow-private", "--no-robots", ...PACE];
  const first = await served(t, data, flags, { env });
  const entered = await run(["run", "images", "--data", data, "--subjects", csv, "--limit", "0"]);
  assert.equal(entered.code, 0, entered.stderr);
  const begun = await first.post("/api/jobs/images/run", {});
  assert.equal(begun.status, 202, begun.text);
  await someStored(data, () => true);
  await first.kill();
  const before = await storedBefore(where);
  const second = await served(t, data, flags, { env });
  type Run = { id: string; status: string; summary: { taken: number } | null };
  let runs: Run[] = [];
  for (let looks = 0; looks < 1_200 && runs[0]?.status !== "completed"; looks++) {
    await sleep(100);
    runs = (await second.get("/api/jobs/images/runs")).json.items as Run[];
  }
  assert.deepEqual(
    runs.map(({ id, status, summary }) => [id, status, summary?.taken]),
    [[begun.json.id, "completed", SUBJECTS - before.size]],
    second.stderr(),
  );
  await second.stop();
  await assertWhole(where, before);
});
