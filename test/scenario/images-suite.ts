// The image recipe on a web of 150 subjects, by the built program: what becomes of each, run after run. The same on an embedded
// store and on servers; where rows and objects lie is the caller's.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PICTURE_BYTES_MAX, type PictureSite } from "./picture-site.ts";
import { jsonLines, run } from "./program.ts";

export interface StoredSubject {
  readonly id: string;
  readonly attempts: number;
  readonly error_code: string | null;
  readonly object_key: string | null;
  readonly sha256: string | null;
  readonly content_type: string | null;
}

export interface ImagesPlace {
  /** A folder of the test's own. */
  readonly scratch: string;
  /** That lead to the store. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of all subjects, by id. */
  rows(): Promise<readonly StoredSubject[]>;
  object(key: string): Promise<Buffer | null>;
}

interface Summary {
  readonly taken: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly skipped: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly due: number;
}

const recipe = (port: number): string => `
recipes:
  images:
    search:
      url: "http://site.test:${port}/search?q={name}"
      link: "ol.hits a"
    picture:
      - open_graph
      - json_ld
      - css: "img.portrait"
    limits:
      bytesMax: ${PICTURE_BYTES_MAX}
fetch:
  timeoutMs: 1500
`;

/** Runs it all; each step stands on the one before. */
export async function imagesSuite(site: PictureSite, place: ImagesPlace): Promise<void> {
  const config = join(place.scratch, "images.yaml");
  const csv = join(place.scratch, "subjects.csv");
  writeFileSync(config, recipe(site.port));
  writeFileSync(csv, `${site.csv}bad/../id,\n,no id,,\n"x","y","ftp://files.test/","z"\nbroken "quote,a,,\n`);
  const fixed = [
    "run",
    "images",
    "--config",
    config,
    "--delay",
    "0",
    "--resolve",
    "site.test:*:127.0.0.1",
    ...place.args,
  ];
  const collected = async (args: readonly string[], env: Record<string, string> = {}) => {
    const ended = await run([...fixed, ...args], { env: { ...place.env, ...env } });
    assert.equal(ended.code, 0, ended.stderr);
    const [summary, ...more] = jsonLines(ended.stdout);
    assert.deepEqual(more, []);
    const said = ended.stderr.trimEnd().split("\n");
    assert.equal(said.filter((line) => line.startsWith("images: ")).length, 1, ended.stderr);
    assert.equal(said.filter((line) => /^\{|pictures collected/.test(line)).length, 0, ended.stderr);
    return { summary: summary as unknown as Summary, stderr: ended.stderr };
  };

  // The first hundred, by id: none was tried before.
  const first = await collected(["--subjects", csv, "--limit", "100"]);
  assert.match(first.stderr, /subjects: 150 added, 0 changed, 4 lines left out/);
  assert.match(first.stderr, /line 152 .*name/);
  const ids = [...site.cases.keys()];
  const early = ids.slice(0, 100);
  assert.deepEqual(await table(place, early), expected(site, early));
  assert.deepEqual(counts(first.summary), tally(site, early));
  const untouched = (await place.rows()).filter(({ id }) => !early.includes(id));
  assert.ok(
    untouched.length === 50 &&
      untouched.every(({ attempts, error_code }) => attempts === 0 && error_code === null),
  );

  // The rest come before those that failed, which nobody waits for; those with a picture are not due.
  const failing = (of: readonly string[]): string[] =>
    of.filter((id) => site.cases.get(id)?.ends !== "stored");
  const late = ids.slice(100);
  const second = await collected(["--subjects", csv]);
  assert.match(second.stderr, /subjects: 0 added, 0 changed/);
  const again = failing(early).slice(0, 50);
  assert.deepEqual(counts(second.summary), tally(site, [...late, ...again]));
  assert.deepEqual(await table(place, ids), expected(site, ids));
  assert.equal(second.summary.due, failing(ids).length - (failing(late).length + again.length));

  // Only what is due: all that failed, and not one picture that is there.
  const before = new Map(site.asked);
  const third = await collected(["--limit", "1000"]);
  assert.deepEqual(counts(third.summary), tally(site, failing(ids)));
  assert.equal(third.summary.due, 0);
  for (const [id, { ends }] of site.cases)
    if (ends === "stored")
      for (const path of [`/${id}/page`, `/${id}/picture.jpeg`])
        assert.equal(site.asked.get(path), before.get(path), path);

  // Bytes and types, as they came.
  const rows = new Map((await place.rows()).map((row) => [row.id, row]));
  for (const [id, { picture }] of site.cases) {
    const row = rows.get(id);
    assert.ok(row, id);
    if (picture === undefined) {
      assert.equal(row.object_key, null, id);
      assert.equal(await place.object(`artists/${id}.jpg`), null, id);
      continue;
    }
    assert.equal(row.object_key, `artists/${id}.jpg`);
    assert.equal(row.sha256, hash("sha256", picture, "hex"), id);
    assert.deepEqual(await place.object(row.object_key), picture, id);
  }

  // A month later: what is unchanged is not put again, what changed is.
  const [changed = ""] = ids;
  const picture = await site.change(changed);
  const fourth = await collected(["--limit", "1000"], { MILLRACE_RECIPES_IMAGES_STALE_DAYS: "0" });
  const stored = ids.filter((id) => site.cases.get(id)?.ends === "stored");
  const all = tally(site, ids);
  assert.deepEqual(counts(fourth.summary), { ...all, stored: 1, unchanged: stored.length - 1 });
  assert.equal(fourth.summary.bytes, picture.length);
  assert.deepEqual(await place.object(`artists/${changed}.jpg`), picture);
}

/** "stored", or outcome and code, by id. */
async function table(place: ImagesPlace, ids: readonly string[]): Promise<Record<string, string>> {
  const rows = await place.rows();
  return Object.fromEntries(
    rows
      .filter(({ id }) => ids.includes(id))
      .map(({ id, error_code, object_key }) => [
        id,
        error_code ?? (object_key === null ? "untouched" : "stored"),
      ]),
  );
}

const expected = (site: PictureSite, ids: readonly string[]): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, site.cases.get(id)?.ends.split(" ").at(-1) ?? "?"]));

function tally(site: PictureSite, ids: readonly string[]) {
  const ends = ids.map((id) => (site.cases.get(id)?.ends ?? "?").split(" "));
  const count = (outcome: string): number => ends.filter(([one]) => one === outcome).length;
  const codes: Record<string, number> = {};
  for (const [, code] of ends) if (code !== undefined) codes[code] = (codes[code] ?? 0) + 1;
  return {
    taken: ids.length,
    stored: count("stored"),
    unchanged: 0,
    failed: count("failed"),
    skipped: count("skipped"),
    codes,
  };
}

const counts = ({ taken, stored, unchanged, failed, skipped, codes }: Summary) => ({
  taken,
  stored,
  unchanged,
  failed,
  skipped,
  codes: { ...codes },
});
