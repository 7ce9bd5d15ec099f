// What every Channel must do: limits, order, fairness, closing, aborting, handing back; by cases and against a model.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Clock } from "../../../src/base/index.ts";
import {
  type Channel,
  type ChannelOptions,
  type Envelope,
  type Outcome,
  rootAck,
} from "../../../src/engine/index.ts";
import { VirtualClock } from "../../sim/virtual-clock.ts";
import type { Case } from "./suite.ts";

export type MakeChannel = (name: string, options: ChannelOptions<number>, clock: Clock) => Channel<number>;

const never = new AbortController().signal;

function envelope(payload: number, sizeBytes = 1, settled?: (outcome: Outcome) => void): Envelope<number> {
  return {
    payload,
    sizeBytes,
    traceId: String(payload),
    bornAtMs: 0,
    ack: rootAck((outcome) => settled?.(outcome)),
  };
}

async function receiveAll(from: Channel<number>): Promise<number[]> {
  const all: number[] = [];
  for (let next = await from.receive(never); next !== null; next = await from.receive(never))
    all.push(next.payload);
  return all;
}

export function channelSuite(make: MakeChannel): readonly Case[] {
  const open = (itemsMax: number, bytesMax = 1_000, clock: Clock = new VirtualClock()): Channel<number> =>
    make("channel", { itemsMax, bytesMax }, clock);
  return [
    {
      title: "it never holds more items or bytes than its limits",
      run() {
        const items = open(2);
        assert.deepEqual(
          [1, 2, 3].map((n) => items.trySend(envelope(n))),
          [true, true, false],
        );
        assert.equal(items.depth, 2);
        const bytes = open(10, 100);
        assert.deepEqual(
          [60, 40, 1].map((size) => bytes.trySend(envelope(1, size))),
          [true, true, false],
        );
        assert.equal(bytes.bytes, 100);
      },
    },
    {
      title: "a record larger than its bytes passes alone",
      run() {
        const channel = open(10, 100);
        assert.equal(channel.trySend(envelope(1, 5_000)), true);
        assert.equal(channel.trySend(envelope(2, 1)), false);
        assert.equal(channel.tryReceive()?.payload, 1);
        assert.equal(channel.trySend(envelope(2, 1)), true);
        assert.equal(channel.trySend(envelope(3, 5_000)), false);
      },
    },
    {
      title: "waiting senders are served in the order they came, and nobody overtakes them",
      async run() {
        const channel = open(1);
        const sends = [0, 1, 2, 3].map((n) => channel.send(envelope(n), never));
        assert.equal(channel.blocked, 3);
        const got: (number | undefined)[] = [channel.tryReceive()?.payload];
        assert.equal(channel.trySend(envelope(9)), false);
        for (let n = 0; n < 3; n++) got.push(channel.tryReceive()?.payload);
        await Promise.all(sends);
        assert.deepEqual(got, [0, 1, 2, 3]);
      },
    },
    {
      title: "a small record does not pass by a large one that waits",
      async run() {
        const channel = open(10, 100);
        await channel.send(envelope(1, 80), never);
        const large = channel.send(envelope(2, 90), never);
        assert.equal(channel.trySend(envelope(3, 1)), false);
        channel.tryReceive();
        await large;
        assert.equal(channel.tryReceive()?.payload, 2);
      },
    },
    {
      title: "an aborted sender keeps its record and gives way to those behind it",
      async run() {
        const channel = open(10, 100);
        const abort = new AbortController();
        await channel.send(envelope(1, 80), never);
        const large = channel.send(envelope(2, 90), abort.signal);
        const small = channel.send(envelope(3, 10), never);
        abort.abort(new Error("gives up"));
        await assert.rejects(large, /gives up/);
        await small;
        channel.close();
        assert.deepEqual(await receiveAll(channel), [1, 3]);
      },
    },
    {
      title: "an aborted receiver takes nothing with it",
      async run() {
        const channel = open(10);
        const abort = new AbortController();
        const first = channel.receive(abort.signal);
        const second = channel.receive(never);
        abort.abort(new Error("leaves"));
        await assert.rejects(first, /leaves/);
        await channel.send(envelope(1), never);
        assert.equal((await second)?.payload, 1);
      },
    },
    {
      title: "closing hands out what waits, senders' records too, and then says the end to everyone",
      async run() {
        const channel = open(1);
        const sends = [channel.send(envelope(1), never), channel.send(envelope(2), never)];
        channel.close();
        assert.deepEqual(await receiveAll(channel), [1, 2]);
        await Promise.all(sends);
        assert.equal(channel.tryReceive(), null);
        await assert.rejects(channel.send(envelope(3), never), /after close/);
      },
    },
    {
      title: "a receiver that waits at the close is told the end",
      async run() {
        const channel = open(1);
        let woken = 0;
        channel.onReadable(() => woken++);
        const waiting = [channel.receive(never), channel.receive(never)];
        channel.close();
        assert.deepEqual(await Promise.all(waiting), [null, null]);
        assert.ok(woken > 0);
      },
    },
    {
      title: "it closes when the last of its producers is done, however often one says so",
      run() {
        const channel = open(1);
        const [first, second] = [channel.register(), channel.register()];
        first();
        first();
        assert.equal(channel.closed, false);
        second();
        assert.equal(channel.closed, true);
      },
    },
    {
      title: "aborting settles what waits as errored and rejects everyone",
      async run() {
        const channel = open(1);
        const outcomes: string[] = [];
        await channel.send(
          envelope(1, 1, ({ kind }) => outcomes.push(kind)),
          never,
        );
        const blocked = channel.send(envelope(2), never);
        channel.abort(new Error("over"));
        await assert.rejects(blocked, /over/);
        assert.deepEqual(outcomes, ["errored"]);
        await assert.rejects(channel.receive(never), /over/);
        await assert.rejects(channel.send(envelope(3), never), /over/);
        assert.equal(channel.putBack(envelope(4)), false);
        assert.equal(channel.depth + channel.bytes, 0);
      },
    },
    {
      title: "what is put back comes first, even when full or closed",
      async run() {
        const channel = open(2);
        await channel.send(envelope(1), never);
        await channel.send(envelope(2), never);
        const taken = channel.tryReceive();
        await channel.send(envelope(3), never);
        channel.close();
        assert.ok(taken);
        assert.equal(channel.putBack(taken), true);
        assert.deepEqual(await receiveAll(channel), [1, 2, 3]);
      },
    },
    {
      title: "the time in which senders wait is counted while it passes and once for all of them",
      async run() {
        const clock = new VirtualClock();
        const channel = open(1, 100, clock);
        await channel.send(envelope(1), never);
        const sends = [channel.send(envelope(2), never), channel.send(envelope(3), never)];
        await clock.until(clock.sleep(100), 1_000);
        assert.equal(channel.blockedMs, 100);
        channel.tryReceive();
        channel.tryReceive();
        await Promise.all(sends);
        await clock.until(clock.sleep(100), 1_000);
        assert.equal(channel.blockedMs, 100);
      },
    },
    {
      title: "it behaves as a queue with limits does, whatever is done to it",
      async run() {
        await fc.assert(
          fc.asyncProperty(
            fc.integer({ min: 1, max: 5 }),
            fc.integer({ min: 1, max: 20 }),
            fc.array(
              fc.oneof(
                fc.integer({ min: 0, max: 30 }),
                fc.constant("take" as const),
                fc.constant("abort" as const),
              ),
              {
                maxLength: 60,
              },
            ),
            async (itemsMax, bytesMax, steps) => {
              const channel = open(itemsMax, bytesMax);
              const waiting: { abort: AbortController; n: number; done: Promise<void> }[] = [];
              const model: { n: number; size: number }[] = [];
              const modelWaiting: { n: number; size: number }[] = [];
              const fits = (size: number): boolean =>
                model.length === 0 ||
                (model.length < itemsMax && model.reduce((sum, each) => sum + each.size, size) <= bytesMax);
              const admit = (): void => {
                for (
                  let next = modelWaiting[0];
                  next !== undefined && fits(next.size);
                  next = modelWaiting[0]
                ) {
                  model.push(next);
                  modelWaiting.shift();
                }
              };
              for (const [n, step] of steps.entries()) {
                if (step === "take") {
                  assert.equal(channel.tryReceive()?.payload, model.shift()?.n);
                  admit();
                } else if (step === "abort") {
                  const gone = modelWaiting.pop();
                  if (gone !== undefined) {
                    const sender = waiting.find((each) => each.n === gone.n);
                    sender?.abort.abort(new Error("gone"));
                    await assert.rejects(sender?.done ?? Promise.resolve(), /gone/);
                    admit();
                  }
                } else {
                  const abort = new AbortController();
                  waiting.push({ abort, n, done: channel.send(envelope(n, step), abort.signal) });
                  if (modelWaiting.length === 0 && fits(step)) model.push({ n, size: step });
                  else modelWaiting.push({ n, size: step });
                }
                assert.equal(channel.depth, model.length);
                assert.equal(channel.blocked, modelWaiting.length);
                assert.equal(
                  channel.bytes,
                  model.reduce((sum, each) => sum + each.size, 0),
                );
              }
              channel.close();
              assert.deepEqual(
                await receiveAll(channel),
                [...model, ...modelWaiting].map((each) => each.n),
              );
            },
          ),
          { numRuns: 200 },
        );
      },
    },
  ];
}
