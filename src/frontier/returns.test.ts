// The rules of returns.ts, one by one: reports that come twice, late, early, or of another fetch than the last; orders.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageReport, PageRequest, RedirectReport } from "../model/index.ts";
import type { Frontier } from "./frontier.ts";
import { answer, crawl, drain, handed, handOver, interim, lease, opened, passed, spec } from "./testing.ts";
import { Trees } from "./trees.ts";

const never = new AbortController().signal;
const noDelay = { robots: false, delayMs: 0 };
const none = { queued: 0, waiting: 0, leased: 0, handed: 0, stored: 0, failed: 0, skipped: 0 };
const A = "http://a.test/";

const reported = (frontier: Frontier, ...reports: (PageReport | RedirectReport)[]) =>
  frontier.returnSink().write(
    reports.map((report) => ({ kind: "end", report })),
    never,
  );

const ordered = (frontier: Frontier, url: string) =>
  frontier.returnSink().write([{ kind: "order", reason: "refetch", host: new URL(url).host, url }], never);

/** Ends the lease of a second fetch as a fetcher would that found the host away for good. */
async function failedHere(frontier: Frontier): Promise<PageRequest> {
  const delivery = await lease(frontier);
  await frontier
    .sink()
    .write([answer(delivery.payload, { outcome: "failed", code: "timeout", status: null })], never);
  delivery.settle({ kind: "delivered" });
  return delivery.payload;
}

async function reclaimed(frontier: Frontier): Promise<void> {
  frontier.reclaim(
    frontier.openLeases().map(({ captureId }) => captureId),
    { keepCaptureIds: true },
  );
}

test("the end of a page handed over comes with its validators, its signature and its links, in one turn", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, [A]);
  const request = await handOver(before.frontier);
  const validators = { etag: '"1"', lastModified: null };
  const signature = "ab".repeat(32);
  const links = [`${A}1`, `${A}2`];
  await reported(before.frontier, answer(request, { validators, signature, links }));
  await before.frontier.close();

  const { frontier, close } = await opened(noDelay, before.folder);
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1, queued: 2 });
  await frontier.beginCrawl(spec({ seedsHash: "later", refresh: true, depthMax: 0 }));
  await frontier.admitGiven([A]);
  assert.deepEqual((await lease(frontier)).payload.validators, { ...validators, signature });
  await close();
});

test("a redirect that the page itself asked for makes it wait for its target, and end with it", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const request = await handOver(frontier);
  const refresh = { kind: "redirect", request, status: 200, target: `${A}to`, setCookie: false } as const;
  await reported(frontier, refresh);
  await reported(frontier, refresh);
  assert.equal(frontier.why(A)?.state, "waiting");
  await reported(frontier, answer(await handOver(frontier)));
  await reported(frontier, refresh);
  const { payload: told } = await lease(frontier);
  assert.deepEqual([told.url, told.verdict?.outcome, told.verdict?.finalUrl], [A, "stored", `${A}to`]);
  await frontier.sink().write([passed(told)], never);
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 2 });
  assert.equal(frontier.isIdle, true);
  await close();
});

test("a report that comes twice changes nothing the second time", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const report = answer(await handOver(frontier), { links: [`${A}1`] });
  await reported(frontier, report, report);
  const known = frontier.why(A);
  await reported(frontier, report, { ...report, outcome: "failed", code: "parse" });
  assert.deepEqual(frontier.why(A), known);
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1, queued: 1 });
  await close();
});

test("a report that is quicker than the word of the hand-over wins, and that word is ignored", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const delivery = await lease(frontier);
  await reported(frontier, answer(delivery.payload));
  await frontier.sink().write([handed(delivery.payload)], never);
  delivery.settle({ kind: "delivered" });
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 });
  assert.equal(frontier.oldestHandedAtMs(), null);
  assert.deepEqual(frontier.openLeases(), []);
  await close();
});

test("a report ends a URL that a crash has queued again, and it is not fetched a second time", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, [A]);
  const { payload: request } = await lease(before.frontier);
  await before.frontier.close();
  const { frontier, close } = await opened(noDelay, before.folder);
  await reclaimed(frontier);
  await crawl(frontier, [A]);
  await reported(frontier, answer(request));
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 });
  assert.equal(frontier.isIdle, true);
  await frontier.close();
  const trees = new Trees(before.folder, false);
  assert.deepEqual(Array.from(trees.queue.getKeys()), []);
  await trees.close();
  await close();
});

test("a report ends a URL that is fetched again under the same id, and what becomes of that fetch changes nothing", async () => {
  for (const ending of ["handed", "failed", "later"] as const) {
    const before = await opened(noDelay);
    await crawl(before.frontier, [A]);
    await lease(before.frontier);
    await before.frontier.close();
    const { frontier, close } = await opened(noDelay, before.folder);
    await reclaimed(frontier);
    await crawl(frontier, [A]);
    const delivery = await lease(frontier);
    await reported(frontier, answer(delivery.payload));
    if (ending === "handed") await frontier.sink().write([handed(delivery.payload)], never);
    if (ending === "failed") {
      const failed = answer(delivery.payload, { outcome: "failed", code: "timeout" });
      await frontier.sink().write([failed], never);
    }
    delivery.settle(
      ending === "later" ? { kind: "later", code: "connect", delayMs: 1 } : { kind: "delivered" },
    );
    assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 }, ending);
    assert.equal(await frontier.source().read(never), null);
    await close();
  }
});

test("a report that was given up ends the URL as long as it has not been leased anew", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const request = await handOver(frontier, 1000);
  await frontier.expireHanded(2000);
  await reported(frontier, answer(request));
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 });
  assert.equal(await frontier.source().read(never), null);
  await close();
});

test("a report of an earlier fetch leaves the URL to the later one, leased, handed over or ended; its links are admitted", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const first = await handOver(frontier, 1000);
  await frontier.expireHanded(2000);
  const delivery = await lease(frontier);
  await reported(frontier, answer(first, { links: [`${A}1`] }));
  assert.deepEqual({ ...frontier.counts() }, { ...none, leased: 1, queued: 1 });
  await frontier.sink().write([handed(delivery.payload)], never);
  await reported(frontier, answer(first, { links: [`${A}2`] }));
  assert.deepEqual({ ...frontier.counts() }, { ...none, handed: 1, queued: 2 });
  await reported(frontier, answer(delivery.payload, { outcome: "failed", code: "parse" }));
  await reported(frontier, answer(first, { links: [`${A}3`] }));
  assert.deepEqual({ ...frontier.counts() }, { ...none, failed: 1, queued: 3 });
  assert.equal(frontier.why(A)?.code, "parse");
  await close();
});

test("links of a late report take up a crawl that was over", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const first = await handOver(frontier, 1000);
  await frontier.expireHanded(2000);
  await reported(frontier, answer(await handOver(frontier)));
  assert.equal(await frontier.source().read(never), null);
  await reported(frontier, answer(first, { links: [`${A}1`] }));
  assert.equal((await frontier.beginCrawl(spec())).state, "resumed");
  assert.equal((await lease(frontier)).payload.url, `${A}1`);
  await close();
});

test("stored wins over the failure of a second fetch under the same id, and over a dead letter that was replayed", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, [A]);
  await lease(before.frontier);
  await before.frontier.close();
  const { frontier, close } = await opened(noDelay, before.folder);
  await reclaimed(frontier);
  await crawl(frontier, [A]);
  const request = await failedHere(frontier);
  assert.deepEqual({ ...frontier.counts() }, { ...none, failed: 1 });
  await reported(frontier, answer(request));
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 });

  await ordered(frontier, `${A}dead`);
  const dead = await handOver(frontier);
  await reported(frontier, answer(dead, { outcome: "failed", code: "store" }));
  await reported(frontier, answer(dead));
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 2 });
  await close();
});

test("stored does not win over the failure of a later fetch, however that came about", async () => {
  for (const ending of ["reported", "dead", "circle"] as const) {
    const { frontier, close } = await opened(noDelay);
    await crawl(frontier, [A]);
    const first = await handOver(frontier);
    await reported(frontier, answer(first));
    await ordered(frontier, A);
    if (ending === "reported") await failedHere(frontier);
    else {
      const delivery = await lease(frontier);
      const { payload: request } = delivery;
      if (ending === "dead") delivery.settle({ kind: "dead", code: "internal" });
      else {
        const circle = { kind: "redirect", request, status: 302, target: A, setCookie: false } as const;
        await frontier.sink().write([circle], never);
      }
    }
    await reported(frontier, answer(first));
    assert.deepEqual({ ...frontier.counts() }, { ...none, failed: 1 }, ending);
    await close();
  }
});

test("an order queues a URL again whatever its state, unconditionally, and no report of before it ends it", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const first = await handOver(frontier);
  await ordered(frontier, A);
  await reported(frontier, answer(first));
  assert.deepEqual({ ...frontier.counts() }, { ...none, queued: 1 });
  const second = await handOver(frontier);
  assert.notEqual(second.captureId, first.captureId);
  await reported(frontier, answer(second, { validators: { etag: '"1"', lastModified: null } }));
  await ordered(frontier, A);
  await ordered(frontier, A);
  await reported(frontier, answer(second));
  const third = await lease(frontier);
  assert.equal(third.payload.validators, null);
  await ordered(frontier, A);
  assert.deepEqual({ ...frontier.counts() }, { ...none, leased: 1 });
  await frontier.sink().write([handed(third.payload)], never);
  await reported(frontier, answer(third.payload));
  assert.equal(await frontier.source().read(never), null);
  await close();
});

test("an order for a queued URL brings it to the front, and it is fetched once", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [`${A}1`, `${A}2`], { depthMax: 0 });
  await ordered(frontier, `${A}2`);
  await ordered(frontier, `${A}1`);
  const fetched = await drain(frontier, (request) => answer(request));
  assert.deepEqual(
    fetched.map(({ url }) => url),
    [`${A}1`, `${A}2`],
  );
  await crawl(frontier, ["http://b.test/"], { seedsHash: "other", depthMax: 0 });
  await ordered(frontier, "http://b.test/");
  assert.equal((await drain(frontier, (request) => answer(request))).length, 1);
  await close();
});

test("an order for a URL of another crawl, or for an unknown one, is the running crawl's", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A], { seedsHash: "first" });
  await reported(frontier, answer(await handOver(frontier)));
  await crawl(frontier, ["http://b.test/"], { seedsHash: "second" });
  await ordered(frontier, A);
  await ordered(frontier, "http://c.test/");
  const fetched = await drain(frontier, (request) => answer(request));
  assert.deepEqual(fetched.map(({ url }) => url).sort(), [A, "http://b.test/", "http://c.test/"]);
  await close();
});

test("words about URLs and captures that nobody knows do no harm", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const request = await handOver(frontier);
  const stranger = { ...request, captureId: "01900000-0000-7000-8000-000000000000" };
  const before = frontier.why(A);
  await reported(frontier, answer({ ...request, url: "http://nobody.test/" }, { links: [`${A}x`] }));
  await reported(frontier, answer(stranger), {
    kind: "redirect",
    request: stranger,
    status: 200,
    target: `${A}y`,
    setCookie: false,
  });
  await frontier.returnSink().write(
    [
      interim(stranger),
      interim({ ...request, url: "http://nobody.test/" }),
      { kind: "order", reason: "task", host: "x", url: "no url" },
      {
        kind: "urls",
        host: "x",
        urls: ["no url"],
        depth: 1,
        given: false,
        judged: true,
        referrer: "http://nobody.test/",
      },
      { kind: "urls", host: "x", urls: ["mailto:x"], depth: 0, given: true, judged: true, referrer: null },
    ],
    never,
  );
  await frontier.sink().write([handed(stranger)], never);
  assert.deepEqual(frontier.why(A), before);
  assert.deepEqual({ ...frontier.counts() }, { ...none, handed: 1 });
  await close();
});

test("numbers that no row can hold break no turn", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A], { depthMax: 1e9 });
  const request = await handOver(frontier);
  const odd = { status: 1e9, fetchedAtMs: Number.NaN, signature: "no hash" };
  await reported(frontier, answer(request, odd));
  const urls = { kind: "urls", host: "a.test", given: false, judged: true, referrer: null } as const;
  await frontier.returnSink().write(
    [
      { ...urls, urls: [`${A}1`], depth: -1 },
      { ...urls, urls: [`${A}2`], depth: 1e8 },
    ],
    never,
  );
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1, queued: 2 });
  await close();
});

test("stored wins over an end of which no capture is known", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, [A]);
  const delivery = await lease(frontier);
  delivery.settle({ kind: "dead", code: "internal" });
  assert.deepEqual({ ...frontier.counts() }, { ...none, failed: 1 });
  await reported(frontier, answer(delivery.payload));
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 });
  assert.equal(await frontier.source().read(never), null);
  await close();
});
