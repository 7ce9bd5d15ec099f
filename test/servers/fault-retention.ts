// A fault of the suite: every processor is away for longer than raw.page keeps a record. Leasing must stop at half of
// that, and what expired unread must be fetched again once somebody reads.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { finished, stopped } from "./fault-crawl.ts";
import { eventually, type FaultSuite, probe, sayingsOf, sumOf, type Test } from "./fault-suite.ts";

const TOPIC = "raw.page";
/** Of the protocol: kafkajs types it and does not give it. */
const TOPIC_RESOURCE = 2;
const RETENTION_MS = 60_000;
const ENV = { MILLRACE_WIRE_RETENTION_MS_RAW_PAGE: String(RETENTION_MS) };
/** Slow enough that half the retention is over before the last page is leased. */
const PACE = { pages: 800, delayMs: 500, listed: true };
/** What was being fetched when leasing stopped is at the broker by then. */
const SETTLE_MS = 3_000;

export async function processorOffPastRetention(suite: FaultSuite, t: Test): Promise<void> {
  const admin = suite.kafka().admin();
  await admin.connect();
  t.after(() => admin.disconnect());
  const configEntries = [
    { name: "retention.ms", value: String(RETENTION_MS) },
    { name: "segment.ms", value: "10000" },
  ];
  const resource = { type: TOPIC_RESOURCE, name: TOPIC, configEntries };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });

  const crawl = await suite.crawl(t, PACE);
  const before = suite.processor(ENV);
  const ingestor = crawl.ingestor(ENV);
  await suite.underWay(crawl, PACE.pages / 16); // commits tell later what expired
  await stopped(before);
  const isPaused = async () => /nothing new is fetched until pages are processed/.test(ingestor.stderr());
  await eventually("leasing stops", isPaused, { told: () => sayingsOf(ingestor) });
  await sleep(SETTLE_MS);
  const served = crawl.site.served();
  const inFlight = await suite.machines.lag();
  assert.ok(inFlight > 0 && served < PACE.pages, `${served} pages fetched, ${inFlight} at the broker`);

  const end = (await admin.fetchTopicOffsets(TOPIC)).reduce((sum, { high }) => sum + Number(high), 0);
  const left = async (): Promise<number> =>
    (await admin.fetchTopicOffsets(TOPIC)).reduce((sum, { low }) => sum - Number(low), end);
  await eventually("records expire unread", async () => (await left()) < inFlight / 2);
  assert.equal(crawl.site.served(), served, "nothing is fetched while nobody reads");

  const processor = suite.processor(ENV);
  await eventually(
    "the processor counts what expired",
    async () => sumOf(await probe(processor, "/metrics"), "kafka_consumer_records_expired_total") > 0,
  );
  await finished(crawl, ingestor);
  await suite.stop(processor);
  const fault = `processor off past a retention of ${RETENTION_MS / 1000} s`;
  await suite.whole([crawl], { fault, times: 1, inFlight }, { again: true });
}
