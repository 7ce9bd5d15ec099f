// The servers that all faults share, each behind a proxy that can hurt it, and the one course of a fault: crawl, let it come
// while records are under way, wait for the end, compare. Knows no single fault.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { z } from "zod";
import type { Running } from "../scenario/program.ts";
import { startToxiproxy, type Toxiproxy } from "../services/index.ts";
import { type FaultCrawl, type FaultCrawlOptions, faultCrawl, finished, stopped } from "./fault-crawl.ts";
import { Equality, type Found } from "./fault-equality.ts";
import { type FaultRow, faultTable } from "./fault-table.ts";
import { type Machines, startMachines } from "./two-machines.ts";

/** For what comes by itself: generous, for slow machines. */
const PATIENCE_MS = 240_000;
const LOOK_MS = 250;

/** Members that die are noticed and segments are put sooner than by default. */
const QUICK = {
  MILLRACE_WIRE_CONSUMER_SESSION_TIMEOUT_MS: "4000",
  MILLRACE_WIRE_CONSUMER_HEARTBEAT_MS: "1000",
  MILLRACE_STORE_CLAIM_GRACE_MS: "2000",
  MILLRACE_STORE_S3_LINGER_MS: "300",
};

export interface Test {
  after(fn: () => unknown): void;
}

export interface Fault extends FaultCrawlOptions {
  readonly fault: string;
  readonly times: number;
  readonly processorEnv?: Readonly<Record<string, string>>;
  /** Comes once pages are stored and others are under way. */
  act(crawl: FaultCrawl, processor: Running): Promise<void>;
}

type Toxiproxied = Awaited<ReturnType<Toxiproxy["addProxy"]>>;

export class FaultSuite {
  readonly machines: Machines;
  readonly bucketProxy: Toxiproxied;
  readonly rows: FaultRow[] = [];
  readonly equality: Equality;
  /** Dead letters that there must be by now. */
  letters = 0;
  readonly #close: () => Promise<void>;
  readonly #processors = new Set<Running>();

  constructor(machines: Machines, bucketProxy: Toxiproxied, close: () => Promise<void>) {
    this.machines = machines;
    this.bucketProxy = bucketProxy;
    this.equality = new Equality(machines);
    this.#close = close;
  }

  static async start(): Promise<FaultSuite> {
    const hooks: (() => unknown)[] = [];
    const close = async (): Promise<void> => {
      for (const hook of hooks) await hook();
    };
    try {
      const proxies = await startToxiproxy();
      const machines = await startMachines(
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
      hooks.push(() => proxies.dispose());
      const { host, port } = machines.minio;
      const bucketProxy = await proxies.addProxy({ upstream: `${host}:${port}` });
      const env = { ...machines.env, MINIO_ENDPOINT: `http://${bucketProxy.address}` };
      return new FaultSuite({ ...machines, env }, bucketProxy, close);
    } catch (thrown) {
      await close();
      throw thrown;
    }
  }

  async close(): Promise<void> {
    await this.#close();
  }

  table(): string {
    return faultTable(this.rows);
  }

  processor(env: Readonly<Record<string, string>> = {}): Running {
    const { MINIO_ENDPOINT = "" } = this.machines.env;
    const started = this.machines.processor([], { MINIO_ENDPOINT, ...env });
    this.#processors.add(started);
    void started.ended.then(() => this.#processors.delete(started));
    return started;
  }

  /** A test that fails leaves no processor to the next one. */
  crawl(t: Test, options: FaultCrawlOptions): Promise<FaultCrawl> {
    t.after(() => {
      for (const { child } of this.#processors) child.kill("SIGKILL");
    });
    return faultCrawl(t, this.machines, options);
  }

  /** Stored is a part, and records are at the broker that are not committed; answers how many. 0: all is stored by now. */
  async underWay({ site }: FaultCrawl, stored = site.pages / 10): Promise<number> {
    let lag = 0;
    await eventually("records are under way", async () => {
      lag = await this.machines.lag();
      const captured = await this.equality.captured(site);
      return captured === site.pages || (lag > 0 && captured >= stored);
    });
    return lag;
  }

  /** One crawl by one ingestor and one processor, with a fault in its midst. */
  async withFault(t: Test, fault: Fault): Promise<void> {
    const crawl = await this.crawl(t, fault);
    const processor = this.processor(fault.processorEnv);
    t.after(() => processor.child.kill("SIGKILL"));
    const ingestor = crawl.ingestor();
    const inFlight = await this.underWay(crawl);
    assert.ok(inFlight > 0, "nothing is under way any more");
    await fault.act(crawl, processor);
    await finished(crawl, ingestor);
    await this.stop(processor);
    await this.whole([crawl], { ...fault, inFlight });
  }

  /** What was read and not committed in time comes again: processors go when nothing is left for them. */
  async stop(...processors: readonly Running[]): Promise<void> {
    await eventually("the lag is 0", async () => (await this.machines.lag()) === 0);
    await Promise.all(processors.map(stopped));
  }

  /** Everything equals the sites and nothing is left to do. */
  async whole(
    crawls: readonly Pick<FaultCrawl, "site" | "data">[],
    { fault, times, inFlight }: Pick<FaultRow, "fault" | "times" | "inFlight">,
    how: { readonly again?: boolean } = {},
  ): Promise<void> {
    const { machines, equality } = this;
    const all: Found = { pages: 0, captures: 0, doubles: 0, lost: 0 };
    for (const { site, data } of crawls) {
      const found = await equality.assertEquals(site, how);
      for (const key of ["pages", "captures", "doubles", "lost"] as const) all[key] += found[key];
      if (existsSync(data)) await equality.assertStored(site, data);
    }
    assert.equal(await this.letterCount(), this.letters, "dead letters");
    const lag = await machines.lag();
    assert.equal(lag, 0, "lag");
    this.rows.push({ fault, times, inFlight, ...all, lag });
  }

  async letterCount(): Promise<number> {
    const [row] = await this.machines.sql`select count(*)::integer as count from millrace.dead_letters`;
    return z.object({ count: z.number() }).parse(row).count;
  }

  /** A client of the test's own, past the proxy. */
  kafka(): Kafka {
    return new Kafka({ brokers: [this.machines.kafka.direct], logLevel: logLevel.NOTHING });
  }
}

/**
 * Waits until `good` says so. Who cannot be asked, because a server is still coming up, is asked again. `told` is what to
 * show where it never does.
 */
export async function eventually(
  what: string,
  good: () => Promise<boolean>,
  {
    told = () => "",
    lookMs = LOOK_MS,
  }: { readonly told?: () => Promise<unknown> | unknown; readonly lookMs?: number } = {},
): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  for (;;) {
    let cause: unknown;
    try {
      if (await good()) return;
    } catch (thrown) {
      cause = thrown;
    }
    if (Date.now() > endMs)
      throw new Error(`${what}: not within ${PATIENCE_MS} ms\n${await told()}`, { cause });
    await sleep(lookMs);
  }
}

/** What a role's probe says, once it is up. */
export async function probe(running: Running, path: "/metrics" | "/health/ready"): Promise<string> {
  const url = /metrics on (http:\S+)\/metrics/.exec(running.stderr())?.[1];
  if (url === undefined) return "";
  const answer = await fetch(url + path, { signal: AbortSignal.timeout(10_000) });
  return answer.text();
}

/** What a role that still runs says of its frontier and its lanes, and the last it said by itself. */
export async function sayingsOf(running: Running): Promise<string> {
  const metrics = await probe(running, "/metrics").catch(String);
  const lines = metrics.split("\n").filter((line) => /^(frontier_|channel_|kafka_|batch)/.test(line));
  return [...lines, running.stderr().slice(-3_000)].join("\n");
}

/** The sum of all lines that begin so: a metric's name, and labels if only some are meant. */
export const sumOf = (metrics: string, beginning: string): number =>
  metrics
    .split("\n")
    .filter((line) => line.startsWith(beginning))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
