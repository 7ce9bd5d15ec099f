// `millrace run images` in a data folder: see images-suite.ts for what is held.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/base/index.ts";
import { embeddedStore, query, storeOptions } from "../../src/store/index.ts";
import { imagesSuite, type StoredSubject } from "./images-suite.ts";
import { pictureSite } from "./picture-site.ts";
import { jsonLines, run, scratch } from "./program.ts";
import { SERVE_FLAGS, served } from "./served.ts";

const ROWS = `select s.id, s.attempts, s.error_code, i.object_key, i.sha256, i.content_type
from subjects s left join subject_images i on i.subject_id = s.id order by s.id`;

test("150 subjects in a data folder: each ends as it must, and only what is due is looked at again", async (t) => {
  const folder = scratch(t);
  const data = join(folder, "data");
  const site = await pictureSite();
  t.after(() => site.close());
  await imagesSuite(site, {
    scratch: folder,
    args: ["--data", data],
    env: {},
    async rows() {
      const store = embeddedStore(data, storeOptions.parse({}), "test", systemClock);
      try {
        await store.metadata.connect(new AbortController().signal);
        return (await query(store.session, ROWS)) as unknown as StoredSubject[];
      } finally {
        await store.close();
      }
    },
    async object(key) {
      try {
        return readFileSync(join(data, "objects", key));
      } catch {
        return null;
      }
    },
  });
});

test("what is wrong in a command line or file ends with one line and exit code 2", async (t) => {
  const folder = scratch(t);
  const data = ["--data", join(folder, "data")];
  const wrong: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [["run"], /RECIPE missing/],
    [["run", "pictures", ...data], /the recipe must be images/],
    [["run", "images", ...data, "--subjects", join(folder, "none.csv")], /cannot be read/],
    [["run", "images", ...data, "--subjects", "-"], /must name the columns id and name/],
    [["run", "images", ...data, "--servers"], /not both/],
    [["run", "images", "--servers"], /DATABASE_URL/],
  ];
  for (const [args, said] of wrong) {
    const ended = await run(args, { stdin: "who,what\n1,2\n" });
    assert.equal(ended.code, 2, `${args.join(" ")}: ${ended.stderr}`);
    assert.match(ended.stderr, said);
    assert.equal(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
  }
});

test("subjects over the API: entered, collected by hand, shown with their picture, removed with it; bad input is 4xx", async (t) => {
  const folder = scratch(t);
  const data = join(folder, "data");
  const site = await pictureSite();
  t.after(() => site.close());
  const api = await served(t, data, [...SERVE_FLAGS, "--resolve", "site.test:*:127.0.0.1"], {
    env: { MILLRACE_RECIPES_IMAGES_SCHEDULE_ENABLED: "false" },
  });
  const [[id = "", { url, picture } = { url: null, picture: undefined }] = []] = [...site.cases];
  const made = await api.post("/api/subjects", { id, name: "One", url, variables: { label: "indie" } });
  assert.deepEqual([made.status, made.json.image, made.json.attempts], [201, null, 0], made.text);
  assert.equal(
    (await api.post("/api/subjects/", { id, name: "One", url, variables: { label: "indie" } })).status,
    200,
  );
  const many = Array.from({ length: 3 }, (_, at) => ({ id: `many/${at}`, name: "Nobody" }));
  assert.deepEqual((await api.post("/api/subjects", { subjects: many })).json, { added: 3, changed: 0 });

  const bad: readonly (readonly [body: unknown, status: number])[] = [
    [{}, 400],
    [{ id: "", name: "x" }, 400],
    [{ id: "x", name: "x", colour: "red" }, 400],
    [{ id: "x", name: "x", url: "ftp://files.test/" }, 422],
    [{ id: "x", name: "x", url: "http://169.254.169.254/" }, 422],
    [{ id: "x", name: "x", variables: { id: "y" } }, 400],
    [{ id: "x\u0000", name: "x" }, 400],
    [{ subjects: [] }, 400],
    [
      {
        subjects: [
          { id: "fine", name: "fine" },
          { id: "x", name: 5 },
        ],
      },
      400,
    ],
  ];
  for (const [body, status] of bad) {
    const answer = await api.post("/api/subjects", body);
    assert.equal(answer.status, status, `${JSON.stringify(body)}: ${answer.text}`);
    assert.match(answer.type, /problem\+json/);
  }
  const first = await api.get("/api/subjects?limit=2");
  const rest = await api.get(`/api/subjects?limit=2&cursor=${String(first.json.cursor)}`);
  const listed = [first, rest].flatMap(({ json }) => json.items as { id: string }[]).map((one) => one.id);
  assert.deepEqual(listed, [id, "many/0", "many/1", "many/2"], "nothing half done");
  assert.equal((await api.get("/api/subjects?cursor=nonsense")).status, 400);

  assert.equal((await api.post("/api/jobs/images/run", {})).status < 300, true);
  let shown = await api.get(`/api/subjects/${id}`);
  for (let looks = 0; looks < 600 && shown.json.image === null; looks++) {
    await sleep(100);
    shown = await api.get(`/api/subjects/${id}`);
  }
  const image = shown.json.image as { key: string; width: number; source_url: string };
  assert.deepEqual([image.key, image.width], [`artists/${id}.jpg`, 160], api.stderr());
  const bytes = await fetch(`${api.url}/api/subjects/${id}/image`);
  assert.equal(bytes.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(Buffer.from(await bytes.arrayBuffer()), picture);
  assert.match((await api.get("/metrics")).text, /^scraping_total\{status="stored"\} 1$/m);
  assert.match((await api.get("/metrics")).text, /^artists_scraped_total 1$/m);

  assert.equal((await api.get(`/api/subjects/${id}`, { method: "DELETE" })).status, 204);
  assert.equal((await api.get("/api/subjects?id=many%2F0", { method: "DELETE" })).status, 204);
  assert.equal((await api.get("/api/subjects/many%2F1", { method: "DELETE" })).status, 204);
  assert.equal((await api.get(`/api/subjects/${id}`)).status, 404);
  assert.equal((await api.get(`/api/subjects/${id}/image`)).status, 404);
  assert.equal(existsSync(join(data, "objects", image.key)), false);
  assert.equal((await api.get(`/api/subjects/${id}`, { method: "DELETE" })).status, 404);
  await api.stop();
});

test("run images on a folder that serve holds goes through it, subjects of a file too, and prints the same summary", async (t) => {
  const folder = scratch(t);
  const data = join(folder, "data");
  const site = await pictureSite();
  t.after(() => site.close());
  const resolve = ["--resolve", "site.test:*:127.0.0.1"];
  // A password for the API is none of the folder's user's concern.
  const env = {
    MILLRACE_RECIPES_IMAGES_SCHEDULE_ENABLED: "false",
    JWT_SECRET: "a secret of forty characters, or so it is",
  };
  const api = await served(t, data, [...SERVE_FLAGS, ...resolve], { env });
  const [[id = "", { url = null, picture = undefined } = {}] = []] = [...site.cases];
  const csv = `id,name,url\n${id},One,${url}\nlost,Two,http://site.test:${site.port}/none\n,nobody,\n`;
  const entered = await run(["run", "images", "--data", data, "--subjects", "-", "--limit", "0"], {
    stdin: csv,
  });
  assert.equal(entered.code, 0, entered.stderr);
  assert.match(entered.stderr, /subjects: 2 added, 0 changed, 1 lines left out/);
  assert.equal(entered.stdout, "");
  const ended = await run(["run", "images", "--data", data, "--delay", "5000"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /its own settings: --delay change nothing/);
  assert.match(ended.stderr, /images: 2 subjects, 1 stored, 0 unchanged, 1 failed/);
  const [summary] = jsonLines(ended.stdout);
  assert.deepEqual([summary?.recipe, summary?.taken, summary?.stored, summary?.due], ["images", 2, 1, 0]);
  assert.deepEqual(readFileSync(join(data, "objects", `artists/${id}.jpg`)), picture);
  const header = await run(["run", "images", "--data", data, "--subjects", "-"], { stdin: "who\n" });
  assert.equal(header.code, 2, header.stderr);
  await api.stop();
});
