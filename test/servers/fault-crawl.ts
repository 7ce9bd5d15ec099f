// One crawl of the fault suite: a site of its own, an ingestor over it that may be killed and started again, and how both
// roles must end. Knows no fault.
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Large, serveLarge } from "../../demo/large.ts";
import { systemClock } from "../../src/base/index.ts";
import { Frontier, frontierOptions } from "../../src/frontier/index.ts";
import { type Ended, type Running, scratch, start } from "../scenario/program.ts";
import type { Machines } from "./two-machines.ts";

export interface FaultCrawl {
  readonly site: Large;
  /** The ingestor's folder. */
  readonly data: string;
  /** The ingestor; each start goes on where the last one was broken off. */
  ingestor(env?: Readonly<Record<string, string>>, more?: readonly string[]): Running;
}

export interface FaultCrawlOptions {
  readonly pages: number;
  /** Between two requests to one host: with the hosts, how fast pages come. */
  readonly delayMs?: number;
  readonly hosts?: number;
  readonly bytes?: number;
}

const HOSTS = 8;
const BYTES = 6_000;

export async function faultCrawl(
  t: { after(fn: () => unknown): void },
  machines: Machines,
  options: FaultCrawlOptions,
): Promise<FaultCrawl> {
  const { pages, delayMs = 0, hosts = HOSTS, bytes = BYTES } = options;
  const site = await serveLarge({ pages, hosts, bytes });
  t.after(() => site.close());
  const data = scratch(t);
  const args = [
    ...site.seeds,
    ...["--depth", String(site.depth + 10), "--delay", String(delayMs)],
    ...["--per-host", delayMs === 0 ? "16" : "1"],
    ...site.resolve.flatMap((override) => ["--resolve", override]),
    ...["--data", data, "--metrics-port", "0"],
  ];
  let last: Running | null = null;
  t.after(() => last?.child.kill("SIGKILL"));
  return {
    site,
    data,
    ingestor(env, more = ["--exit-when-done"]) {
      last = start(["--role", "ingestor", ...args, ...more], { env: { ...machines.env, ...env } });
      return last;
    },
  };
}

/** The ingestor's own end: nothing is left to do, and every page of the site is `stored`. */
export async function finished(crawl: FaultCrawl, running: Running): Promise<void> {
  const ended = await running.ended;
  assert.equal(ended.code, 0, said(ended));
  await allStored(crawl);
}

/** As the frontier of an ingestor that has ended counts them. */
async function allStored({ site, data }: FaultCrawl): Promise<void> {
  const options = frontierOptions.parse({});
  const frontier = new Frontier({ folder: join(data, "frontier"), options, clock: systemClock });
  try {
    const { stored, ...others } = frontier.counts();
    assert.equal(stored, site.pages, JSON.stringify(others));
    for (const [state, urls] of Object.entries(others)) assert.equal(urls, 0, state);
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
