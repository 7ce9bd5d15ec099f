// Dead letters end to end: what cannot be read is kept with its bytes and its cause, copied to its topic, listed, shown, put
// back where it came from, dropped; what could not be fetched goes back to its ingestor.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { serveLarge } from "../../demo/large.ts";
import { jsonLines, run } from "../scenario/program.ts";
import { whyMissing } from "../services/index.ts";
import { startMachines, until } from "./two-machines.ts";

const PAGES = 40;
const WAIT_MS = 120_000;
const GARBAGE = Buffer.from("no msgpack");
/** A map with `v`: 7. */
const NEWER = Buffer.from([0x81, 0xa1, 0x76, 0x07]);

test("a poison record is a dead letter with its bytes, and its partition goes on", {
  skip: whyMissing("kafka", "postgres", "minio") ?? false,
}, async (t) => {
  const machines = await startMachines(t);
  const { sql, env } = machines;
  const site = await serveLarge({ pages: PAGES, hosts: 4, bytes: 4_000 });
  t.after(() => site.close());
  const kafka = new Kafka({ brokers: [machines.kafka.direct], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  t.after(() => producer.disconnect());
  // Before any page, and more than are written at once: the pages of these partitions come behind them.
  const everyPartition = Array.from({ length: 24 }, (_, at) => ({ partition: at % 12, value: GARBAGE }));
  await producer.send({ topic: "raw.page", messages: [...everyPartition, { partition: 0, value: NEWER }] });
  await producer.send({ topic: "frontier.links", messages: [{ partition: 5, value: GARBAGE }] });
  // A client may send a message again when a part of its request failed.
  const admin = kafka.admin();
  await admin.connect();
  t.after(() => admin.disconnect());
  const recordsOf = async (topic: string): Promise<number> =>
    (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
  const [onPages, onLinks] = [await recordsOf("raw.page"), await recordsOf("frontier.links")];
  const poisoned = onPages + onLinks;

  const processor = machines.processor();
  const resolve = site.resolve.flatMap((override) => ["--resolve", override]);
  const pace = ["--depth", String(site.depth + 10), "--delay", "0", "--per-host", "16"];
  const ingestor = machines.ingestor([...site.seeds, "http://nowhere.invalid/", ...pace, ...resolve]);
  const letters = () =>
    sql<
      { stage: string; code: string; origin: string | null; payload: Buffer | null; copied: boolean }[]
    >`select stage, code, origin, payload, copied_at is not null as copied from millrace.dead_letters`;
  const count = async (): Promise<number> => {
    const [found] = await sql<{ n: number }[]>`select count(*)::int as n from millrace.captures`.catch(
      () => [],
    );
    return found?.n ?? 0;
  };
  await until("every page stored", async () => (await count()) === PAGES, WAIT_MS);
  // And the URL that has no address.
  await until(
    "every letter copied",
    async () => {
      const rows = await letters();
      return rows.length === poisoned + 1 && rows.every(({ copied }) => copied);
    },
    WAIT_MS,
  );
  const rows = await letters();
  const [newer, garbage] = ["unknown_version", "garbage"].map((wanted) =>
    rows.filter(({ code }) => code === wanted),
  );
  assert.ok(newer !== undefined && newer.length >= 1 && garbage !== undefined && garbage.length >= 25);
  assert.ok(newer.every(({ payload }) => payload?.equals(NEWER)));
  assert.ok(garbage.every(({ payload }) => payload?.equals(GARBAGE)));
  assert.equal(new Set(rows.map(({ origin }) => origin)).size, poisoned + 1, "each says where it came from");
  assert.equal(rows.filter(({ stage, code }) => stage === "fetch" && code === "dns").length, 1);

  const onServers = ["--role", "processor"];
  const listed = await run(["dlq", "list", "--json", ...onServers], { env });
  assert.equal(listed.code, 0, listed.stderr);
  const items = jsonLines(listed.stdout);
  assert.equal(items.length, poisoned + 1);
  const dns = items.find(({ code }) => code === "dns");
  const shown = await run(["dlq", "show", String(dns?.id), ...onServers], { env });
  assert.equal(JSON.parse(shown.stdout).url, "http://nowhere.invalid/");

  // Put back: garbage dies again as a new letter, the URL is fetched again and fails again.
  const [poison] = items.filter(({ code }) => code === "unknown_version");
  const replayed = await run(["dlq", "replay", String(poison?.id), String(dns?.id), ...onServers], { env });
  assert.equal(replayed.code, 0, replayed.stderr);
  await until(
    "both died again",
    async () => {
      const now = await letters();
      const of = (wanted: string): number => now.filter(({ code }) => code === wanted).length;
      return of("unknown_version") === newer.length + 1 && of("dns") === 2;
    },
    WAIT_MS,
  );

  const dropped = await run(["dlq", "drop", "--all", ...onServers], { env });
  assert.equal(dropped.code, 0, dropped.stderr);
  assert.equal((await letters()).length, 0);

  // The ingestor's own letters are rows of its folder.
  const own = await run(["dlq", "list", "--json", "--role", "ingestor", "--data", machines.ingestorData], {
    env,
  });
  assert.equal(own.code, 0, own.stderr);
  assert.deepEqual(
    jsonLines(own.stdout)
      .map(({ kind, code }) => [kind, code])
      .sort(),
    [...Array.from({ length: onLinks }, () => ["record", "garbage"]), ["url", "dns"]],
  );
  assert.equal(await count(), PAGES, "nothing was stored twice");
  for (const role of [ingestor, processor]) {
    role.child.kill("SIGTERM");
    const ended = await role.ended;
    assert.equal(ended.code, 0, ended.stderr);
  }
});
