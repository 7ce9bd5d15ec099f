import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CODES } from "../model/index.ts";
import { decodeEndRecord, encodeEndRecord } from "./end-record.ts";
import { decodeHostRecord, encodeHostRecord } from "./host-record.ts";
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
      lastModified: text,
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
    fc.property(record, (written) => assert.deepEqual(decodeHostRecord(encodeHostRecord(written)), written)),
  );
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
