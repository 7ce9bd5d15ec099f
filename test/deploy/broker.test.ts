// deploy/topics.sh with Kafka's own tool against a real broker that makes no topic by itself: what another client then sees.
import assert from "node:assert/strict";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { startKafka, whyMissing } from "../services/index.ts";
import { findJava, kafkaFolder } from "../services/places.ts";
import { run, TOPIC_TOOL } from "./deployment.ts";
import { TOPICS } from "./topics.ts";

/** Of kafkajs, which does not export it by name to modules. */
const TOPIC_RESOURCE = 2;

const why =
  whyMissing("kafka") ??
  (existsSync(TOPIC_TOOL) ? null : "Kafka's topic tool is not here (npm run test:all fetches it)");

test("topics.sh makes every topic on a real broker, and leaves alone what is there", {
  skip: why ?? false,
  timeout: 240_000,
}, async () => {
  const broker = await startKafka({ settings: { "auto.create.topics.enable": "false" } });
  const kafka = new Kafka({ brokers: [broker.direct], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  try {
    await admin.connect();
    // What an operator chose stays: here more partitions than the table has.
    await admin.createTopics({
      topics: [{ topic: "storage.saved", numPartitions: 7, replicationFactor: 1 }],
    });
    const tool = join(broker.folder, "kafka-topics.sh");
    const java = findJava();
    const program = `"${java}" -Xmx128m -cp "${kafkaFolder}/lib/*:${TOPIC_TOOL}" org.apache.kafka.tools.TopicCommand "$@"`;
    writeFileSync(tool, `#!/bin/sh\nexec ${program}\n`);
    chmodSync(tool, 0o755);
    const { code, stdout, stderr } = run(
      "sh",
      ["deploy/topics.sh"],
      { KAFKA_BOOTSTRAP_SERVERS: broker.direct, PATH: `${broker.folder}:${process.env.PATH ?? ""}` },
      200_000,
    );
    assert.equal(code, 0, stdout + stderr);
    const names = TOPICS.map(([topic]) => topic);
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: TOPIC_RESOURCE, name })),
    });
    for (const [topic, partitions, retentionMs] of TOPICS) {
      const found = topics.find(({ name }) => name === topic);
      const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
      const setting = (key: string): string | undefined =>
        entries.find(({ configName }) => configName === key)?.configValue;
      const isChosen = topic === "storage.saved";
      assert.equal(found?.partitions.length, isChosen ? 7 : partitions, topic);
      if (!isChosen) assert.equal(setting("retention.ms"), String(retentionMs), topic);
      assert.equal(setting("retention.bytes"), "-1", topic);
    }
  } finally {
    await admin.disconnect();
    await broker.dispose();
  }
});
