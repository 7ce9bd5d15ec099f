// The real servers as the suites get them: each answers its client, keeps its data when it comes back, and none
// outlives the test that started it. Kafka has a file of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client as SearchClient } from "@opensearch-project/opensearch";
import { Client as S3Client } from "minio";
import postgres from "postgres";
import {
  type MinioServer,
  startMinio,
  startOpenSearch,
  startPostgres,
  startToxiproxy,
  type Toxic,
  whyMissing,
} from "./index.ts";

test("PostgreSQL keeps its rows over a restart and a kill, and holds still while paused", {
  skip: whyMissing("postgres") ?? false,
  timeout: 180_000,
}, async (t) => {
  const server = await startPostgres();
  t.after(() => server.dispose());
  const sql = postgres(await server.createDatabase("pages"), { max: 1, onnotice: () => {} });
  t.after(() => sql.end({ timeout: 1 }));
  await sql`create table page (url text primary key)`;
  await sql`insert into page values ('one')`;
  await server.restart();
  await sql`insert into page values ('two')`;
  await server.kill();
  await assert.rejects(sql`insert into page values ('lost')`);
  await server.start();
  await sql`insert into page values ('three')`;
  server.pause();
  const held = sql`select url from page order by url`.execute();
  assert.equal(await Promise.race([held.then(() => "answered"), sleep(500, "held")]), "held");
  server.resume();
  assert.deepEqual(
    (await held).map((row) => row.url),
    ["one", "three", "two"],
  );
  await server.dispose();
  assert.equal(existsSync(server.folder), false);
});

test("PostgreSQL with TLS refuses plain connections and wrong passwords", {
  skip: whyMissing("postgres", "openssl") ?? false,
  timeout: 120_000,
}, async (t) => {
  const server = await startPostgres({ tls: true });
  t.after(() => server.dispose());
  const ask = async (url: string, ssl: false | { ca: string }): Promise<unknown> => {
    const sql = postgres(url, { max: 1, ssl });
    try {
      return (await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`)[0]?.ssl;
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  assert.ok(server.caFile !== null);
  const ca = readFileSync(server.caFile, "utf8");
  assert.equal(await ask(server.url, { ca }), true);
  await assert.rejects(ask(server.url, false), /no encryption/);
  const wrong = new URL(server.url);
  wrong.password = "wrong";
  await assert.rejects(ask(wrong.href, { ca }), /password authentication failed/);
});

test("MinIO keeps its objects when it is killed and comes back", {
  skip: whyMissing("minio") ?? false,
  timeout: 120_000,
}, async (t) => {
  const server = await startMinio();
  t.after(() => server.dispose());
  const s3 = s3Client(server);
  await s3.makeBucket("pages");
  await s3.putObject("pages", "a/b", Buffer.from("content"));
  await server.restart();
  assert.equal((await s3.statObject("pages", "a/b")).size, 7);
  await server.kill();
  await assert.rejects(s3.statObject("pages", "a/b"));
  await server.start();
  const part = await s3.getPartialObject("pages", "a/b", 3, 4);
  assert.equal(Buffer.concat(await part.toArray()).toString("utf8"), "tent");
});

test("OpenSearch knows Korean words and keeps its documents over a restart", {
  skip: whyMissing("opensearch") ?? false,
  timeout: 300_000,
}, async (t) => {
  const server = await startOpenSearch();
  t.after(() => server.dispose());
  const search = new SearchClient({ node: server.url });
  t.after(() => search.close());
  const tokenizer = {
    type: "nori_tokenizer" as const,
    decompound_mode: "mixed" as const,
    user_dictionary_rules: ["세종시 세종 시"],
  };
  await search.indices.create({
    index: "pages",
    body: {
      settings: {
        number_of_replicas: 0,
        analysis: {
          tokenizer: { korean: tokenizer },
          analyzer: {
            korean: {
              type: "custom",
              tokenizer: "korean",
              filter: ["nori_part_of_speech", "nori_readingform"],
            },
          },
        },
      },
      mappings: { properties: { text: { type: "text", analyzer: "korean" } } },
    },
  });
  await search.index({
    index: "pages",
    id: "1",
    body: { text: "세종시에서 반팔티셔츠를 판다" },
    refresh: true,
  });
  const hits = async (query: string): Promise<number> =>
    (await search.search({ index: "pages", body: { query: { match: { text: query } } } })).body.hits.hits
      .length;
  assert.equal(await hits("세종"), 1);
  assert.equal(await hits("부산"), 0);
  await server.restart();
  assert.equal(await hits("티셔츠"), 1);
});

test("toxiproxy lays faults on a way, takes them away and keeps its proxies over a restart", {
  skip: whyMissing("toxiproxy") ?? false,
  timeout: 120_000,
}, async (t) => {
  const toxiproxy = await startToxiproxy();
  t.after(() => toxiproxy.dispose());
  const page = "x".repeat(10_000);
  const origin = createServer((_request, response) => response.end(page)).listen(0, "127.0.0.1");
  await once(origin, "listening");
  t.after(() => origin.close());
  const address = origin.address();
  assert.ok(address !== null && typeof address === "object");
  const proxy = await toxiproxy.addProxy({ upstream: `127.0.0.1:${address.port}` });
  const ask = async (): Promise<boolean> => {
    const answer = await fetch(`http://${proxy.address}/`, { headers: { connection: "close" } });
    return (await answer.text()) === page;
  };
  assert.ok(await ask());
  const faults: Toxic[] = [
    { type: "reset", afterMs: 0 },
    { type: "timeout", afterMs: 50 },
    { type: "limit", bytes: 5_000 },
  ];
  for (const fault of faults) {
    const remove = await proxy.addToxic(fault);
    await assert.rejects(ask(), fault.type);
    await remove();
    assert.ok(await ask());
  }
  await proxy.addToxic({ type: "latency", latencyMs: 20, jitterMs: 5 }, "upstream");
  await proxy.addToxic({ type: "bandwidth", kibPerSecond: 500 });
  assert.ok(await ask());
  await proxy.heal();
  await proxy.disable();
  await assert.rejects(ask());
  await proxy.enable();
  await toxiproxy.restart();
  assert.ok(await ask());
});

test("a test killed outright leaves neither a server nor its folder behind", {
  skip: whyMissing("postgres") ?? false,
  timeout: 120_000,
}, async () => {
  const door = fileURLToPath(new URL("index.ts", import.meta.url));
  const code = `
    import { startPostgres } from ${JSON.stringify(door)};
    const server = await startPostgres();
    server.pause(); // and even a server that does not move
    console.log(JSON.stringify({ port: server.port, folder: server.folder }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await child.stdout.take(1).toArray();
  const { port, folder }: { port: number; folder: string } = JSON.parse(String(line));
  assert.ok(existsSync(folder));
  child.kill("SIGKILL");
  while (existsSync(folder)) await sleep(50);
  await assert.rejects(dial(port), /ECONNREFUSED/);
});

function s3Client(server: MinioServer): S3Client {
  return new S3Client({
    endPoint: server.host,
    port: server.port,
    useSSL: false,
    accessKey: server.accessKey,
    secretKey: server.secretKey,
    region: "us-east-1",
  });
}

function dial(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
