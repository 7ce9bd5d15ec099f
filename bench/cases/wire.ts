// The wire on a real broker: pages through codec, producer and consumer, beside kafkajs alone with opaque bytes of the same
// size, in the same run.
import { type Consumer, Kafka, logLevel, type Producer } from "kafkajs";
import { systemClock, systemRandom } from "../../src/base/index.ts";
import { hostPartition, type Page } from "../../src/model/index.ts";
import { decodePage, encodePage, packPage } from "../../src/wire/codec/page.ts";
import {
  createTopics,
  pagePublisher,
  pageSource,
  type WireOptions,
  wireOptions,
} from "../../src/wire/index.ts";
import { noise, pageOf } from "../../src/wire/testing/pages.ts";
import { startKafka, whyMissing } from "../../test/services/index.ts";
import type { Case, Figure } from "../case.ts";

const PAGES = 4_000;
const SIZES = [10, 30] as const;
const KILOBYTE = 1_024;
const BATCH_BYTES = 4 * 1_024 * KILOBYTE;
const IN_FLIGHT = 4;
const HAND_OVER_GOAL = 1_000;
const OF_RAW_GOAL = 0.8;

const never = new AbortController().signal;
const claims = {
  put: async () => {},
  get: async () => null,
};

interface Cost {
  readonly perSecond: number;
  /** Of this process, all its threads; the broker's is its own. */
  readonly cpuMs: number;
}

function begin(): (records: number) => Cost {
  const startMs = systemClock.monotonicMs();
  const before = process.cpuUsage();
  return (records) => {
    const { user, system } = process.cpuUsage(before);
    return {
      perSecond: Math.round(records / ((systemClock.monotonicMs() - startMs) / 1_000)),
      cpuMs: (user + system) / 1_000 / records,
    };
  };
}

async function costOf(records: number, work: () => Promise<void>): Promise<Cost> {
  const end = begin();
  await work();
  return end(records);
}

/** Batches as the engine would make them, so many under way at once. */
async function inBatches<T>(
  items: readonly T[],
  bytesEach: number,
  send: (batch: readonly T[]) => Promise<unknown>,
): Promise<void> {
  const size = Math.max(1, Math.min(256, Math.floor(BATCH_BYTES / bytesEach)));
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const batch = items.slice(next, next + size);
      next += size;
      await send(batch);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function rawProduce(producer: Producer, values: readonly Buffer[]): Promise<void> {
  await inBatches(values, values[0]?.byteLength ?? 1, (batch) =>
    producer.send({
      topic: "opaque",
      acks: -1,
      messages: batch.map((value, at) => ({ key: "k", value, partition: at % 12 })),
    }),
  );
}

async function rawConsume(kafka: Kafka, groupId: string, records: number): Promise<Cost> {
  const consumer: Consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: ["opaque"], fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  let end = begin();
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      if (seen === 0) end = begin();
      seen += batch.messages.length;
      if (seen >= records) resolve();
    },
  });
  await promise;
  const cost = end(records);
  await consumer.disconnect();
  return cost;
}

async function wireConsume(wire: WireOptions, records: number): Promise<Cost> {
  const source = pageSource({
    wire,
    clock: systemClock,
    random: systemRandom,
    claims,
    onPoison: async (_, failure) => {
      throw new Error(failure.message);
    },
  });
  for (let attempt = 0; ; attempt++) {
    try {
      await source.connect(never);
      break;
    } catch (thrown) {
      if (attempt > 50) throw thrown; // the group's coordinator takes its time the first time
      await systemClock.sleep(200);
    }
  }
  const take = async (): Promise<void> => {
    const delivery = await source.read(never);
    delivery?.settle({ kind: "delivered" });
  };
  await take();
  const rate = await costOf(records - 1, async () => {
    for (let at = 1; at < records; at++) await take();
  });
  await source.close();
  return rate;
}

async function sizeFigures(
  kilobytes: number,
  runs: number,
  count: number,
  bootstrap: string,
  kafka: Kafka,
): Promise<Figure[]> {
  const wire = wireOptions.parse({ bootstrapServers: [bootstrap] });
  const bytes = kilobytes * KILOBYTE;
  const bodies = Array.from({ length: 50 }, (_, at) => noise(at, bytes));
  const pages = Array.from({ length: count }, (_, at): Page => {
    const body = bodies[at % bodies.length] ?? noise(at, bytes);
    return {
      ...pageOf(at),
      headers: [
        ["content-type", "text/html"],
        ["content-encoding", "gzip"],
      ],
      body,
    };
  });
  const admin = kafka.admin();
  await admin.connect();
  const samples = new Map<string, Cost[]>();
  const note = (name: string, value: Cost): void => {
    samples.set(name, [...(samples.get(name) ?? []), value]);
  };
  const encoded = await Promise.all(pages.slice(0, 50).map(async (page) => encodePage(await packPage(page))));
  const values = Array.from({ length: count }, (_, at) =>
    Buffer.from(encoded[at % encoded.length] ?? new Uint8Array()),
  );
  const publisher = pagePublisher({ wire, clock: systemClock, claims });
  const producer = kafka.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? hostPartition("k", 12),
  });
  await publisher.connect(never);
  await producer.connect();
  for (let run = 0; run <= runs; run++) {
    const before = run === 0 ? () => {} : note; // the first round only warms up
    before(
      "encode",
      await costOf(count, async () => {
        for (const page of pages) encodePage(await packPage(page));
      }),
    );
    before(
      "decode",
      await costOf(count, async () => {
        for (const value of values) await decodePage(value, wire, claims, never);
      }),
    );
    before("kafkajs produce", await costOf(count, () => rawProduce(producer, values)));
    before(
      "produce",
      await costOf(count, () =>
        inBatches(pages, bytes, (batch) =>
          publisher.handle(batch, { signal: never, attempt: 1, traceId: "" }),
        ),
      ),
    );
    before("kafkajs consume", await rawConsume(kafka, `raw-${kilobytes}-${run}`, count));
    before("consume", await wireConsume(wire, count));
    for (const topic of ["raw.page", "opaque"]) {
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({
        topic,
        partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
      });
    }
  }
  await publisher.close();
  await producer.disconnect();
  await admin.disconnect();
  const figures = (name: string, held: Partial<Figure> = {}, rateGoal: Partial<Figure> = {}): Figure[] => {
    const costs = samples.get(name) ?? [];
    const title = `${kilobytes} KB ${name}`;
    return [
      { name: title, unit: "CPU ms a page", samples: costs.map(({ cpuMs }) => cpuMs), ...held },
      {
        name: `${title}, rate`,
        unit: "pages/s",
        samples: costs.map(({ perSecond }) => perSecond),
        ...rateGoal,
      },
    ];
  };
  const handOver = kilobytes === 10 ? { goal: HAND_OVER_GOAL } : {};
  const against = (name: string): Partial<Figure> => ({
    against: `${kilobytes} KB ${name}`,
    ...(kilobytes === 30 ? { ratioGoal: 1 / OF_RAW_GOAL } : {}),
  });
  return [
    ...figures("encode"),
    ...figures("decode"),
    ...figures("kafkajs produce"),
    ...figures("produce", against("kafkajs produce"), {
      against: `${kilobytes} KB kafkajs produce, rate`,
      ...handOver,
    }),
    ...figures("kafkajs consume"),
    ...figures("consume", against("kafkajs consume"), { against: `${kilobytes} KB kafkajs consume, rate` }),
  ];
}

export const wireCase: Case = {
  name: "wire",
  summary:
    "pages of 10 and 30 KB through Kafka, beside kafkajs with opaque bytes (needs the services of test:all)",
  async run({ runs, count }) {
    const missing = whyMissing("kafka");
    if (missing !== null) {
      process.stderr.write(`wire: left out, ${missing}\n`);
      return [];
    }
    const broker = await startKafka();
    try {
      const kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING });
      const made = await createTopics(
        wireOptions.parse({ bootstrapServers: [broker.bootstrap] }),
        1,
        systemClock,
      );
      if (!made.ok) throw new Error(made.error.message);
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ waitForLeaders: false, topics: [{ topic: "opaque", numPartitions: 12 }] });
      await admin.disconnect();
      await systemClock.sleep(2_000); // until every partition has a leader
      const figures: Figure[] = [];
      for (const kilobytes of SIZES)
        figures.push(...(await sizeFigures(kilobytes, runs, count ?? PAGES, broker.bootstrap, kafka)));
      return figures;
    } finally {
      await broker.dispose();
    }
  },
};
