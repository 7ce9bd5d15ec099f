// Several ingestors: each admits its own hosts alone, and what belongs to another waits, durable, until the broker has it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delivery } from "../engine/index.ts";
import type { ForeignUrls, ForIngestor } from "../model/index.ts";
import { hostPartition } from "../model/index.ts";
import type { Frontier } from "./frontier.ts";
import { frontierOptions } from "./options.ts";
import { parseShard } from "./shard.ts";
import { answer, crawl, drain, handOver, lease, opened, passed, spec } from "./testing.ts";

const never = new AbortController().signal;
const first = { robots: false, delayMs: 0, shard: "0/2" };
const second = { robots: false, delayMs: 0, shard: "1/2" };

/** Hosts of the first and of the second ingestor of two. */
const hostsOf = (index: number): string[] =>
  Array.from({ length: 60 }, (_, n) => `h${n}.test`).filter((host) => hostPartition(host, 12) % 2 === index);
const [mine = "", mine2 = ""] = hostsOf(0);
const [theirs = "", theirs2 = ""] = hostsOf(1);

/** Everything that is in the outbox now, delivered. */
async function all(frontier: Frontier): Promise<ForIngestor[]> {
  const found: ForIngestor[] = [];
  for (const delivery of await taken(frontier)) {
    found.push(delivery.payload);
    delivery.settle({ kind: "delivered" });
  }
  return found.sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** The URLs of it. */
async function sent(frontier: Frontier): Promise<ForeignUrls[]> {
  return (await all(frontier)).filter((parcel) => parcel.kind === "urls");
}

async function taken(frontier: Frontier): Promise<Delivery<ForIngestor>[]> {
  const source = frontier.foreignSource();
  const found: Delivery<ForIngestor>[] = [];
  const stop = new AbortController();
  for (;;) {
    const read = source.read(stop.signal).catch(() => null);
    const delivery = await Promise.race([read, new Promise((resolve) => setImmediate(resolve, null))]);
    if (delivery === null) break;
    const next = await read;
    if (next !== null) found.push(next);
  }
  stop.abort();
  return found;
}

test("a shard is written I/N and nothing else", () => {
  assert.deepEqual(parseShard("1/3"), { ok: true, value: { index: 1, count: 3 } });
  for (const text of ["3/3", "1", "-1/2", "1/0", "a/b", "", "1/2/3"])
    assert.equal(parseShard(text).ok, false, text);
  assert.deepEqual(frontierOptions.parse({ shard: "0/2" }).shard, { index: 0, count: 2 });
  assert.deepEqual(frontierOptions.parse({ shard: { index: 0, count: 2 } }).shard, { index: 0, count: 2 });
  assert.equal(frontierOptions.safeParse({ shard: "2/2" }).success, false);
});

test("seeds of other ingestors' hosts are sent on as given, in parcels of one host, and not admitted", async () => {
  const { frontier, close } = await opened(first);
  await frontier.beginCrawl(spec());
  const { admitted, foreign, refused } = await frontier.admitGiven([
    `http://${mine}/`,
    `${theirs}/b`,
    `http://${theirs2}/`,
    `http://${theirs}/a`,
  ]);
  assert.deepEqual([admitted, foreign, refused.length], [1, 3, 0]);
  const given = { kind: "urls", depth: 0, given: true, judged: true, referrer: null } as const;
  assert.deepEqual(await sent(frontier), [
    { ...given, host: theirs, urls: [`http://${theirs}/b`, `http://${theirs}/a`] },
    { ...given, host: theirs2, urls: [`http://${theirs2}/`] },
  ]);
  assert.equal(frontier.why(`http://${theirs}/a`)?.state ?? null, null);
  await close();
});

test("foreign links leave with their depth and referrer, once, and again only as something better", async () => {
  const { frontier, close } = await opened(first);
  await crawl(frontier, [`http://${mine}/`, `http://${mine}/2`, `http://${mine}/3`], { scope: "any" });
  const link = `http://${theirs}/x`;
  await drainUntilFetched(frontier, [link, `${link}#again`, `http://${mine}/1`]);
  const [only, ...others] = await sent(frontier);
  assert.deepEqual(others, []);
  assert.deepEqual([only?.urls, only?.depth, only?.given], [[link], 1, false]);
  assert.match(only?.referrer ?? "", new RegExp(`^http://${mine}/`));
  await frontier.admitGiven([link]);
  await frontier.admitGiven([link]);
  assert.deepEqual(
    (await sent(frontier)).map(({ urls, given }) => [urls, given]),
    [[[link], true]],
  );
  await close();
});

async function drainUntilFetched(frontier: Frontier, links: readonly string[]): Promise<void> {
  for (let pages = 0; pages < 4; pages++) {
    const { payload } = await lease(frontier);
    await frontier.sink().write([answer(payload, { links })], never);
  }
}

test("links out of scope are not sent on; the host of a seed is in scope whoever crawls it", async () => {
  const { frontier, close } = await opened(first);
  await crawl(frontier, [`http://${mine}/`, `http://${theirs}/`]);
  const { payload } = await lease(frontier);
  const links = [`http://${theirs}/x`, `http://${theirs2}/x`];
  await frontier.sink().write([answer(payload, { links })], never);
  const urls = (await sent(frontier)).flatMap((parcel) => parcel.urls);
  assert.deepEqual(urls, [`http://${theirs}/`, `http://${theirs}/x`]);
  await close();
});

test("a crawl is not over while parcels wait, and what is not delivered is handed out again, over a restart too", async () => {
  const before = await opened(first);
  await crawl(before.frontier, [`http://${theirs}/1`, `http://${theirs2}/2`], { scope: "any" });
  const [one, two] = await taken(before.frontier);
  assert.equal(before.frontier.isIdle, false);
  one?.settle({ kind: "errored", error: new Error("stopped") });
  two?.settle({ kind: "delivered" });
  assert.equal(before.frontier.isIdle, false);
  await before.frontier.close();

  const { frontier, close } = await opened(first, before.folder);
  await frontier.beginCrawl(spec({ scope: "any" }));
  assert.equal(frontier.isIdle, false);
  assert.deepEqual(await sent(frontier), [one?.payload]);
  assert.equal(frontier.isIdle, true);
  assert.equal(await frontier.source().read(never), null);
  await frontier.close();
  const after = await opened(first, before.folder);
  assert.deepEqual(await sent(after.frontier), []);
  await after.close();
  await close();
});

test("a redirect to another ingestor's host ends skipped, and its target is sent on as given where it was", async () => {
  for (const given of [true, false]) {
    const { frontier, close } = await opened(first);
    await crawl(frontier, [`http://${mine}/`], { scope: "any" });
    const target = `http://${theirs}/there`;
    const from = given ? `http://${mine}/` : `http://${mine}/link`;
    const told = await drainTo(frontier, from, target);
    assert.deepEqual(
      told.map(({ url, verdict }) => [
        url,
        verdict?.outcome,
        verdict?.code,
        verdict?.finalUrl,
        verdict?.status,
      ]),
      [[from, "skipped", "redirect", target, 301]],
    );
    assert.match(frontier.why(from)?.reason ?? "", /another ingestor/);
    assert.deepEqual(await sent(frontier), [
      {
        kind: "urls",
        host: theirs,
        urls: [target],
        depth: given ? 0 : 1,
        given,
        judged: true,
        referrer: from,
      },
    ]);
    await close();
  }
});

/** Crawls to the end; `from` redirects to `target`, everything else links to `from`. Answers the ends that were told. */
async function drainTo(frontier: Frontier, from: string, target: string) {
  const stop = new AbortController();
  const source = frontier.source();
  const told = [];
  for (let count = 0; count < 3 && frontier.counts().skipped + told.length < 2; count++) {
    const delivery = await source.read(stop.signal);
    if (delivery === null) break;
    const { payload: request } = delivery;
    if (request.verdict !== null) {
      told.push(request);
      await frontier.sink().write([passed(request)], never);
      break;
    }
    const report =
      request.url === from
        ? ({ kind: "redirect", request, status: 301, target, setCookie: false } as const)
        : answer(request, { links: [from] });
    await frontier.sink().write([report], never);
  }
  return told;
}

test("what another ingestor found is admitted as links of their depth or as given, and only once", async () => {
  const { frontier, close } = await opened(second);
  await crawl(frontier, [`http://${theirs2}/`], { depthMax: 2, scope: "host" });
  await all(frontier);
  const links = { kind: "urls", host: theirs, given: false, judged: true, referrer: null } as const;
  await frontier.returnSink().write(
    [
      { ...links, urls: [`http://${theirs}/1`, `http://${theirs}/1`], depth: 2 },
      { ...links, urls: [`http://${theirs}/deep`], depth: 3 },
      { ...links, urls: [`http://${theirs}/seed`], depth: 0, given: true },
      { ...links, urls: [`http://${theirs}/1`], depth: 2 },
    ],
    never,
  );
  const fetched = await drain(frontier, (request) =>
    answer(request, { links: [`http://${theirs}/of-${request.depth}`] }),
  );
  const seen = fetched.map(({ url, depth, given }) => [url, depth, given]);
  assert.deepEqual(seen.sort(), [
    [`http://${theirs}/1`, 2, false],
    [`http://${theirs}/of-0`, 1, false],
    [`http://${theirs}/of-1`, 2, false],
    [`http://${theirs}/seed`, 0, true],
    [`http://${theirs2}/`, 0, true],
  ]);
  await close();
});

test("URLs that came to the wrong ingestor are passed on", async () => {
  const { frontier, close } = await opened(first);
  await crawl(frontier, [`http://${mine}/`]);
  const record = {
    kind: "urls",
    host: theirs,
    urls: [`http://${theirs}/1`],
    depth: 2,
    given: false,
    judged: true,
    referrer: null,
  } as const;
  await frontier.returnSink().write([record, { ...record, host: mine2, urls: [`http://${mine2}/`] }], never);
  assert.deepEqual(await sent(frontier), [record]);
  assert.equal(frontier.why(`http://${mine2}/`)?.state, "queued");
  await close();
});

for (const [given, seedsOf] of [
  ["each", (seeds: readonly string[]) => seeds],
  ["only one of them", (seeds: readonly string[], index: number) => (index === 0 ? seeds : [])],
] as const)
  test(`two ingestors crawl what one alone would, ${given} given the seeds`, async () => {
    const hosts = [...hostsOf(0).slice(0, 3), ...hostsOf(1).slice(0, 3)];
    const links = (url: string): string[] => {
      const n = Number(url.slice(url.lastIndexOf("/") + 1));
      return [2 * n + 1, 2 * n + 2]
        .filter((child) => child < 60)
        .map((child) => `http://${hosts[child % 6]}/${child}`);
    };
    const seeds = hosts.map((host, n) => `http://${host}/${n}`);
    const both = [await opened(first), await opened(second)];
    for (const [index, { frontier }] of both.entries())
      await crawl(frontier, seedsOf(seeds, index), { depthMax: 10 });
    const fetched: string[] = [];
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (const [index, { frontier }] of both.entries()) {
        const other = both[1 - index]?.frontier;
        for (const parcel of await all(frontier)) {
          isQuiet = false;
          await other?.returnSink().write([parcel], never);
        }
        while (frontier.counts().queued + frontier.counts().leased > 0) {
          isQuiet = false;
          const request = await handOver(frontier);
          fetched.push(request.url);
          const report = answer(request, { links: links(request.url) });
          await frontier.returnSink().write([{ kind: "end", report }], never);
        }
      }
    }
    assert.deepEqual(
      fetched.sort(),
      Array.from({ length: 60 }, (_, n) => `http://${hosts[n % 6]}/${n}`).sort(),
    );
    for (const { frontier, close } of both) {
      assert.equal(frontier.isIdle, true);
      await close();
    }
  });

test("hosts that were given are told to each other ingestor once, by a name of its own, and not told on", async () => {
  for (const [scope, keys] of [
    ["host", [mine, theirs, `other.${mine}`]],
    ["domain", [mine, theirs]],
    ["any", []],
  ] as const) {
    const { frontier, close } = await opened({ ...first, shard: "0/3" });
    await crawl(frontier, [`http://${mine}/`, `http://${theirs}/`], { scope });
    await frontier.admitGiven([`http://other.${mine}/`, `http://${mine}/again`]);
    const told = (await all(frontier)).filter((parcel) => parcel.kind === "joined");
    for (const index of keys.length === 0 ? [] : [1, 2]) {
      const own = told.filter(({ host }) => hostPartition(host, 12) % 3 === index);
      assert.deepEqual(
        own.flatMap((parcel) => parcel.keys),
        keys,
      );
    }
    assert.equal(told.flatMap((parcel) => parcel.keys).length, 2 * keys.length);
    await frontier.returnSink().write([{ kind: "joined", host: mine, keys: ["told.test"] }], never);
    assert.deepEqual(await all(frontier), []);
    await close();
  }
});

test("without links nobody is told anything", async () => {
  const { frontier, close } = await opened(first);
  await crawl(frontier, [`http://${mine}/`], { depthMax: 0 });
  assert.deepEqual(await all(frontier), []);
  await close();
});

test("links that nobody has judged are asked for their scope here, and widen it for nobody", async () => {
  const { frontier, close } = await opened(first);
  await crawl(frontier, [`http://${mine}/`, `http://${theirs}/`]);
  await sent(frontier);
  const record = { kind: "urls", host: mine, depth: 1, given: false, judged: false, referrer: null } as const;
  const urls = [`http://${mine}/in`, `http://${mine2}/out`, `http://${theirs}/in`, `http://${theirs2}/out`];
  await frontier.returnSink().write([{ ...record, urls }], never);
  assert.deepEqual(
    (await sent(frontier)).flatMap((parcel) => parcel.urls),
    [`http://${theirs}/in`],
  );
  assert.equal(frontier.why(`http://${mine}/in`)?.state, "queued");
  assert.equal(frontier.why(`http://${mine2}/out`)?.state ?? null, null);
  await close();
});

test("without a shard every host is one's own, and there is nothing to send", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, [`http://${mine}/`, `http://${theirs}/`]);
  assert.equal(frontier.counts().queued, 2);
  assert.equal(await frontier.foreignSource().read(never), null);
  await close();
});
