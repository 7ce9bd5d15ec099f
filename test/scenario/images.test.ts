// `millrace run images` in a data folder: see images-suite.ts for what is held.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import { embeddedStore, query, storeOptions } from "../../src/store/index.ts";
import { imagesSuite, type StoredSubject } from "./images-suite.ts";
import { pictureSite } from "./picture-site.ts";
import { run, scratch } from "./program.ts";

export const ROWS = `select s.id, s.attempts, s.error_code, i.object_key, i.sha256, i.content_type
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
