// Pages that another machine answers for: the state `handed`, its timer, and the capture id that a crash does not change.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, crawl, handed, handOver, interim, lease, opened } from "./testing.ts";

const never = new AbortController().signal;
const noDelay = { robots: false, delayMs: 0 };
const DAY_MS = 86_400_000;
const none = { queued: 0, waiting: 0, leased: 0, handed: 0, stored: 0, failed: 0, skipped: 0 };

test("a page handed over is neither leased nor ended, and counts, history and a new start show it", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, ["http://a.test/1"]);
  const { captureId } = await handOver(before.frontier, 1_800_000_123_456);
  await before.frontier.close();

  const { frontier, close } = await opened(noDelay, before.folder);
  assert.deepEqual({ ...frontier.counts() }, { ...none, handed: 1 });
  assert.equal(frontier.handedCount, 1);
  assert.equal(frontier.oldestHandedAtMs(), 1_800_000_123_456);
  assert.deepEqual(frontier.openLeases(), []);
  const known = frontier.why("http://a.test/1");
  assert.equal(known?.state, "handed");
  assert.equal(known?.captureId, captureId);
  assert.equal(known?.handedAtMs, 1_800_000_123_456);
  assert.equal(known?.reason, "handed over at 2027-01-15T08:02:03.456Z, not yet reported");
  assert.deepEqual(
    Array.from(frontier.iterate(), ({ state }) => state),
    ["handed"],
  );
  await close();
});

test("a crawl is not over while a page is handed over, and ends when its report comes", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1"]);
  const request = await handOver(frontier);
  let isOver = false;
  const end = frontier
    .source()
    .read(never)
    .then((delivery) => {
      isOver = delivery === null;
    });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isOver, false);
  assert.equal(frontier.isIdle, false);
  await frontier.returnSink().write([{ kind: "end", report: answer(request) }], never);
  await end;
  assert.equal(isOver, true);
  assert.equal(frontier.isIdle, true);
  await close();
});

test("an endless source waits where another would end, and goes on with what is brought", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1"]);
  const request = await handOver(frontier);
  await frontier.returnSink().write([{ kind: "end", report: answer(request) }], never);
  const next = frontier.source({ endless: true }).read(never);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(frontier.isIdle, true);
  await frontier
    .returnSink()
    .write([{ kind: "order", reason: "task", host: "b.test", url: "http://b.test/" }], never);
  assert.equal((await next)?.payload.url, "http://b.test/");
  await close();
});

test("the interim report stops the timer, whether it comes after the hand-over or before it", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1", "http://b.test/2"]);
  const sink = frontier.returnSink();
  const first = await handOver(frontier);
  assert.notEqual(frontier.oldestHandedAtMs(), null);
  await sink.write([interim(first)], never);
  assert.equal(frontier.oldestHandedAtMs(), null);

  const { payload: second } = await lease(frontier);
  await sink.write([interim(second)], never);
  await frontier.sink().write([handed(second)], never);
  assert.equal(frontier.oldestHandedAtMs(), null);
  assert.equal(frontier.handedCount, 2);
  assert.match(frontier.why(second.url)?.reason ?? "", /waits in the render queue/);
  assert.equal(await frontier.expireHanded(7 * DAY_MS), 0);

  await sink.write(
    [
      { kind: "end", report: answer(first) },
      { kind: "end", report: answer(second) },
    ],
    never,
  );
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 2 });
  await close();
});

test("a page whose render queue is lost is fetched anew, seven days after what was never reported", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1", "http://b.test/2"]);
  const first = await handOver(frontier, 1000);
  const second = await handOver(frontier, 2000);
  await frontier.returnSink().write([interim(first), interim(second)], never);
  assert.equal(frontier.oldestHandedAtMs(), null);
  assert.equal(frontier.isHandedOverdue(7 * DAY_MS + 1000), false);
  assert.equal(frontier.isHandedOverdue(7 * DAY_MS + 1001), true);
  assert.equal(await frontier.expireHanded(7 * DAY_MS + 1001), 1);
  assert.deepEqual([frontier.why(first.url)?.state, frontier.why(second.url)?.state], ["queued", "handed"]);
  const again = await lease(frontier);
  assert.notEqual(again.payload.captureId, first.captureId);
  await frontier.returnSink().write([{ kind: "end", report: answer(second) }], never);
  assert.equal(frontier.isHandedOverdue(Number.MAX_SAFE_INTEGER), false);
  await close();
});

test("what is never reported is fetched anew, under another capture id, and its history says so", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1", "http://b.test/2"]);
  const first = await handOver(frontier, 1000);
  const second = await handOver(frontier, 2000);
  assert.equal(frontier.oldestHandedAtMs(), 1000);
  assert.equal(await frontier.expireHanded(2000), 1);
  assert.equal(frontier.oldestHandedAtMs(), 2000);
  const known = frontier.why(first.url);
  assert.deepEqual(
    [known?.state, known?.code, known?.reason],
    ["queued", "timeout", "handed over at 1970-01-01T00:00:01.000Z, never reported"],
  );
  assert.equal(frontier.why(second.url)?.state, "handed");
  const again = await lease(frontier);
  assert.equal(again.payload.url, first.url);
  assert.notEqual(again.payload.captureId, first.captureId);
  await close();
});

test("a lease that a crash left open is leased again under its capture id, over retries and further crashes", async () => {
  const first = await opened(noDelay);
  await crawl(first.frontier, ["http://a.test/1"]);
  const { captureId } = (await lease(first.frontier)).payload;
  await first.frontier.close();
  for (const life of ["second", "third"]) {
    const { frontier, clock } = await opened(noDelay, first.folder);
    frontier.reclaim(
      frontier.openLeases().map((open) => open.captureId),
      { keepCaptureIds: true },
    );
    await crawl(frontier, ["http://a.test/1"]);
    const delivery = await lease(frontier);
    assert.equal(delivery.payload.captureId, captureId, life);
    frontier.fetched({
      captureId,
      host: "a.test",
      address: null,
      startedAtMs: clock.nowMs(),
      elapsedMs: 1,
      status: null,
      failure: null,
      retryAfter: null,
      bytes: 0,
    });
    delivery.settle({ kind: "later", code: "connect", delayMs: 1 });
    assert.equal((await lease(frontier)).payload.captureId, captureId, life);
    await frontier.close();
  }
  const { frontier, close } = await opened(noDelay, first.folder);
  frontier.reclaim(frontier.openLeases().map((open) => open.captureId));
  await crawl(frontier, ["http://a.test/1"]);
  await frontier
    .returnSink()
    .write([{ kind: "end", report: answer((await lease(frontier)).payload) }], never);
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1 });
  await close();
});

test("what is broken off within a run is leased again under its id where pages go to a broker", async () => {
  for (const keepCaptureIds of [true, false]) {
    const { frontier, close } = await opened(noDelay);
    await crawl(frontier, ["http://a.test/1"]);
    const source = frontier.source({ keepCaptureIds });
    const first = await source.read(never);
    first?.settle({ kind: "errored", error: new Error("the actor failed") });
    const second = await source.read(never);
    assert.equal(second?.payload.captureId === first?.payload.captureId, keepCaptureIds);
    await close();
  }
});

test("the interim report holds over a crash that had queued its URL again", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, ["http://a.test/1"]);
  const { payload: request } = await lease(before.frontier);
  await before.frontier.close();
  const { frontier, close } = await opened(noDelay, before.folder);
  frontier.reclaim([request.captureId], { keepCaptureIds: true });
  await crawl(frontier, ["http://a.test/1"]);
  await frontier.returnSink().write([interim(request)], never);
  const again = await handOver(frontier);
  assert.equal(again.captureId, request.captureId);
  assert.equal(frontier.oldestHandedAtMs(), null);
  assert.equal(frontier.handedCount, 1);
  await close();
});

test("while leasing pauses nothing is handed out, and everybody who asks is told why", async () => {
  const { frontier, close } = await opened({ delayMs: 0 });
  await crawl(frontier, ["http://a.test/1"]);
  frontier.pauseLeasing("the processors are behind");
  assert.equal(frontier.pausedReason, "the processors are behind");
  let isOut = false;
  const read = frontier
    .source()
    .read(never)
    .then((delivery) => {
      isOut = true;
      return delivery;
    });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isOut, false);
  assert.equal(frontier.why("http://a.test/1")?.reason, "leasing pauses: the processors are behind");
  frontier.pauseLeasing(null);
  assert.equal((await read)?.payload.kind, "robots");
  assert.ok(frontier.hosts(1).every(({ pausedReason }) => pausedReason === null));
  frontier.pauseLeasing("again");
  assert.ok(frontier.hosts(1).every(({ pausedReason }) => pausedReason === "again"));
  await close();
});

test("a page in this machine's own render queue is handed over without a timer, and its report comes as any lease's", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1"]);
  const delivery = await lease(frontier);
  const request = delivery.payload;
  await frontier.sink().write([{ ...handed(request), isQueued: true }], never);
  delivery.settle({ kind: "delivered" });
  assert.equal(frontier.handedCount, 1);
  assert.equal(frontier.oldestHandedAtMs(), null);
  assert.match(frontier.why(request.url)?.reason ?? "", /waits in the render queue$/);
  const report = answer(request, { links: ["http://a.test/2"] });
  await frontier.sink().write([report, report], never);
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1, queued: 1 });
  await frontier.sink().write([{ ...report, outcome: "failed", code: "render" }], never);
  assert.equal(frontier.counts().stored, 1, "a second word on it changes nothing");
  await close();
});

test("a redirect that the browser was led by is followed, though the lease is over", async () => {
  const { frontier, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1"]);
  const request = await handOver(frontier);
  const target = "http://a.test/elsewhere";
  await frontier.sink().write([{ kind: "redirect", request, status: 200, target, setCookie: false }], never);
  assert.deepEqual({ ...frontier.counts() }, { ...none, waiting: 1, queued: 1 });
  await close();
});

test("what nobody answers for after all is a lease again, under its capture id, over a new start too", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, ["http://a.test/1", "http://b.test/1"]);
  const lost = await handOver(before.frontier);
  const kept = await handOver(before.frontier);
  const all = Array.from(before.frontier.handedOver(1)).flat();
  assert.deepEqual(all.map(({ captureId }) => captureId).sort(), [lost.captureId, kept.captureId].sort());
  before.frontier.takeBack(all.filter(({ captureId }) => captureId === lost.captureId));
  assert.deepEqual({ ...before.frontier.counts() }, { ...none, leased: 1, handed: 1 });
  await before.frontier.close();

  const { frontier, close } = await opened(noDelay, before.folder);
  assert.deepEqual(
    frontier.openLeases().map(({ captureId }) => captureId),
    [lost.captureId],
  );
  frontier.reclaim([lost.captureId]);
  assert.deepEqual({ ...frontier.counts() }, { ...none, queued: 1, handed: 1 });
  await close();
});
