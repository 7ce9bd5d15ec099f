// A fault of the suite: of two ingestors that share a site whose hosts link to each other, one is killed and started again.
// What belongs to it waits for it, and nobody else fetches it.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "../scenario/program.ts";
import { countsOf, stopped } from "./fault-crawl.ts";
import { eventually, type FaultSuite, probe, sayingsOf, sumOf, type Test } from "./fault-suite.ts";

const PACE = { pages: 500, delayMs: 100 };
const AWAY_MS = 5_000;

export async function oneIngestorOfTwo(suite: FaultSuite, t: Test): Promise<void> {
  const crawl = await suite.crawl(t, PACE);
  const folders = [`${crawl.data}-0`, `${crawl.data}-1`] as const;
  // Only one is given the seeds: those that are not its own go to the other.
  const shard = (index: 0 | 1): Running =>
    crawl.ingestor({}, { more: ["--shard", `${index}/2`], data: folders[index], given: index === 0 });
  const processor = suite.processor();
  const first = shard(0);
  const second = shard(1);
  const inFlight = await suite.underWay(crawl);
  second.child.kill("SIGKILL");
  await sleep(AWAY_MS);
  const again = shard(1);
  const stored = async (running: Running): Promise<number> =>
    sumOf(await probe(running, "/metrics"), 'frontier_urls{state="stored"');
  await eventually(
    "both frontiers together have stored the site",
    async () => (await stored(first)) + (await stored(again)) >= crawl.site.pages,
    { told: async () => (await Promise.all([first, again, processor].map(sayingsOf))).join("\n\n") },
  );
  await Promise.all([stopped(first), stopped(again), suite.stop(processor)]);
  const counts = await Promise.all(folders.map(countsOf));
  for (const { stored: own, ...others } of counts) {
    assert.ok(own > 0, "each has its part");
    for (const [state, urls] of Object.entries(others)) assert.equal(urls, 0, state);
  }
  assert.equal(
    counts.reduce((sum, { stored: own }) => sum + own, 0),
    crawl.site.pages,
  );
  await suite.whole([crawl], { fault: "one ingestor of two killed", times: 1, inFlight });
}
