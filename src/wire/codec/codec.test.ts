import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdDecompressSync } from "node:zlib";
import { decode, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { ownBuffer } from "../../base/index.ts";
import {
  CODES,
  type DeadLetter,
  type FrontierRecord,
  type Page,
  type PageReport,
  type PageRequest,
  type RedirectReport,
  type SavedEvent,
} from "../../model/index.ts";
import type { ClaimStore } from "../claims.ts";
import { noise, pageOf } from "../testing/pages.ts";
import { decodeDeadLetter, decodeSavedEvent, encodeDeadLetter, encodeSavedEvent } from "./events.ts";
import { decodeFrontierRecord, encodeFrontierRecord } from "./frontier.ts";
import { decodePage, encodeClaim, encodePage, packPage } from "./page.ts";

const MIB = 1024 * 1024;
const limits = { bodyBytesMax: 8 * MIB };
const never = new AbortController().signal;

class MemoryClaims implements ClaimStore {
  readonly held = new Map<string, Uint8Array>();
  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.held.set(key, Uint8Array.from(bytes));
  }
  async get(key: string): Promise<Uint8Array | null> {
    return this.held.get(key) ?? null;
  }
}

const nothing = new MemoryClaims();
const read = (value: Uint8Array | null, claims: ClaimStore = nothing) =>
  decodePage(value, limits, claims, never);

/** With the prototype that a reader's objects have. */
function recordOf<T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(shape, { noNullPrototype: true });
}

const text = fc.string({ unit: "binary", maxLength: 60 });
const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const url = fc.webUrl({ withQueryParameters: true });
const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const host = fc.domain();
const ms = fc.double({ min: 0, max: 1e13, noNaN: true, noDefaultInfinity: true }).map(Math.abs);
const id = fc.uuid({ version: 7 });
const status = fc.integer({ min: 100, max: 599 });
const outcome = fc.constantFrom("stored", "failed", "skipped");
const code = orNull(fc.constantFrom(...CODES));
const bytes = fc
  .oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    text.map((of) => Buffer.from(of.repeat(50))),
  )
  .map((of) => ownBuffer(of));

const request: fc.Arbitrary<PageRequest> = recordOf({
  kind: fc.constantFrom("page", "robots", "sitemap"),
  captureId: id,
  url,
  host,
  crawlId: text,
  depth: fc.nat(50),
  attempt: fc.integer({ min: 1, max: 9 }),
  redirects: fc.nat(20),
  given: fc.boolean(),
  referrer: orNull(url),
  validators: orNull(recordOf({ etag: orNull(text), lastModified: orNull(text), signature: orNull(text) })),
  lane: fc.constantFrom("auto", "fast", "rich"),
  verdict: orNull(recordOf({ outcome, code, message: orNull(text), status: orNull(status), finalUrl: url })),
});

const page: fc.Arbitrary<Page> = recordOf({
  request,
  url,
  status,
  statusText: latin1,
  headers: fc.array(fc.tuple(fc.constantFrom("content-type", "content-encoding", "x-a"), latin1), {
    maxLength: 9,
  }),
  body: bytes,
  protocol: fc.constantFrom("h2", "http/1.1"),
  remoteAddress: orNull(fc.ipV6()),
  fetchedAtMs: ms,
  elapsedMs: ms,
  truncated: fc.boolean(),
});

const urls = fc.array(url, { maxLength: 200 });
const pageReport: fc.Arbitrary<PageReport> = recordOf({
  kind: fc.constant("page"),
  request,
  outcome,
  code,
  message: orNull(text),
  status: orNull(status),
  finalUrl: url,
  lane: orNull(fc.constantFrom("fast", "rich")),
  validators: orNull(recordOf({ etag: orNull(text), lastModified: orNull(text) })),
  signature: orNull(text),
  fetchedAtMs: orNull(ms),
  links: urls,
  followers: urls,
});
const redirect: fc.Arbitrary<RedirectReport> = recordOf({
  kind: fc.constant("redirect"),
  request,
  status,
  target: url,
  setCookie: fc.boolean(),
});
const frontierRecord: fc.Arbitrary<FrontierRecord> = fc.oneof(
  recordOf({ kind: fc.constant("end"), report: fc.oneof(pageReport, redirect) }),
  recordOf({ kind: fc.constant("queued"), captureId: id, url, host }),
  recordOf({
    kind: fc.constant("urls"),
    host,
    urls,
    depth: fc.nat(9),
    given: fc.boolean(),
    judged: fc.boolean(),
    referrer: orNull(url),
  }),
  recordOf({ kind: fc.constant("joined"), host, keys: fc.array(host, { maxLength: 200 }) }),
  recordOf({ kind: fc.constant("order"), reason: fc.constantFrom("refetch", "task"), host, url }),
  recordOf({
    kind: fc.constant("order"),
    reason: fc.constant("task"),
    host,
    url,
    task: fc.record(
      {
        id,
        lane: fc.constantFrom("auto", "fast", "rich"),
        redirects: fc.nat(20),
        recipe: fc.string({ minLength: 1 }),
      },
      { requiredKeys: ["id", "lane"], noNullPrototype: true },
    ),
  }),
);

const place = recordOf({ key: fc.string({ minLength: 1 }), offset: fc.nat(), length: fc.nat() });
const saved: fc.Arbitrary<SavedEvent> = recordOf({
  captureId: id,
  url,
  finalUrl: url,
  status,
  fetchedAtMs: ms,
  title: orNull(text),
  rawSha256: fc.string({ minLength: 64, maxLength: 64 }),
  raw: place,
  markdown: place,
});
test("a page comes back as it was, its body in a buffer of its own", async () => {
  await fc.assert(
    fc.asyncProperty(page, async (sent) => {
      const got = await read(encodePage(await packPage(sent)));
      assert.ok(got.ok, JSON.stringify(got));
      assert.deepEqual(got.value, sent);
      assert.equal(got.value.body.byteOffset, 0);
      assert.equal(got.value.body.buffer.byteLength, got.value.body.byteLength);
    }),
    { numRuns: 200 },
  );
});

test("reports, orders and URLs come back as they were", () => {
  fc.assert(
    fc.property(frontierRecord, (sent) => {
      assert.deepEqual(decodeFrontierRecord(encodeFrontierRecord(sent), MIB), { ok: true, value: sent });
    }),
  );
});

test("events and dead letters come back as they were", () => {
  fc.assert(
    fc.property(saved, (sent) => {
      assert.deepEqual(decodeSavedEvent(encodeSavedEvent(sent), MIB), { ok: true, value: sent });
    }),
  );
  const letter: DeadLetter = {
    id: "0192f3a0-0000-7000-8000-000000000001",
    stage: "process",
    topic: "processed.dlq",
    captureId: null,
    url: null,
    code: "internal",
    message: "x",
    diedAtMs: 1,
    payload: noise(1, 100),
    origin: "raw.page/3@1207",
  };
  assert.deepEqual(decodeDeadLetter(encodeDeadLetter(letter, 100), MIB), { ok: true, value: letter });
  const cut = decodeDeadLetter(encodeDeadLetter(letter, 99), MIB);
  assert.deepEqual(cut, { ok: true, value: { ...letter, payload: null } });
});

test("an id that no table takes is refused where the record is read, and no letter carries it on", async () => {
  const sent = decode(encodePage(await packPage(pageOf(1)))) as Record<string, unknown>;
  for (const fields of [{ capture_id: "none" }, { capture_id: "none", v: 99 }]) {
    const got = await read(encode({ ...sent, ...fields }));
    assert.ok(!got.ok && got.error.kind === "undecodable");
    assert.equal(got.error.code, "v" in fields ? "unknown_version" : "invalid_field");
    assert.equal(got.error.captureId, null);
  }
});

test("no bytes make a reader throw", async () => {
  const readers = [
    (value: Uint8Array) => decodeFrontierRecord(value, MIB),
    (value: Uint8Array) => decodeSavedEvent(value, MIB),
    (value: Uint8Array) => decodeDeadLetter(value, MIB),
  ];
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (value) => {
      assert.equal((await read(value)).ok, false);
      for (const reader of readers) assert.equal(reader(value).ok, false);
    }),
    { numRuns: 500 },
  );
});

test("a page with any byte changed is read or refused, never thrown at the reader", async () => {
  const whole = encodePage(await packPage(pageOf(1, { bodyBytes: 600 })));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.byteLength - 1),
      fc.nat(255),
      fc.nat(whole.byteLength),
      async (at, byte, end) => {
        const broken = Uint8Array.from(whole);
        broken[at] = byte;
        await read(broken);
        await read(broken.subarray(0, end));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a body without content encoding travels as a zstd frame, one with it as it is", async () => {
  const plain = pageOf(1, { bodyBytes: 5_000 });
  const framed = decode(encodePage(await packPage(plain))) as Record<string, unknown>;
  assert.equal(framed.body_encoding, "zstd");
  assert.deepEqual(zstdDecompressSync(framed.body as Uint8Array), Buffer.from(plain.body));
  const coded = {
    ...plain,
    headers: [["content-encoding", "gzip"]] as const,
    body: ownBuffer(gzipSync(plain.body)),
  };
  const kept = decode(encodePage(await packPage(coded))) as Record<string, unknown>;
  assert.equal(kept.body_encoding, "identity");
  assert.deepEqual(kept.body, Uint8Array.from(coded.body));
  assert.equal(kept.v, 1);
  assert.equal(kept.capture_id, plain.request.captureId);
});

test("keys that a newer producer adds are left alone", async () => {
  const fields = decode(encodePage(await packPage(pageOf(1)))) as Record<string, unknown>;
  assert.ok((await read(encode({ ...fields, colour: "blue" }))).ok);
});

test("each way of being unreadable has its code, and the capture id where there is one", async () => {
  const good = pageOf(1, { bodyBytes: 5_000 });
  const fields = decode(encodePage(await packPage(good))) as Record<string, unknown>;
  const { body: _, ...headless } = fields;
  const cases: readonly [Uint8Array | null, string, boolean][] = [
    [null, "garbage", false],
    [new Uint8Array(), "garbage", false],
    [encode("text"), "garbage", false],
    [encode([1]), "garbage", false],
    [Buffer.concat([encode(fields), encode(1)]), "garbage", false],
    [encode({ ...fields, v: 2 }), "unknown_version", true],
    [encode({ ...fields, v: undefined }), "garbage", true],
    [encode({ ...fields, body_encoding: "br" }), "wrong_codec", true],
    [encode({ ...fields, body: Buffer.from("no frame") }), "wrong_codec", true],
    [encode({ ...fields, body_bytes: 4_999 }), "wrong_codec", true],
    [encode({ ...fields, body_bytes: 5_001 }), "wrong_codec", true],
    [encode({ ...fields, body_bytes: 9 * MIB }), "too_large", true],
    [encode({ ...fields, status: "200" }), "invalid_field", true],
    [encode(headless), "invalid_field", true],
    [new Uint8Array(8 * MIB + 1), "too_large", false],
  ];
  for (const [value, code, hasId] of cases) {
    const got = await read(value);
    assert.ok(!got.ok && got.error.kind === "undecodable");
    assert.equal(got.error.code, code, got.error.message);
    assert.equal(got.error.captureId, hasId ? good.request.captureId : null);
  }
});

test("a body put aside is fetched by its key, and told as lost when it is not what was put", async () => {
  const claims = new MemoryClaims();
  const sent = pageOf(3, { bodyBytes: 50_000 });
  const value = await encodeClaim(await packPage(sent), claims, never);
  assert.ok(value.byteLength < 2_000);
  assert.deepEqual(await read(value, claims), { ok: true, value: sent });
  const [key = ""] = claims.held.keys();
  assert.equal(key, sent.request.captureId);
  for (const held of [null, noise(1, 10)]) {
    if (held === null) claims.held.delete(key);
    else claims.held.set(key, held);
    const got = await read(value, claims);
    assert.ok(!got.ok && got.error.kind === "claim_missing");
    assert.deepEqual(
      [got.error.url, got.error.host, got.error.captureId],
      [sent.request.url, sent.request.host, sent.request.captureId],
    );
  }
});
