// What a tree of processes holds, on processes of its own and on a table as `ps` prints it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { ofPs, ProcessTree } from "./process-memory.ts";

const MIB = 1_048_576;

test("a process counts with what it started, whatever its parents are", () => {
  const table = `
    1     0   9000 /sbin/init
   50     1   1000 /bin/sh chromium --type=renderer
   60    50   2048 /usr/lib/chromium
   61    60   1024 /usr/lib/chromium --type=zygote
   62    61   4096 /usr/lib/chromium --type=renderer --lang=en-US
   70     1   7777 /usr/lib/chromium --type=renderer`;
  assert.deepEqual(ofPs(60, table), [
    { pid: 60, bytes: 2 * MIB, isRenderer: false },
    { pid: 61, bytes: MIB, isRenderer: false },
    { pid: 62, bytes: 4 * MIB, isRenderer: true },
  ]);
  assert.deepEqual(ofPs(99, table), []);
});

test("a child's memory is seen by /proc and by ps, and is gone with the child", async (t) => {
  const fill =
    "globalThis.held = Buffer.alloc(64 * 1024 * 1024, 1); console.log('held'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", fill, "--", "--type=renderer"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const whole = execFileSync("ps", ["-axo", "pid=,ppid=,rss=,command="], { encoding: "utf8" });
  const seen =
    process.platform === "linux"
      ? [ofPs(process.pid, whole), await new ProcessTree(process.pid, "linux").look()]
      : [ofPs(process.pid, whole)];
  for (const tree of seen) {
    const own = tree.find(({ pid }) => pid === child.pid);
    assert.ok(own?.isRenderer && own.bytes > 64 * MIB, JSON.stringify(tree));
    assert.ok(tree.some(({ pid }) => pid === process.pid));
  }
  child.kill("SIGKILL");
  await once(child, "close");
  assert.deepEqual(await new ProcessTree(child.pid ?? 0, process.platform).look(), []);
});

test("what is started between two looks is seen in the end, and what has ended no more", {
  skip: process.platform !== "linux",
}, async (t) => {
  const tree = new ProcessTree(process.pid, "linux");
  const before = (await tree.look()).length;
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  t.after(() => child.kill("SIGKILL"));
  const isSeen = async (): Promise<boolean> => {
    const looks = [];
    for (let n = 0; n < 8; n++) looks.push(await tree.look());
    return looks.at(-1)?.some(({ pid }) => pid === child.pid) ?? false;
  };
  assert.equal(await isSeen(), true);
  child.kill("SIGKILL");
  await once(child, "close");
  assert.equal(await isSeen(), false);
  assert.ok(before >= 1);
});
