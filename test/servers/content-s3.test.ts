// A real S3 service against the content suite, and what only a service can do: refuse, go away in mid-upload, hold still,
// and be written to by two at once.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import { claimStore, type StoreOptions } from "../../src/store/index.ts";
import { s3Content } from "../../src/store/s3/s3-content.ts";
import { processedOf } from "../../src/store/testing/pages.ts";
import { contentStoreConformance } from "../conformance/content-store.ts";
import { type MinioServer, startMinio, whyMissing } from "../services/index.ts";
import { clientOf, newBucket } from "./bucket.ts";

const never = new AbortController().signal;
const MIB = 1024 * 1024;

const storeOn = (s3: StoreOptions["s3"]) =>
  s3Content({ s3, compressionLevel: 3, software: "millrace/test" }, systemClock);

const large = (number: number, bytes: number) =>
  processedOf(number, {
    body: new Uint8Array(randomBytes(bytes)),
    headers: [["content-encoding", "br"]],
    fetchedAtMs: systemClock.nowMs(),
  });

describe("in an S3 bucket", { skip: whyMissing("minio") ?? false }, () => {
  let server: MinioServer;
  let buckets = 0;
  const bucket = (over: Partial<StoreOptions["s3"]> = {}) => newBucket(server, `bucket-${++buckets}`, over);

  before(async () => {
    server = await startMinio();
  });
  after(() => server?.dispose());

  contentStoreConformance("bucket", async (run) => {
    const s3 = await bucket();
    await run({ store: storeOn(s3), reopen: () => Promise.resolve(storeOn(s3)) });
  });

  test("wrong keys and a missing bucket are refusals, one line each; a service that is not there is an absence", async () => {
    const s3 = await bucket();
    const cases = [
      [{ ...s3, secretKey: "wrong-secret" }, "StoreRefused"],
      [{ ...s3, accessKey: "nobody" }, "StoreRefused"],
      [{ ...s3, bucket: "nowhere" }, "StoreRefused"],
      [{ ...s3, endpoint: "http://127.0.0.1:1" }, "NotConnected"],
    ] as const;
    for (const [options, name] of cases) {
      const store = storeOn(options);
      await assert.rejects(store.connect(never), (error: Error) => {
        assert.equal(error.name, name, error.message);
        assert.ok(!error.message.includes("\n") && !error.message.includes("wrong-secret"));
        return true;
      });
      await store.close();
    }
    assert.throws(() => storeOn({ ...s3, endpoint: null }), {
      name: "StoreRefused",
      message: /MINIO_ENDPOINT/,
    });
    assert.throws(() => storeOn({ ...s3, secretKey: null }), { name: "StoreRefused" });
  });

  test("a large segment goes in parts and is read back by ranges", async () => {
    const store = storeOn(await bucket({ partBytes: 5 * MIB }));
    const pages = [1, 2, 3].map((number) => large(number, 6 * MIB));
    const locations = await store.append(pages, never);
    for (const [at, page] of pages.entries()) {
      const location = locations[at];
      assert.ok(location !== undefined);
      assert.deepEqual((await store.readCapture(location.raw)).body, page.page.body);
      assert.equal(await store.readMarkdown(location.markdown), page.document.markdown);
    }
    const ids = pages.map(({ page }) => page.request.captureId);
    assert.deepEqual([...(await store.recover(new Set(ids))).keys()], ids);
    assert.equal((await store.statistics()).segments, 1);
    await store.close();
  });

  for (const [kind, bytes] of [
    ["whole", 10_000],
    ["in parts", 12 * MIB],
  ] as const) {
    test(`a name that was concluded is never written under, by a put that goes ${kind}`, async () => {
      const s3 = await bucket({ partBytes: 5 * MIB });
      const [writer, other] = [storeOn(s3), storeOn(s3)];
      const page = large(1, bytes);
      const ids = new Set([page.page.request.captureId]);
      const dead = writer.mint();
      assert.equal((await other.conclude(dead, ids, never)).size, 0);
      await assert.rejects(writer.appendAs(dead, [page], never), { name: "SegmentTaken" });
      assert.equal((await other.conclude(dead, ids, never)).size, 0);
      assert.equal((await other.statistics()).segments, 0);
      const alive = writer.mint();
      const [location] = await writer.appendAs(alive, [page], never);
      assert.deepEqual((await other.conclude(alive, ids, never)).get([...ids][0] ?? ""), location);
      await assert.rejects(writer.appendAs(alive, [page], never), { name: "SegmentTaken" });
      await Promise.all([writer.close(), other.close()]);
    });

    test(`of a put ${kind} and a conclusion at once exactly one wins`, async () => {
      const s3 = await bucket({ partBytes: 5 * MIB });
      const [writer, other] = [storeOn(s3), storeOn(s3)];
      await Promise.all([writer.connect(never), other.connect(never)]);
      for (let round = 0; round < 10; round++) {
        const page = large(round, bytes);
        const ids = new Set([page.page.request.captureId]);
        const name = writer.mint();
        const [put, concluded] = await Promise.all([
          writer.appendAs(name, [page], never).then(
            () => "written",
            (error: Error) => error.name,
          ),
          systemClock.sleep(round * 2).then(() => other.conclude(name, ids, never)),
        ]);
        assert.equal(put, concluded.size === 1 ? "written" : "SegmentTaken");
      }
      await Promise.all([writer.close(), other.close()]);
    });
  }

  test("a service that dies in mid-upload leaves nothing acknowledged and no half object", async () => {
    const s3 = await bucket({ partBytes: 5 * MIB });
    const store = storeOn(s3);
    await store.connect(never);
    const kept = await store.append([large(0, 1000)], never);
    const uploading = Promise.allSettled(
      [1, 2, 3].map((number) => store.append([large(number, (4 + 8 * (number % 2)) * MIB)], never)),
    );
    await systemClock.sleep(30);
    await server.kill();
    const ends = await uploading;
    await assert.rejects(store.connect(never), { name: "NotConnected" });
    await assert.rejects(store.append([large(9, 1000)], never), { name: "NotConnected" });
    await server.start();
    await store.connect(never);
    const there = new Set<string>();
    for await (const { raw } of store.eachStoredCapture()) {
      await store.readCapture(raw);
      there.add(raw.key);
    }
    assert.ok(there.has(kept[0]?.raw.key ?? ""));
    for (const end of ends) {
      if (end.status === "rejected") assert.equal(end.reason.name, "NotConnected", String(end.reason));
      else assert.ok(there.has(end.value[0]?.raw.key ?? ""));
    }
    await store.close();
  });

  test("a service that holds still is given up in time, and an abort ends a request at once", async () => {
    const store = storeOn(await bucket({ requestTimeoutMs: 1_000 }));
    await store.connect(never);
    server.pause();
    await assert.rejects(store.append([large(1, 1000)], never), { name: "NotConnected" });
    const abort = new AbortController();
    const appending = store.append([large(1, 1000)], abort.signal);
    abort.abort(new Error("stop"));
    await assert.rejects(appending, { message: "stop" });
    server.resume();
    await store.append([large(2, 1000)], never);
    await store.close();
  });

  test("claims come back by their key, and their rule stands beside the bucket's own", async () => {
    const s3 = await bucket();
    const client = clientOf(server);
    const own = { ID: "own", Status: "Enabled", Filter: { Prefix: "logs/" }, Expiration: { Days: 3 } };
    await client.setBucketLifecycle(s3.bucket, { Rule: [own] });
    for (const claimsExpireDays of [7, 7, 9]) {
      const claims = claimStore({ ...s3, claimsExpireDays }, systemClock);
      await claims.connect(never);
      const bytes = new Uint8Array(randomBytes(3 * MIB));
      await claims.put("0197-1", bytes, never);
      assert.deepEqual(new Uint8Array((await claims.get("0197-1", never)) ?? []), bytes);
      assert.equal(await claims.get("no such", never), null);
      await claims.close();
      const lifecycle = await client.getBucketLifecycle(s3.bucket);
      const rules = (lifecycle?.Rule ?? []).map(({ ID, Expiration }) => [ID, Number(Expiration?.Days)]);
      assert.deepEqual(rules.sort(), [
        ["millrace-claims", claimsExpireDays],
        ["own", 3],
      ]);
    }
  });
});
