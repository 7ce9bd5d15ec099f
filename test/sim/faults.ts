// The test of the tests: engine faults that people do write, each put in from outside around or in place of a part, and
// each to be found by the simulation or by a conformance suite. The product knows nothing of them.

import type { Clock } from "../../src/base/index.ts";
import {
  type Ack,
  Batcher,
  type Channel,
  type ChannelOptions,
  channel,
  type Envelope,
  type Outcome,
  rootAck,
  type Source,
  type Watermark,
  watermark,
} from "../../src/engine/index.ts";
import { ackSuite } from "../conformance/engine/ack.ts";
import { batcherSuite } from "../conformance/engine/batcher.ts";
import { channelSuite } from "../conformance/engine/channel.ts";
import { failing } from "../conformance/engine/suite.ts";
import { watermarkSuite } from "../conformance/engine/watermark.ts";
import type { Parts } from "./graph.ts";
import { simulate } from "./simulate.ts";
import type { Lease } from "./world.ts";

export interface Fault {
  readonly title: string;
  /** What was found, in words; empty when nothing was. */
  find(): Promise<readonly string[]>;
}

const SEEDS_MAX = 60;

/** Seeds until one is red. */
function bySimulation(title: string, parts: Parts): Fault {
  return {
    title,
    async find() {
      for (let seed = 1; seed <= SEEDS_MAX; seed++) {
        const { wrongs } = await simulate(seed, parts);
        if (wrongs.length > 0) return wrongs;
      }
      return [];
    },
  };
}

/** A channel with some of its ways replaced. */
function altered<T>(made: Channel<T>, ways: Partial<Channel<T>>): Channel<T> {
  return new Proxy(made, {
    get(target, key) {
      const way: unknown = Reflect.get(ways, key) ?? Reflect.get(target, key);
      return typeof way === "function" ? way.bind(target) : way;
    },
  });
}

function makeAltered(ways: (made: Channel<number>) => Partial<Channel<number>>) {
  return (name: string, options: ChannelOptions<number>, clock: Clock): Channel<number> => {
    const made = channel(name, options, clock);
    return altered(made, ways(made));
  };
}

/** Counts its parts as they settle instead of up front. */
function ackCountedLate(onSettled: (outcome: Outcome) => void): Ack {
  const whole = rootAck(onSettled);
  let done = false;
  return {
    settle: (outcome) => whole.settle(outcome),
    split: (count) =>
      Array.from({ length: count }, () =>
        rootAck((outcome) => {
          if (done) return;
          done = true;
          whole.settle(outcome);
        }),
      ),
  };
}

/** Commits what was settled last. */
function eagerWatermark(trackedMax: number): Watermark<number> {
  const real = watermark<number>(trackedMax);
  let last: number | null = null;
  return {
    track: async (position, signal) => {
      const settle = await real.track(position, signal);
      return (outcome) => {
        settle(outcome);
        if (outcome.kind !== "errored") last = position;
      };
    },
    get hasRoom() {
      return real.hasRoom;
    },
    get committable() {
      return last;
    },
    get pending() {
      return real.pending;
    },
    get stuck() {
      return real.stuck;
    },
    revoke: () => real.revoke(),
  };
}

/** Goes on committing for a partition that is another's by now. */
function deafToRevoke(trackedMax: number): Watermark<number> {
  const real = watermark<number>(trackedMax);
  return new Proxy(real, {
    get(target, key) {
      if (key === "revoke") return () => {};
      const way: unknown = Reflect.get(target, key);
      return typeof way === "function" ? way.bind(target) : way;
    },
  });
}

/** Leaves the last record behind when it is age and not size that closes the batch. */
class TailDropper<T> extends Batcher<T> {
  override take(nowMs: number, flush: boolean): T[] | null {
    const due = !this.full && (flush || nowMs >= (this.dueAtMs ?? Number.POSITIVE_INFINITY));
    const batch = super.take(nowMs, flush);
    return batch !== null && due && batch.length > 1 ? batch.slice(0, -1) : batch;
  }
}

function sourceThat(change: (outcome: Outcome) => Outcome | null): (source: Source<Lease>) => Source<Lease> {
  return (source) => ({
    name: source.name,
    inFlightMax: source.inFlightMax,
    connect: (signal) => source.connect(signal),
    close: () => source.close(),
    async read(signal) {
      const delivery = await source.read(signal);
      if (delivery === null) return null;
      return {
        ...delivery,
        settle(outcome) {
          const changed = change(outcome);
          if (changed !== null) delivery.settle(changed);
        },
      };
    },
  });
}

/** The wrappers with nothing changed: what a fault is compared with, so that it is the fault that shows and not its wrapper. */
export const NEUTRAL: Parts = {
  channel: (made) => altered(made, {}),
  source: sourceThat((outcome) => outcome),
  rows: (sink) => ({ ...sink }),
  reports: (sink) => ({ ...sink }),
  content: (stage) => ({ ...stage }),
  letters: (writer) => ({ write: (letter, signal) => writer.write(letter, signal) }),
};

export const FAULTS: readonly Fault[] = [
  bySimulation("a sink says written before it has written", {
    rows: (sink) => ({
      ...sink,
      async write(rows, signal) {
        sink.write(rows, signal).catch(() => {});
        return rows.map(() => ({ kind: "written" }));
      },
    }),
  }),
  bySimulation("a sink that is away drops what it has", {
    reports: (sink) => ({
      ...sink,
      write: (reports, signal) =>
        sink.write(reports, signal).catch(() => reports.map(() => ({ kind: "written" }) as const)),
    }),
  }),
  bySimulation("a record is sent twice under one ack", {
    channel: (made) =>
      altered(made, {
        trySend(envelope) {
          const sent = made.trySend(envelope);
          if (sent) made.trySend(envelope);
          return sent;
        },
      }),
  }),
  bySimulation("what a dying actor hands back is lost", {
    channel: (made) => altered(made, { putBack: () => true }),
  }),
  bySimulation("what was in hand at a restart is counted as done", {
    source: sourceThat((outcome) => (outcome.kind === "errored" ? { kind: "delivered" } : outcome)),
  }),
  bySimulation("what was in hand at a restart is never given back", {
    source: sourceThat((outcome) => (outcome.kind === "errored" ? null : outcome)),
  }),
  bySimulation("a record put off is forgotten", {
    source: sourceThat((outcome) => (outcome.kind === "later" ? { kind: "delivered" } : outcome)),
  }),
  bySimulation("the intake waits for room instead of spilling", {
    reports: (sink, world) => ({
      ...sink,
      // Room that only its own output makes, and no deadline: the cycle closes.
      deadlineMs: 10_000_000,
      async write(reports, signal) {
        while (world.queued > 0) await world.clock.sleep(100, signal);
        return sink.write(reports, signal);
      },
    }),
  }),
  bySimulation("a channel has no limits", {
    channel: (made) => {
      const waiting: Promise<void>[] = [];
      return altered(made, {
        trySend(envelope) {
          if (!made.putBack(envelope)) waiting.push(Promise.resolve());
          return true;
        },
      });
    },
  }),
  bySimulation("a dead letter counts before it is written", {
    letters: (writer) => ({
      async write(letter, signal) {
        writer.write(letter, signal).catch(() => {});
      },
    }),
  }),
  bySimulation("the last record of a batch is not written and said to be", {
    content: (stage) => ({
      ...stage,
      async handle(batch, work) {
        const verdicts = await stage.handle(batch.length > 2 ? batch.slice(0, -1) : batch, work);
        const last = batch.at(-1);
        if (batch.length <= 2 || last === undefined) return verdicts;
        return [...verdicts, { kind: "emit", outputs: [] }];
      },
    }),
  }),
  bySimulation("nobody watches over a stage that is deaf to its deadline", {
    runtime: { watchdogCheckMs: 1_000_000_000 },
  }),
  bySimulation("an actor is not woken by what it waits for", {
    channel: (made) => altered(made, { onReadable: () => () => {} }),
  }),
  {
    title: "a split counts its parts late",
    find: () => failing(ackSuite(ackCountedLate)),
  },
  {
    title: "an ack settles twice",
    find: () =>
      failing(
        ackSuite((onSettled) => ({ settle: onSettled, split: (count) => rootAck(onSettled).split(count) })),
      ),
  },
  {
    title: "a watermark passes an open position",
    find: () => failing(watermarkSuite(eagerWatermark)),
  },
  {
    title: "a watermark commits after it was revoked",
    find: () => failing(watermarkSuite(deafToRevoke)),
  },
  {
    title: "a batch drops its tail on linger",
    find: () => failing(batcherSuite((limits, sizeOf) => new TailDropper(limits, sizeOf))),
  },
  {
    title: "a channel counts items and not bytes",
    find: () =>
      failing(channelSuite((name, options, clock) => channel(name, { ...options, bytesMax: 1e15 }, clock))),
  },
  {
    title: "a channel lets a new sender pass by those who wait",
    find: () =>
      failing(
        channelSuite(
          makeAltered((made) => ({
            trySend: (envelope: Envelope<number>) => made.trySend(envelope) || made.putBack(envelope),
          })),
        ),
      ),
  },
  {
    title: "a channel closes with its first producer",
    find: () => failing(channelSuite(makeAltered((made) => ({ register: () => () => made.close() })))),
  },
];
