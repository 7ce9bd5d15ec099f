// The guarantee of two machines on real servers: whatever dies or goes away while records are under way, rows, WARC records
// and states equal the site in the end. FAULT_PROCESSOR_KILLS, FAULT_INGESTOR_KILLS, FAULT_PAGES, FAULT_AWAY_MS and
// FAULT_SEED choose how often, over how many pages, for how long, and which moments.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { seededRandom } from "../../src/base/index.ts";
import type { Running } from "../scenario/program.ts";
import { startToxiproxy, type Toxiproxy, whyMissing } from "../services/index.ts";
import { type FaultCrawl, faultCrawl, finished, stopped } from "./fault-crawl.ts";
import { Equality, type Found } from "./fault-equality.ts";
import { INGESTOR_FAILPOINTS, killAgainAndAgain, PROCESSOR_FAILPOINTS } from "./fault-kills.ts";
import { type FaultRow, faultTable } from "./fault-table.ts";
import { type Machines, startMachines, until } from "./two-machines.ts";

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const processorKills = number("FAULT_PROCESSOR_KILLS", 20);
const ingestorKills = number("FAULT_INGESTOR_KILLS", 10);
const pages = number("FAULT_PAGES", 600);
const seed = number("FAULT_SEED", Math.floor(Math.random() * 2 ** 31));
const LONG_MS = 240_000;

/** Members that die are noticed and segments are put sooner than by default. */
const QUICK = {
  MILLRACE_WIRE_CONSUMER_SESSION_TIMEOUT_MS: "4000",
  MILLRACE_WIRE_CONSUMER_HEARTBEAT_MS: "1000",
  MILLRACE_STORE_CLAIM_GRACE_MS: "2000",
  MILLRACE_STORE_S3_LINGER_MS: "300",
};
const missing = whyMissing("kafka", "postgres", "minio", "toxiproxy");

describe("two machines survive", { skip: missing ?? false }, () => {
  const closing: (() => unknown)[] = [];
  const own = { after: (fn: () => unknown) => void closing.unshift(fn) };
  const rows: FaultRow[] = [];
  let machines: Machines;
  let proxies: Toxiproxy;
  let equality: Equality;

  before(async () => {
    proxies = await startToxiproxy();
    const hooks: (() => unknown)[] = [];
    machines = await startMachines(
      { after: (fn) => void hooks.push(fn) },
      {
        env: QUICK,
        kafka: {
          behind: proxies,
          topicRetentionCheckMs: 5_000,
          settings: { "group.min.session.timeout.ms": "1000" },
        },
      },
    );
    for (const hook of hooks.reverse()) own.after(hook);
    equality = new Equality(machines);
  });

  after(async () => {
    for (const close of closing) await close();
    await proxies?.dispose();
    console.log(`seed ${seed}\n${faultTable(rows)}`);
  });

  /** Everything equals the sites and nothing is left to do. */
  async function assertWhole(
    crawls: readonly FaultCrawl[],
    row: Pick<FaultRow, "fault" | "times" | "inFlight">,
    how: { readonly again?: boolean } = {},
  ): Promise<void> {
    await until("the lag is 0", async () => (await machines.lag()) === 0, LONG_MS);
    const all: Found = { pages: 0, captures: 0, doubles: 0, lost: 0 };
    for (const { site, data } of crawls) {
      const found = await equality.assertEquals(site, how);
      for (const key of ["pages", "captures", "doubles", "lost"] as const) all[key] += found[key];
      await equality.assertStored(site, data);
    }
    rows.push({ ...row, ...all, lag: await machines.lag() });
  }

  test(`${processorKills} kills of the processor and ${ingestorKills} of the ingestor (seed ${seed})`, async (t) => {
    const random = seededRandom(seed);
    const crawls: FaultCrawl[] = [];
    const next = async (): Promise<void> => {
      crawls.push(await faultCrawl(t, machines, { pages, delayMs: 300 }));
    };
    await next();
    const current = (): FaultCrawl => {
      const last = crawls.at(-1);
      assert.ok(last !== undefined);
      return last;
    };
    const lag = () => machines.lag();
    // One that fails ends the other.
    const failed = new AbortController();
    const ending = (thrown: unknown): never => {
      failed.abort(thrown);
      throw thrown;
    };
    let processor: Running | null = null;
    const processors = killAgainAndAgain({
      times: processorKills,
      failpoints: PROCESSOR_FAILPOINTS,
      random,
      start: (env) => machines.processor([], env),
      over: () => Promise.reject(new Error("a processor ended by itself")),
      lag,
      signal: failed.signal,
    }).then((kills) => {
      processor = machines.processor();
      return kills;
    }, ending);
    const ingestors = killAgainAndAgain({
      times: ingestorKills,
      failpoints: INGESTOR_FAILPOINTS,
      random,
      start: (env) => current().ingestor(env),
      over: next,
      lag,
      signal: failed.signal,
    }).then(async (kills) => {
      // Pages come until the last processor is killed.
      for (;;) {
        await finished(current(), current().ingestor());
        failed.signal.throwIfAborted();
        if (processor !== null) return kills;
        await next();
      }
    }, ending);
    const [kills, { places, inFlight }] = await Promise.all([processors, ingestors]);
    assert.ok(processor !== null);
    await stopped(processor);
    t.diagnostic(`processor: ${kills.places.join(", ")}; ingestor: ${places.join(", ")}`);
    await assertWhole(crawls, {
      fault: "kill -9 of processor and ingestor",
      times: kills.places.length + places.length,
      inFlight: Math.max(...kills.inFlight, ...inFlight),
    });
  });
});
