import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../base/index.ts";
import { folderObjects } from "./folder-objects.ts";
import { checkObjectKey } from "./object-key.ts";

const signal = new AbortController().signal;

test("an object is what was put last, until it is removed", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-objects-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const objects = folderObjects(join(folder, "objects"), systemClock);
  await objects.connect(signal);
  assert.equal(await objects.get("artists/1.jpg", signal), null);
  await objects.put("artists/1.jpg", Buffer.from("old"), "image/jpeg", signal);
  await objects.put("artists/1.jpg", Buffer.from("newer"), "image/jpeg", signal);
  assert.equal(String(await objects.get("artists/1.jpg", signal)), "newer");
  assert.equal(await objects.size("artists/1.jpg", signal), 5);
  assert.equal(await objects.size("artists", signal), null, "a folder is no object");
  await objects.remove("artists/1.jpg", signal);
  await objects.remove("artists/1.jpg", signal);
  await objects.remove("nowhere/1.jpg", signal);
  assert.equal(await objects.size("artists/1.jpg", signal), null);
});

test("what a killed process had not finished is gone with the next start", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-objects-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const objects = folderObjects(folder, systemClock);
  await objects.connect(signal);
  writeFileSync(join(folder, ".unfinished", "half"), "ha");
  await objects.connect(signal);
  assert.deepEqual(readdirSync(join(folder, ".unfinished")), ["half"], "nothing of a run under way");
  await folderObjects(folder, systemClock).connect(signal);
  assert.deepEqual(readdirSync(join(folder, ".unfinished")), []);
});

test("a key leads into the folder and nowhere else, whatever it is made of", async () => {
  const part = fc.oneof(
    fc.constantFrom("..", ".", "", "a", "\\", "segments", "\0", ".unfinished"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const key = parts.join("/");
      if (!checkObjectKey(key).ok) return;
      const path = join("/root-of-objects", ...key.split("/"));
      assert.ok(path.startsWith("/root-of-objects/"), key);
      assert.equal(path, `/root-of-objects/${key}`);
    }),
  );
  for (const bad of [
    "",
    "/a",
    "a/",
    "a//b",
    "../a",
    "a/../b",
    "segments/a",
    ".unfinished/a",
    "a\\b",
    "x".repeat(256),
  ])
    assert.equal(checkObjectKey(bad).ok, false, bad);
  for (const good of ["artists/1.jpg", "한국/그림.png", "a..b/c.jpg"])
    assert.ok(checkObjectKey(good).ok, good);
  await assert.rejects(
    folderObjects("/nowhere", systemClock).put("../x", Buffer.from(""), "image/png", signal),
  );
  assert.equal(existsSync("/nowhere"), false);
});
