// What a Channel with urgent records must do beside what every one does: they go first, in their order, within the same limits, and
// overtake an ordinary one so often and no more. By cases, and whatever is done to it.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Clock } from "../../../src/base/index.ts";
import {
  type Channel,
  type ChannelOptions,
  type Envelope,
  rootAck,
  URGENT_RUN_MAX,
} from "../../../src/engine/index.ts";
import { VirtualClock } from "../../sim/virtual-clock.ts";
import type { Case } from "./suite.ts";

/** Payloads below zero are urgent. */
export type MakeRankedChannel = (
  name: string,
  options: ChannelOptions<number>,
  clock: Clock,
) => Channel<number>;

const never = new AbortController().signal;
const isUrgent = (payload: number): boolean => payload < 0;

function envelope(payload: number, sizeBytes = 1): Envelope<number> {
  return { payload, sizeBytes, traceId: String(payload), bornAtMs: 0, ack: rootAck(() => {}) };
}

function takenFrom(channel: Channel<number>): number[] {
  const all: number[] = [];
  for (let next = channel.tryReceive(); next; next = channel.tryReceive()) all.push(next.payload);
  return all;
}

type Step =
  | { readonly do: "send"; readonly isUrgent: boolean; readonly size: number }
  | { readonly do: "take" | "take urgent" | "abort" };

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("send" as const),
      isUrgent: fc.boolean(),
      size: fc.integer({ min: 0, max: 30 }),
    }),
    fc.record({
      do: fc.constantFrom("take" as const, "take" as const, "take urgent" as const, "abort" as const),
    }),
  ),
  { maxLength: 200 },
);

export function rankedChannelSuite(make: MakeRankedChannel): readonly Case[] {
  const open = (itemsMax: number, bytesMax = 1_000): Channel<number> =>
    make("channel", { itemsMax, bytesMax, isUrgent }, new VirtualClock());
  return [
    {
      title: "what is urgent is taken first, and each rank in its order",
      run() {
        const channel = open(10);
        for (const payload of [1, -1, 2, -2]) assert.ok(channel.trySend(envelope(payload)));
        assert.deepEqual(takenFrom(channel), [-1, -2, 1, 2]);
      },
    },
    {
      title: "an ordinary record that waits is overtaken so often and no more",
      run() {
        const channel = open(1_000);
        for (let n = 1; n <= 30; n++) channel.trySend(envelope(-n));
        channel.trySend(envelope(1));
        channel.trySend(envelope(2));
        const taken = takenFrom(channel);
        assert.equal(taken.indexOf(1), URGENT_RUN_MAX);
        assert.equal(taken.indexOf(2), 2 * URGENT_RUN_MAX + 1);
      },
    },
    {
      title: "room is kept for what is urgent within the limits, and none where there is but one place",
      run() {
        const channel = open(32);
        let ordinary = 0;
        while (channel.trySend(envelope(ordinary + 1))) ordinary++;
        assert.equal(ordinary, 30);
        assert.deepEqual(
          [-1, -2, -3].map((n) => channel.trySend(envelope(n))),
          [true, true, false],
        );
        const bytes = open(1_000, 160);
        assert.deepEqual(
          [envelope(1, 150), envelope(2, 1), envelope(-1, 10), envelope(-2, 1)].map((one) =>
            bytes.trySend(one),
          ),
          [true, false, true, false],
        );
        const single = open(1);
        assert.deepEqual([single.trySend(envelope(1)), single.trySend(envelope(-1))], [true, false]);
      },
    },
    {
      title: "an urgent sender goes by those that wait, and is the next where it has to wait itself",
      async run() {
        const channel = open(16);
        const sends = Array.from({ length: 20 }, (_, n) => channel.send(envelope(n + 1), never));
        assert.equal(channel.blocked, 5);
        assert.ok(channel.trySend(envelope(-1)));
        sends.push(channel.send(envelope(-2), never));
        assert.equal(channel.blocked, 6);
        channel.tryReceive();
        assert.equal(channel.tryReceive()?.payload, -2);
        channel.close();
        takenFrom(channel);
        await Promise.all(sends);
      },
    },
    {
      title: "who has no place for an ordinary one takes an urgent one alone",
      run() {
        const channel = open(10);
        channel.trySend(envelope(1));
        assert.equal(channel.tryReceiveUrgent(), undefined);
        channel.trySend(envelope(-1));
        assert.equal(channel.tryReceiveUrgent()?.payload, -1);
        assert.deepEqual([channel.depth, channel.bytes], [1, 1]);
      },
    },
    {
      title: "what is put back comes first of its rank",
      run() {
        const channel = open(10);
        for (const payload of [1, -1, 2, -2]) channel.trySend(envelope(payload));
        const taken = [channel.tryReceive(), channel.tryReceive(), channel.tryReceive()];
        for (const one of taken.reverse()) assert.ok(one && channel.putBack(one));
        assert.deepEqual(takenFrom(channel), [-1, -2, 1, 2]);
      },
    },
    {
      title:
        "whatever is done to it: limits hold, no rank changes its order, nothing is lost, and none waits for ever",
      async run() {
        await fc.assert(
          fc.asyncProperty(
            fc.integer({ min: 1, max: 40 }),
            fc.integer({ min: 1, max: 200 }),
            steps,
            (itemsMax, bytesMax, done) => everyPromise(open(itemsMax, bytesMax), done),
          ),
          { numRuns: 300 },
        );
      },
    },
  ];
}

async function everyPromise(channel: Channel<number>, done: readonly Step[]): Promise<void> {
  const { itemsMax, bytesMax } = channel.limits;
  const sent: { payload: number; abort: AbortController; state: "waits" | "in" | "gone" }[] = [];
  const taken: number[] = [];
  let overtaken = 0;
  const note = (payload: number, isTurn: boolean): void => {
    taken.push(payload);
    const isWaiting = sent.some(
      (one) => one.payload > 0 && one.state === "in" && !taken.includes(one.payload),
    );
    if (payload > 0 || !isWaiting) overtaken = 0;
    else if (isTurn) overtaken++;
    assert.ok(overtaken <= URGENT_RUN_MAX, "an ordinary one is overtaken too often");
  };
  for (const [n, step] of done.entries()) {
    if (step.do === "send") {
      const one = {
        payload: step.isUrgent ? -n - 1 : n + 1,
        abort: new AbortController(),
        state: "waits" as const,
      };
      const entry: (typeof sent)[number] = one;
      sent.push(entry);
      channel.send(envelope(entry.payload, step.size), entry.abort.signal).then(
        () => {
          entry.state = "in";
        },
        () => {
          entry.state = "gone";
        },
      );
    } else if (step.do === "abort") {
      sent.findLast((one) => one.state === "waits")?.abort.abort(new Error("gives up"));
    } else {
      const next = step.do === "take" ? channel.tryReceive() : channel.tryReceiveUrgent();
      if (next) note(next.payload, step.do === "take");
    }
    // The promises of those that found room have settled.
    await Promise.resolve();
    await Promise.resolve();
    assert.ok(channel.depth <= itemsMax);
    assert.ok(channel.bytes <= bytesMax || channel.depth <= 1);
    assert.equal(channel.blocked, sent.filter(({ state }) => state === "waits").length);
  }
  channel.close();
  for (let next = channel.tryReceive(); next; next = channel.tryReceive()) {
    note(next.payload, true);
    await Promise.resolve();
    await Promise.resolve();
  }
  const whole = sent.filter(({ state }) => state === "in").map(({ payload }) => payload);
  assert.deepEqual(
    [...taken].sort((a, b) => a - b),
    [...whole].sort((a, b) => a - b),
  );
  for (const rank of [isUrgent, (payload: number) => !isUrgent(payload)])
    assert.deepEqual(taken.filter(rank), whole.filter(rank));
}
