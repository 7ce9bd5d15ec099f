// All records that a topic holds now, by a client of the test's own that shares nothing with the program's reader but its
// library. Knows no record's meaning.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { decode } from "@msgpack/msgpack";
import { Kafka, logLevel } from "kafkajs";

const READ_MS_MAX = 60_000;

export interface TopicRecord {
  readonly key: string | null;
  readonly partition: number;
  /** The message as msgpack has it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** From the first record of each partition to those that are its last when the reading begins. */
export async function readTopic(broker: string, topic: string): Promise<TopicRecord[]> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const left = new Map(
    offsets
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high) - 1]),
  );
  const records: TopicRecord[] = [];
  if (left.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 200 });
  const done = Promise.withResolvers<void>();
  const late = setTimeout(() => done.reject(new Error(`${topic} was not read to its end`)), READ_MS_MAX);
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      async eachMessage({ partition, message: { key, value, offset } }) {
        try {
          assert.ok(value, `${topic}: a record without value`);
          const fields = decode(value) as Record<string, unknown>;
          records.push({ key: key?.toString() ?? null, partition, fields });
        } catch (thrown) {
          done.reject(thrown); // kafkajs would call again for ever
        }
        if (Number(offset) >= (left.get(partition) ?? Number.POSITIVE_INFINITY)) left.delete(partition);
        if (left.size === 0) done.resolve();
      },
    });
    await done.promise;
  } finally {
    clearTimeout(late);
    await consumer.disconnect();
  }
  return records;
}
