// Records on raw.page that no processor can read, and what must become of them: a row with code and payload, and a copy on
// raw.page.dlq. Knows no fault.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { decode, encode } from "@msgpack/msgpack";
import { z } from "zod";
import { encodePageRecord } from "../../src/wire/index.ts";
import { pageOf } from "../../src/wire/testing/pages.ts";
import { eventually, type FaultSuite } from "./fault-suite.ts";

interface Poison {
  readonly code: string;
  readonly value: Buffer;
}

const row = z.object({ code: z.string(), payload: z.instanceof(Uint8Array), copied: z.boolean() });
const letter = z.object({ code: z.string(), payload: z.instanceof(Uint8Array) });

/** One of each kind to each of `partitions`. */
export async function sendPoison(suite: FaultSuite, partitions: readonly number[]): Promise<Poison[]> {
  const sent: Poison[] = [];
  const producer = suite.kafka().producer({ allowAutoTopicCreation: false });
  await producer.connect();
  for (const partition of partitions) {
    const kinds = await poisons(partition);
    const messages = kinds.map(({ value }) => ({ partition, value }));
    await producer.send({ topic: "raw.page", acks: -1, messages });
    sent.push(...kinds);
  }
  await producer.disconnect();
  suite.letters += sent.length;
  return sent;
}

async function poisons(number: number): Promise<Poison[]> {
  const page = decode(await encodePageRecord(pageOf(number, { bodyBytes: 1_000 })));
  assert.ok(typeof page === "object" && page !== null);
  const with_ = (fields: object): Buffer => Buffer.from(encode({ ...page, ...fields }));
  return [
    { code: "garbage", value: Buffer.from(`no record at all, ${number}`) },
    { code: "unknown_version", value: with_({ v: 99, capture_id: randomUUID() }) },
    { code: "wrong_codec", value: with_({ body_encoding: "lz9", capture_id: randomUUID() }) },
    { code: "wrong_codec", value: with_({ body: Buffer.alloc(100, number), capture_id: randomUUID() }) },
    { code: "invalid_field", value: with_({ capture_id: `no id, ${number}` }) },
    { code: "unknown_version", value: with_({ v: 99, capture_id: `no id, ${number}` }) },
  ];
}

/** Fails unless each is a row and a copy, with its code and its bytes. */
export async function assertBuried(suite: FaultSuite, sent: readonly Poison[]): Promise<void> {
  const { sql } = suite.machines;
  const known = (items: readonly { readonly code: string; readonly payload: Uint8Array }[]): string[] =>
    items.map(({ code, payload }) => `${code} ${Buffer.from(payload).toString("base64")}`).sort();
  const want = known(sent.map(({ code, value }) => ({ code, payload: value })));
  const rows = async () =>
    z
      .array(row)
      .parse(await sql`select code, payload, copied_at is not null as copied from millrace.dead_letters`);
  await eventually("poison is buried and copied", async () => {
    const found = await rows();
    return found.length >= sent.length && found.every(({ copied }) => copied);
  });
  assert.deepEqual(known(await rows()), want, "rows of dead letters");
  // A copy may come twice.
  const copies = await copiesOf(suite);
  assert.deepEqual([...new Set(known(copies))], [...new Set(want)], "copies on raw.page.dlq");
}

async function copiesOf(suite: FaultSuite): Promise<z.infer<typeof letter>[]> {
  const kafka = suite.kafka();
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets("raw.page.dlq");
  await admin.disconnect();
  const total = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}` });
  const letters: z.infer<typeof letter>[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: ["raw.page.dlq"], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message: { value } }) => {
        assert.ok(value !== null);
        letters.push(letter.parse(decode(value)));
      },
    });
    await eventually("all copies are read", async () => letters.length >= total);
  } finally {
    await consumer.disconnect();
  }
  return letters;
}
