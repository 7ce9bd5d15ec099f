// What every Watermark must do: never pass an open or errored position, wait at its cap, and be deaf once revoked.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Outcome, Watermark } from "../../../src/engine/index.ts";
import type { Case } from "./suite.ts";

export type MakeWatermark = (trackedMax: number) => Watermark<number>;

const never = new AbortController().signal;
const delivered: Outcome = { kind: "delivered" };

export function watermarkSuite(make: MakeWatermark): readonly Case[] {
  return [
    {
      title: "the mark stands at the highest position with nothing open or errored below it",
      async run() {
        await fc.assert(
          fc.asyncProperty(
            fc.array(
              fc.tuple(fc.constantFrom<Outcome["kind"]>("delivered", "dropped", "dead", "errored"), fc.nat()),
              {
                minLength: 1,
                maxLength: 30,
              },
            ),
            async (records) => {
              const mark = make(records.length);
              const settles: ((outcome: Outcome) => void)[] = [];
              for (let at = 0; at < records.length; at++) settles.push(await mark.track(at, never));
              const passed = records.map(() => false);
              const order = records
                .map((_, at) => at)
                .sort((a, b) => (records[a]?.[1] ?? 0) - (records[b]?.[1] ?? 0));
              for (const at of order) {
                const kind = records[at]?.[0] ?? "delivered";
                settles[at]?.(
                  kind === "errored"
                    ? { kind, error: new Error("gone") }
                    : kind === "dead"
                      ? { kind, code: "internal" }
                      : kind === "dropped"
                        ? { kind, reason: "scope" }
                        : delivered,
                );
                passed[at] = kind !== "errored";
                const firstOpen = passed.indexOf(false);
                const below = firstOpen === -1 ? records.length : firstOpen;
                assert.equal(mark.committable, below === 0 ? null : below - 1);
                assert.equal(mark.pending, records.length - below);
              }
              assert.equal(
                mark.stuck,
                records.some(([kind]) => kind === "errored"),
              );
            },
          ),
          { numRuns: 150 },
        );
      },
    },
    {
      title: "at its cap it waits until the low end is done, in turn",
      async run() {
        const mark = make(2);
        const first = await mark.track(1, never);
        const second = await mark.track(2, never);
        const order: number[] = [];
        const third = mark.track(3, never).then((settle) => {
          order.push(3);
          return settle;
        });
        const fourth = mark.track(4, never).then((settle) => {
          order.push(4);
          return settle;
        });
        second(delivered);
        await Promise.resolve();
        assert.deepEqual([mark.hasRoom, order.length, mark.pending], [false, 0, 2]);
        first(delivered);
        (await third)(delivered);
        (await fourth)(delivered);
        assert.deepEqual(order, [3, 4]);
        assert.equal(mark.committable, 4);
      },
    },
    {
      title: "one who waits may leave",
      async run() {
        const mark = make(1);
        const first = await mark.track(1, never);
        const abort = new AbortController();
        const waiting = mark.track(2, abort.signal);
        abort.abort(new Error("leaves"));
        await assert.rejects(waiting, /leaves/);
        first(delivered);
        assert.deepEqual([mark.committable, mark.pending], [1, 0]);
      },
    },
    {
      title: "once revoked it commits nothing, whatever settles late, and takes nothing more",
      async run() {
        const mark = make(2);
        const settle = await mark.track(1, never);
        (await mark.track(2, never))(delivered);
        const waiting = mark.track(3, never);
        mark.revoke();
        await assert.rejects(waiting, /revoked/);
        settle(delivered);
        assert.equal(mark.committable, null);
        await assert.rejects(mark.track(4, never), /revoked/);
      },
    },
    {
      title: "a position settles once",
      async run() {
        const settle = await make(2).track(1, never);
        settle(delivered);
        assert.throws(() => settle(delivered));
      },
    },
  ];
}
