// One crawl of the fault suite: a site of its own, an ingestor over it that may be killed and started again, and how both
// roles must end. Knows no fault.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Large, serveLarge } from "../../demo/large.ts";
import { systemClock } from "../../src/base/index.ts";
import { Frontier, frontierOptions } from "../../src/frontier/index.ts";
import type { UrlState } from "../../src/model/index.ts";
import { type Ended, type Running, scratch, start } from "../scenario/program.ts";
import type { Machines } from "./two-machines.ts";

export interface FaultCrawl {
  readonly site: Large;
  /** The ingestor's folder. */
  readonly data: string;
  /** The ingestor; each start goes on where the last one was broken off. */
  ingestor(env?: Readonly<Record<string, string>>, how?: IngestorOptions): Running;
}

export interface IngestorOptions {
  /** Further arguments; it ends with its work if there are none. */
  readonly more?: readonly string[];
  readonly data?: string;
  /** Whether it is given the site's seeds. */
  readonly given?: boolean;
}

export interface FaultCrawlOptions {
  readonly pages: number;
  /** Between two requests to one host: with the hosts, how fast pages come. */
  readonly delayMs?: number;
  readonly hosts?: number;
  readonly bytes?: number;
  /** All URLs are given, none is found. */
  readonly listed?: boolean;
}

const HOSTS = 8;
const BYTES = 6_000;

export async function faultCrawl(
  t: { after(fn: () => unknown): void },
  machines: Machines,
  options: FaultCrawlOptions,
): Promise<FaultCrawl> {
  const { pages, delayMs = 0, hosts = HOSTS, bytes = BYTES, listed = false } = options;
  const site = await serveLarge({ pages, hosts, bytes });
  t.after(() => site.close());
  const folder = scratch(t);
  const list = join(folder, "urls.txt");
  if (listed) writeFileSync(list, Array.from({ length: pages }, (_, page) => `${site.url(page)}\n`).join(""));
  const seeds = listed ? ["--list", list] : [...site.seeds, "--depth", String(site.depth + 10)];
  const args = [
    ...["--delay", String(delayMs), "--per-host", delayMs === 0 ? "16" : "1", "--metrics-port", "0"],
    ...site.resolve.flatMap((override) => ["--resolve", override]),
  ];
  const running = new Set<Running>();
  t.after(() => {
    for (const { child } of running) child.kill("SIGKILL");
  });
  const own = join(folder, "ingestor");
  return {
    site,
    data: own,
    ingestor(env = {}, { more = ["--exit-when-done"], data = own, given = true } = {}) {
      const all = ["--role", "ingestor", ...(given ? seeds : []), ...args, "--data", data, ...more];
      const started = start(all, { env: { ...machines.env, ...env } });
      running.add(started);
      void started.ended.then(() => running.delete(started));
      return started;
    },
  };
}

/** The ingestor's own end: nothing is left to do, and its frontier counts every page of the site as `stored`. */
export async function finished(crawl: FaultCrawl, running: Running): Promise<void> {
  const ended = await running.ended;
  assert.equal(ended.code, 0, said(ended));
  await allStored(crawl);
}

async function allStored({ site, data }: FaultCrawl): Promise<void> {
  const { stored, ...others } = await countsOf(data);
  assert.equal(stored, site.pages, JSON.stringify(others));
  for (const [state, urls] of Object.entries(others)) assert.equal(urls, 0, state);
}

/** URLs by state, in the frontier of an ingestor that has ended. Fails with the reasons where one failed. */
export async function countsOf(data: string): Promise<Readonly<Record<UrlState, number>>> {
  const options = frontierOptions.parse({});
  const frontier = new Frontier({ folder: join(data, "frontier"), options, clock: systemClock });
  try {
    assert.deepEqual(frontier.failed({ limit: 10 }).items, []);
    return frontier.counts();
  } finally {
    await frontier.close();
  }
}

/** A role that is asked to stop drains and leaves with 0. */
export async function stopped(running: Running): Promise<void> {
  running.child.kill("SIGTERM");
  const ended = await running.ended;
  assert.equal(ended.code, 0, said(ended));
}

/** The last of what a program said. */
export const said = ({ code, signal, stderr }: Ended): string =>
  `ended with ${code ?? signal}:\n${stderr.slice(-4_000)}`;
