// What every Batcher must do: keep order, lose nothing, and give a batch by items, bytes or age, whichever comes first.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Batcher, BatchLimits } from "../../../src/engine/index.ts";
import type { Case } from "./suite.ts";

type Sized = { readonly n: number; readonly sizeBytes: number };
export type MakeBatcher = (
  limits: BatchLimits,
  sizeOf: (item: Sized) => number,
) => Pick<Batcher<Sized>, "add" | "take" | "full" | "size" | "dueAtMs" | "empty">;

export function batcherSuite(make: MakeBatcher): readonly Case[] {
  return [
    {
      title:
        "batches keep the order, lose nothing, and stay within items and bytes but for a record too large alone",
      run() {
        fc.assert(
          fc.property(
            fc.integer({ min: 1, max: 5 }),
            fc.integer({ min: 1, max: 40 }),
            fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 30 })), {
              maxLength: 40,
            }),
            (itemsMax, bytesMax, records) => {
              const lingerMs = 20;
              const batcher = make(
                { itemsMax, bytesMax, lingerMs, inFlightMax: 1 },
                (item) => item.sizeBytes,
              );
              let nowMs = 0;
              const out: number[] = [];
              const take = (flush: boolean): boolean => {
                const batch = batcher.take(nowMs, flush);
                if (batch === null) return false;
                assert.ok(batch.length >= 1 && batch.length <= itemsMax);
                const bytes = batch.reduce((sum, each) => sum + each.sizeBytes, 0);
                assert.ok(batch.length === 1 || bytes <= bytesMax);
                out.push(...batch.map((each) => each.n));
                return true;
              };
              for (const [n, [sizeBytes, passesMs]] of records.entries()) {
                nowMs += passesMs;
                if (batcher.dueAtMs !== null && nowMs >= batcher.dueAtMs) assert.ok(take(false));
                while (batcher.full) assert.ok(take(false));
                batcher.add({ n, sizeBytes }, nowMs);
                assert.ok(batcher.dueAtMs === null || batcher.dueAtMs <= nowMs + lingerMs);
              }
              while (take(true));
              assert.equal(batcher.size, 0);
              assert.deepEqual(
                out,
                records.map((_, n) => n),
              );
            },
          ),
        );
      },
    },
    {
      title:
        "a batch that is neither full nor old waits; its age is that of its first record; the whole of it goes",
      run() {
        const batcher = make(
          { itemsMax: 10, bytesMax: 100, lingerMs: 50, inFlightMax: 1 },
          (item) => item.sizeBytes,
        );
        batcher.add({ n: 1, sizeBytes: 1 }, 0);
        batcher.add({ n: 2, sizeBytes: 1 }, 40);
        assert.equal(batcher.take(49, false), null);
        assert.deepEqual(
          batcher.take(50, false)?.map((each) => each.n),
          [1, 2],
        );
        assert.equal(batcher.size, 0);
      },
    },
    {
      title: "an urgent record takes at once what is gathered with it, and what comes after waits again",
      run() {
        const batcher = make(
          { itemsMax: 10, bytesMax: 10, lingerMs: 50, inFlightMax: 1 },
          (item) => item.sizeBytes,
        );
        batcher.add({ n: 1, sizeBytes: 4 }, 0);
        batcher.add({ n: 2, sizeBytes: 4 }, 1, true);
        batcher.add({ n: 3, sizeBytes: 4 }, 1);
        assert.deepEqual(
          batcher.take(1, false)?.map((each) => each.n),
          [1, 2],
        );
        assert.equal(batcher.take(1, false), null);
        batcher.add({ n: 4, sizeBytes: 4 }, 2, true);
        assert.deepEqual(
          batcher.take(2, false)?.map((each) => each.n),
          [3, 4],
        );
      },
    },
    {
      title: "what is handed back is everything, in order",
      run() {
        const batcher = make(
          { itemsMax: 10, bytesMax: 10, lingerMs: 50, inFlightMax: 1 },
          (item) => item.sizeBytes,
        );
        for (const n of [1, 2, 3]) batcher.add({ n, sizeBytes: 4 }, 0);
        assert.deepEqual(
          batcher.empty().map((each) => each.n),
          [1, 2, 3],
        );
        assert.equal(batcher.size, 0);
      },
    },
  ];
}
