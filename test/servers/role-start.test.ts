// What is wrong with a role's services at its start ends it with one line and exit code 2; the same later makes it not ready,
// and it goes on where it was once it is mended.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import postgres from "postgres";
import { run, scratch } from "../scenario/program.ts";
import { html, serve } from "../scenario/site.ts";
import { type KafkaServer, startKafka, whyMissing } from "../services/index.ts";
import { type Probe, probeOf } from "./probe.ts";
import { type Machines, startMachines, until } from "./two-machines.ts";

const HERE_MS_MAX = 60_000;
const PAGES = 60;
/** More than a message takes, and nothing makes it smaller. */
const LARGE_BYTES = 2_000_000;
const ROLES = ["ingestor", "processor"] as const;

type Role = (typeof ROLES)[number];
type Environment = Readonly<Record<string, string>>;

const skip = whyMissing("kafka", "postgres", "minio", "openssl") ?? false;

/** Runs the role to its end, which must be a refusal in one line; that line. */
async function refusal(t: { after(fn: () => void): void }, role: Role, env: Environment): Promise<string> {
  const seeds = role === "ingestor" ? ["http://127.0.0.1:9/"] : [];
  const { code, stderr, stdout } = await run(
    ["--role", role, ...seeds, "--data", scratch(t), "--metrics-port", "0"],
    { env },
  );
  assert.equal(code, 2, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /^[^\n]+\n$/, "one line");
  return stderr;
}

describe("a role refuses to start", { skip }, () => {
  const ends: (() => unknown)[] = [];
  let machines: Machines;
  let secure: KafkaServer;

  before(async () => {
    machines = await startMachines({ after: (fn) => ends.push(fn) });
    secure = await startKafka({ secure: true });
  });
  after(async () => {
    for (const end of ends) await end();
    await secure?.dispose();
  });

  const atSecure = (over: Environment = {}): Environment => ({
    ...machines.env,
    KAFKA_BOOTSTRAP_SERVERS: secure.bootstrap,
    KAFKA_SASL_MECHANISM: "plain",
    KAFKA_SASL_USERNAME: secure.credentials?.username ?? "",
    KAFKA_SASL_PASSWORD: secure.credentials?.password ?? "",
    KAFKA_SSL_CA_FILE: secure.credentials?.caFile ?? "",
    ...over,
  });

  for (const role of ROLES) {
    test(`${role}: a wrong password for Kafka`, async (t) => {
      const said = await refusal(t, role, atSecure({ KAFKA_SASL_PASSWORD: "wrong" }));
      assert.match(said, /Kafka at \S+ does not let us in: .*[Aa]uthentication/);
      assert.doesNotMatch(said, /wrong/, "no password in the line");
    });

    test(`${role}: brokers whose certificate nobody vouches for`, async (t) => {
      const { KAFKA_SSL_CA_FILE: _, ...env } = atSecure({ KAFKA_SSL: "true" });
      assert.match(await refusal(t, role, env), /Kafka at \S+ does not let us in: .*certificate/);
    });

    test(`${role}: topics that are missing`, async (t) => {
      assert.match(await refusal(t, role, atSecure()), /topic raw\.page does not exist.*topics create/);
    });

    test(`${role}: a bucket that is missing`, async (t) => {
      const said = await refusal(t, role, { ...machines.env, MINIO_BUCKET: "nowhere" });
      assert.match(said, /S3 at \S+\/nowhere: .*bucket/i);
    });

    test(`${role}: wrong keys for the object store`, async (t) => {
      const said = await refusal(t, role, { ...machines.env, MINIO_SECRET_KEY: "not-it-at-all" });
      assert.match(said, /S3 at \S+\/pages: /);
      assert.doesNotMatch(said, /not-it-at-all/);
    });
  }

  const databaseAt = (change: (url: URL) => void): Environment => {
    const url = new URL(machines.postgres.url);
    change(url);
    return { ...machines.env, DATABASE_URL: url.href };
  };

  test("processor: a wrong password for the database", async (t) => {
    const env = databaseAt((url) => {
      url.password = "not-it-at-all";
    });
    const said = await refusal(t, "processor", env);
    assert.match(said, /PostgreSQL at \S+: password authentication failed/);
    assert.doesNotMatch(said, /not-it-at-all/);
  });

  test("processor: a database that is missing", async (t) => {
    const env = databaseAt((url) => {
      url.pathname = "/nowhere";
    });
    assert.match(await refusal(t, "processor", env), /PostgreSQL at \S+\/nowhere: .*does not exist/);
  });

  test("processor: a schema newer than the program", async (t) => {
    const url = await machines.postgres.createDatabase("newer");
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    t.after(() => sql.end({ timeout: 1 }));
    await sql`create schema millrace`;
    await sql`create table millrace.schema_migrations
      (version integer primary key, name text not null, applied_at timestamptz not null default now())`;
    await sql`insert into millrace.schema_migrations (version, name) values (999, 'from the future')`;
    const said = await refusal(t, "processor", { ...machines.env, DATABASE_URL: url });
    assert.match(said, /schema version 999, this program knows up to \d+: use the newer program/);
  });
});

describe("a role that has started waits for what is taken away", { skip }, () => {
  async function notReady(probe: Probe, why: RegExp): Promise<void> {
    let last: unknown = null;
    await until(
      `not ready because of ${why}`,
      async () => {
        const answer = await probe.ready();
        last = answer;
        return answer.status === 503 && answer.reasons.some((reason) => why.test(reason));
      },
      HERE_MS_MAX,
    ).catch((thrown: unknown) => assert.fail(`${String(thrown)}; last: ${JSON.stringify(last)}`));
  }

  const ready = (probe: Probe): Promise<void> =>
    until("ready again", async () => (await probe.ready()).status === 200, HERE_MS_MAX);

  /** Both roles at work on pages that the site holds back until `release`; `finish` waits for all to be stored. */
  async function atWork(t: { after(fn: () => unknown): void }) {
    const machines = await startMachines(t);
    const gate = Promise.withResolvers<void>();
    let held = 0;
    const paths = Array.from({ length: PAGES }, (_, at) => `/page/${at}`);
    const site = await serve(t, {
      "/robots.txt": (_, response) => response.writeHead(404).end(),
      ...Object.fromEntries(
        paths.map((path, at) => [
          path,
          async (_, response) => {
            held++;
            await gate.promise;
            const filler = at === 0 ? `<p>${randomBytes(LARGE_BYTES).toString("base64")}</p>` : "";
            response.writeHead(200, { "content-type": "text/html", "content-encoding": "identity" });
            response.end(html(path) + filler);
          },
        ]),
      ),
    });
    const processor = machines.processor(["--exit-when-idle", "3"]);
    const ingestor = machines.ingestor([
      ...paths.map((path) => site.origin + path),
      ...["--depth", "0", "--allow-private", "--delay", "0", "--per-host", "16", "--timeout", "600"],
      "--exit-when-done",
    ]);
    const [atIngestor, atProcessor] = await Promise.all([probeOf(ingestor), probeOf(processor)]);
    await until("the first page is asked for", async () => held > 0, HERE_MS_MAX);
    await Promise.all([ready(atIngestor), ready(atProcessor)]);
    return {
      machines,
      atIngestor,
      atProcessor,
      release: () => gate.resolve(),
      async finish() {
        for (const { ended } of [ingestor, processor]) {
          const { code, stderr } = await ended;
          assert.equal(code, 0, stderr);
        }
        const rows = await machines.sql<{ url: string }[]>`select url from millrace.captures`;
        assert.deepEqual(rows.map(({ url }) => url).sort(), paths.map((path) => site.origin + path).sort());
        const [letters] = await machines.sql`select count(*)::int as count from millrace.dead_letters`;
        assert.equal(letters?.count, 0, "an absent service is no reason for a dead letter");
        assert.equal(await machines.lag(), 0);
      },
    };
  }

  test("the bucket: both are not ready, and nothing is lost once it is there again", async (t) => {
    const { machines, atIngestor, atProcessor, release, finish } = await atWork(t);
    await machines.objects.removeBucket(machines.bucket);
    release();
    await notReady(atProcessor, /S3 at .*bucket/i);
    await notReady(atIngestor, /S3 at .*bucket/i);
    await machines.objects.makeBucket(machines.bucket);
    await Promise.all([ready(atIngestor), ready(atProcessor)]);
    await finish();
  });

  test("the database's password: the processor is not ready until the old one holds again", async (t) => {
    const { machines, atIngestor, atProcessor, release, finish } = await atWork(t);
    const { sql, postgres: server } = machines;
    await sql.unsafe(`alter user ${server.user} password 'another'`);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and application_name = 'millrace'`;
    release();
    await notReady(atProcessor, /password authentication failed/);
    await ready(atIngestor);
    assert.equal((await atProcessor.ready()).status, 503);
    await sql.unsafe(`alter user ${server.user} password '${server.password}'`);
    await ready(atProcessor);
    await finish();
  });
});
