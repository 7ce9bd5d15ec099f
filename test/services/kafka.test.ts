// The real broker as the suites get it: it answers kafkajs, keeps its data over restarts and kills, and can be reached
// behind a proxy or with TLS and a password.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Kafka, type KafkaConfig, logLevel } from "kafkajs";
import { startKafka, startToxiproxy, whyMissing } from "./index.ts";

const client = (bootstrap: string, more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({
    brokers: [bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 },
    ...more,
  });

async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 2 }] });
  await admin.disconnect();
}

async function produce(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

/** The first `count` values of the topic, from its beginning, as a group of its own. */
async function consume(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const values: string[] = [];
  const consumer = kafka.consumer({ groupId: `reader-${topic}-${count}`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on("consumer.crash", ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    consumer
      .run({
        eachMessage: async ({ message }) => {
          values.push(message.value?.toString("utf8") ?? "");
          if (values.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values.sort();
}

test("Kafka keeps its records over a restart and a kill, on the same port, and is gone after dispose", {
  skip: whyMissing("kafka") ?? false,
  timeout: 300_000,
}, async (t) => {
  const broker = await startKafka({ topicRetentionCheckMs: 5_000 });
  t.after(() => broker.dispose());
  assert.equal(broker.bootstrap, broker.direct);
  assert.equal(broker.proxy, null);
  const kafka = client(broker.bootstrap);
  await createTopic(kafka, "pages");
  await produce(kafka, "pages", "before");
  await broker.restart();
  await produce(kafka, "pages", "between");
  await broker.kill();
  assert.equal(broker.pid(), null);
  await broker.start();
  await produce(kafka, "pages", "after");
  assert.deepEqual(await consume(kafka, "pages", 3), ["after", "before", "between"]);
  await broker.dispose();
  assert.equal(broker.pid(), null);
  assert.equal(existsSync(broker.folder), false);
});

test("Kafka behind a proxy is reached through it alone, with its faults; the test's own way stays free", {
  skip: whyMissing("kafka", "toxiproxy") ?? false,
  timeout: 300_000,
}, async (t) => {
  const toxiproxy = await startToxiproxy();
  t.after(() => toxiproxy.dispose());
  const broker = await startKafka({ behind: toxiproxy });
  t.after(() => broker.dispose());
  assert.ok(broker.proxy !== null);
  assert.notEqual(broker.bootstrap, broker.direct);
  await createTopic(client(broker.bootstrap), "pages");
  await produce(client(broker.bootstrap), "pages", "one");
  await broker.proxy.disable();
  await assert.rejects(produce(client(broker.bootstrap, { retry: { retries: 1 } }), "pages", "lost"));
  await produce(client(broker.direct), "pages", "two");
  await broker.proxy.heal();
  assert.deepEqual(await consume(client(broker.bootstrap), "pages", 2), ["one", "two"]);
});

test("Kafka with TLS and a password lets in who has both", {
  skip: whyMissing("kafka", "openssl") ?? false,
  timeout: 300_000,
}, async (t) => {
  const broker = await startKafka({ secure: true });
  t.after(() => broker.dispose());
  assert.ok(broker.credentials !== null);
  const { caFile, mechanism, username, password } = broker.credentials;
  const ssl = { ca: [readFileSync(caFile, "utf8")] };
  const kafka = client(broker.bootstrap, { ssl, sasl: { mechanism, username, password } });
  await createTopic(kafka, "pages");
  await produce(kafka, "pages", "sealed");
  assert.deepEqual(await consume(kafka, "pages", 1), ["sealed"]);
  const once = { retry: { retries: 0 } };
  const wrong = client(broker.bootstrap, { ssl, sasl: { mechanism, username, password: "wrong" }, ...once });
  await assert.rejects(produce(wrong, "pages", "lost"), /[Aa]uthentication/);
  const untrusting = client(broker.bootstrap, {
    ssl: true,
    sasl: { mechanism, username, password },
    ...once,
  });
  await assert.rejects(produce(untrusting, "pages", "lost"), /self.signed certificate/);
});
