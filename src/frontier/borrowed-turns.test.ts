// Who fetches beside the crawls shares the hosts' clocks with them: no two starts on a host within its delay, whoever starts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, crawl, lease, opened } from "./testing.ts";

const never = new AbortController().signal;
const DELAY_MS = 1_000;
const HOST = "a.test";
const LIMITS = { delayMs: DELAY_MS, waitMsMax: 60_000 };

function assertSpaced(startsMs: readonly number[], delayMs: number): void {
  const sorted = [...startsMs].sort((a, b) => a - b);
  for (const [at, startMs] of sorted.entries())
    if (at > 0) assert.ok(startMs - (sorted[at - 1] ?? 0) >= delayMs, sorted.join(" "));
}

test("a crawl and a visitor take turns on one host, and both come on", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: DELAY_MS });
  const seeds = Array.from({ length: 6 }, (_, at) => `http://a.test/${at}`);
  await crawl(frontier, seeds);
  const startsMs: { who: string; atMs: number }[] = [];
  const visitor = async (): Promise<void> => {
    for (let count = 0; count < 6; count++) {
      assert.equal(await frontier.turns.take(HOST, LIMITS, never), 0);
      startsMs.push({ who: "visitor", atMs: clock.nowMs() });
    }
  };
  const crawler = async (): Promise<void> => {
    const source = frontier.source();
    for (let read = await source.read(never); read !== null; read = await source.read(never)) {
      const { payload: request } = read;
      startsMs.push({ who: "crawl", atMs: clock.nowMs() });
      frontier.fetched({
        ...{ captureId: request.captureId, host: request.host, address: "192.0.2.1", bytes: 0 },
        ...{ startedAtMs: clock.nowMs(), elapsedMs: 1, status: 200, failure: null, retryAfter: null },
      });
      await frontier.sink().write([answer(request)], never);
      read.settle({ kind: "delivered" });
    }
  };
  await Promise.all([visitor(), visitor(), crawler()]);
  assert.equal(startsMs.length, 18);
  assertSpaced(
    startsMs.map(({ atMs }) => atMs),
    DELAY_MS,
  );
  const lastOf = (who: string): number => startsMs.findLastIndex((start) => start.who === who);
  assert.ok(lastOf("crawl") >= 9, "the crawl had its turns among the visitors'");
  await close();
});

test("a turn on a host without pages keeps a crawl that comes to it waiting", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: DELAY_MS });
  const beganMs = clock.nowMs();
  assert.equal(await frontier.turns.take(HOST, LIMITS, never), 0);
  assert.equal(clock.nowMs(), beganMs);
  assert.equal(await frontier.turns.take(HOST, LIMITS, never), 0);
  assert.equal(clock.nowMs(), beganMs + DELAY_MS);
  await crawl(frontier, ["http://a.test/"]);
  await lease(frontier);
  assert.equal(clock.nowMs(), beganMs + 2 * DELAY_MS);
  await close();
});

test("a host that told the visitor to wait is left alone by the crawl, and not waited for beyond measure", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: DELAY_MS });
  await crawl(frontier, ["http://a.test/1", "http://a.test/2"]);
  await lease(frontier);
  const untilMs = clock.nowMs() + 30_000;
  await frontier.turns.hold(HOST, untilMs);
  assert.equal(await frontier.turns.take(HOST, { ...LIMITS, waitMsMax: 10_000 }, never), null);
  await lease(frontier);
  assert.ok(clock.nowMs() >= untilMs, "the refused turn was not taken");
  assert.ok(clock.nowMs() < untilMs + DELAY_MS);
  await close();
});

test("a turn that was waited for is lost when the host asks the crawl to leave it alone meanwhile", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: DELAY_MS });
  await crawl(frontier, ["http://a.test/1"]);
  const { payload: request } = await lease(frontier);
  const waiting = frontier.turns.take(HOST, LIMITS, never);
  const askedMs = clock.nowMs();
  frontier.fetched({
    ...{ captureId: request.captureId, host: request.host, address: "192.0.2.1", bytes: 0 },
    ...{ startedAtMs: askedMs, elapsedMs: 1, status: 429, failure: null, retryAfter: "20" },
  });
  assert.equal(await waiting, 0);
  assert.ok(clock.nowMs() >= askedMs + 20_000);
  await close();
});

test("who waits for a turn ends with the signal's reason", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: DELAY_MS });
  const stopping = new AbortController();
  await frontier.turns.take(HOST, LIMITS, stopping.signal);
  const waiting = frontier.turns.take(HOST, LIMITS, stopping.signal);
  stopping.abort(new Error("over"));
  await assert.rejects(waiting, { message: "over" });
  await close();
});
