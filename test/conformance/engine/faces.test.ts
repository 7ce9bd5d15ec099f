// The face suites on implementations in memory, so that the suites themselves are known to be fulfillable.

import { seededRandom } from "../../../src/base/index.ts";
import { NotConnected } from "../../../src/engine/index.ts";
import { VirtualClock } from "../../sim/virtual-clock.ts";
import { World } from "../../sim/world.ts";
import { sinkSuite, sourceSuite, stageSuite } from "./faces.ts";
import { registerSuite } from "./suite.ts";

registerSuite(
  "the simulation's frontier as a source",
  sourceSuite(async () => {
    const world = new World(new VirtualClock(), seededRandom(3), { urls: 64 });
    let next = 0;
    return {
      source: world.source(8),
      key: ({ url }) => String(url.id),
      put: async (count) => {
        for (let n = 0; n < count; n++) world.admit(next++);
      },
      end: async () => world.end(),
      dispose: async () => {},
    };
  }),
);

registerSuite(
  "a sink in memory",
  sinkSuite<number>(async () => {
    const rows = new Set<number>();
    let isAway = false;
    return {
      sink: {
        name: "memory",
        batch: { itemsMax: 10, bytesMax: 1_000, lingerMs: 1, inFlightMax: 1 },
        deadlineMs: 1_000,
        connect: async () => {},
        close: async () => {},
        async write(batch) {
          if (isAway) throw new NotConnected("away");
          return batch.map((n) => {
            if (n < 0) return { kind: "rejected", code: "store", detail: "negative" };
            rows.add(n);
            return { kind: "written" };
          });
        },
      },
      item: (n) => n,
      bad: () => -1,
      stored: async () => [...rows],
      away: async (is) => {
        isAway = is;
      },
      dispose: async () => {},
    };
  }),
);

registerSuite(
  "a stage in memory",
  stageSuite<number>(async () => ({
    stage: {
      name: "double",
      concurrencyMax: 4,
      deadlineMs: 1_000,
      handle: async (n) =>
        n < 0 ? { kind: "reject", code: "parse", detail: "negative" } : { kind: "emit", outputs: [2 * n] },
    },
    good: (n) => n,
    bad: () => -1,
    dispose: async () => {},
  })),
);
