// The wire on a real broker: everything that was acknowledged is read, nothing is committed before it is done, whatever
// joins, leaves, restarts or cannot be decoded in between.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { encode } from "@msgpack/msgpack";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { systemClock, systemRandom } from "../../src/base/index.ts";
import { type FrontierRecord, hostPartition, type Page } from "../../src/model/index.ts";
import { encodeFrontierRecord } from "../../src/wire/codec/frontier.ts";
import { encodePage, packPage } from "../../src/wire/codec/page.ts";
import {
  checkTopics,
  createTopics,
  describeTopics,
  frontierSource,
  groupWatch,
  recordSink,
  TOPICS,
  type WireFailure,
  type WireOptions,
} from "../../src/wire/index.ts";
import { pageOf } from "../../src/wire/testing/pages.ts";
import { type KafkaServer, startKafka, whyMissing } from "../services/index.ts";
import { abortReaders, MemoryClaims, never, publishAll, reading, until, wireAt } from "./wire-graph.ts";

const skip = whyMissing("kafka") ?? false;
const KIB = 1024;

describe("the wire on a real broker", { skip }, () => {
  let broker: KafkaServer;
  let admin: Admin;
  let kafka: Kafka;
  let groups = 0;

  before(async () => {
    broker = await startKafka({ messageBytesMax: 1_048_588 });
    kafka = new Kafka({ brokers: [broker.direct], logLevel: logLevel.NOTHING });
    const made = await createTopics(wireAt(broker.bootstrap), 1, systemClock);
    assert.ok(made.ok, JSON.stringify(made));
    await until("the topics have leaders", async () => {
      admin = kafka.admin();
      await admin.connect();
      try {
        for (const topic of Object.values(TOPICS)) await admin.fetchTopicOffsets(topic);
        return true;
      } catch {
        await admin.disconnect(); // it remembers who leads, and who did not yet
        return false;
      }
    });
  });

  afterEach(abortReaders);

  after(async () => {
    await admin?.disconnect();
    await broker?.dispose();
  });

  /** A group's name, on topics without a record. A broker that is killed forgets what was deleted, but not where a group stands. */
  async function fresh(): Promise<string> {
    const groupId = `suite-${groups++}`;
    const stands: { topic: string; partition: number; offset: string }[] = [];
    for (const topic of [TOPICS.rawPage, TOPICS.frontierLinks]) {
      const ends = await admin.fetchTopicOffsets(topic);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.deleteTopicRecords({ topic, partitions });
      stands.push(...partitions.map((end) => ({ topic, ...end })));
    }
    // The admin client's own way (setOffsets) waits 5 s for a record of each topic.
    const member = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
    await member.connect();
    await member.subscribe({ topics: [TOPICS.rawPage, TOPICS.frontierLinks] });
    const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
    await member.run({ autoCommit: false, eachMessage: async () => {} });
    await joined;
    await member.commitOffsets(stands);
    await member.disconnect();
    return groupId;
  }

  const lagOf = async (groupId: string): Promise<number> => {
    const watch = groupWatch({ wire: wireAt(broker.bootstrap), groupId, topic: TOPICS.rawPage });
    try {
      return (await watch.positions()).reduce((sum, { lag }) => sum + lag, 0);
    } finally {
      await watch.close();
    }
  };

  const pages = (count: number, from = 0, bodyBytes = 1_000): Page[] =>
    Array.from({ length: count }, (_, at) => pageOf(from + at, { bodyBytes }));

  test("ten thousand pages arrive whole and once, the large ones by claim check, and all are committed", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire = wireAt(broker.bootstrap);
    const sizes = [300, 1_000, 3_000, 10_000];
    const sent = Array.from({ length: 10_000 }, (_, at) =>
      at % 2_000 === 7
        ? pageOf(at, { bodyBytes: 3_000 * KIB, contentEncoding: "gzip" })
        : pageOf(at, { bodyBytes: sizes[at % 4] ?? 0, contentEncoding: at % 400 === 3 ? "gzip" : null }),
    );
    const handed = await publishAll(sent, wire, claims);
    assert.equal(handed.length, sent.length);
    assert.equal(claims.held.size, 5);
    const got = new Map<string, Page>();
    let times = 0;
    const reader = reading({
      groupId,
      wire,
      claims,
      async onPage(page) {
        times++;
        got.set(page.request.captureId, page);
      },
    });
    await until("all pages are read", () => got.size === sent.length);
    reader.drain();
    assert.equal(await reader.ended, "drained");
    for (const page of sent) assert.deepEqual(got.get(page.request.captureId), page);
    assert.equal(times, sent.length);
    assert.equal(await lagOf(groupId), 0);
  });

  test("pages of one host keep their order", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const sent = Array.from({ length: 600 }, (_, at) =>
      pageOf(at, { host: "one.example", bodyBytes: 20_000, contentEncoding: "gzip" }),
    );
    const wire = wireAt(broker.bootstrap, { producer: { inFlightMax: 1 } });
    await publishAll(sent, wire, claims);
    const got: string[] = [];
    const reader = reading({
      groupId,
      wire,
      claims,
      concurrencyMax: 1,
      onPage: async (page) => void got.push(page.request.captureId),
    });
    await until("all pages are read", () => got.length >= sent.length);
    reader.drain();
    await reader.ended;
    assert.deepEqual(
      got,
      sent.map(({ request }) => request.captureId),
    );
  });

  test("members that join and leave lose nothing and commit nothing early", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire = wireAt(broker.bootstrap);
    const sent = pages(4_000);
    await publishAll(sent, wire, claims);
    const done = new Set<string>();
    const slow = async (page: Page, signal: AbortSignal): Promise<void> => {
      await systemClock.sleep(20, signal);
      done.add(page.request.captureId);
    };
    const member = () => reading({ groupId, wire, claims, onPage: slow });
    const first = member();
    await until("the first reads", () => done.size > 300);
    const second = member();
    await until("the second has partitions", () => second.source.statistics.partitions.length > 0);
    await until("both read", () => done.size > 1_200);
    // What this one had in hand is lost with it, and none of it may be committed.
    first.abort();
    await first.ended;
    await until("the other reads on", () => done.size > 1_800);
    const third = member();
    await until("all are done", () => done.size === sent.length);
    // What was done and not committed by one that lost its partition comes again: a drain would leave it to the next.
    await until("everything is committed", async () => (await lagOf(groupId)) === 0);
    second.drain();
    third.drain();
    assert.deepEqual([await second.ended, await third.ended], ["drained", "drained"]);
    assert.equal(await lagOf(groupId), 0);
  });

  test("what is committed is never ahead of what is done", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire = wireAt(broker.bootstrap);
    const sent = pages(1_000);
    await publishAll(sent, wire, claims);
    // One page in fifty is held: the commits stay below it however many follow.
    const held = new Set(sent.filter((_, at) => at % 50 === 25).map(({ request }) => request.captureId));
    const read = new Set<string>();
    const reader = reading({
      groupId,
      wire,
      claims,
      async onPage(page, signal) {
        read.add(page.request.captureId);
        if (held.has(page.request.captureId)) await systemClock.sleep(600_000, signal);
      },
    });
    await until("commits stand still", async () => {
      const before = [read.size, await lagOf(groupId)];
      await systemClock.sleep(700);
      return read.size > 100 && before[0] === read.size && before[1] === (await lagOf(groupId));
    });
    reader.abort();
    await reader.ended;
    const lag = await lagOf(groupId);
    const again = new Set<string>();
    const successor = reading({
      groupId,
      wire,
      claims,
      onPage: async (page) => void again.add(page.request.captureId),
    });
    await until("the rest is read", async () => (await lagOf(groupId)) === 0);
    successor.drain();
    await successor.ended;
    assert.equal(again.size, lag);
    for (const id of held) assert.ok(again.has(id), `${id} was held and committed`);
    assert.equal(new Set([...read, ...again]).size, sent.length);
  });

  test("a broker that restarts, in good order or not, under both loses nothing", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire = wireAt(broker.bootstrap);
    const sent = pages(6_000);
    const done = new Set<string>();
    let lost = 0;
    const observer = { readiness: (_: string, ready: boolean) => void (ready || lost++) };
    function* slowly(): Generator<Page> {
      yield* sent;
    }
    const reader = reading({
      groupId,
      wire,
      claims,
      observer,
      async onPage(page, signal) {
        await systemClock.sleep(10, signal);
        done.add(page.request.captureId);
      },
    });
    const publishing = publishAll(slowly(), wire, claims, observer);
    await until("records flow", () => done.size > 200);
    await broker.kill();
    await systemClock.sleep(1_000);
    await broker.start();
    await until("records flow again", () => done.size > 2_000);
    await broker.restart();
    assert.equal((await publishing).length, sent.length);
    await until("all are done", () => done.size === sent.length);
    // The broker answers before it has read the group's commits again.
    const isCommitted = async (): Promise<boolean> => (await lagOf(groupId)) === 0;
    await until("everything is committed", () => isCommitted().catch(() => false));
    reader.drain();
    await reader.ended;
    assert.ok(lost > 0, "nobody noticed");
  });

  test("records that cannot be read go their way in mid-partition, and the partition goes on", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire = wireAt(broker.bootstrap);
    const good = Array.from({ length: 300 }, (_, at) => pageOf(at, { host: "one.example" }));
    const lostClaim = pageOf(9_999, { host: "one.example", bodyBytes: 3_000 * KIB, contentEncoding: "gzip" });
    await publishAll(good.slice(0, 150), wire, claims);
    await publishAll([lostClaim], wire, claims);
    claims.held.clear();
    const poison = [
      Buffer.from("garbage"),
      Buffer.from(encode({ v: 7 })),
      Buffer.from(encode({ v: 1 })),
      Buffer.alloc(0),
    ];
    const producer = kafka.producer();
    await producer.connect();
    const partition = hostPartition("one.example", 12);
    await producer.send({
      topic: TOPICS.rawPage,
      messages: [...poison, null].map((value) => ({ key: "one.example", value, partition })),
    });
    await producer.disconnect();
    await publishAll(good.slice(150), wire, claims);
    const done = new Set<string>();
    const buried: WireFailure[] = [];
    let refusals = 2;
    const reader = reading({
      groupId,
      wire,
      claims,
      onPage: async (page) => void done.add(page.request.captureId),
      async onPoison(_, failure) {
        if (refusals-- > 0) throw new Error("the table is away");
        buried.push(failure);
      },
    });
    await until("everything is committed", async () => done.size === 300 && (await lagOf(groupId)) === 0);
    reader.drain();
    await reader.ended;
    const kinds = buried
      .map((failure) => (failure.kind === "undecodable" ? failure.code : failure.kind))
      .sort();
    const wanted = ["claim_missing", "garbage", "garbage", "garbage", "invalid_field", "unknown_version"];
    assert.deepEqual(kinds, wanted);
  });

  test("a reader that stands still holds a bounded part of the topic", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const consumer = { bufferBytesMax: 256 * KIB, partitionFetchBytesMax: 128 * KIB, inFlightMax: 32 };
    const wire = wireAt(broker.bootstrap, {}, consumer);
    const sent = Array.from({ length: 1_500 }, (_, at) =>
      pageOf(at, { bodyBytes: 20_000, contentEncoding: "gzip" }),
    );
    await publishAll(sent, wire, claims);
    const gate = Promise.withResolvers<void>();
    const done = new Set<string>();
    const reader = reading({
      groupId,
      wire,
      claims,
      async onPage(page) {
        await gate.promise;
        done.add(page.request.captureId);
      },
    });
    const held = () => reader.source.statistics.partitions;
    await until(
      "every partition is paused",
      () => held().length === 12 && held().every(({ paused }) => paused),
    );
    await systemClock.sleep(1_000);
    // A fetch brings at least one of a producer's batches whole.
    for (const { bufferedBytes } of held())
      assert.ok(bufferedBytes <= (256 + 1_024) * KIB, `${bufferedBytes}`);
    assert.equal(done.size, 0);
    gate.resolve();
    await until(
      "everything is committed",
      async () => done.size === sent.length && (await lagOf(groupId)) === 0,
    );
    reader.drain();
    await reader.ended;
  });

  test("records that expire unread are counted, before a start and in mid-reading, and reading goes on", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire = wireAt(broker.bootstrap);
    const host = "one.example";
    const partition = hostPartition(host, 12);
    const batch = (from: number) => Array.from({ length: 100 }, (_, at) => pageOf(from + at, { host }));
    const done = new Set<string>();
    let expired = 0;
    const reader = () =>
      reading({
        groupId,
        wire,
        claims,
        onPage: async (page) => void done.add(page.request.captureId),
        events: {
          expired({ records }) {
            expired += records;
          },
        },
      });
    await publishAll(batch(0), wire, claims);
    const first = reader();
    await until(
      "the first hundred are committed",
      async () => done.size === 100 && (await lagOf(groupId)) === 0,
    );
    first.drain();
    await first.ended;
    await publishAll(batch(100), wire, claims);
    const start = (await admin.fetchTopicOffsets(TOPICS.rawPage)).find((one) => one.partition === partition);
    const offset = String(Number(start?.high) - 40);
    await admin.deleteTopicRecords({ topic: TOPICS.rawPage, partitions: [{ partition, offset }] });
    const watch = groupWatch({ wire, groupId, topic: TOPICS.rawPage });
    assert.equal((await watch.positions())[partition]?.expired, 60);
    await watch.close();
    const second = reader();
    await until("what is left is committed", async () => done.size === 140 && (await lagOf(groupId)) === 0);
    second.drain();
    await second.ended;
    assert.equal(expired, 60);
  });

  test("a shard reads its own partitions and leaves the others to wait for theirs", async () => {
    await fresh();
    const wire = wireAt(broker.bootstrap);
    const hosts = Array.from({ length: 200 }, (_, at) => `h${at}.example`);
    const sink = recordSink({ name: "links", wire });
    await sink.connect(never);
    const order = (host: string): FrontierRecord => ({
      kind: "order",
      reason: "task",
      host,
      url: `https://${host}/`,
    });
    const written = await sink.write(
      hosts.map((host) => ({ kind: "frontier", record: order(host) })),
      never,
    );
    assert.ok(written.every(({ kind }) => kind === "written"));
    await sink.close();
    const seen: Set<string>[] = [new Set(), new Set()];
    for (const index of [0, 1]) {
      const wanted = hosts.filter((host) => hostPartition(host, 12) % 2 === index);
      const source = frontierSource({
        wire,
        clock: systemClock,
        random: systemRandom,
        ownShard: { index, count: 2 },
        onPoison: async () => assert.fail("none is broken"),
      });
      await until("it has joined", () =>
        source.connect(never).then(
          () => true,
          () => false,
        ),
      );
      while ((seen[index]?.size ?? 0) < wanted.length) {
        const delivery = await source.read(AbortSignal.timeout(20_000));
        assert.ok(delivery?.payload.kind === "order");
        seen[index]?.add(delivery.payload.host);
        delivery.settle({ kind: "delivered" });
      }
      assert.deepEqual(
        source.statistics.partitions.map(({ partition }) => partition % 2),
        Array(6).fill(index),
      );
      assert.deepEqual([...(seen[index] ?? [])].sort(), [...wanted].sort());
      await source.close();
    }
  });

  test("one batch goes to several topics, and a record too large is cut into pieces that fit", async () => {
    const wire = wireAt(broker.bootstrap, { messageBytesMax: 20_000 });
    const sink = recordSink({ name: "events", wire });
    await sink.connect(never);
    const urls = Array.from(
      { length: 5_000 },
      (_, at) => `https://a.example/${at}/${(at * 7_919) % 100_003}`,
    );
    const foreign: FrontierRecord = {
      kind: "urls",
      host: "a.example",
      urls,
      depth: 1,
      given: false,
      judged: true,
      referrer: null,
    };
    assert.ok(encodeFrontierRecord(foreign).byteLength > 20_000);
    const letter = {
      ...{
        id: "0192f3a0-0000-7000-8000-000000000001",
        stage: "process",
        captureId: null,
        url: null,
        code: "internal",
        message: "x",
        diedAtMs: 1,
      },
      topic: TOPICS.processedDlq,
      payload: null,
    };
    const before = await admin.fetchTopicOffsets(TOPICS.processedDlq);
    const written = await sink.write(
      [
        { kind: "frontier", record: foreign },
        { kind: "dead", letter },
      ],
      never,
    );
    assert.deepEqual(written, [{ kind: "written" }, { kind: "written" }]);
    await sink.close();
    const count = (offsets: readonly { high: string }[]) =>
      offsets.reduce((sum, { high }) => sum + Number(high), 0);
    assert.equal(count(await admin.fetchTopicOffsets(TOPICS.processedDlq)), count(before) + 1);
  });

  test("topics are made once, described, and told where they differ", async () => {
    const groupId = await fresh();
    const wire = wireAt(broker.bootstrap);
    const claims = new MemoryClaims();
    await publishAll(pages(10), wire, claims);
    const reader = reading({ groupId, wire, claims, onPage: async () => {} });
    await until("it has committed", async () => (await lagOf(groupId)) === 0);
    reader.drain();
    await reader.ended;
    const again = await createTopics(
      { ...wire, retentionMs: { ...wire.retentionMs, rawPage: 60_000 } },
      1,
      systemClock,
    );
    assert.ok(again.ok);
    assert.deepEqual(
      again.value.map(({ did }) => did),
      Array(6).fill("unchanged"),
    );
    assert.deepEqual(again.value[0]?.differences, ["retention.ms is 21600000 instead of 60000"]);
    assert.deepEqual(again.value[1]?.differences, []);
    assert.deepEqual(await checkTopics(wire), { ok: true, value: null });
    const described = await describeTopics(wire);
    assert.ok(described.ok);
    const [raw] = described.value;
    assert.deepEqual(
      [raw?.topic, raw?.partitions, raw?.retentionMs, raw?.retentionBytes],
      ["raw.page", 12, 21_600_000, -1],
    );
    assert.ok(
      raw?.groups.some((group) => group.groupId === groupId),
      JSON.stringify(raw?.groups.map(({ groupId }) => groupId)),
    );
    await admin.deleteTopics({ topics: ["storage.saved", "storage.dlq"] });
    await until("they are gone", async () => !(await admin.listTopics()).includes("storage.saved"));
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: "storage.dlq", numPartitions: 2 }] });
    await until("it is known", async () => (await admin.listTopics()).includes("storage.dlq"));
    const wrong = await checkTopics(wire);
    assert.ok(!wrong.ok);
    assert.equal(wrong.error.kind, "wrong_topic");
    assert.match(
      wrong.error.message,
      /storage\.saved does not exist, topic storage\.dlq has 2 partitions and must have 3/,
    );
    const mended = await createTopics(wire, 1, systemClock);
    assert.ok(mended.ok);
    assert.deepEqual(mended.value.map(({ did }) => did).slice(-2), ["created", "grown"]);
    assert.ok((await checkTopics(wire)).ok);
  });

  test("a record that errors is read again, with all that came after it, and nothing before", async () => {
    const groupId = await fresh();
    const claims = new MemoryClaims();
    const wire: WireOptions = wireAt(broker.bootstrap);
    const value = encodePage(await packPage(pageOf(1, { host: "one.example" })));
    assert.ok(value.byteLength > 0);
    const sent = Array.from({ length: 200 }, (_, at) => pageOf(at, { host: "one.example" }));
    await publishAll(sent, wire, claims);
    const { kafkaSource } = await import("../../src/wire/source.ts");
    const { decodePage } = await import("../../src/wire/codec/page.ts");
    const source = kafkaSource<string>({
      name: "raw.page",
      topic: "raw.page",
      groupId,
      shard: null,
      wire,
      clock: systemClock,
      random: systemRandom,
      onPoison: async () => assert.fail("none is broken"),
      async open(record, signal) {
        const page = await decodePage(record.value, wire, claims, signal);
        const traceId = page.ok ? page.value.request.captureId : "";
        return { ok: true, value: { payload: traceId, traceId, sizeBytes: 1 } };
      },
    });
    await until("it has joined", () =>
      source.connect(never).then(
        () => true,
        () => false,
      ),
    );
    const times = new Map<string, number>();
    const failing = sent[50]?.request.captureId;
    while (times.size < sent.length) {
      const delivery = await source.read(AbortSignal.timeout(20_000));
      assert.ok(delivery !== null);
      const before = times.get(delivery.payload) ?? 0;
      times.set(delivery.payload, before + 1);
      const errs = delivery.payload === failing && before === 0;
      delivery.settle(errs ? { kind: "errored", error: new Error("x") } : { kind: "delivered" });
    }
    await source.close();
    assert.equal(times.get(failing ?? ""), 2);
    for (const { request } of sent.slice(0, 50)) assert.equal(times.get(request.captureId), 1);
    assert.equal(await lagOf(groupId), 0);
  });
});
