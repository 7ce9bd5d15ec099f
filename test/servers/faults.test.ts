// The guarantee of two machines on real servers: whatever dies or goes away while records are under way, rows, WARC records
// and states equal the site in the end. FAULT_PROCESSOR_KILLS, FAULT_INGESTOR_KILLS, FAULT_PAGES, FAULT_AWAY_MS and
// FAULT_SEED choose how often, over how many pages, for how long, and which moments.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { seededRandom } from "../../src/base/index.ts";
import type { Running } from "../scenario/program.ts";
import { startOpenSearch, whyMissing } from "../services/index.ts";
import { type FaultCrawl, finished } from "./fault-crawl.ts";
import { INGESTOR_FAILPOINTS, killAgainAndAgain, PROCESSOR_FAILPOINTS } from "./fault-kills.ts";
import { assertBuried, sendPoison } from "./fault-poison.ts";
import { processorOffPastRetention } from "./fault-retention.ts";
import { oneIngestorOfTwo } from "./fault-shards.ts";
import { eventually, FaultSuite, probe } from "./fault-suite.ts";

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const processorKills = number("FAULT_PROCESSOR_KILLS", 20);
const ingestorKills = number("FAULT_INGESTOR_KILLS", 10);
const pages = number("FAULT_PAGES", 600);
const awayMs = number("FAULT_AWAY_MS", 30_000);
const seed = number("FAULT_SEED", Math.floor(Math.random() * 2 ** 31));
/** Some 80 pages a second: a fault finds the crawl in its midst. */
const PACE = { pages, delayMs: 100 };
/** For faults that come more than once. */
const SLOW = { pages, delayMs: 300 };
const HALF_AWAY_MS = awayMs / 2;

const missing = whyMissing("kafka", "postgres", "minio", "toxiproxy");

describe("two machines survive", { skip: missing ?? false }, () => {
  let suite: FaultSuite;
  before(async () => {
    suite = await FaultSuite.start();
  });
  after(async () => {
    console.log(`seed ${seed}\n${suite?.table()}`);
    await suite?.close();
  });

  test(`${processorKills} kills of the processor and ${ingestorKills} of the ingestor (seed ${seed})`, async (t) => {
    const random = seededRandom(seed);
    const crawls: FaultCrawl[] = [];
    const next = async (): Promise<void> => {
      crawls.push(await suite.crawl(t, { pages, delayMs: 300 }));
    };
    await next();
    const current = (): FaultCrawl => {
      const last = crawls.at(-1);
      assert.ok(last !== undefined);
      return last;
    };
    const lag = () => suite.machines.lag();
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
      start: (env) => suite.processor(env),
      over: () => Promise.reject(new Error("a processor ended by itself")),
      lag,
      signal: failed.signal,
    }).then((kills) => {
      processor = suite.processor();
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
    await suite.stop(processor);
    t.diagnostic(`processor: ${kills.places.join(", ")}; ingestor: ${places.join(", ")}`);
    await suite.whole(crawls, {
      fault: "kill -9 of processor and ingestor",
      times: kills.places.length + places.length,
      inFlight: Math.max(...kills.inFlight, ...inFlight),
    });
  });

  test("a restart of the broker, in good order and as by a power switch", (t) =>
    suite.withFault(t, {
      ...SLOW,
      fault: "broker stopped and started, then killed and started",
      times: 2,
      act: async (crawl) => {
        const { kafka } = suite.machines;
        await kafka.stop();
        await kafka.start();
        await suite.underWay(crawl, pages / 3);
        await kafka.kill();
        await kafka.start();
      },
    }));

  test("broker and database away together with poison under way: each record that cannot be read is a dead letter", async (t) => {
    let sent: Awaited<ReturnType<typeof sendPoison>> = [];
    await suite.withFault(t, {
      ...PACE,
      fault: "broker and database away with poison under way",
      times: 1,
      act: async () => {
        const { kafka, postgres } = suite.machines;
        await postgres.kill();
        sent = await sendPoison(suite, [0, 3, 7, 11]);
        await kafka.kill();
        await sleep(HALF_AWAY_MS);
        await kafka.start();
        await postgres.start();
        await assertBuried(suite, sent);
      },
    });
    assert.ok(sent.length > 0);
  });

  test("the database away", (t) =>
    suite.withFault(t, {
      ...PACE,
      fault: `database away for ${awayMs} ms`,
      times: 1,
      act: async (_crawl, processor) => {
        const { postgres } = suite.machines;
        await postgres.kill();
        await sleep(awayMs);
        await saysNotReady(processor);
        await postgres.start();
      },
    }));

  test("the object store away, with segments on their way", (t) =>
    suite.withFault(t, {
      ...PACE,
      fault: `object store away for ${awayMs} ms`,
      times: 1,
      act: async (_crawl, processor) => {
        const { minio } = suite.machines;
        await minio.kill();
        await sleep(awayMs);
        await saysNotReady(processor);
        await minio.start();
      },
    }));

  test("the object store dying in the midst of an upload", (t) =>
    suite.withFault(t, {
      ...SLOW,
      fault: "uploads and answers cut off, object store killed in a put",
      times: 5,
      act: async (crawl) => {
        const { minio } = suite.machines;
        const proxy = suite.bucketProxy;
        const cuts = [
          { direction: "upstream", bytes: 5_000 },
          { direction: "upstream", bytes: 20_000 },
          { direction: "downstream", bytes: 50 }, // the segment is there and nobody is told
        ] as const;
        for (const { direction, bytes } of cuts) {
          await proxy.addToxic({ type: "limit", bytes }, direction);
          await sleep(4_000);
          await proxy.heal();
          await suite.underWay(crawl);
        }
        for (let round = 0; round < 2; round++) {
          minio.pause();
          await sleep(2_000); // a put has begun by now
          await minio.kill();
          await minio.start();
          await suite.underWay(crawl);
        }
      },
    }));

  test("the search index away", { skip: whyMissing("opensearch") ?? false }, async (t) => {
    const search = await startOpenSearch();
    t.after(() => search.dispose());
    await suite.withFault(t, {
      ...PACE,
      fault: `search index away for ${awayMs} ms`,
      times: 1,
      processorEnv: { OPENSEARCH_URL: search.url },
      act: async ({ site }) => {
        await search.kill();
        await sleep(awayMs);
        await search.start();
        const rows = async () => (await suite.machines.sql`select 1 from millrace.pages`).count;
        await eventually(
          "the index has every page",
          async () =>
            (await suite.equality.captured(site)) === site.pages &&
            (await documentsIn(`${search.url}/millrace-pages`)) === (await rows()),
        );
      },
    });
  });

  test("a slow network whose connections break now and then", async (t) => {
    const { proxy } = suite.machines.kafka;
    assert.ok(proxy !== null);
    t.after(() => proxy.heal());
    await suite.withFault(t, {
      ...PACE,
      fault: "slow network, connections reset",
      times: 5,
      // A heartbeat waits behind the fetch before it, which takes seconds here.
      processorEnv: { MILLRACE_WIRE_CONSUMER_SESSION_TIMEOUT_MS: "30000" },
      act: async () => {
        for (const direction of ["upstream", "downstream"] as const) {
          await proxy.addToxic({ type: "latency", latencyMs: 150, jitterMs: 50 }, direction);
          await proxy.addToxic({ type: "bandwidth", kibPerSecond: 256 }, direction);
        }
        for (let round = 0; round < 5; round++) {
          await sleep(2_000);
          const mended = await proxy.addToxic({ type: "reset", afterMs: 0 });
          await sleep(200);
          await mended();
        }
      },
    });
  });

  test("one of two processors killed in a rebalance, while a third joins", async (t) => {
    const crawl = await suite.crawl(t, PACE);
    const admin = suite.kafka().admin();
    await admin.connect();
    t.after(() => admin.disconnect());
    const group = async () => (await admin.describeGroups(["millrace-processor"])).groups[0];
    const [first, second] = [suite.processor(), suite.processor()];
    await eventually("two processors are members", async () => (await group())?.members.length === 2);
    const ingestor = crawl.ingestor();
    const inFlight = await suite.underWay(crawl);
    const third = suite.processor();
    // It may be over between two looks: then the kill begins the next one.
    await eventually(
      "the group is rebalanced",
      async () => {
        const { state, members } = (await group()) ?? {};
        return state !== undefined && (state !== "Stable" || members?.length === 3);
      },
      { lookMs: 20 },
    );
    second.child.kill("SIGKILL");
    await finished(crawl, ingestor);
    await eventually("the first and the third share the partitions", async () => {
      const found = await group();
      return found?.state === "Stable" && found.members.length === 2;
    });
    await suite.stop(first, third);
    await suite.whole([crawl], { fault: "processor killed in a rebalance", times: 1, inFlight });
  });

  test("no processor for longer than raw.page keeps a record", (t) => processorOffPastRetention(suite, t));

  // The last: URLs that two ingestors sent each other would be news to the one of another test.
  test("one of two ingestors killed, whose hosts wait for it", (t) => oneIngestorOfTwo(suite, t));
});

async function documentsIn(index: string): Promise<number> {
  const answer = await fetch(`${index}/_count`, { signal: AbortSignal.timeout(10_000) });
  return z.object({ count: z.number() }).parse(await answer.json()).count;
}

/** Within the outage. */
async function saysNotReady(running: Running): Promise<void> {
  await eventually(
    "readiness tells what is down",
    async () => JSON.parse(await probe(running, "/health/ready")).status !== "ready",
  );
}
