// The search index on a real OpenSearch behind a real PostgreSQL: it follows what was recorded, whatever order transactions
// end in and whoever is away, and answers in four languages.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import type { ProcessedPage } from "../../src/model/index.ts";
import { type Store, type StoreOptions, serverStore, storeOptions } from "../../src/store/index.ts";
import { ChangedPages, type Changes, type Position } from "../../src/store/opensearch/changed-pages.ts";
import { sqlMetadata } from "../../src/store/sql/sql-metadata.ts";
import { processedOf } from "../../src/store/testing/pages.ts";
import {
  type OpenSearchServer,
  type PostgresServer,
  startOpenSearch,
  startPostgres,
  whyMissing,
} from "../services/index.ts";
import { databaseOptions, sessionOn } from "./database.ts";

const never = new AbortController().signal;
const BEGINNING = { changedBy: "0", key: "" };

describe("search by OpenSearch", { skip: whyMissing("postgres", "opensearch") ?? false }, () => {
  let postgres: PostgresServer;
  let opensearch: OpenSearchServer;
  let folder: string;
  let made = 0;

  before(async () => {
    postgres = await startPostgres();
    opensearch = await startOpenSearch();
    folder = await mkdtemp(join(tmpdir(), "millrace-search-"));
  });
  after(async () => {
    await Promise.all([postgres?.dispose(), opensearch?.dispose()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function following(
    run: (parts: {
      store: Store;
      keep(pages: readonly ProcessedPage[]): Promise<void>;
      found(query: string, limit?: number): Promise<string[]>;
      until(query: string, pages: number): Promise<void>;
      trouble: (Error | null)[];
      refused: string[];
    }) => Promise<void>,
    over: Partial<StoreOptions["opensearch"]> = {},
  ): Promise<void> {
    const name = `search-${++made}`;
    const options = storeOptions.parse({ search: { terms: false } });
    const trouble: (Error | null)[] = [];
    const refused: string[] = [];
    const store = serverStore(
      join(folder, name),
      {
        ...options,
        database: databaseOptions(await postgres.createDatabase(name)),
        opensearch: { ...options.opensearch, url: opensearch.url, alias: name, idleMs: 20, ...over },
      },
      "millrace/test",
      systemClock,
      { ready: (_, error) => trouble.push(error), refused: (_, url) => refused.push(url) },
    );
    const stop = new AbortController();
    const running = Promise.all(store.followers.map((follower) => follower.run(stop.signal)));
    const found = async (query: string, limit = 1000): Promise<string[]> => {
      const urls: string[] = [];
      let cursor: string | null = null;
      do {
        const slice = await store.metadata.search({ query, limit, ...(cursor === null ? {} : { cursor }) });
        urls.push(...slice.items.map(({ page }) => page.url.replace(/^.*\/page\/(\d+).*$/, "$1")));
        cursor = slice.cursor;
      } while (cursor !== null);
      return urls.sort();
    };
    try {
      await store.content.connect(never);
      await run({
        store,
        found,
        trouble,
        refused,
        async keep(pages) {
          const locations = await store.content.append(pages, never);
          const stored = pages.flatMap((page, at) => {
            const location = locations[at];
            return location === undefined ? [] : [{ ...page, stored: location }];
          });
          await store.metadata.record(stored, never);
        },
        async until(query, pages) {
          for (let looks = 0; looks < 400; looks++) {
            const seen = await found(query).catch(() => []);
            if (seen.length === pages) return;
            await systemClock.sleep(100);
          }
          assert.equal((await found(query)).length, pages);
        },
      });
    } finally {
      stop.abort();
      await running;
      await store.close();
    }
  }

  test("what was recorded is found in four languages, by phrase, by domain and language, slice by slice", () =>
    following(async ({ store, keep, found, until }) => {
      const texts = [
        ["Weather report", "Rain falls on the harbour; a well-known café.", "en-GB"],
        ["날씨 소식", "서울에는 비가 내립니다. 반팔티셔츠를 판다.", "ko"],
        ["天気予報", "東京では雨が降っています。", "ja"],
        ["天气预报", "北京今天下雨。", "zh"],
        ["Mixed", "The weather in 東京 is sunny.", "en"],
      ] as const;
      await keep(texts.map(([title, text, lang], at) => processedOf(at, { title, text, lang })));
      await until("weather", 2);
      for (const [query, pages] of [
        ["rain", "0"],
        ["RAIN harbour", "0"],
        ['"weather report"', "0"],
        ['"rain report"', ""],
        ["티셔츠", "1"],
        ["비", "1"],
        ["서울", "1"],
        ["東京", "24"],
        ["下雨", "3"],
        ["absent", ""],
        ['"(&| -+*~', ""],
      ] as const) {
        assert.deepEqual(await found(query, 1), [...pages], query);
      }
      const inHost = await store.metadata.search({ query: "weather", domain: "site-0.test" });
      assert.equal(inHost.items.length, 1);
      assert.equal((await store.metadata.search({ query: "weather", domain: "test" })).total, 2);
      assert.equal((await store.metadata.search({ query: "weather", lang: "EN" })).total, 2);
      await assert.rejects(store.metadata.search({ query: "weather", cursor: "%%%" }), {
        name: "CursorInvalid",
      });
    }));

  test("a newer fetch takes the place of the older one, and an older one that comes late changes nothing", () =>
    following(async ({ keep, found, until }) => {
      const url = "http://site.test/page/1";
      const at = Date.UTC(2026, 5, 1);
      await keep([processedOf(1, { url, title: "second", fetchedAtMs: at })]);
      await until("second", 1);
      await keep([processedOf(1, { url, title: "first", fetchedAtMs: at - 1000 })]);
      await keep([processedOf(1, { url, title: "third", fetchedAtMs: at + 1000 })]);
      await until("third", 1);
      assert.deepEqual([await found("first"), await found("second")], [[], []]);
    }));

  test("away for a while it stops nobody, says so once, and catches up", () =>
    following(async ({ keep, until, trouble }) => {
      await keep([processedOf(1, { text: "before" })]);
      await until("before", 1);
      await opensearch.kill();
      for (let at = 2; at < 40; at++) await keep([processedOf(at, { text: "meanwhile" })]);
      while (trouble.length === 0) await systemClock.sleep(20);
      await opensearch.start();
      await until("meanwhile", 38);
      while (trouble.at(-1) !== null) await systemClock.sleep(20);
      assert.equal(trouble[0]?.name, "NotConnected");
      assert.equal(trouble.length, 2);
    }));

  test("a row whose transaction ends late is not passed over", async () => {
    const url = await postgres.createDatabase("late");
    const session = sessionOn(url);
    const store = sqlMetadata(session, storeOptions.parse({}).search);
    await store.connect(never);
    const changes = new ChangedPages(session, "index", "me");
    // The same capture both times: of two with one time, chance decides which is the newer.
    const stored = {
      ...processedOf(1),
      stored: { raw: { key: "k", offset: 0, length: 1 }, markdown: { key: "k", offset: 1, length: 1 } },
    };
    // The server's own upkeep has transactions too.
    const nextAfter = async (position: Position): Promise<Changes> => {
      for (let looks = 0; ; looks++) {
        const next = await changes.read(position, 10, never);
        if (next.pages.length > 0) return next;
        assert.ok(looks < 600, "the row never comes");
        await systemClock.sleep(50);
      }
    };
    // Begun first, ended last: its number is the lowest of all.
    const late = session.transaction([
      { sql: "select pg_current_xact_id()", values: [] },
      { sql: "update schema_migrations set name = name", values: [] },
      { sql: "select pg_sleep(2)", values: [] },
    ]);
    await systemClock.sleep(500);
    await store.record([stored], never);
    const meanwhile = await changes.read(BEGINNING, 10, never);
    assert.equal(meanwhile.pages.length, 0);
    await late;
    const then = await nextAfter(meanwhile.position);
    assert.equal(then.pages.length, 1);
    assert.equal((await changes.read(then.position, 10, never)).pages.length, 0);
    await store.record([stored], never);
    assert.equal((await nextAfter(then.position)).pages.length, 1);
    await store.close();
  });

  test("one of several followers works, and another goes on where it stopped", async () => {
    const session = sessionOn(await postgres.createDatabase("turns"));
    const store = sqlMetadata(session, storeOptions.parse({}).search);
    await store.connect(never);
    const [one, two] = ["one", "two"].map((owner) => new ChangedPages(session, "index", owner));
    assert.ok(one !== undefined && two !== undefined);
    assert.deepEqual(await one.turn(never), BEGINNING);
    assert.equal(await two.turn(never), null);
    await one.save({ changedBy: "5", key: "k" }, never);
    await session.script("update cursors set updated_at = now() - interval '1 minute'");
    assert.deepEqual(await two.turn(never), { changedBy: "5", key: "k" });
    await one.save({ changedBy: "9", key: "late" }, never);
    assert.deepEqual(await two.turn(never), { changedBy: "5", key: "k" });
    await two.save({ changedBy: "99999999999", key: "of another server" }, never);
    assert.deepEqual(await two.turn(never), BEGINNING);
    await store.close();
  });
});
