// Crawls onto a disk that runs full, one part of the data at a time: the run ends with exit code 1
// and a line that names the place and the remedy, and once there is room the same command makes the site whole.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, symlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serveLarge } from "../../demo/large.ts";
import { assertEqualsSite, crawlOf } from "./large-crawl.ts";
import { root, run, scratch, start } from "./program.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const FILLER = join(root, "src", "frontier", "testing", "full-disk-process.ts");
/** Pages served before the disk is full; many more must follow, or the part in question ends within the room it has. */
const SERVED_BEFORE = 100;
const BLOCK = Buffer.alloc(4096, 1);

/** Everything in memory. */
function smallDisk(t: { after(fn: () => void): void }, mebibytes = 300): string {
  const made: string[] = [];
  // Before the folder is removed: hooks run in the order they are given.
  t.after(() => {
    for (const mounted of made) execFileSync("umount", ["--lazy", mounted]);
  });
  const disk = join(scratch(t), "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", disk]);
  made.push(disk);
  return disk;
}

/** Leaves no room; what grows meanwhile takes the last of it. */
function fill(disk: string): void {
  const file = openSync(join(disk, "ballast"), "w");
  try {
    while (statfsSync(disk).bavail > 0) writeSync(file, BLOCK);
  } catch (thrown) {
    assert.ok(thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC", String(thrown));
  } finally {
    closeSync(file);
  }
}

const skip = isRoot ? false : "mounting a small disk needs root on Linux";

test("what the frontier's store writes to standard error by itself is a line of its own", {
  skip,
}, async (t) => {
  const disk = smallDisk(t, 8);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", FILLER, disk], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const stderr = await text(child.stderr);
  assert.equal(await ended, 1, stderr);
  assert.match(stderr, /^Write error: .*\nmillrace: no space left on the device of .*\n$/);
});

const parts = [
  { title: "the segments' disk", name: "segments", pages: 400 },
  { title: "the database's disk", name: "database", pages: 400 },
  // A frontier lives long on the room that its own turns free.
  { title: "the frontier's disk", name: "frontier", pages: 3_000 },
  { title: "the disk of the whole data folder", name: "data", pages: 400 },
  { title: "the disk of --out", name: "out", pages: 400 },
] as const;

for (const { title, name, pages } of parts) {
  test(`${title} runs full: one clear line, and nothing is lost or doubled`, { skip }, async (t) => {
    const folder = scratch(t);
    const disk = smallDisk(t);
    const site = await serveLarge({ pages, hosts: 4, bytes: 4_000 });
    t.after(() => site.close());
    const crawl = crawlOf(site, name === "data" ? disk : folder);
    mkdirSync(crawl.data);
    if (name === "out") {
      symlinkSync(join(disk, "pages.jsonl"), crawl.out);
    } else if (name !== "data") {
      mkdirSync(join(disk, name));
      symlinkSync(join(disk, name), join(crawl.data, name));
    }
    const running = start(crawl.args);
    while (site.served() < SERVED_BEFORE && running.child.exitCode === null) await sleep(10);
    fill(disk);
    const named = new RegExp(`^millrace: \\[store\\] .*(${crawl.data}|${crawl.out}).* run again`);
    for (const ended of [await running.ended, await run(crawl.args)]) {
      assert.equal(ended.code, 1, ended.stderr);
      const told = ended.stderr.split("\n").filter((line) => line.startsWith("millrace:"));
      assert.equal(told.length, 1, ended.stderr);
      assert.match(told[0] ?? "", named);
      assert.doesNotMatch(ended.stderr, /^\s+at /m, "no stack");
    }
    rmSync(join(disk, "ballast"));
    const whole = await run(crawl.args);
    assert.equal(whole.code, 0, whole.stderr);
    await assertEqualsSite(crawl);
  });
}
