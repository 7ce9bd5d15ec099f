import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { seededRandom } from "../base/index.ts";
import type { Outcome } from "./ack.ts";
import { NotConnected, type Sink, type Source, type Stage } from "./faces.ts";
import { createRuntime, type RunOptions, type Runtime } from "./runtime.ts";

const limits = { itemsMax: 100, bytesMax: 10_000 };
const batch = { itemsMax: 4, bytesMax: 1_000, lingerMs: 20, inFlightMax: 1 };

function bench(
  count: number,
  change: { stage?: Partial<Stage<number, number>>; sink?: Partial<Sink<number>> } = {},
) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const outcomes: Outcome[] = [];
  const written: number[] = [];
  const letters: string[] = [];
  const closed: string[] = [];
  const lettersAway = { until: 0 };
  let next = 0;
  const rt: Runtime = createRuntime({
    clock,
    random: seededRandom(1),
    watchdogGraceMs: 500,
    deadLetters: {
      async write({ stage, traceId, code }) {
        if (clock.monotonicMs() < lettersAway.until) throw new Error("letters away");
        letters.push(`${stage} ${traceId} ${code}`);
      },
    },
    observer: {
      readiness: (name, ready) => log.push(`${name} ${ready ? "ready" : "away"}`),
      stalled: (stage, traceId) => log.push(`${stage} stalled on ${traceId}`),
      restarted: (actor) => log.push(`${actor} restarted`),
    },
  });
  const source: Source<number> = {
    name: "source",
    inFlightMax: 50,
    connect: async () => {},
    async read(signal) {
      if (next < count) {
        const n = next++;
        return { payload: n, sizeBytes: 10, traceId: `t${n}`, settle: (outcome) => outcomes.push(outcome) };
      }
      if (count > 0 && Number.isFinite(count)) return null;
      await clock.sleep(1e9, signal);
      return null;
    },
    close: async () => {
      closed.push("source");
    },
  };
  const stage: Stage<number, number> = {
    name: "stage",
    concurrencyMax: 4,
    deadlineMs: 1_000,
    handle: async (n) => ({ kind: "emit", outputs: [n] }),
    ...change.stage,
  };
  const sink: Sink<number> = {
    name: "sink",
    batch,
    deadlineMs: 1_000,
    connect: async () => {},
    async write(items) {
      written.push(...items);
      return items.map(() => ({ kind: "written" }));
    },
    close: async () => {
      closed.push("sink");
    },
    ...change.sink,
  };
  const a = rt.channel<number>("a", limits);
  const b = rt.channel<number>("b", limits);
  const run = (options: Partial<RunOptions> = {}) =>
    rt.run(
      [
        rt.lane("lane", [
          rt.sink(sink, { from: b }),
          rt.stage(stage, { from: a, to: b }),
          rt.source(source, { to: a }),
        ]),
      ],
      { drain: new AbortController().signal, stopDeadlineMs: 4_000, ...options },
    );
  const kinds = (): string[] => outcomes.map(({ kind }) => kind);
  return { clock, rt, run, log, kinds, written, letters, closed, lettersAway };
}

test("a graph whose source ends drains, settles all, closes its rooms, sources last", async () => {
  const { clock, run, kinds, written, closed } = bench(10);
  assert.equal(await clock.until(run(), 10_000), "drained");
  assert.deepEqual(kinds(), Array(10).fill("delivered"));
  assert.deepEqual(
    [...written].sort((a, b) => a - b),
    Array.from({ length: 10 }, (_, n) => n),
  );
  assert.deepEqual(closed, ["sink", "source"]);
});

test("a drain finishes what is under way and reads no more", async () => {
  const { clock, run, kinds, rt } = bench(0);
  const drain = new AbortController();
  const running = run({ drain: drain.signal });
  await clock.until(clock.sleep(100), 1_000);
  assert.equal(rt.snapshot()?.children[0]?.children.length, 3);
  drain.abort();
  assert.equal(await clock.until(running, 10_000), "drained");
  assert.deepEqual(kinds(), []);
});

test("what has not drained within three quarters of the deadline is aborted and settles errored", async () => {
  const { clock, run, kinds } = bench(6, {
    stage: { deadlineMs: 1e6, handle: () => new Promise(() => {}) },
  });
  const drain = new AbortController();
  const running = run({ drain: drain.signal });
  await clock.until(clock.sleep(100), 1_000);
  drain.abort();
  assert.equal(await clock.until(running, 5_000), "aborted");
  assert.ok(clock.monotonicMs() >= 3_000);
  assert.deepEqual(kinds(), Array(6).fill("errored"));
});

test("an abort ends at once", async () => {
  const { clock, run, kinds } = bench(3, { stage: { handle: () => new Promise(() => {}) } });
  const abort = new AbortController();
  const running = run({ abort: abort.signal });
  await clock.until(clock.sleep(100), 1_000);
  abort.abort();
  assert.equal(await clock.until(running, 10), "aborted");
  assert.deepEqual(kinds(), Array(3).fill("errored"));
});

test("a throw is tried once more and then a dead letter, which counts only once written", async () => {
  const { clock, run, kinds, letters, lettersAway } = bench(3, {
    stage: {
      handle: async (n, work) => {
        if (n === 1 || (n === 2 && work.attempt === 1)) throw new Error("a bug");
        return { kind: "emit", outputs: [n] };
      },
    },
  });
  lettersAway.until = 5_000;
  const running = run();
  await clock.until(clock.sleep(4_000), 5_000);
  assert.deepEqual(kinds(), ["delivered", "delivered"]);
  assert.equal(await clock.until(running, 100_000), "drained");
  assert.deepEqual(letters, ["stage t1 internal"]);
  assert.deepEqual(kinds(), ["delivered", "delivered", "dead"]);
});

test("a stage deaf to its deadline is named and restarted, its record buried, the others given back as errored", async () => {
  const { clock, run, kinds, letters, log } = bench(2, {
    stage: { handle: async (n) => (n === 0 ? new Promise(() => {}) : { kind: "emit", outputs: [n] }) },
  });
  assert.equal(await clock.until(run(), 100_000), "drained");
  assert.deepEqual(letters, ["stage t0 timeout"]);
  assert.deepEqual(kinds(), ["delivered", "dead"]);
  assert.ok(log.includes("stage stalled on t0") && log.includes("stage restarted"));
});

test("a sink that is away is sought for as long as it takes, and nothing is lost or buried", async () => {
  let calls = 0;
  const { clock, run, kinds, letters, log } = bench(10, {
    sink: {
      connect: async () => {
        if (calls > 0 && calls++ < 30) throw new NotConnected("away");
      },
      write: async (items) => {
        if (calls === 0) {
          calls = 1;
          throw new NotConnected("gone");
        }
        return items.map(() => ({ kind: "written" }));
      },
    },
  });
  assert.equal(await clock.until(run(), 10_000_000), "drained");
  assert.deepEqual(kinds(), Array(10).fill("delivered"));
  assert.deepEqual(letters, []);
  assert.deepEqual(
    log.filter((line) => line.startsWith("sink")),
    ["sink ready", "sink away", "sink ready"],
  );
});

test("one item that makes a whole batch throw is found and buried; the others are written", async () => {
  const written: number[] = [];
  const { clock, run, kinds, letters } = bench(8, {
    sink: {
      write: async (items) => {
        if (items.includes(5)) throw new Error("poison");
        written.push(...items);
        return items.map(() => ({ kind: "written" }));
      },
    },
  });
  assert.equal(await clock.until(run(), 100_000), "drained");
  assert.deepEqual(letters, ["sink t5 internal"]);
  assert.equal(kinds().filter((kind) => kind === "delivered").length, 7);
  assert.deepEqual(
    written.sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 6, 7],
  );
});

test("a room that fails to close is an error of the run", async () => {
  const { clock, run } = bench(1, { sink: { close: async () => Promise.reject(new Error("cannot close")) } });
  await assert.rejects(clock.until(run(), 10_000), /cannot close/);
});

test("urgent records find a place in a stage that is full, and take the batch they are in along at once", async () => {
  const clock = new VirtualClock();
  const rt = createRuntime({ clock, random: seededRandom(1), deadLetters: { write: async () => {} } });
  const isUrgent = (n: number): boolean => n < 0;
  const a = rt.channel<number>("a", { ...limits, isUrgent });
  const b = rt.channel<number>("b", { ...limits, isUrgent });
  const begun: number[] = [];
  const batches: number[][] = [];
  const left = [1, 2, 3, -1, -2];
  const source: Source<number> = {
    name: "source",
    inFlightMax: 50,
    connect: async () => {},
    async read() {
      const n = left.shift();
      return n === undefined ? null : { payload: n, sizeBytes: 1, traceId: `${n}`, settle: () => {} };
    },
    close: async () => {},
  };
  const stage: Stage<number, number> = {
    name: "stage",
    concurrencyMax: 2,
    urgentMax: 1,
    deadlineMs: 1_000,
    async handle(n) {
      begun.push(n);
      await clock.sleep(isUrgent(n) ? 10 : 500);
      return { kind: "emit", outputs: [n] };
    },
  };
  const sink: Sink<number> = {
    name: "sink",
    batch: { ...batch, lingerMs: 5_000 },
    deadlineMs: 1_000,
    connect: async () => {},
    async write(items) {
      batches.push([...items]);
      return items.map(() => ({ kind: "written" }));
    },
    close: async () => {},
  };
  const graph = [
    rt.sink(sink, { from: b }),
    rt.stage(stage, { from: a, to: b }),
    rt.source(source, { to: a }),
  ];
  await clock.until(rt.run(graph, { drain: new AbortController().signal, stopDeadlineMs: 4_000 }), 10_000);
  assert.deepEqual(begun, [1, 2, -1, -2, 3]);
  assert.deepEqual(batches.slice(0, 2), [[-1], [-2]]);
});
