// Crawls killed with SIGKILL, at random moments and at every failpoint, and resumed by the same command until they end.
// What is left must equal the site, and no page may be fetched again but those that were in flight at a kill.
// KILL_ROUNDS, KILL_PAGES and KILL_SEED choose how often, over how many pages, and which moments (the full form: 25, 2000).
import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serveLarge } from "../../demo/large.ts";
import { type Random, seededRandom } from "../../src/base/index.ts";
import { assertEqualsSite, crawlOf, type SiteCrawl } from "./large-crawl.ts";
import { scratch, start } from "./program.ts";

/** Where the process ends, and the most hits it waits for: leases and fetches pass one by one, the rest in batches. */
const FAILPOINTS = [
  { name: "after-lease", hitsMax: 250 },
  { name: "after-fetch", hitsMax: 250 },
  { name: "after-segment", hitsMax: 6 },
  { name: "after-row", hitsMax: 4 },
  { name: "after-out", hitsMax: 4 },
  { name: "before-close", hitsMax: 6 },
] as const;
/** Rounds at failpoints before one at a random moment. */
const CYCLE = FAILPOINTS.length + 2;
const MOMENT_MS_MAX = 3_000;

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const rounds = number("KILL_ROUNDS", 8);
const pages = number("KILL_PAGES", 1_000);
const seed = number("KILL_SEED", Math.floor(Math.random() * 2 ** 31));

/** What the resumes of one crawl told on stderr. */
interface Resumes {
  wholeOnDisk: number;
  fetchedAgain: number;
}

function readResume(stderr: string, resumes: Resumes): void {
  const told = /(\d+) pages found whole on disk, (\d+) to be fetched again/.exec(stderr);
  resumes.wholeOnDisk += Number(told?.[1] ?? 0);
  resumes.fetchedAgain += Number(told?.[2] ?? 0);
}

/** One run that is to be killed; answers whether it was before it came to its end. */
async function killedRun(
  crawl: SiteCrawl,
  round: number,
  random: Random,
  resumes: Resumes,
): Promise<string | null> {
  const point = FAILPOINTS[round % CYCLE];
  const hits = point === undefined ? 0 : 1 + random.below(point.hitsMax);
  const armed = point === undefined ? {} : { MILLRACE_FAILPOINT: `${point.name}:${hits}` };
  const running = start(crawl.args, { env: armed });
  const moment = 200 + random.below(MOMENT_MS_MAX);
  if (point === undefined) {
    await Promise.race([sleep(moment), running.ended]);
    running.child.kill("SIGKILL");
  }
  const ended = await running.ended;
  readResume(ended.stderr, resumes);
  if (ended.signal === null) {
    assert.equal(ended.code, 0, ended.stderr);
    return null;
  }
  assert.equal(ended.signal, "SIGKILL");
  return point === undefined ? `after ${moment} ms` : `${point.name}:${hits}`;
}

/** A line that a crash tore: the beginning of a line, without its end. */
function tearLastLine(out: string): void {
  if (!existsSync(out)) return;
  const [first = ""] = readFileSync(out, "utf8").split("\n", 1);
  if (first !== "") appendFileSync(out, first.slice(0, Math.ceil(first.length / 2)));
}

test(`${rounds} kills over crawls of ${pages} pages lose nothing and show nothing twice (seed ${seed})`, async (t) => {
  const folder = scratch(t);
  const random = seededRandom(seed);
  let round = 0;
  for (let crawlNo = 0; round < rounds; crawlNo++) {
    const site = await serveLarge({ pages, hosts: 5, bytes: 4_000 });
    t.after(() => site.close());
    const home = join(folder, String(crawlNo));
    mkdirSync(home);
    const crawl = crawlOf(site, home);
    const resumes: Resumes = { wholeOnDisk: 0, fetchedAgain: 0 };
    const kills: string[] = [];
    for (let isOver = false; round < rounds && !isOver; ) {
      const kill = await killedRun(crawl, round, random, resumes);
      isOver = kill === null;
      if (kill === null) continue;
      round++;
      kills.push(kill);
      if (round % 3 === 0) tearLastLine(crawl.out);
    }
    const last = start(crawl.args);
    const ended = await last.ended;
    assert.equal(ended.code, 0, ended.stderr);
    readResume(ended.stderr, resumes);
    const fetched = site.served();
    t.diagnostic(
      `crawl ${crawlNo}: ${kills.length} kills (${kills.join(", ")}); ${fetched} fetches of ${pages} pages, ` +
        `${resumes.fetchedAgain} were in flight, ${resumes.wholeOnDisk} found whole on disk`,
    );
    assert.ok(fetched >= pages && fetched <= pages + resumes.fetchedAgain, `${fetched} fetches`);
    await assertEqualsSite(crawl);
  }
});
