import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CODES } from "../model/index.ts";
import { decodeEndRecord, encodeEndRecord } from "./end-record.ts";
import { decodeHostRecord, encodeHostRecord, encodeRestingHost, newHost } from "./host-record.ts";
import {
  queueKey,
  queueKeyHost,
  queueKeyId,
  queueKeyPriority,
  readyKey,
  readyKeyHost,
  readyKeyTicks,
} from "./keys.ts";
import { decodeUrlRecord, encodeUrlRecord, STATES } from "./url-record.ts";

const byte = fc.integer({ min: 0, max: 255 });
const short = fc.integer({ min: 0, max: 65_535 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const seconds = word.map((s) => s * 1000);
const fingerprint = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes));
const text = fc.option(fc.string({ unit: "grapheme", maxLength: 200 }));

const noName = (): string => assert.fail("the row names its host");

test("a URL's row comes back as it was written", () => {
  const record = fc.record(
    {
      state: fc.constantFrom(...STATES),
      code: fc.option(fc.constantFrom(...CODES)),
      given: fc.boolean(),
      sitemap: fc.boolean(),
      conditional: fc.boolean(),
      counted: fc.boolean(),
      selfRedirected: fc.boolean(),
      following: fc.boolean(),
      followed: fc.boolean(),
      traced: fc.boolean(),
      depth: short,
      redirects: byte,
      attempts: byte,
      postponements: byte,
      crawlNo: short,
      status: short,
      host: fingerprint,
      admittedAtMs: seconds,
      changedAtMs: seconds,
      referrerId: word,
      url: fc.webUrl(),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(record, (written) => assert.deepEqual(decodeUrlRecord(encodeUrlRecord(written)), written)),
  );
});

test("an end's row comes back as it was written", () => {
  const record = fc.record(
    {
      finalUrl: text,
      targetId: word,
      message: text,
      etag: text,
      lastModified: fc.oneof(
        text,
        word.map((s) => new Date(s * 1000).toUTCString()),
      ),
      signature: fc.option(
        fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      ),
      fetchedAtMs: fc.option(fc.integer({ min: 0, max: 2 ** 47 })),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(record, (written) => assert.deepEqual(decodeEndRecord(encodeEndRecord(written)), written)),
  );
});

test("a host's row comes back as it was written", () => {
  const record = fc.record(
    {
      name: fc.domain(),
      nextAtMs: fc.integer({ min: 0, max: 2 ** 47 }),
      crawlDelayMs: word,
      latencyMs: word,
      faults: short,
      readyTicks: fc.integer({ min: 0, max: 2 ** 52 }),
      epoch: word,
      fetched: word,
      failed: word,
      address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("")),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(record, (written) =>
      assert.deepEqual(decodeHostRecord(encodeHostRecord(written), noName), written),
    ),
  );
});

test("a host at rest keeps its address, its latency and its faults, and one that has none of them keeps no row", () => {
  const known = { ...newHost("a.test"), nextAtMs: 1_800_000_000_000, fetched: 3, latencyMs: 70 };
  const rested = encodeRestingHost({ ...known, address: "192.0.2.7" });
  assert.ok(rested !== null && rested.length < 20);
  assert.deepEqual(
    decodeHostRecord(rested, () => "a.test"),
    { ...newHost("a.test"), latencyMs: 70, address: "192.0.2.7" },
  );
  const failing = { ...known, faults: 2 };
  assert.deepEqual(decodeHostRecord(encodeRestingHost(failing) ?? Buffer.alloc(0), noName), failing);
  assert.equal(encodeRestingHost({ ...known, latencyMs: 0 }), null);
});

test("keys come apart into what they were made of, and their bytes keep the order", () => {
  const ticks = fc.integer({ min: 0, max: 2 ** 52 });
  fc.assert(
    fc.property(short, fingerprint, byte, word, ticks, ticks, (crawlNo, host, priority, id, a, b) => {
      const queued = queueKey(crawlNo, host, priority, id);
      assert.deepEqual(
        [queueKeyHost(queued), queueKeyPriority(queued), queueKeyId(queued)],
        [host, priority, id],
      );
      assert.deepEqual([readyKeyTicks(readyKey(a, host)), readyKeyHost(readyKey(a, host))], [a, host]);
      assert.equal(Math.sign(readyKey(a, host).compare(readyKey(b, host))), Math.sign(a - b));
    }),
  );
});
