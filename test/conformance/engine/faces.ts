// What every Source, Stage and Sink must do, whatever stands behind it. A room calls these with a factory of its own; a
// factory's optional parts switch on the cases that need them. Uses real time only to wait, never to measure.
import assert from "node:assert/strict";
import {
  type Delivery,
  NotConnected,
  type Sink,
  type Source,
  type Stage,
} from "../../../src/engine/index.ts";
import type { Case } from "./suite.ts";

const never = new AbortController().signal;

export interface SourceSubject<T> {
  readonly source: Source<T>;
  /** Makes `count` more records readable. */
  put(count: number): Promise<void>;
  /** No more will come: `read` yields null once all is settled. Absent for a source that never ends. */
  end?(): Promise<void>;
  /** A new source on the same state, as after a crash: the old one was not closed. Absent where there is no state. */
  reopen?(): Promise<Source<T>>;
  /** What tells one record from another. */
  key(payload: T): string;
  dispose(): Promise<void>;
}

async function reads<T>(source: Source<T>, count: number): Promise<Delivery<T>[]> {
  const all: Delivery<T>[] = [];
  while (all.length < count) {
    const delivery = await source.read(never);
    assert.ok(delivery !== null, "a record was expected, not the end");
    all.push(delivery);
  }
  return all;
}

export function sourceSuite<T>(make: () => Promise<SourceSubject<T>>): readonly Case[] {
  const on = (title: string, run: (subject: SourceSubject<T>) => Promise<void>): Case => ({
    title,
    async run() {
      const subject = await make();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    },
  });
  return [
    on("it hands out each record once, with a size and a trace id", async ({ source, put, key }) => {
      await put(5);
      await source.connect(never);
      const deliveries = await reads(source, Math.min(5, source.inFlightMax));
      assert.equal(new Set(deliveries.map((each) => key(each.payload))).size, deliveries.length);
      for (const { sizeBytes, traceId, settle } of deliveries) {
        assert.ok(sizeBytes >= 0 && traceId.length > 0);
        settle({ kind: "delivered" });
      }
      await source.close();
    }),
    on("a read that waits ends with the signal's reason", async ({ source }) => {
      await source.connect(never);
      const abort = new AbortController();
      const reading = source.read(abort.signal);
      abort.abort(new Error("stop asked"));
      await assert.rejects(reading, /stop asked/);
      await source.close();
    }),
    on("a read that waits is answered when a record comes", async ({ source, put }) => {
      await source.connect(never);
      const reading = source.read(never);
      await put(1);
      (await reading)?.settle({ kind: "delivered" });
      await source.close();
    }),
    on("what settles errored is handed out again", async ({ source, put, reopen, key }) => {
      await put(1);
      await source.connect(never);
      const [first] = await reads(source, 1);
      assert.ok(first);
      first.settle({ kind: "errored", error: new Error("an actor died") });
      const again = reopen === undefined ? source : await reopen();
      if (again !== source) await again.connect(never);
      const [second] = await reads(again, 1);
      assert.equal(second && key(second.payload), key(first.payload));
      second?.settle({ kind: "delivered" });
      await again.close();
    }),
    on("what was never settled is handed out after a crash, what was delivered is not", async (subject) => {
      const { source, put, reopen, key } = subject;
      if (reopen === undefined || source.inFlightMax < 2) return;
      await put(2);
      await source.connect(never);
      const [done, open] = await reads(source, 2);
      assert.ok(done && open);
      done.settle({ kind: "delivered" });
      const again = await reopen();
      await again.connect(never);
      const [back] = await reads(again, 1);
      assert.equal(back && key(back.payload), key(open.payload));
      back?.settle({ kind: "delivered" });
      await again.close();
    }),
    on("it ends with null when there will never be another", async ({ source, put, end }) => {
      if (end === undefined) return;
      await put(1);
      await source.connect(never);
      const [only] = await reads(source, 1);
      await end();
      only?.settle({ kind: "delivered" });
      assert.equal(await source.read(never), null);
      await source.close();
    }),
  ];
}

export interface SinkSubject<T> {
  readonly sink: Sink<T>;
  /** The nth good record; equal for equal n. */
  item(n: number): T;
  /** A record that the sink must refuse; absent where it takes everything. */
  bad?(): T;
  /** Which of the good records are there, as one who comes after a crash would find them. */
  stored(): Promise<readonly number[]>;
  /** Takes the service behind the sink away, or gives it back. */
  away?(isAway: boolean): Promise<void>;
  dispose(): Promise<void>;
}

export function sinkSuite<T>(make: () => Promise<SinkSubject<T>>): readonly Case[] {
  const on = (title: string, run: (subject: SinkSubject<T>) => Promise<void>): Case => ({
    title,
    async run() {
      const subject = await make();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    },
  });
  const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
  return [
    on(
      "it answers one result an item, and what it calls written is there before it is closed",
      async (subject) => {
        const { sink, item, stored } = subject;
        await sink.connect(never);
        const results = await sink.write([item(1), item(2), item(3)], never);
        assert.deepEqual(
          results.map((each) => each.kind),
          ["written", "written", "written"],
        );
        assert.deepEqual(sorted(await stored()), [1, 2, 3]);
        await sink.close();
      },
    ),
    on("a record written twice is there once", async ({ sink, item, stored }) => {
      await sink.connect(never);
      await sink.write([item(1), item(2)], never);
      await sink.write([item(2), item(1)], never);
      assert.deepEqual(sorted(await stored()), [1, 2]);
      await sink.close();
    }),
    on(
      "a bad record is rejected with a code and does not fail the others",
      async ({ sink, item, bad, stored }) => {
        if (bad === undefined) return;
        await sink.connect(never);
        const results = await sink.write([item(1), bad(), item(2)], never);
        assert.deepEqual(
          results.map((each) => each.kind),
          ["written", "rejected", "written"],
        );
        const [, refused] = results;
        assert.ok(refused?.kind === "rejected" && refused.code.length > 0 && refused.detail.length > 0);
        assert.deepEqual(sorted(await stored()), [1, 2]);
        await sink.close();
      },
    ),
    on(
      "away it says NotConnected, and back it goes on after another connect",
      async ({ sink, item, away, stored }) => {
        if (away === undefined) return;
        await sink.connect(never);
        await away(true);
        await assert.rejects(sink.write([item(1)], never), NotConnected);
        await away(false);
        await sink.connect(never);
        const [result] = await sink.write([item(1)], never);
        assert.equal(result?.kind, "written");
        assert.deepEqual(await stored(), [1]);
        await sink.close();
      },
    ),
    on("a write that is aborted never says written of what is not there", async ({ sink, item, stored }) => {
      await sink.connect(never);
      const abort = new AbortController();
      const writing = sink.write([item(1)], abort.signal);
      abort.abort(new Error("stop asked"));
      const said = await writing.then(
        ([result]) => result?.kind,
        () => "failed",
      );
      if (said === "written") assert.deepEqual(await stored(), [1]);
      await sink.close();
    }),
  ];
}

export interface StageSubject<In> {
  readonly stage: Stage<In, unknown>;
  /** A record that the stage ends with `emit` or `drop`; a new one each time (its buffers may be given away). */
  good(n: number): In;
  /** A record that the stage must refuse as a value; absent where there is none. */
  bad?(): In;
  dispose(): Promise<void>;
}

export function stageSuite<In>(make: () => Promise<StageSubject<In>>): readonly Case[] {
  const on = (title: string, run: (subject: StageSubject<In>) => Promise<void>): Case => ({
    title,
    async run() {
      const subject = await make();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    },
  });
  const work = (signal: AbortSignal = never) => ({ signal, attempt: 1, traceId: "trace" });
  return [
    on("it has a name, a deadline and a limit", async ({ stage }) => {
      assert.ok(stage.name.length > 0 && stage.deadlineMs > 0 && stage.concurrencyMax >= 1);
    }),
    on("it handles as many at once as it says it can", async ({ stage, good }) => {
      const count = Math.min(stage.concurrencyMax, 32);
      const verdicts = await Promise.all(
        Array.from({ length: count }, (_, n) => stage.handle(good(n), work())),
      );
      for (const { kind } of verdicts) assert.ok(kind === "emit" || kind === "drop", kind);
    }),
    on("the same record gets the same verdict twice", async ({ stage, good }) => {
      const first = await stage.handle(good(1), work());
      const second = await stage.handle(good(1), { ...work(), attempt: 2 });
      assert.equal(first.kind, second.kind);
    }),
    on("a bad record is a verdict and not a throw", async ({ stage, bad }) => {
      if (bad === undefined) return;
      const { kind } = await stage.handle(bad(), work());
      assert.notEqual(kind, "retry");
    }),
    on("it comes back when its signal aborts, and goes on with the next", async ({ stage, good }) => {
      const abort = new AbortController();
      const aborted = stage.handle(good(1), work(abort.signal));
      abort.abort(new Error("deadline"));
      await aborted.catch(() => {});
      const { kind } = await stage.handle(good(2), work());
      assert.ok(kind === "emit" || kind === "drop", kind);
    }),
  ];
}
