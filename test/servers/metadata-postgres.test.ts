// A real PostgreSQL against the session and metadata suites, and what only a server can do to its clients: refuse them,
// leave them in mid-work, be shared by several at once, and refuse one value of a batch.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import { metadataStage, storeOptions } from "../../src/store/index.ts";
import type { SqlSession } from "../../src/store/sql/session.ts";
import { sqlMetadata } from "../../src/store/sql/sql-metadata.ts";
import { processedOf } from "../../src/store/testing/pages.ts";
import { metadataStoreConformance } from "../conformance/metadata-store.ts";
import { renderQueueConformance } from "../conformance/render-queue.ts";
import { sqlSessionConformance } from "../conformance/sql-session.ts";
import { type PostgresServer, startPostgres, whyMissing } from "../services/index.ts";
import { sessionOn } from "./database.ts";

const never = new AbortController().signal;
const options = storeOptions.parse({});
const skip = whyMissing("postgres") ?? false;

const stored = (number: number, of: Parameters<typeof processedOf>[1] = {}) => ({
  ...processedOf(number, of),
  stored: { raw: { key: "k", offset: 0, length: 1 }, markdown: { key: "k", offset: 1, length: 1 } },
});

describe("on a PostgreSQL server", { skip }, () => {
  let server: PostgresServer;
  let session: SqlSession;
  let store: ReturnType<typeof sqlMetadata>;
  const opened = async () => {
    await store.connect(never);
    return store;
  };

  before(async () => {
    server = await startPostgres();
    session = sessionOn(server.url);
    store = sqlMetadata(session, options.search);
  });
  after(async () => {
    await store?.close();
    await server?.dispose();
  });

  metadataStoreConformance("server", opened);
  renderQueueConformance("server", opened);
  sqlSessionConformance("server", async () => {
    await opened();
    return session;
  });

  test("wrong credentials and a missing database are refusals, one line each, and not an absence", async () => {
    const wrong = new URL(server.url);
    wrong.password = "wrong";
    const missing = new URL(server.url);
    missing.pathname = "/nowhere";
    for (const [url, why] of [
      [wrong.href, /28P01/],
      [missing.href, /3D000/],
    ] as const) {
      const refused = sessionOn(url);
      await assert.rejects(refused.connect(never), (error: Error) => {
        assert.equal(error.name, "StoreRefused");
        assert.match(error.message, why);
        assert.ok(!/\n|wrong/.test(error.message));
        return true;
      });
      await refused.close();
    }
  });

  test("a server that is not there is NotConnected, and connecting goes on when it comes", async () => {
    const url = new URL(server.url);
    url.port = "1";
    const away = sessionOn(url.href);
    await assert.rejects(away.connect(never), { name: "NotConnected" });
    await away.close();
  });

  test("several processes that start at once migrate a fresh database once", async () => {
    const url = await server.createDatabase("started_at_once");
    const stores = Array.from({ length: 6 }, () => sqlMetadata(sessionOn(url), options.search));
    await Promise.all(stores.map((each) => each.connect(never)));
    await stores[0]?.record([stored(1)], never);
    assert.equal((await stores[5]?.counts())?.pages, 1);
    await Promise.all(stores.map((each) => each.close()));
  });

  test("a schema newer than the program is refused by name", async () => {
    const url = await server.createDatabase("from_the_future");
    const first = sessionOn(url);
    const known = sqlMetadata(first, options.search);
    await known.connect(never);
    await first.transaction([
      { sql: "insert into schema_migrations (version, name) values (999, 'from the future')", values: [] },
    ]);
    const other = sqlMetadata(sessionOn(url), options.search);
    await assert.rejects(other.connect(never), { name: "SchemaTooNew", message: /version 999/ });
    await Promise.all([known.close(), other.close()]);
  });

  test("a server that goes in mid-work is NotConnected for all who wait, and what was answered is there when it is back", async () => {
    const url = await server.createDatabase("going_away");
    const here = sqlMetadata(sessionOn(url), options.search);
    await here.connect(never);
    const acknowledged: string[] = [];
    let away = 0;
    let number = 0;
    const writing = Array.from({ length: 6 }, async () => {
      while (away < 6) {
        const page = stored(number++, { fetchedAtMs: systemClock.nowMs() });
        try {
          await here.record([page], never);
          acknowledged.push(page.page.request.captureId);
        } catch (error) {
          assert.ok(error instanceof Error);
          assert.equal(error.name, "NotConnected", error.message);
          away++;
        }
      }
    });
    while (acknowledged.length < 20) await systemClock.sleep(10);
    await server.kill();
    await Promise.all(writing);
    await assert.rejects(here.connect(never), { name: "NotConnected" });
    await server.start();
    await here.connect(never);
    assert.deepEqual(await here.known(acknowledged), new Set(acknowledged));
    await here.record([stored(number++)], never);
    await here.close();
  });

  test("refused after having been let in is an absence, not the end", async () => {
    const url = await server.createDatabase("locked_out");
    const here = sessionOn(url);
    await here.connect(never);
    const admin = sessionOn(server.url);
    await admin.script(
      "alter database locked_out allow_connections false; select pg_terminate_backend(pid) from pg_stat_activity where datname = 'locked_out'",
    );
    await assert.rejects(here.connect(never), { name: "NotConnected" });
    await assert.rejects(here.connect(never), { name: "NotConnected" });
    await admin.script("alter database locked_out allow_connections true");
    await here.connect(never);
    await Promise.all([here.close(), admin.close()]);
  });

  test("a server that is held still is given up in time, and so is one that only listens", async () => {
    const url = await server.createDatabase("held_still");
    const here = sessionOn(url, { connectTimeoutMs: 500, statementTimeoutMs: 1_000 });
    await here.connect(never);
    server.pause();
    await assert.rejects(here.connect(never), { name: "NotConnected" });
    await assert.rejects(here.connect(never), { name: "NotConnected" });
    server.resume();
    await here.connect(never);
    await here.close();
  });

  test("a row that the database refuses fails alone, and the others of its batch are stored", async () => {
    const url = await server.createDatabase("poison");
    const here = sqlMetadata(sessionOn(url), options.search);
    await here.connect(never);
    const poison = [3, 17].map((at) => stored(at));
    const batch = Array.from({ length: 40 }, (_, at) => stored(at));
    for (const page of poison) {
      const number = Number(/page\/(\d+)/.exec(page.page.url)?.[1]);
      // Beyond PostgreSQL's integer: a value that no other row can be blamed for.
      batch[number] = {
        ...page,
        document: {
          ...page.document,
          statistics: { ...page.document.statistics, wordCount: 3_000_000_000 },
        },
      };
    }
    const stage = metadataStage(here, options.metadata, ({ page }) => ({
      kind: "page",
      request: page.request,
      outcome: "stored",
      code: null,
      message: null,
      status: page.status,
      finalUrl: page.url,
      lane: "fast",
      validators: null,
      signature: null,
      fetchedAtMs: page.fetchedAtMs,
      links: [],
      followers: [],
    }));
    const verdicts = await stage.handle(batch, { signal: never, attempt: 1, traceId: "" });
    assert.deepEqual(
      verdicts.flatMap((verdict, at) => (verdict.kind === "reject" ? [[at, verdict.code]] : [])),
      [
        [3, "store"],
        [17, "store"],
      ],
    );
    assert.equal((await here.counts()).pages, 38);
    await here.close();
  });
});
