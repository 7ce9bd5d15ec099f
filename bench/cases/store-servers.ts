// The store on real servers: rows into PostgreSQL beside bare COPY and `jsonb_to_recordset` of the same rows, segments into
// S3 beside a plain put of the same bytes; each pair in the same run. A page is two rows: its capture and itself.
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Client } from "minio";
import postgres from "postgres";
import { systemClock } from "../../src/base/index.ts";
import type { StoredPage } from "../../src/model/index.ts";
import { serverStore, storeOptions } from "../../src/store/index.ts";
import { processedOf, prose } from "../../src/store/testing/pages.ts";
import { startMinio, startPostgres, whyMissing } from "../../test/services/index.ts";
import type { Case, Figure } from "../case.ts";

const PAGES = 10_000;
const BATCH = 500;
const LANES = 4;
const WORDS = 300;
const ROWS_GOAL = 30_000;
const MEBIBYTE = 1024 * 1024;
const SEGMENTS = 24;
const SEGMENT_BYTES = 8 * MEBIBYTE;
const BODY_BYTES = 32 * 1024;

const never = new AbortController().signal;

interface Cost {
  readonly perSecond: number;
  readonly cpuMsEach: number;
}

/** So many items, and this process's own CPU for each. */
async function cost(items: number, work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const startMs = systemClock.monotonicMs();
  await work();
  const elapsedMs = systemClock.monotonicMs() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: items / (elapsedMs / 1_000), cpuMsEach: (user + system) / 1_000 / items };
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function pageBatches(pages: number): StoredPage[][] {
  const segment = "millrace-20260101000000000-0123456789ab-00000001.warc.gz";
  return Array.from({ length: Math.ceil(pages / BATCH) }, (_, batch) =>
    Array.from({ length: BATCH }, (_, within) => ({
      ...processedOf(batch * BATCH + within, { text: prose(within, WORDS) }),
      stored: {
        raw: { key: segment, offset: within * 10_000, length: 7_000 },
        markdown: { key: segment, offset: within * 10_000 + 7_000, length: 3_000 },
      },
    })),
  );
}

/** The columns a plain sink would write, flat: what bare COPY and one insert are given. */
function flat({ page, stored, document, verdict }: StoredPage) {
  return {
    capture_id: page.request.captureId,
    url: page.url,
    final_url: page.url,
    domain: page.request.host,
    status: page.status,
    content_type: document.contentType,
    title: document.title,
    lane: verdict.lane,
    score: verdict.score,
    content_hash: document.signature,
    simhash: document.simhash,
    fetched_at: new Date(page.fetchedAtMs).toISOString(),
    elapsed_ms: page.elapsedMs,
    crawl_id: page.request.crawlId,
    raw_key: stored.raw.key,
    raw_offset: stored.raw.offset,
    raw_length: stored.raw.length,
    markdown_key: stored.markdown.key,
    markdown_offset: stored.markdown.offset,
    markdown_length: stored.markdown.length,
  };
}
const COLUMNS = `capture_id uuid, url text, final_url text, domain text, status integer, content_type text, title text,
  lane text, score integer, content_hash text, simhash text, fetched_at timestamptz, elapsed_ms double precision,
  crawl_id text, raw_key text, raw_offset bigint, raw_length bigint, markdown_key text, markdown_offset bigint,
  markdown_length bigint`;

async function rows(runs: number, pages: number): Promise<Figure[]> {
  const server = await startPostgres();
  const sql = postgres(server.url, { max: LANES, onnotice: () => undefined });
  const batches = pageBatches(pages);
  // Each page is two rows for the others as well.
  const flatBatches = batches.map((batch) => [...batch, ...batch].map(flat));
  const copied: Cost[] = [];
  const inserted: Cost[] = [];
  const bare: Cost[] = [];
  const withTerms: Cost[] = [];
  try {
    await sql.unsafe(`create table flat (${COLUMNS})`);
    const options = { ...storeOptions.parse({}) };
    const database = { ...options.database, url: server.url, connectionsMax: LANES + 2 };
    const search = { ...options.search, terms: false };
    const stores = [
      [bare, serverStore(".", { ...options, database, search }, "bench", systemClock)],
      [withTerms, serverStore(".", { ...options, database }, "bench", systemClock)],
    ] as const;
    for (let run = 0; run < runs; run++) {
      await sql`truncate flat`;
      copied.push(
        await cost(2 * pages, () =>
          inLanes(flatBatches, async (batch) => {
            const lines = batch.map((row) => `${Object.values(row).join("\t")}\n`).join("");
            await pipeline(Readable.from([lines]), await sql`copy flat from stdin`.writable());
          }),
        ),
      );
      await sql`truncate flat`;
      inserted.push(
        await cost(2 * pages, () =>
          inLanes(flatBatches, (batch) =>
            sql.unsafe(
              `insert into flat select * from jsonb_to_recordset($1::text::jsonb) as r(${COLUMNS})`,
              [JSON.stringify(batch)],
            ),
          ),
        ),
      );
      for (const [samples, { metadata }] of stores) {
        await metadata.connect(never);
        await metadata.clear();
        samples.push(await cost(2 * pages, () => inLanes(batches, (batch) => metadata.record(batch, never))));
      }
    }
    for (const [, store] of stores) await store.close();
  } finally {
    await sql.end({ timeout: 5 });
    await server.dispose();
  }
  const perSecond = (name: string, costs: readonly Cost[], held: Partial<Figure> = {}): Figure => ({
    name,
    unit: "rows/s",
    samples: costs.map((each) => each.perSecond),
    ...held,
  });
  const cpu = (name: string, costs: readonly Cost[], held: Partial<Figure> = {}): Figure => ({
    name,
    unit: "CPU ms per row, client",
    samples: costs.map((each) => each.cpuMsEach),
    ...held,
  });
  return [
    perSecond("bare COPY, no index", copied),
    perSecond("jsonb_to_recordset, no index", inserted),
    perSecond("rows without search terms", bare, {
      goal: ROWS_GOAL,
      against: "jsonb_to_recordset, no index",
    }),
    perSecond("rows with search terms", withTerms, { against: "rows without search terms" }),
    cpu("COPY", copied),
    cpu("without search terms", bare, { against: "COPY" }),
    cpu("with search terms", withTerms, { against: "COPY" }),
  ];
}

async function segments(runs: number): Promise<Figure[]> {
  const [server, database] = await Promise.all([startMinio(), startPostgres()]);
  const { host, port, accessKey, secretKey, endpoint } = server;
  const client = new Client({
    endPoint: host,
    port,
    useSSL: false,
    accessKey,
    secretKey,
    region: "us-east-1",
  });
  const plain: number[] = [];
  const stored: number[] = [];
  try {
    await client.makeBucket("bench");
    const options = storeOptions.parse({ content: { kind: "s3" } });
    const store = serverStore(
      ".",
      {
        ...options,
        database: { ...options.database, url: database.url },
        s3: { ...options.s3, endpoint, accessKey, secretKey, bucket: "bench" },
      },
      "bench",
      systemClock,
    );
    await store.content.connect(never);
    const body = new Uint8Array(randomBytes(BODY_BYTES));
    const pages = Math.floor(SEGMENT_BYTES / BODY_BYTES);
    const bytes = Buffer.from(randomBytes(SEGMENT_BYTES));
    const all = Array.from({ length: SEGMENTS }, (_, at) => at);
    const megabytes = (SEGMENTS * SEGMENT_BYTES) / 1e6;
    for (let run = 0; run < runs; run++) {
      const put = await cost(1, () =>
        inLanes(all, (at) => client.putObject("bench", `plain-${run}-${at}`, bytes)),
      );
      plain.push(put.perSecond * megabytes);
      const batches = all.map((at) =>
        Array.from({ length: pages }, (_, within) =>
          processedOf(at * pages + within, {
            body,
            headers: [["content-encoding", "br"]],
            fetchedAtMs: systemClock.nowMs(),
          }),
        ),
      );
      const append = await cost(1, () => inLanes(batches, (batch) => store.content.append(batch, never)));
      stored.push(append.perSecond * megabytes);
    }
    await store.close();
  } finally {
    await Promise.all([server.dispose(), database.dispose()]);
  }
  return [
    { name: "plain put of 8 MiB", unit: "MB/s", samples: plain },
    { name: "segments of 8 MiB, claimed", unit: "MB/s", samples: stored, against: "plain put of 8 MiB" },
  ];
}

export const storeServersCase: Case = {
  name: "store-servers",
  summary: "rows/s into PostgreSQL and MB/s of segments into S3, beside COPY, one insert and a plain put",
  async run({ runs, count }) {
    const missing = whyMissing("postgres", "minio");
    if (missing !== null) throw new Error(missing);
    return [...(await rows(runs, count ?? PAGES)), ...(await segments(runs))];
  },
};
