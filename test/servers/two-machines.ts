// Two machines on one: a broker, a database and a bucket of their own, the program's two roles as processes that one can
// kill, and what they left compared with the site by clients that are not the program's.
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import type { Client } from "minio";
import postgres from "postgres";
import { type Running, run, scratch, start } from "../scenario/program.ts";
import {
  type KafkaServer,
  type MinioServer,
  type PostgresServer,
  startKafka,
  startMinio,
  startPostgres,
} from "../services/index.ts";
import { clientOf } from "./bucket.ts";

const BUCKET = "pages";
export const PROCESSORS = "millrace-processor";

export interface Machines {
  readonly kafka: KafkaServer;
  readonly postgres: PostgresServer;
  readonly minio: MinioServer;
  /** The program's configuration: where the services are. */
  readonly env: Readonly<Record<string, string>>;
  readonly objects: Client;
  readonly bucket: string;
  readonly sql: postgres.Sql;
  /** Records of the processors' group that are not committed yet. */
  lag(): Promise<number>;
  /** Where the ingestor keeps its frontier. */
  readonly ingestorData: string;
  ingestor(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  processor(args?: readonly string[], env?: Readonly<Record<string, string>>): Running;
}

interface Test {
  after(fn: () => unknown): void;
}

export interface MachinesOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly kafka?: Parameters<typeof startKafka>[0];
  /** Bytes that a topic takes as one message; the program's default when absent. */
  readonly topics?: readonly string[];
}

/** Servers, topics, database and bucket; gone when the test is over. */
export async function startMachines(t: Test, options: MachinesOptions = {}): Promise<Machines> {
  const folder = scratch({ after: (fn) => t.after(fn) });
  const servers = await Promise.all([startKafka(options.kafka), startPostgres(), startMinio()]);
  const [kafka, database, minio] = servers;
  for (const server of servers) t.after(() => server.dispose());
  const objects = clientOf(minio);
  await objects.makeBucket(BUCKET);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrap,
    DATABASE_URL: database.url,
    MINIO_ENDPOINT: minio.endpoint,
    MINIO_ACCESS_KEY: minio.accessKey,
    MINIO_SECRET_KEY: minio.secretKey,
    MINIO_BUCKET: BUCKET,
    ...options.env,
  };
  const created = await run(["topics", "create"], { env });
  assert.equal(created.code, 0, created.stderr);
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  t.after(() => sql.end({ timeout: 1 }));
  const admin = new Kafka({ brokers: [kafka.direct], logLevel: logLevel.NOTHING }).admin();
  t.after(() => admin.disconnect().catch(() => undefined));
  const running: Running[] = [];
  // Hooks run in the order they are given: the programs go first.
  t.after(() => {
    for (const { child } of running) child.kill("SIGKILL");
  });
  const role = (args: readonly string[], extra: Readonly<Record<string, string>> = {}): Running => {
    const started = start(args, { env: { ...env, ...extra } });
    running.push(started);
    return started;
  };
  return {
    kafka,
    postgres: database,
    minio,
    env,
    objects,
    bucket: BUCKET,
    sql,
    ingestorData: join(folder, "ingestor"),
    async lag() {
      await admin.connect();
      const [ends, commits] = [
        await admin.fetchTopicOffsets("raw.page"),
        await admin.fetchOffsets({ groupId: PROCESSORS, topics: ["raw.page"] }),
      ];
      const committed = new Map(
        commits.flatMap(({ partitions }) => partitions.map((each) => [each.partition, Number(each.offset)])),
      );
      return ends.reduce((sum, { partition, low, high }) => {
        const at = committed.get(partition) ?? -1;
        return sum + Number(high) - (at < 0 ? Number(low) : at);
      }, 0);
    },
    ingestor: (args, extra) =>
      role(["--role", "ingestor", "--data", join(folder, "ingestor"), "--metrics-port", "0", ...args], extra),
    processor: (args = [], extra = {}) =>
      role(
        ["--role", "processor", "--data", join(folder, "processor"), "--metrics-port", "0", ...args],
        extra,
      ),
  };
}

/** Waits until `good` says so; fails with what it said last. */
export async function until(what: string, good: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    if (await good()) return;
    assert.ok(Date.now() < endMs, `${what}: not within ${timeoutMs} ms`);
    await sleep(250);
  }
}
