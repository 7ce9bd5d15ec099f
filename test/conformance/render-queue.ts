// What every render queue keeps: each entry once, room for so many, hosts by turns, one owner at a time, an end once. A suite
// that takes a factory; run for the embedded database and for a PostgreSQL server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock, uuidv7 } from "../../src/base/index.ts";
import type { MetadataStore, QueueEntry, RenderQueue } from "../../src/store/index.ts";
import { processedOf } from "../../src/store/testing/pages.ts";

const never = new AbortController().signal;
const LONG = { leaseMs: 600_000 };
const MANY = 1_000_000;

const place = (offset: number) => ({ key: "segment-1", offset, length: 10 });

function entryOf(number: number, host = "h.test"): QueueEntry {
  return {
    captureId: uuidv7(1_800_000_000_000 + number),
    url: `http://${host}/${number}`,
    host,
    page: JSON.stringify({ number, odd: "\0 \ud800 é 한" }),
    stored: { raw: place(number), markdown: place(number + 5) },
  };
}

const entriesOf = (count: number, host?: string): QueueEntry[] =>
  Array.from({ length: count }, (_, number) => entryOf(number, host));

const idsOf = (entries: readonly { readonly captureId: string }[]): string[] =>
  entries.map(({ captureId }) => captureId);

export function renderQueueConformance(name: string, opened: () => Promise<MetadataStore>): void {
  const fresh = async (): Promise<{ store: MetadataStore; queue: RenderQueue }> => {
    const store = await opened();
    const queue = store.renderQueue;
    await queue.releaseAll();
    for (;;) {
      const left = await queue.claim("cleaner", { limit: 10_000, ...LONG });
      if (left.length === 0) break;
      await queue.remove(idsOf(left));
    }
    return { store, queue };
  };

  test(`${name}: an entry comes back as it was given, once, however often it is added`, async () => {
    const { queue } = await fresh();
    const entry = entryOf(1);
    assert.deepEqual(await queue.add([entry, entry], MANY), new Set([entry.captureId]));
    assert.deepEqual(await queue.add([entry], MANY), new Set([entry.captureId]));
    assert.deepEqual(await queue.counts(), { waiting: 1, claimed: 0, ended: 0 });
    const [claimed, ...more] = await queue.claim("a", { limit: 10, ...LONG });
    assert.deepEqual(more, []);
    const { report, claims, queuedAtMs, ...same } = claimed ?? assert.fail();
    assert.deepEqual(same, entry);
    assert.deepEqual([report, claims], [null, 1]);
    assert.ok(Math.abs(queuedAtMs - systemClock.nowMs()) < 600_000);
    assert.deepEqual(await queue.known([entry.captureId, uuidv7(5)]), new Set([entry.captureId]));
  });

  test(`${name}: two who claim share the entries, and nobody gets one that another has`, async () => {
    const { queue } = await fresh();
    const entries = entriesOf(40);
    await queue.add(entries, MANY);
    const taken: string[] = [];
    const claim = async (owner: string): Promise<void> => {
      for (;;) {
        const some = await queue.claim(owner, { limit: 3, ...LONG });
        if (some.length === 0) return;
        taken.push(...idsOf(some));
      }
    };
    await Promise.all([claim("a"), claim("b")]);
    assert.deepEqual(taken.sort(), idsOf(entries).sort());
    assert.deepEqual(await queue.counts(), { waiting: 40, claimed: 40, ended: 0 });
  });

  test(`${name}: what an owner does not renew comes back, and says that it was claimed before`, async () => {
    const { queue } = await fresh();
    const entries = entriesOf(2);
    await queue.add(entries, MANY);
    await queue.claim("dead", { limit: 1, ...LONG });
    await queue.claim("alive", { limit: 1, ...LONG });
    await queue.renew("dead", 1);
    await queue.renew("alive", LONG.leaseMs);
    await systemClock.sleep(20);
    const back = await queue.claim("heir", { limit: 10, ...LONG });
    assert.deepEqual(
      back.map(({ captureId, claims }) => [captureId, claims]),
      [[entries[0]?.captureId, 2]],
    );
  });

  test(`${name}: what is released is free at once and was not claimed, but only by its owner`, async () => {
    const { queue } = await fresh();
    const entries = entriesOf(2);
    await queue.add(entries, MANY);
    await queue.claim("a", { limit: 2, ...LONG });
    await queue.release("b", idsOf(entries));
    assert.deepEqual(await queue.claim("b", { limit: 2, ...LONG }), []);
    await queue.release("a", idsOf(entries));
    const again = await queue.claim("b", { limit: 2, ...LONG });
    assert.deepEqual(
      again.map(({ claims }) => claims),
      [1, 1],
    );
    await queue.releaseAll();
    assert.equal((await queue.claim("c", { limit: 5, ...LONG })).length, 2);
  });

  test(`${name}: a full queue takes what it has room for, in order, and says which`, async () => {
    const { queue } = await fresh();
    const entries = entriesOf(8);
    assert.deepEqual(await queue.add(entries, 5), new Set(idsOf(entries.slice(0, 5))));
    assert.deepEqual(await queue.add(entries.slice(4, 6), 5), new Set(idsOf(entries.slice(4, 5))));
    const [first] = await queue.claim("a", { limit: 1, ...LONG });
    await queue.end([{ captureId: first?.captureId ?? "", report: "{}", markdown: null }]);
    // What has ended takes no room.
    assert.deepEqual(await queue.add(entries.slice(5), 5), new Set([entries[5]?.captureId ?? ""]));
  });

  test(`${name}: two who add at once do not take more than there is room for`, async () => {
    const { queue } = await fresh();
    const both = await Promise.all([
      queue.add(entriesOf(30, "a.test"), 20),
      queue.add(entriesOf(30, "b.test"), 20),
    ]);
    assert.equal(both[0].size + both[1].size, 20);
    assert.equal((await queue.counts()).waiting, 20);
  });

  test(`${name}: hosts take turns, a late one too, and each host's entries keep their order`, async () => {
    const { queue } = await fresh();
    await queue.add([...entriesOf(6, "large.test"), ...entriesOf(2, "small.test")], MANY);
    const order = async (limit: number): Promise<string[]> =>
      (await queue.claim("a", { limit, ...LONG })).map(({ url }) => url.replace(/http:\/\/(\w+).*\//, "$1 "));
    assert.deepEqual((await order(4)).sort(), ["large 0", "large 1", "small 0", "small 1"]);
    await queue.remove(idsOf([...entriesOf(2, "large.test"), ...entriesOf(2, "small.test")]));
    await queue.add(entriesOf(2, "late.test"), MANY);
    const rest = await order(10);
    assert.ok(rest.indexOf("late 0") < 2, rest.join());
    assert.ok(rest.indexOf("late 1") < 4, rest.join());
    assert.deepEqual(
      rest.filter((each) => each.startsWith("large")),
      ["large 2", "large 3", "large 4", "large 5"],
    );
  });

  test(`${name}: what is urgent is claimed before every turn, and no host gains or loses one by it`, async () => {
    const { queue } = await fresh();
    await queue.add([...entriesOf(3, "large.test"), entryOf(3, "small.test")], MANY);
    await queue.add([{ ...entryOf(9, "large.test"), isUrgent: true }], MANY);
    await queue.add([entryOf(5, "late.test")], MANY);
    const claimed = await queue.claim("a", { limit: 10, ...LONG });
    assert.deepEqual(
      claimed.map(({ url }) => url.replace(/http:\/\/(\w+).*\//, "$1 ")),
      ["large 9", "large 0", "small 3", "late 5", "large 1", "large 2"],
    );
  });

  test(`${name}: an end is the first one's, comes back until it was told, and then the entry is gone`, async () => {
    const { queue } = await fresh();
    const entry = entryOf(1);
    await queue.add([entry], MANY);
    await queue.claim("a", { limit: 1, ...LONG });
    const end = { captureId: entry.captureId, report: '{"outcome":"failed"}', markdown: null };
    assert.deepEqual(await queue.end([end]), new Set([entry.captureId]));
    assert.deepEqual(await queue.end([{ ...end, report: "another" }]), new Set());
    assert.deepEqual(await queue.counts(), { waiting: 0, claimed: 0, ended: 1 });
    assert.deepEqual(await queue.ended(10), [{ captureId: entry.captureId, url: entry.url }]);
    await queue.release("a", [entry.captureId]);
    const [owed] = await queue.claim("b", { limit: 1, ...LONG });
    assert.equal(owed?.report, end.report);
    await queue.remove([entry.captureId]);
    assert.deepEqual(await queue.counts(), { waiting: 0, claimed: 0, ended: 0 });
  });

  test(`${name}: a page's row and its end are written together or not at all`, async () => {
    const { store, queue } = await fresh();
    await store.clear();
    const processed = processedOf(1, { lane: "rich" });
    const stored = { raw: place(1), markdown: place(2) };
    const { captureId, url, host } = processed.page.request;
    await queue.add([{ captureId, url, host, page: "{}", stored }], MANY);
    const shown = { ...stored, markdown: place(77) };
    const end = { captureId, report: "told", markdown: shown.markdown };
    const broken = {
      ...processed.document,
      statistics: { ...processed.document.statistics, wordCount: 3e9 },
    };
    await assert.rejects(store.record([{ ...processed, document: broken, stored: shown }], never, [end]));
    assert.equal((await queue.counts()).waiting, 1);
    await store.record([{ ...processed, stored: shown }], never, [end]);
    assert.equal((await store.counts()).pages, 1);
    const [owed] = await queue.claim("b", { limit: 1, ...LONG });
    assert.deepEqual([owed?.report, owed?.stored], ["told", shown]);
    await queue.remove([captureId]);
  });
}
