// What somebody stands waiting for: handed out before all others, however many there are, and as politely as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delivery } from "../engine/index.ts";
import type { PageRequest } from "../model/index.ts";
import type { Frontier } from "./frontier.ts";
import { answer, opened, spec } from "./testing.ts";

const signal = new AbortController().signal;
const errand = (taskId: string, url: string) => ({ taskId, url, lane: "auto" as const });
const urgently = (taskId: string, url: string) => ({ ...errand(taskId, url), urgent: true as const });

async function busy(options: Parameters<typeof opened>[0], hosts: number) {
  const made = await opened(options);
  const { frontier } = made;
  const urgent = frontier.urgentSource();
  const ordinary = frontier.source();
  await frontier.beginCrawl(spec({ depthMax: 0, scope: "any" }));
  const tasks = Array.from({ length: hosts }, (_, n) => errand(`n${n}`, `http://h${n}.test/`));
  frontier.admitTasks(tasks);
  return { ...made, urgent, ordinary };
}

async function readFrom(source: ReturnType<Frontier["source"]>): Promise<Delivery<PageRequest>> {
  const delivery = await source.read(signal);
  assert.ok(delivery !== null);
  return delivery;
}

async function end(frontier: Frontier, { payload, settle }: Delivery<PageRequest>): Promise<void> {
  frontier.fetched({
    ...{ captureId: payload.captureId, host: payload.host, address: "192.0.2.1" },
    ...{ startedAtMs: 0, elapsedMs: 1, status: 200, failure: null, retryAfter: null, bytes: 0 },
  });
  await frontier.sink().write([answer(payload)], signal);
  settle({ kind: "delivered" });
}

test("an urgent URL comes before hundreds of hosts, those in memory and those on disk, and its host is as any after it", async () => {
  const limits = { robots: false, delayMs: 0, windowHostsMax: 4, leasesPerTurnMax: 4 };
  const { frontier, urgent, ordinary, close } = await busy(limits, 300);
  const first = await readFrom(ordinary);
  assert.equal(first.payload.urgent, undefined);
  // The host of the last one is on disk still, far behind the others.
  frontier.admitTasks([
    urgently("now", "http://new.test/"),
    urgently("known", "http://h299.test/more"),
    errand("later", "http://new.test/later"),
  ]);
  const came = [await readFrom(urgent), await readFrom(urgent)];
  assert.deepEqual(
    came.map(({ payload }) => [payload.url, payload.urgent, payload.tasks]),
    [
      ["http://new.test/", true, ["now"]],
      ["http://h299.test/more", true, ["known"]],
    ],
  );
  for (const delivery of [first, ...came]) await end(frontier, delivery);
  frontier.seedingDone();
  const rest = new Set<string>();
  // Whoever waits for urgent ones lets the hosts go that have none left, and ends with the crawl.
  const over = urgent.read(signal);
  for (let read = await ordinary.read(signal); read !== null; read = await ordinary.read(signal)) {
    rest.add(read.payload.url);
    await end(frontier, read);
  }
  assert.equal(await over, null);
  assert.equal(rest.size, 300);
  assert.ok(rest.has("http://new.test/later") && rest.has("http://h299.test/"));
  await close();
});

test("an urgent URL waits for the clock of its host, and then goes before the host's other pages", async () => {
  const { frontier, clock, urgent, ordinary, close } = await busy({ robots: false, delayMs: 1_000 }, 0);
  frontier.admitTasks([errand("a", "http://one.test/a"), errand("b", "http://one.test/b")]);
  const first = await readFrom(ordinary);
  const startedMs = clock.nowMs();
  await end(frontier, first);
  frontier.admitTasks([urgently("now", "http://one.test/now")]);
  const now = await readFrom(urgent);
  assert.equal(now.payload.url, "http://one.test/now");
  assert.ok(clock.nowMs() - startedMs >= 1_000);
  const nowMs = clock.nowMs();
  await end(frontier, now);
  const waiting = new AbortController();
  const none = urgent.read(waiting.signal);
  assert.equal((await readFrom(ordinary)).payload.url, "http://one.test/b");
  assert.ok(clock.nowMs() - nowMs >= 1_000);
  waiting.abort(new Error("enough"));
  await assert.rejects(none, /enough/);
  await close();
});

test("the robots file of an urgent URL's host is urgent too", async () => {
  const { frontier, urgent, close } = await busy({ robots: true, delayMs: 0 }, 100);
  frontier.admitTasks([urgently("now", "http://new.test/")]);
  const robots = await readFrom(urgent);
  assert.deepEqual([robots.payload.kind, robots.payload.urgent], ["robots", true]);
  const report = {
    ...{ kind: "control" as const, request: robots.payload, status: 404, failure: null, redirect: null },
    ...{ headers: [], body: new Uint8Array(), truncated: false },
  };
  await frontier.sink().write([report], signal);
  robots.settle({ kind: "delivered" });
  assert.equal((await readFrom(urgent)).payload.url, "http://new.test/");
  await close();
});

test("what ends without a fetch is told as urgently", async () => {
  const { frontier, urgent, close } = await busy({ robots: true, delayMs: 0 }, 100);
  frontier.admitTasks([urgently("now", "http://new.test/closed")]);
  const robots = await readFrom(urgent);
  const report = {
    ...{ kind: "control" as const, request: robots.payload, status: 200, failure: null, redirect: null },
    ...{ headers: [], body: Buffer.from("user-agent: *\ndisallow: /closed"), truncated: false },
  };
  await frontier.sink().write([report], signal);
  robots.settle({ kind: "delivered" });
  const told = await readFrom(urgent);
  assert.deepEqual([told.payload.verdict?.code, told.payload.tasks], ["robots", ["now"]]);
  await close();
});

test("beyond so many an urgent URL is a task like any, and where nobody reads urgent ones all are", async () => {
  const { frontier, ordinary, close } = await busy({ robots: false, delayMs: 0, urgentMax: 1 }, 0);
  frontier.admitTasks([urgently("1", "http://a.test/"), urgently("2", "http://b.test/")]);
  assert.equal((await readFrom(ordinary)).payload.url, "http://b.test/");
  await close();
  const alone = await opened({ robots: false, delayMs: 0 });
  await alone.frontier.beginCrawl(spec({ depthMax: 0, scope: "any" }));
  alone.frontier.admitTasks([urgently("1", "http://a.test/")]);
  const { payload } = await readFrom(alone.frontier.source());
  assert.deepEqual([payload.url, payload.urgent], ["http://a.test/", undefined]);
  await alone.close();
});
