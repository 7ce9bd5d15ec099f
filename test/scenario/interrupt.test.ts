// Signals and neighbours: Ctrl-C drains, a second one stops at once, both leave a crawl that the same command finishes; a
// data folder in use is reached through its owner and never opened twice; an older Node that is killed leaves no orphan.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serveLarge } from "../../demo/large.ts";
import { assertEqualsSite, crawlOf, type SiteCrawl, SLOW } from "./large-crawl.ts";
import { jsonLines, type Running, root, run, scratch, start } from "./program.ts";

const PAGES = 300;

async function crawlIn(t: TestContext, pace?: readonly string[]): Promise<SiteCrawl> {
  const site = await serveLarge({ pages: PAGES, hosts: 4, bytes: 4_000 });
  t.after(() => site.close());
  return crawlOf(site, scratch(t), pace);
}

/** Under way, with `pages` answered by the server. */
async function startedUntil({ site, args }: SiteCrawl, pages: number): Promise<Running> {
  const running = start(args);
  while (site.served() < pages && running.child.exitCode === null) await sleep(10);
  assert.equal(running.child.exitCode, null, running.stderr());
  return running;
}

/** The same command ends what was begun. */
async function finish(crawl: SiteCrawl): Promise<void> {
  const ended = await run(crawl.args);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /^finished: /m);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} drains: exit code 0, no page is fetched twice, and the same command goes on`, async (t) => {
    const crawl = await crawlIn(t);
    const running = await startedUntil(crawl, PAGES / 4);
    running.child.kill(signal);
    const ended = await running.ended;
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /stopped with [\d,]+ URLs open; the same command goes on from here/);
    await finish(crawl);
    assert.equal(crawl.site.served(), PAGES);
    await assertEqualsSite(crawl);
  });
}

test("a second SIGINT stops at once, which loses nothing either", async (t) => {
  const crawl = await crawlIn(t);
  const running = await startedUntil(crawl, PAGES / 4);
  running.child.kill("SIGINT");
  while (!running.stderr().includes("again to stop at once")) await sleep(5);
  running.child.kill("SIGINT");
  const ended = await running.ended;
  // It may have drained before the second one came.
  assert.ok(ended.code === 130 || ended.code === 0, `${ended.code} ${ended.stderr}`);
  await finish(crawl);
  await assertEqualsSite(crawl);
});

test("while a crawl runs its folder answers through it, and a second crawl is refused", async (t) => {
  // Lasts for as long as asking takes, on a busy machine too.
  const crawl = await crawlIn(t, ["--delay", "2000", "--per-host", "1"]);
  const running = await startedUntil(crawl, 24);
  const [seed = ""] = crawl.site.seeds;
  const folder = ["--data", crawl.data];
  const ask = async (...args: string[]): Promise<string> => {
    const ended = await run([...args, ...folder]);
    assert.equal(ended.code, 0, `${args.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  };
  const why = JSON.parse(await ask("why", seed, "--json"));
  assert.equal(why.state, "stored");
  const own = crawl.site.title(0).split(": ")[1] ?? "";
  assert.deepEqual(
    jsonLines(await ask("search", own, "--json")).map(({ url }) => url),
    [seed],
  );
  const status = JSON.parse(await ask("top", "--once", "--json"));
  assert.equal(status.pid, running.child.pid);
  assert.ok(status.ended.stored > 0 && status.stages.length > 0);
  assert.match(await ask("top", "--once"), /^standalone \d+, up /);
  const exported = jsonLines(await ask("export", "--format", "jsonl", "--out", "-"));
  assert.ok(exported.length >= 10 && exported.some(({ url }) => url === seed));
  const second = await run(crawl.args);
  assert.equal(second.code, 1);
  assert.equal(second.stdout, "");
  assert.equal(second.stderr, `millrace: [store] ${crawl.data} is in use by process ${running.child.pid}\n`);
  assert.equal(running.child.exitCode, null, running.stderr());
  running.child.kill("SIGINT");
  assert.equal((await running.ended).code, 0);
  assert.ok(!existsSync(join(crawl.data, "millrace.lock")), "the folder is free again");
});

const oldNode = ((): string | null => {
  try {
    const [version = "", path = ""] = execFileSync(
      "node",
      ["-p", "process.versions.node + ' ' + process.execPath"],
      {
        encoding: "utf8",
      },
    )
      .trim()
      .split(" ");
    return Number.parseInt(version, 10) < 22 ? path : null;
  } catch {
    return null;
  }
})();

/** A killed process that nobody has reaped yet is dead. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

test("an older Node that is killed with -9 takes the crawl it handed over with it", async (t) => {
  if (oldNode === null) {
    t.diagnostic("the node on PATH runs the program itself: there is no hand-over to test");
    return;
  }
  const crawl = await crawlIn(t, SLOW);
  const parent = spawn(oldNode, [join(root, "dist", "main.js"), ...crawl.args], { stdio: "ignore" });
  while (crawl.site.served() < 10 && parent.exitCode === null) await sleep(20);
  const { pid } = JSON.parse(readFileSync(join(crawl.data, "millrace.lock"), "utf8"));
  assert.equal(parent.exitCode, null);
  assert.notEqual(pid, parent.pid);
  assert.ok(isAlive(pid));
  parent.kill("SIGKILL");
  for (let turn = 0; turn < 200 && isAlive(pid); turn++) await sleep(25);
  assert.ok(!isAlive(pid), "no orphan");
  const faster = crawlOf(crawl.site, dirname(crawl.data));
  await finish(faster);
  await assertEqualsSite(faster);
});
