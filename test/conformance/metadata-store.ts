// What every metadata store keeps: rows, their order of newness, search, dead letters. A suite that takes a factory; run
// for the embedded database and for a PostgreSQL server. One store serves all tests; each begins by clearing it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "../../src/base/index.ts";
import type { DeadLetter, StoredPage } from "../../src/model/index.ts";
import type { CaptureRow, MetadataStore, PageRow, SearchRequest } from "../../src/store/index.ts";
import { type PageOf, processedOf } from "../../src/store/testing/pages.ts";

const never = new AbortController().signal;

function storedOf(number: number, of: PageOf = {}): StoredPage {
  return {
    ...processedOf(number, of),
    stored: {
      raw: { key: "segment-1", offset: number * 100, length: 60 },
      markdown: { key: "segment-1", offset: number * 100 + 60, length: 40 },
    },
  };
}

async function pagesOf(store: MetadataStore): Promise<PageRow[]> {
  const rows: PageRow[] = [];
  for await (const row of store.eachPage()) rows.push(row);
  return rows;
}

async function capturesOf(store: MetadataStore): Promise<CaptureRow[]> {
  const rows: CaptureRow[] = [];
  for await (const row of store.eachCapture()) rows.push(row);
  return rows;
}

async function found(store: MetadataStore, request: SearchRequest): Promise<string[]> {
  const urls: string[] = [];
  let cursor: string | null = null;
  do {
    const slice = await store.search({ ...request, ...(cursor === null ? {} : { cursor }) });
    urls.push(...slice.items.map(({ page }) => page.url));
    cursor = slice.cursor;
  } while (cursor !== null);
  assert.equal(new Set(urls).size, urls.length);
  return urls.map((url) => url.replace(/^.*\/page\/(\d+).*$/, "$1")).sort();
}

/** Numbers of pages and their texts: English, Korean, Japanese, Chinese, mixed. */
const TEXTS: readonly (readonly [title: string, text: string])[] = [
  ["Weather report", "Rain falls on the harbour; it's a well-known café."],
  ["날씨 소식", "서울에는 비가 내립니다. 날씨가 흐립니다."],
  ["天気予報", "東京では雨が降っています。カフェで待ちます。"],
  ["天气预报", "北京今天下雨。东京也下雨。"],
  ["Mixed 날씨", "The weather 날씨가 좋다 and 東京 is sunny; harbours differ."],
];

const QUESTIONS: readonly (readonly [query: string, pages: string])[] = [
  ["rain", "0"],
  ["RAIN", "0"],
  ["harbour", "0"],
  ["harbours", "4"],
  ["weather", "04"],
  ['"weather report"', "0"],
  ['"report rain"', ""],
  ["well-known", "0"],
  ["café", "0"],
  ["it's", "0"],
  ["비가", "1"],
  ["날씨", "14"],
  ["날씨가", "14"],
  ["내립니다", "1"],
  ["립니", "1"],
  ["서울에는 흐립니다", "1"],
  ["날씨 weather", "4"],
  ["東京", "24"],
  ["雨が降って", "2"],
  ["カフェ", "2"],
  ["下雨", "3"],
  ["北京今天", "3"],
  ["东京", "3"],
  ["京", "234"],
  ["absent", ""],
  ["'); drop table pages; --", ""],
  ["rain & | ! <-> :* \\ '", "0"],
  ["!!!", ""],
  ["", ""],
];

export function metadataStoreConformance(name: string, opened: () => Promise<MetadataStore>): void {
  const fresh = async (): Promise<MetadataStore> => {
    const store = await opened();
    await store.clear();
    return store;
  };

  test(`${name}: rows tell what was recorded`, async () => {
    const store = await fresh();
    const page = storedOf(3, { title: "Nul\0 and \ud800 lone", description: "d", text: "some text" });
    await store.record([page], never);
    const [row] = await pagesOf(store);
    assert.ok(row !== undefined);
    assert.equal(row.title, "Nul and \ufffd lone");
    assert.equal(row.url, page.page.url);
    assert.equal(row.domain, "site-3.test");
    assert.equal(row.laneWanted, "rich");
    assert.equal(row.firstFetchedMs, page.page.fetchedAtMs);
    assert.equal(row.lastFetchedMs, page.page.fetchedAtMs);
    assert.deepEqual(row.raw, page.stored.raw);
    assert.deepEqual(row.markdown, page.stored.markdown);
    assert.deepEqual(await store.page(row.urlSha256), row);
    const [capture] = await capturesOf(store);
    assert.equal(capture?.captureId, page.page.request.captureId);
    assert.equal(capture?.elapsedMs, 12.5);
    assert.deepEqual(
      await store.known([page.page.request.captureId, uuidv7(1)]),
      new Set([page.page.request.captureId]),
    );
    assert.equal(await store.page("00"), null);
  });

  test(`${name}: where a page's picture lies stands in its rows, until a newer fetch brought none`, async () => {
    const store = await fresh();
    const plain = storedOf(4, { fetchedAtMs: 2_000 });
    const screenshot = { key: "segment-1", offset: 5_000_000_000, length: 30 };
    const pictured: StoredPage = { ...plain, stored: { ...plain.stored, screenshot } };
    await store.record([pictured], never);
    assert.deepEqual((await pagesOf(store))[0]?.screenshot, screenshot);
    assert.deepEqual((await capturesOf(store))[0]?.screenshot, screenshot);
    await store.record([storedOf(4, { fetchedAtMs: 3_000 })], never);
    assert.equal((await pagesOf(store))[0]?.screenshot, null);
    assert.deepEqual(
      (await capturesOf(store)).map((capture) => capture.screenshot),
      [screenshot, null],
    );
  });

  test(`${name}: recording twice changes nothing`, async () => {
    const store = await fresh();
    const pages = Array.from({ length: 20 }, (_, at) => storedOf(at));
    await store.record(pages, never);
    const before = [await pagesOf(store), await capturesOf(store)];
    await store.record(pages.toReversed(), never);
    assert.deepEqual([await pagesOf(store), await capturesOf(store)], before);
    const twice = storedOf(50);
    await store.record([twice, { ...twice }], never);
    assert.equal((await pagesOf(store)).length, 21);
  });

  test(`${name}: the newest fetch stands in the row, whatever the order and the batches`, async () => {
    const url = "http://site.test/page/1";
    const at = Date.UTC(2026, 5, 1);
    const ids = [uuidv7(at), uuidv7(at)].sort();
    const older = storedOf(1, { url, title: "older", fetchedAtMs: at - 1000 });
    const newer = storedOf(2, { url, title: "newer", fetchedAtMs: at, captureId: ids[0] ?? "" });
    const tie = storedOf(3, { url, title: "tie", fetchedAtMs: at, captureId: ids[1] ?? "" });
    const results: PageRow[][] = [];
    for (const batches of [
      [[older], [newer], [tie]],
      [[tie], [newer], [older]],
      [[newer, tie, older]],
      [[tie, older], [newer]],
    ]) {
      const store = await fresh();
      for (const batch of batches) await store.record(batch, never);
      results.push(await pagesOf(store));
      assert.equal((await capturesOf(store)).length, 3);
      assert.deepEqual(await found(store, { query: "older" }), []);
      assert.deepEqual(await found(store, { query: "tie" }), ["1"]);
    }
    assert.equal(results[0]?.[0]?.title, "tie");
    assert.equal(results[0]?.[0]?.firstFetchedMs, at - 1000);
    for (const result of results) assert.deepEqual(result, results[0]);
  });

  test(`${name}: a capture extracted again replaces its own row`, async () => {
    const store = await fresh();
    const page = storedOf(1, { text: "before" });
    await store.record([page], never);
    await store.record([{ ...page, document: { ...page.document, title: "After", text: "after" } }], never);
    assert.equal((await pagesOf(store))[0]?.title, "After");
    assert.deepEqual(await found(store, { query: "before" }), []);
    assert.deepEqual(await found(store, { query: "after" }), ["1"]);
  });

  test(`${name}: words in four languages find exactly their pages`, async () => {
    const store = await fresh();
    await store.record(
      TEXTS.map(([title, text], at) => storedOf(at, { title, text, lang: at === 0 ? "en-GB" : null })),
      never,
    );
    for (const [query, pages] of QUESTIONS) {
      assert.deepEqual(await found(store, { query, limit: 2 }), [...pages], query);
    }
    assert.deepEqual(await found(store, { query: "weather", domain: "site-0.test" }), ["0"]);
    assert.deepEqual(await found(store, { query: "weather", lang: "EN" }), ["0"]);
    const best = await store.search({ query: "weather" });
    assert.equal(best.total, 2);
    assert.equal(best.items[0]?.page.title, "Weather report");
  });

  test(`${name}: texts of any size and kind are recorded`, async () => {
    const store = await fresh();
    const long = Array.from({ length: 60_000 }, (_, at) => `word${at}${"x".repeat(at % 300)}`).join(" ");
    const many = "의자 ".repeat(40_000);
    await store.record(
      [storedOf(1, { text: long }), storedOf(2, { text: many, title: null }), storedOf(3, { text: "" })],
      never,
    );
    assert.deepEqual(await found(store, { query: "word7xxxxxxx" }), ["1"]);
    assert.deepEqual(await found(store, { query: "의자" }), ["2"]);
  });

  test(`${name}: slices and streams give every page once, and filter`, async () => {
    const store = await fresh();
    const pages = Array.from({ length: 1203 }, (_, at) => storedOf(at, { lang: at % 2 === 0 ? "ko" : "en" }));
    await store.record(pages, never);
    assert.equal((await pagesOf(store)).length, 1203);
    assert.equal((await capturesOf(store)).length, 1203);
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const slice = await store.pages({
        limit: 250,
        domain: "site-2.test",
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { url } of slice.items) seen.add(url);
      cursor = slice.cursor ?? undefined;
    } while (cursor !== undefined);
    assert.equal(seen.size, pages.filter(({ page }) => page.url.includes("site-2")).length);
    assert.equal((await store.pages({ domain: "te-2.test" })).items.length, 0);
    assert.equal((await store.pages({ domain: "test", limit: 1000 })).items.length, 1000);
    const since = pages[1200]?.page.fetchedAtMs ?? 0;
    assert.equal((await store.pages({ since })).items.length, 3);
    assert.equal((await store.pages({ lang: "ko", q: "title", since })).items.length, 2);
    assert.equal((await store.pages({ lane: "rich" })).items.length, 0);
    await assert.rejects(store.pages({ cursor: "%%%" }), { name: "CursorInvalid" });
    assert.deepEqual(await store.counts(), { pages: 1203, captures: 1203, deadLetters: 0 });
  });

  test(`${name}: dead letters are written once, listed newest first, marked and dropped`, async () => {
    const store = await opened();
    const { deadLetters } = store;
    const letters = Array.from(
      { length: 7 },
      (_, at): DeadLetter => ({
        id: uuidv7(1_700_000_000_000 + at),
        stage: "extract",
        topic: at % 2 === 0 ? "processed.dlq" : "storage.dlq",
        captureId: at === 0 ? null : uuidv7(at),
        url: at === 0 ? null : "http://a.test/",
        code: "parse",
        message: "broken\0",
        diedAtMs: 1_700_000_000_000 + at,
        payload: at === 1 ? null : new Uint8Array([0, at, 255]),
        ...(at === 2 ? { origin: "raw.page/3@1207" } : {}),
      }),
    );
    await deadLetters.write(letters);
    await deadLetters.write(letters);
    assert.equal(await deadLetters.count(), 7);
    const first = await deadLetters.list({ limit: 4 });
    assert.deepEqual(
      first.items.map(({ id }) => id),
      letters
        .slice(3)
        .map(({ id }) => id)
        .reverse(),
    );
    const rest = await deadLetters.list({ limit: 4, cursor: first.cursor ?? "" });
    assert.equal(rest.items.length, 3);
    assert.equal(rest.cursor, null);
    assert.equal((await deadLetters.list({ topic: "storage.dlq" })).items.length, 3);
    const shown = await deadLetters.show(letters[2]?.id ?? "");
    assert.deepEqual([...(shown?.payload ?? [])], [0, 2, 255]);
    assert.equal(shown?.replayedAtMs, null);
    assert.equal(shown?.origin, "raw.page/3@1207");
    const oldest = await deadLetters.uncopied(2);
    assert.deepEqual(
      oldest.map(({ id, copiedAtMs }) => [id, copiedAtMs]),
      letters.slice(0, 2).map(({ id }) => [id, null]),
    );
    const ids = oldest.map(({ id }) => id);
    assert.equal(await deadLetters.markCopied(ids, 1_800_000_000_000), 2);
    assert.equal(await deadLetters.markCopied(ids, 1_900_000_000_000), 0);
    assert.equal((await deadLetters.show(ids[0] ?? ""))?.copiedAtMs, 1_800_000_000_000);
    assert.equal((await deadLetters.uncopied(100)).length, 5);
    assert.equal(await deadLetters.show("no id"), null);
    assert.equal(await deadLetters.markReplayed([letters[2]?.id ?? ""], 1_800_000_000_000), 1);
    assert.equal((await deadLetters.show(letters[2]?.id ?? ""))?.replayedAtMs, 1_800_000_000_000);
    assert.equal(await deadLetters.drop(letters.map(({ id }) => id).concat("no id")), 7);
    assert.equal(await deadLetters.count(), 0);
  });

  test(`${name}: a thin page never stands where a whole one could, in whatever order they come`, async () => {
    const store = await opened();
    const at = (hour: number, thin: boolean): StoredPage => {
      const page = storedOf(hour, {
        url: "http://a.test/thin",
        fetchedAtMs: 1_700_000_000_000 + hour * 3_600_000,
        captureId: uuidv7(1_700_000_000_000 + hour * 3_600_000),
        title: `hour ${hour}`,
      });
      const verdict = { ...page.verdict, lane: "fast", wanted: thin ? "rich" : "fast" } as const;
      return { ...page, verdict };
    };
    const [old, thin, whole, last] = [at(1, true), at(3, true), at(2, false), at(4, true)];
    for (const batches of [
      [[old], [thin], [whole], [last]],
      [[last], [whole, thin], [old]],
      [[old, last, whole, thin]],
    ]) {
      await store.clear();
      for (const batch of batches) await store.record(batch, never);
      assert.deepEqual(
        (await pagesOf(store)).map(({ title }) => title),
        ["hour 2"],
      );
    }
    await store.clear();
    for (const page of [old, thin]) await store.record([page], never);
    assert.deepEqual(
      (await pagesOf(store)).map(({ title }) => title),
      ["hour 3"],
    );
    await store.clear();
  });

  test(`${name}: what the router learned is kept by host, the newest hosts first of all`, async () => {
    const { routeMemory } = await opened();
    const row = (host: string, state: string) => ({ host, state });
    await routeMemory.save([row("", "all"), row("a.test", "1"), row("b.test:8080", "1")]);
    await routeMemory.save([row("a.test", "2 '\"\\ 한")]);
    assert.deepEqual(await routeMemory.one("a.test"), row("a.test", "2 '\"\\ 한"));
    assert.equal(await routeMemory.one("c.test"), null);
    const all = await routeMemory.load(10, null);
    assert.equal(all.rows.length, 3);
    assert.deepEqual(all.rows.at(-1), row("a.test", "2 '\"\\ 한"));
    assert.deepEqual((await routeMemory.load(10, all.untilMs + 1)).rows, []);
    await routeMemory.save([row("c.test", "1")]);
    const since = await routeMemory.load(10, all.untilMs);
    assert.deepEqual(since.rows, [row("c.test", "1")]);
    const newest = await routeMemory.load(2, null);
    assert.deepEqual(
      newest.rows.map(({ host }) => host),
      ["a.test", "c.test"],
    );
    assert.equal((await routeMemory.load(10, null)).rows.length, 2);
    await routeMemory.save([]);
    // Within one tick of a clock that tells milliseconds.
    const hosts = Array.from({ length: 20 }, (_, at) => `h${(7 * at) % 20}.test`);
    for (const host of hosts) await routeMemory.save([row(host, "1")]);
    const { rows, untilMs } = await routeMemory.load(5, null);
    assert.deepEqual(
      rows,
      hosts.slice(-5).map((host) => row(host, "1")),
    );
    assert.deepEqual((await routeMemory.load(10, untilMs)).rows, []);
    await routeMemory.save([row("last.test", "1")]);
    assert.deepEqual((await routeMemory.load(10, untilMs)).rows, [row("last.test", "1")]);
    await routeMemory.save(["x", "y", "z"].map((host) => row(host, "1")));
    assert.equal((await routeMemory.load(2, null)).rows.length, 2);
    assert.equal((await routeMemory.load(10, null)).rows.length, 2);
  });
}
