// Ingestor and processor on this one machine with real services between them, beside a standalone crawl of the same site; and
// how fast the ingestor alone hands pages over. The site and the services are other processes and not counted.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { Client } from "minio";
import postgres from "postgres";
import { systemClock } from "../../src/base/index.ts";
import { startKafka, startMinio, startPostgres, whyMissing } from "../../test/services/index.ts";
import type { Case, Figure, Settings } from "../case.ts";
import { type Cost, childrenSeconds, costOf } from "../process-tree.ts";
import { type Site, startSite } from "../site.ts";

const PAGES = 5_000;
const HOSTS = 12;
const BUCKET = "pages";
const LOOK_MS = 20;
const IDLE_S = 1;
const FAST = ["--allow-private", "--delay", "0", "--per-host", "16", "--quiet", "--no-robots"];
const TOPICS = [
  "raw.page",
  "raw.page.dlq",
  "frontier.links",
  "processed.dlq",
  "storage.saved",
  "storage.dlq",
];
const PER_1000 = "CPU s per 1,000 pages";

interface Bed {
  readonly env: Readonly<Record<string, string>>;
  readonly admin: ReturnType<Kafka["admin"]>;
  readonly sql: postgres.Sql;
  readonly program: string;
}

async function onServers<T>(settings: Settings, work: (bed: Bed) => Promise<T>): Promise<T> {
  const missing = whyMissing("kafka", "postgres", "minio");
  if (missing !== null) throw new Error(missing);
  const [kafka, database, minio] = await Promise.all([startKafka(), startPostgres(), startMinio()]);
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  const admin = new Kafka({ brokers: [kafka.direct], logLevel: logLevel.NOTHING }).admin();
  try {
    const { accessKey, secretKey, endpoint, host, port } = minio;
    await new Client({ endPoint: host, port, useSSL: false, accessKey, secretKey }).makeBucket(BUCKET);
    await admin.connect();
    const env = {
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrap,
      DATABASE_URL: database.url,
      MINIO_ENDPOINT: endpoint,
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
      MINIO_BUCKET: BUCKET,
    };
    return await work({ env, admin, sql, program: settings.program });
  } finally {
    await admin.disconnect();
    await sql.end({ timeout: 1 });
    await Promise.all([kafka.dispose(), database.dispose(), minio.dispose()]);
  }
}

/** Topics and tables as new: a run reads nothing of the one before. */
async function emptied({ env, admin, sql, program }: Bed): Promise<void> {
  const there = await admin.listTopics();
  const ours = TOPICS.filter((topic) => there.includes(topic));
  if (ours.length > 0) await admin.deleteTopics({ topics: ours });
  await sql`drop schema if exists millrace cascade`;
  await inEnv(env, () => costOf(process.execPath, [program, "topics", "create"]));
}

/** Children inherit the environment; the bench itself reads nothing of it. */
async function inEnv<T>(env: Bed["env"], work: () => Promise<T>): Promise<T> {
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name);
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function crawlArgs(site: Site): string[] {
  const seeds = Array.from({ length: HOSTS }, (_, at) => `http://h${at}.large.test:${site.port}/`);
  return [...seeds, "--depth", "100", "--resolve", site.resolve, ...FAST];
}

interface Run {
  readonly cpuS: number;
  readonly wallS: number;
}

/** Wall time runs to the ingestor's end: it has heard of every page. CPU is that of both, start and end included. */
async function bothRoles(bed: Bed, site: Site, pages: number): Promise<Run> {
  await emptied(bed);
  return inFolder((folder) =>
    inEnv(bed.env, async () => {
      const role = (name: string, args: readonly string[]): Promise<Cost> =>
        costOf(process.execPath, [
          ...[bed.program, "--role", name, "--data", join(folder, name), "--metrics-port", "0"],
          ...args,
        ]);
      const cpuS = childrenSeconds();
      const startedMs = systemClock.monotonicMs();
      const processor = role("processor", ["--exit-when-idle", String(IDLE_S), "--quiet"]);
      await role("ingestor", [...crawlArgs(site), "--exit-when-done"]);
      const wallS = (systemClock.monotonicMs() - startedMs) / 1_000;
      await processor;
      const [row] = await bed.sql`select count(*)::int as count from millrace.captures`;
      if (row?.count !== pages) throw new Error(`${row?.count} pages stored of ${pages}`);
      return { cpuS: childrenSeconds() - cpuS, wallS };
    }),
  );
}

async function standalone({ program }: Bed, site: Site): Promise<Run> {
  return inFolder((folder) =>
    costOf(process.execPath, [program, "crawl", ...crawlArgs(site), "--data", join(folder, "data")]),
  );
}

/** Every URL is given, because without a processor nobody finds a link. From the first record at the broker to the last. */
async function handOver(bed: Bed, site: Site, pages: number): Promise<number> {
  await emptied(bed);
  return inFolder((folder) =>
    inEnv(bed.env, async () => {
      const list = join(folder, "list.txt");
      const urls = Array.from(
        { length: pages },
        (_, page) =>
          `http://h${page % HOSTS}.large.test:${site.port}/${page < HOSTS ? "" : `page/${page}`}\n`,
      );
      await writeFile(list, urls.join(""));
      const stop = new AbortController();
      const ended = costOf(
        process.execPath,
        [
          ...[bed.program, "--role", "ingestor", "--list", list, "--resolve", site.resolve, ...FAST],
          ...["--data", join(folder, "data"), "--metrics-port", "0"],
        ],
        folder,
        stop.signal,
      );
      const sent = async (): Promise<number> => {
        const offsets = await bed.admin.fetchTopicOffsets("raw.page");
        return offsets.reduce((sum, { high }) => sum + Number(high), 0);
      };
      let first: { atMs: number; records: number } | null = null;
      for (;;) {
        const records = await sent();
        const atMs = systemClock.monotonicMs();
        if (first === null && records > 0) first = { atMs, records };
        if (first !== null && records >= pages) {
          stop.abort();
          await ended;
          return ((records - first.records) * 1_000) / (atMs - first.atMs);
        }
        await sleep(LOOK_MS);
      }
    }),
  );
}

async function endToEnd(settings: Settings, bytes: number): Promise<Figure[]> {
  const pages = settings.count ?? PAGES;
  const site = await startSite({ kind: "plain", pages, bytes, hosts: HOSTS, corpus: null });
  const both: Run[] = [];
  const alone: Run[] = [];
  const handed: number[] = [];
  try {
    await onServers(settings, async (bed) => {
      for (let run = 0; run < settings.runs; run++) {
        both.push(await bothRoles(bed, site, pages));
        alone.push(await standalone(bed, site));
        handed.push(await handOver(bed, site, pages));
      }
    });
  } finally {
    site.close();
  }
  const cpu = (runs: readonly Run[]): number[] => runs.map(({ cpuS }) => (cpuS * 1_000) / pages);
  const rate = (runs: readonly Run[]): number[] => runs.map(({ wallS }) => pages / wallS);
  const goal = bytes === 10_000 ? { goal: 1_000 } : {};
  return [
    { name: "both roles", unit: PER_1000, samples: cpu(both), against: "standalone" },
    { name: "standalone", unit: PER_1000, samples: cpu(alone) },
    { name: "both roles, rate", unit: "pages/s", samples: rate(both), against: "standalone, rate" },
    { name: "standalone, rate", unit: "pages/s", samples: rate(alone) },
    { name: "hand-over, ingestor alone", unit: "pages/s", samples: handed, ...goal },
  ];
}

export const twoMachineCases: readonly Case[] = [10_000, 30_000].map((bytes) => ({
  name: `two-machines-${bytes / 1_000}k`,
  summary: `pages of ${bytes / 1_000} KB through both roles and real services, beside a standalone crawl`,
  run: (settings) => endToEnd(settings, bytes),
}));
