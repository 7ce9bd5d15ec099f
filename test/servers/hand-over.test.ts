// Thousands of pages of every size and coding from an ingestor process over Kafka to a processor process, both stopped once
// in mid-crawl; then what lies in PostgreSQL, S3 and the topics is compared with the site by other clients.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { WARCParser } from "warcio";
import { type Ended, type Running, run } from "../scenario/program.ts";
import { whyMissing } from "../services/index.ts";
import { probeOf } from "./probe.ts";
import { readTopic } from "./read-topic.ts";
import { type Machines, startMachines, until } from "./two-machines.ts";
import { type Coding, serveVaried, uncoded, type VariedSite } from "./varied-site.ts";

const PAGES = 5_200;
const HOSTS = 16;
const STOPPED_AT = 1_500;
const READERS = 8;
const CRAWL_MS_MAX = 400_000;
const STOP_MS = 45_000;
/** The broker's own default; records go whole up to a little less. */
const MESSAGE_BYTES = 1_048_588;
const EDGE_BYTES = 1_031_200;

interface Row {
  readonly url: string;
  readonly capture_id: string;
  readonly raw_sha256: string;
  readonly raw_key: string;
  readonly raw_offset: number;
  readonly raw_length: number;
}

const skip = whyMissing("kafka", "postgres", "minio") ?? false;

test("pages of 1 KB to 20 MB in five codings arrive whole, each once, over two stops", {
  skip,
}, async (t) => {
  const machines = await startMachines(t, {
    kafka: { messageBytesMax: MESSAGE_BYTES },
    env: {
      MILLRACE_TOPOLOGY_STOP_DEADLINE_MS: String(STOP_MS),
      MILLRACE_FETCH_HEADERS_TIMEOUT_MS: "10000",
      MILLRACE_FETCH_RETRY_FIRST_MS: "500",
    },
  });
  const site = await serveVaried({ pages: PAGES, hosts: HOSTS, edgeBytes: EDGE_BYTES });
  t.after(() => site.close());
  const rows = (): Promise<number> => countOf(machines, "captures");

  await t.test(
    "both roles tell lag, rates and readiness, and a SIGTERM in mid-crawl drains them",
    async () => {
      const [ingestor, processor] = startBoth(machines, site);
      const [atIngestor, atProcessor] = await Promise.all([probeOf(ingestor), probeOf(processor)]);
      await until("pages are being stored", async () => (await rows()) > STOPPED_AT, CRAWL_MS_MAX);
      for (const [topic, probe] of [
        ["frontier.links", atIngestor],
        ["raw.page", atProcessor],
      ] as const) {
        const lag = await probe.metric("kafka_consumer_lag");
        assert.equal(lag.size, 12, `the lag of ${topic}, by partition`);
        for (const labels of lag.keys()) assert.match(labels, new RegExp(`topic="${topic}"`));
        await until(
          `${topic}: records are sent and read`,
          async () =>
            Number((await probe.metric("kafka_producer_record_send_rate")).get("")) > 0 &&
            Number((await probe.metric("kafka_consumer_records_consumed_rate")).get("")) > 0,
          10_000,
        );
        assert.deepEqual(await probe.ready(), { status: 200, reasons: [] });
      }
      const ended = await Promise.all([stopped(ingestor), stopped(processor)]);
      for (const { code, signal, stderr } of ended) assert.deepEqual([code, signal], [0, null], stderr);
      assert.ok((await rows()) < PAGES, "the crawl was stopped before its end");
    },
  );

  await t.test("started again, both go on to the end of the crawl", async () => {
    const [ingestor, processor] = startBoth(machines, site);
    for (const role of [ingestor, processor]) {
      const { code, stderr } = await inTime(role, CRAWL_MS_MAX);
      assert.equal(code, 0, stderr);
    }
    assert.equal(await machines.lag(), 0);
  });

  const expected = new Map(site.pages);
  const odd = site.seeds.at(-1) ?? "";

  await t.test(
    "each page has one row, one record by a ranged read, and its bytes as they were sent",
    async () => {
      const captures = await machines.sql<Row[]>`
      select url, capture_id, raw_sha256, raw_key, raw_offset::float8 as raw_offset, raw_length::float8 as raw_length
      from millrace.captures`;
      const stored = new Set(captures.map(({ url }) => url));
      const wanted = new Set([...expected.keys(), odd]);
      assert.deepEqual(
        { rows: captures.length, missing: without(wanted, stored), others: without(stored, wanted) },
        { rows: wanted.size, missing: [], others: [] },
      );
      const seen = {
        codings: new Map<Coding, number>(),
        charsets: new Set<string>(),
        bytesMin: Infinity,
        bytesMax: 0,
      };
      await eachOf(captures, async (row) => {
        const payload = await recordOf(machines, row);
        const sent = site.sent.get(row.url);
        assert.deepEqual(
          { sha256: hash("sha256", payload), bytes: payload.byteLength, row: row.raw_sha256 },
          { ...sent, row: sent?.sha256 },
          row.url,
        );
        const number = expected.get(row.url);
        if (number === undefined) return;
        const { coding, charset, html } = site.page(number);
        const decoded = new TextDecoder(charset).decode(uncoded(payload, coding));
        assert.ok(decoded === html, `${row.url} decodes to the page`);
        seen.codings.set(coding, (seen.codings.get(coding) ?? 0) + 1);
        seen.charsets.add(charset);
        seen.bytesMin = Math.min(seen.bytesMin, payload.byteLength);
        seen.bytesMax = Math.max(seen.bytesMax, payload.byteLength);
      });
      assert.equal(seen.codings.size, 5);
      assert.equal(seen.charsets.size, 10);
      assert.ok(seen.bytesMin < 1_500 && seen.bytesMax === 20_000_000, JSON.stringify(seen));
      t.diagnostic(`${captures.length} pages of ${seen.bytesMin} to ${seen.bytesMax} bytes`);
    },
  );

  await t.test("titles are those of the pages, whatever their charset", async () => {
    const pages = await machines.sql<{ url: string; title: string }[]>`select url, title from millrace.pages`;
    const titles = new Map(pages.map(({ url, title }) => [url, title]));
    assert.equal(pages.length, PAGES + 1);
    for (const [url, number] of expected) assert.equal(titles.get(url), site.facts(number).title, url);
  });

  await t.test("a page goes whole up to the broker's limit and by claim check above it", async () => {
    const urls = new Map(
      (await machines.sql<Row[]>`select url, capture_id from millrace.captures`).map((row) => [
        row.capture_id,
        row.url,
      ]),
    );
    const claimed = new Set<number>();
    for await (const { name } of machines.objects.listObjectsV2(machines.bucket, "claims/", true)) {
      const number = expected.get(urls.get(String(name).slice(String(name).lastIndexOf("/") + 1)) ?? "");
      if (number !== undefined) claimed.add(number);
    }
    const ways = { whole: 0, claimed: 0 };
    for (const [url, number] of expected) {
      const { kind, coding } = site.facts(number);
      if (kind === "edge") ways[claimed.has(number) ? "claimed" : "whole"]++;
      // Identity bodies are packed for the journey, so their own length says little.
      else if (coding !== "identity") {
        const isLarge = Number(site.sent.get(url)?.bytes) > EDGE_BYTES;
        assert.equal(claimed.has(number), isLarge, url);
      }
    }
    assert.ok(ways.whole > 0 && ways.claimed > 0, JSON.stringify(ways));
  });

  await t.test("what failed, led elsewhere or is no page ends so on the ingestor", async () => {
    for (const [url, { state, code }] of site.others) {
      if (!/\/0(\.png)?$/.test(url)) continue; // one of each kind: every question is a process
      const { stdout, stderr } = await run(["why", url, "--json", "--data", machines.ingestorData]);
      assert.notEqual(stdout, "", stderr);
      const answer = JSON.parse(stdout) as { state: string; code: string | null; finalUrl: string };
      assert.deepEqual({ state: answer.state, code: answer.code }, { state, code }, url);
      if (url.includes("/moved/")) assert.ok(expected.has(answer.finalUrl), answer.finalUrl);
    }
  });

  await t.test("each failure is a record on raw.page.dlq and a row on the processor", async () => {
    const failed = new Map<string, string | null>();
    for (const [url, { state, code }] of site.others)
      if (state === "failed" && code !== "decode") failed.set(url, code);
    const records = await readTopic(machines.kafka.direct, "raw.page.dlq");
    assert.deepEqual(new Map(records.map(({ fields }) => [fields.url, fields.code])), failed);
    const letters = await machines.sql`select url, code, stage, topic from millrace.dead_letters`;
    assert.deepEqual(new Map(letters.map(({ url, code }) => [url, code])), failed);
    assert.equal(letters.length, failed.size);
    for (const { stage, topic } of letters) assert.deepEqual([stage, topic], ["fetch", "raw.page.dlq"]);
  });

  await t.test("storage.saved tells of each page where it lies", async () => {
    const captures = await machines.sql<Row[]>`
      select url, capture_id, raw_sha256, raw_key, raw_offset::float8 as raw_offset, raw_length::float8 as raw_length
      from millrace.captures`;
    const events = await readTopic(machines.kafka.direct, "storage.saved");
    const told = new Map(events.map(({ fields }) => [String(fields.capture_id), fields]));
    assert.equal(told.size, captures.length);
    for (const row of captures) {
      const event = told.get(row.capture_id);
      assert.deepEqual(
        [event?.url, event?.raw_sha256, event?.raw],
        [row.url, row.raw_sha256, { key: row.raw_key, offset: row.raw_offset, length: row.raw_length }],
      );
    }
    assert.equal(events.length, captures.length, "one event a page");
  });
});

function startBoth(machines: Machines, site: VariedSite): readonly [Running, Running] {
  const resolve = site.resolve.flatMap((override) => ["--resolve", override]);
  const pace = ["--delay", "0", "--per-host", "16", "--max-body", "30m", "--timeout", "60"];
  const processor = machines.processor(["--exit-when-idle", "5"]);
  const ingestor = machines.ingestor([
    ...[...site.seeds, "--depth", String(site.depth + 5), ...pace, ...resolve, "--exit-when-done"],
  ]);
  return [ingestor, processor];
}

async function countOf({ sql }: Machines, table: string): Promise<number> {
  const [there] = await sql`select to_regclass(${`millrace.${table}`}) is not null as present`;
  if (there?.present !== true) return 0;
  const [row] = await sql`select count(*)::int as count from ${sql(`millrace.${table}`)}`;
  return Number(row?.count);
}

/** Asked to stop; killed, and so without an exit code, when it is not down by its deadline. */
function stopped(role: Running): Promise<Ended> {
  assert.equal(role.child.exitCode, null, role.stderr());
  role.child.kill("SIGTERM");
  return inTime(role, STOP_MS);
}

async function inTime({ child, ended }: Running, withinMs: number): Promise<Ended> {
  const late = setTimeout(() => child.kill("SIGKILL"), withinMs);
  try {
    return await ended;
  } finally {
    clearTimeout(late);
  }
}

/** The payload of the one record at a row's place. */
async function recordOf({ objects, bucket }: Machines, row: Row): Promise<Buffer> {
  const member = await buffer(
    await objects.getPartialObject(bucket, row.raw_key, row.raw_offset, row.raw_length),
  );
  assert.equal(member.byteLength, row.raw_length);
  const parser = new WARCParser([gunzipSync(member)]);
  const record = await parser.parse();
  assert.ok(record, row.url);
  assert.deepEqual(
    [record.warcType, record.warcTargetURI, record.warcHeader("WARC-Record-ID")],
    ["response", row.url, `<urn:uuid:${row.capture_id}>`],
  );
  const payload = Buffer.from(await record.readFully(false));
  assert.equal(await parser.parse(), null, `${row.url}: one record`);
  return payload;
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: READERS }, worker));
}

const without = (all: ReadonlySet<string>, some: ReadonlySet<string>): string[] =>
  [...all].filter((item) => !some.has(item));
