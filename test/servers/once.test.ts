// One row and one response record a capture, whatever is delivered twice, killed, or away: processes share a database and
// a bucket (or follow each other on a folder), and in the end segments and rows are compared.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom, systemClock, uuidv7 } from "../../src/base/index.ts";
import { type Store, type StoreOptions, serverStore, storeOptions } from "../../src/store/index.ts";
import { processedOf } from "../../src/store/testing/pages.ts";
import { spentSegmentsConformance } from "../conformance/spent-segments.ts";
import {
  type MinioServer,
  type PostgresServer,
  startMinio,
  startPostgres,
  whyMissing,
} from "../services/index.ts";
import { newBucket } from "./bucket.ts";
import { databaseOptions } from "./database.ts";

const never = new AbortController().signal;
const processor = fileURLToPath(new URL("../../src/store/testing/deliver-for-ever.ts", import.meta.url));
const CAPTURES = 600;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("a capture is stored once", { skip: whyMissing("postgres", "minio") ?? false }, () => {
  let postgres: PostgresServer;
  let minio: MinioServer;
  let folder: string;
  let made = 0;

  before(async () => {
    [postgres, minio] = await Promise.all([startPostgres(), startMinio()]);
    folder = await mkdtemp(join(tmpdir(), "millrace-once-"));
  });
  after(async () => {
    await Promise.all([postgres?.dispose(), minio?.dispose()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function fresh(kind: "folder" | "s3", claimGraceMs = 500): Promise<StoreOptions> {
    const name = `once-${++made}`;
    const options = storeOptions.parse({ content: { kind }, claimGraceMs });
    const s3 = await newBucket(minio, name, { requestTimeoutMs: 10_000 });
    const url = await postgres.createDatabase(name);
    return { ...options, s3, database: databaseOptions(url) };
  }

  for (const kind of ["folder", "s3"] as const)
    spentSegmentsConformance(`servers, ${kind}`, async (use) => {
      let nowMs = systemClock.nowMs();
      const clock = { ...systemClock, nowMs: () => nowMs };
      const place = await mkdtemp(join(folder, "spent-"));
      const options = { ...(await fresh(kind)), segmentBytesMax: 1 };
      const store = serverStore(place, options, "millrace/test", clock);
      const setNow = (to: number): void => {
        nowMs = to;
      };
      try {
        await use({ store, setNow });
      } finally {
        await store.close();
      }
    });

  const opened = async (options: StoreOptions, place = folder): Promise<Store> => {
    const store = serverStore(place, options, "millrace/test", systemClock);
    await store.content.connect(never);
    return store;
  };

  /** Segments, rows and what was delivered are the same set, each once, and each row leads to its own record. */
  async function provedEqual(store: Store, delivered: readonly string[]): Promise<void> {
    const records = await all(store.content.eachStoredCapture());
    const rows = await all(store.metadata.eachCapture());
    assert.deepEqual(records.map(({ request }) => request.captureId).sort(), [...delivered].sort());
    assert.deepEqual(rows.map(({ captureId }) => captureId).sort(), [...delivered].sort());
    for (const { captureId, raw, markdown } of rows) {
      assert.equal((await store.content.readCapture(raw)).request.captureId, captureId);
      await store.content.readMarkdown(markdown);
    }
  }

  for (const kind of ["s3", "folder"] as const) {
    test(`${kind}: again in the same batch, in one at the same time, after its append, after its row`, async () => {
      const store = await opened(await fresh(kind), join(folder, `again-${kind}`));
      const pages = Array.from({ length: 10 }, (_, at) =>
        processedOf(at, { fetchedAtMs: systemClock.nowMs() }),
      );
      const [first, ...others] = await Promise.all([
        store.content.append([...pages, ...pages], never),
        store.content.append(pages.toReversed(), never),
        store.content.append(pages.slice(5), never),
      ]);
      assert.deepEqual(first?.slice(0, 10), first?.slice(10));
      assert.deepEqual(others[0]?.toReversed(), first?.slice(0, 10));
      assert.deepEqual(others[1], first?.slice(5, 10));
      assert.deepEqual(await store.content.append(pages, never), first?.slice(0, 10));
      await store.metadata.record(
        pages.flatMap((page, at) => {
          const stored = first?.[at];
          return stored === undefined ? [] : [{ ...page, stored }];
        }),
        never,
      );
      assert.deepEqual(
        await store.content.append(pages.toReversed(), never),
        first?.slice(0, 10).toReversed(),
      );
      await provedEqual(
        store,
        pages.map(({ page }) => page.request.captureId),
      );
      await store.close();
    });
  }

  test("what another process has written or died over is settled, and a young claim is waited for", async () => {
    const options = await fresh("s3", 1_000);
    const [one, two] = [await opened(options), await opened(options)];
    const pages = Array.from({ length: 6 }, (_, at) => processedOf(at, { fetchedAtMs: systemClock.nowMs() }));
    const written = await one.content.append(pages.slice(0, 3), never);
    assert.deepEqual(await two.content.append(pages.slice(0, 3), never), written);
    // Claimed and never put: the service is away while the first tries.
    await minio.stop();
    await assert.rejects(one.content.append(pages, never), { name: "NotConnected" });
    await minio.start();
    const [mine, theirs] = await Promise.all([
      one.content.append(pages, never),
      two.content.append(pages, never),
    ]);
    assert.deepEqual(mine, theirs);
    assert.deepEqual(mine.slice(0, 3), written);
    const records = await all(two.content.eachStoredCapture());
    assert.equal(records.length, 6);
    await Promise.all([one.close(), two.close()]);
  });

  for (const [kind, together] of [
    ["s3", 2],
    ["folder", 1],
  ] as const) {
    test(`${kind}: ${together} at once, killed again and again`, async () => {
      const options = await fresh(kind);
      const place = join(folder, `killed-${kind}`);
      const random = seededRandom(23);
      const captures = Array.from({ length: CAPTURES }, () => uuidv7(systemClock.nowMs()));
      const acknowledged = new Set<string>();
      const run = async (seed: number, killAfterMs: number | null): Promise<void> => {
        // What was acknowledged is not delivered again, as behind a committed offset; a few of it are, as before one.
        const rest = captures.filter((id) => !acknowledged.has(id) || random.below(20) === 0);
        const file = join(folder, `${seed}.json`);
        await writeFile(file, JSON.stringify({ folder: place, options, captures: rest, seed }));
        const child = spawn(process.execPath, [processor, file], { stdio: ["ignore", "pipe", "inherit"] });
        let output = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
        const closed = once(child, "close");
        if (killAfterMs !== null) {
          await Promise.race([once(child.stdout, "data"), closed]);
          await systemClock.sleep(killAfterMs);
          child.kill("SIGKILL");
        }
        const [code] = await closed;
        if (killAfterMs === null) assert.equal(code, 0);
        for (const line of output.split("\n")) if (line.length === 36) acknowledged.add(line);
      };
      for (let round = 0; round < 6; round++) {
        const runs = Array.from({ length: together }, (_, at) => run(round * 10 + at, random.below(150)));
        await Promise.all(runs);
      }
      await Promise.all(Array.from({ length: together }, (_, at) => run(900 + at, null)));
      const store = await opened(options, place);
      await provedEqual(store, captures);
      await store.close();
    });
  }

  test("two processes while database and bucket are killed and come back: nothing twice, nothing lost", async () => {
    const options = await fresh("s3");
    const captures = Array.from({ length: CAPTURES }, () => uuidv7(systemClock.nowMs()));
    const begun: Promise<unknown>[] = [];
    const children = [1, 2].map(async (seed) => {
      const file = join(folder, `away-${seed}.json`);
      const first = Promise.withResolvers<void>();
      begun.push(first.promise);
      await writeFile(file, JSON.stringify({ folder, options, captures, seed }));
      const child = spawn(process.execPath, [processor, file], { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.on("data", first.resolve);
      return once(child, "close");
    });
    await Promise.all(begun);
    await minio.kill();
    await systemClock.sleep(300);
    await minio.start();
    await postgres.kill();
    await systemClock.sleep(300);
    await postgres.start();
    assert.deepEqual(await Promise.all(children), [
      [0, null],
      [0, null],
    ]);
    const store = await opened(options);
    await provedEqual(store, captures);
    await store.close();
  });
});
