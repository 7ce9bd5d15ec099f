// A task's URL that leads to a host of another ingestor: its owner is ordered to fetch it, and answers; circles over two ingestors
// end as those of one do.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageRequest } from "../model/index.ts";
import { hostPartition } from "../model/index.ts";
import type { Frontier } from "./frontier.ts";
import { answer, drain, opened, type Reply, spec } from "./testing.ts";

const never = new AbortController().signal;
const hostOf = (index: number): string =>
  Array.from({ length: 60 }, (_, n) => `h${n}.test`).find((host) => hostPartition(host, 12) % 2 === index) ??
  "";
const [mine, theirs] = [hostOf(0), hostOf(1)];

const leadsTo = (request: PageRequest, target: string): Reply => ({
  kind: "redirect",
  request,
  status: 302,
  target,
  setCookie: false,
});

/** Both until neither has anything: what was fetched, and what each task was answered with, in order. */
async function both(first: Frontier, second: Frontier, reply: (request: PageRequest) => Reply) {
  const fetched: string[] = [];
  const answered: (readonly [task: string, url: string, code: string])[] = [];
  const stop = new AbortController();
  const counts = [carrying(first, second, stop.signal), carrying(second, first, stop.signal)];
  const carried = (): number => counts.reduce((sum, count) => sum + count(), 0);
  for (let before = -1; carried() > before; ) {
    before = carried();
    for (const frontier of [first, second]) {
      frontier.seedingDone();
      const requests = await drain(frontier, (request) => {
        fetched.push(request.url);
        const said = reply(request);
        if ("kind" in said && said.kind === "page")
          for (const task of request.tasks ?? []) answered.push([task, request.url, said.code ?? "stored"]);
        return said;
      });
      for (const { verdict, tasks, url } of requests)
        if (verdict !== null)
          for (const task of tasks ?? []) answered.push([task, url, verdict.code ?? "stored"]);
    }
  }
  stop.abort();
  return { fetched, answered };
}

/** The broker, until the signal; answers how many records have passed so far. */
function carrying(from: Frontier, to: Frontier, signal: AbortSignal): () => number {
  let count = 0;
  const run = async (): Promise<void> => {
    const source = from.foreignSource();
    for (;;) {
      const delivery = await source.read(signal);
      if (delivery === null) return;
      // At least once: each comes twice.
      await to.returnSink().write([delivery.payload, delivery.payload], never);
      count++;
      delivery.settle({ kind: "delivered" });
    }
  };
  run().catch(() => undefined);
  return () => count;
}

async function pair(over: { redirectsMax?: number } = {}) {
  const options = { robots: false, delayMs: 0, ...over };
  const [first, second] = [
    await opened({ ...options, shard: "0/2" }),
    await opened({ ...options, shard: "1/2" }),
  ];
  for (const { frontier } of [first, second]) await frontier.beginCrawl(spec({ depthMax: 0, scope: "any" }));
  const close = () => Promise.all([first.close(), second.close()]);
  return { first: first.frontier, second: second.frontier, close };
}

test("a task whose URL leads to another ingestor's host is answered by that one, once, and nothing is fetched twice", async () => {
  const { first, second, close } = await pair();
  first.admitTasks([
    { taskId: "t1", url: `http://${mine}/old`, lane: "auto", recipe: "item" },
    { taskId: "t2", url: `http://${mine}/old`, lane: "rich" },
  ]);
  const lanes: unknown[] = [];
  const { fetched, answered } = await both(first, second, (request) => {
    if (request.url === `http://${mine}/old`) return leadsTo(request, `http://${theirs}/between`);
    if (request.url === `http://${theirs}/between`) return leadsTo(request, `http://${theirs}/new`);
    lanes.push(request.lane, request.recipe);
    return answer(request);
  });
  assert.deepEqual(answered, [
    ["t1", `http://${theirs}/new`, "stored"],
    ["t2", `http://${theirs}/new`, "stored"],
  ]);
  assert.deepEqual(fetched, [`http://${mine}/old`, `http://${theirs}/between`, `http://${theirs}/new`]);
  assert.deepEqual(lanes, ["rich", "item"]);
  const why = first.why(`http://${mine}/old`);
  assert.deepEqual([why?.state, why?.finalUrl], ["skipped", `http://${theirs}/between`]);
  await close();
});

test("a circle over two ingestors ends the task after as many redirects as any", async () => {
  const { first, second, close } = await pair({ redirectsMax: 6 });
  first.admitTasks([{ taskId: "t1", url: `http://${mine}/a`, lane: "auto" }]);
  const { fetched, answered } = await both(first, second, (request) =>
    leadsTo(request, request.url === `http://${mine}/a` ? `http://${theirs}/b` : `http://${mine}/a`),
  );
  assert.deepEqual(
    answered.map(([task, , code]) => [task, code]),
    [["t1", "redirect"]],
  );
  assert.ok(fetched.length <= 8, fetched.join(" "));
  await close();
});
