import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../base/index.ts";
import { controlClient, serveControl } from "./control-socket.ts";
import { ownFolder, reachFolder } from "./data-folder.ts";
import { lockOwner } from "./folder-lock.ts";
import { runtimeSuffices } from "./runtime.ts";
import { answering } from "./testing/answering.ts";

const base = mkdtempSync(join(tmpdir(), "millrace-processes-"));
const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(base, { recursive: true, force: true });
});

const script = (name: string): string => fileURLToPath(new URL(`./testing/${name}.ts`, import.meta.url));

function start(name: string, ...args: string[]): { child: ChildProcess; line: () => Promise<string> } {
  const child = spawn(process.execPath, [script(name), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}

const request = (folder: string, create = true) => ({
  folder,
  create,
  clock: systemClock,
  signal: new AbortController().signal,
  waitMs: 0,
});

async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !done(); turn++) await systemClock.sleep(25);
  assert.ok(done());
}

/** A killed process that nobody has reaped yet is dead. */
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

test("Node 22.19 and newer run the program as it is", () => {
  const versions = ["20.20.2", "22.18.9", "22.19.0", "22.20.1", "24.0.0", "18.1.0", "30.1.2"];
  assert.deepEqual(versions.filter(runtimeSuffices), ["22.19.0", "22.20.1", "24.0.0", "30.1.2"]);
});

test("a hand-over passes arguments, exit codes and fatal signals on", async () => {
  const exits = start("hand-over", script("echo-process"), "exit", "3", "--flag=a b");
  assert.deepEqual(JSON.parse(await exits.line()).args, ["3", "--flag=a b"]);
  assert.deepEqual(await once(exits.child, "exit"), [3, null]);
  const dies = start("hand-over", script("echo-process"), "die");
  assert.deepEqual(await once(dies.child, "exit"), [null, "SIGKILL"]);
});

test("a hand-over forwards each signal once", async () => {
  const { child, line } = start("hand-over", script("echo-process"), "wait");
  await line();
  child.kill("SIGINT");
  assert.equal(await line(), "SIGINT 1");
  child.kill("SIGINT");
  assert.equal(await line(), "SIGINT 2");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [7, null]);
});

test("the handed-over process dies with its parent, also by kill -9", async () => {
  const { child, line } = start("hand-over", script("echo-process"), "wait");
  const { pid } = JSON.parse(await line());
  child.kill("SIGKILL");
  await until(() => !alive(pid));
});

test("a held folder is refused with the holder's number, reached through its socket, and free after kill -9", async () => {
  const folder = join(base, "held");
  const { child, line } = start("hold-folder", folder);
  assert.equal(await line(), "held");
  const refused = await ownFolder(request(folder));
  assert.ok(!refused.ok && refused.error.message === `${folder} is in use by process ${child.pid}`);
  const reached = await reachFolder(request(folder, false));
  assert.ok(reached.ok && reached.value.kind === "running" && reached.value.pid === child.pid);
  const why = await reached.value.control.why({ url: "https://example.com/" });
  assert.ok(why.ok && why.value.state === "stored");
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  const owned = await reachFolder(request(folder, false));
  assert.ok(owned.ok && owned.value.kind === "owned");
  assert.equal(lockOwner(folder, systemClock)?.pid, process.pid);
  owned.value.lock.release();
  assert.equal(lockOwner(folder, systemClock), null);
});

test("a lock of a reused process number, a torn one and one of a machine that is gone are stale", async () => {
  const folder = join(base, "stale");
  mkdirSync(folder);
  const old = { pid: process.pid, started: "another boot 123", host: hostname() };
  for (const content of [JSON.stringify(old), '{"pid":', ""]) {
    writeFileSync(join(folder, "millrace.lock"), content);
    const owned = await ownFolder(request(folder));
    assert.ok(owned.ok, content);
    owned.value.release();
  }
});

test("of many that find a stale lock one gets the folder", async () => {
  const folder = join(base, "race");
  mkdirSync(folder);
  writeFileSync(join(folder, "millrace.lock"), JSON.stringify({ pid: 1, started: "gone", host: hostname() }));
  const all = await Promise.all(Array.from({ length: 8 }, () => ownFolder(request(folder))));
  assert.equal(all.filter(({ ok }) => ok).length, 1);
});

test("a folder whose path is too long for a socket is reached all the same", async () => {
  const folder = join(base, "long".repeat(40));
  mkdirSync(folder);
  const server = await serveControl(folder, answering);
  const metrics = await controlClient(folder, systemClock).metrics({});
  assert.ok(metrics.ok && metrics.value.text === "up 1\n");
  await server.close();
  assert.ok(!(await controlClient(folder, systemClock).metrics({})).ok);
});

test("a wrong question gets a failure, not silence", async () => {
  const folder = join(base, "wrong");
  mkdirSync(folder);
  const server = await serveControl(folder, answering);
  const client = controlClient(folder, systemClock);
  const search = await client.search({ query: "", limit: 10 });
  assert.ok(!search.ok && /^search: /.test(search.error.message));
  const status = await client.status({});
  assert.ok(!status.ok && status.error.message === "not in this test");
  await server.close();
});

test("a command that waits for what never comes ends with 1 and a line that says so", async () => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script("dry-process")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.add(child);
  const ended = once(child, "exit");
  const stderr = await text(child.stderr);
  assert.deepEqual(await ended, [1, null]);
  assert.match(stderr, /^millrace: crawl waits for what never comes \(open: .*\n$/);
});
