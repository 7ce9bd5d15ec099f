// The way out for what belongs to other ingestors: parcels of the outbox, each until the broker has it. Never ends where
// there are other ingestors, for any page may name a host of theirs.
import type { Source } from "../engine/index.ts";
import type { ForIngestor } from "../model/index.ts";
import type { Outbox } from "./outbox.ts";
import type { Wakes } from "./wakes.ts";

export interface ForeignSourceParts {
  readonly outbox: Outbox;
  readonly wakes: Wakes;
  /** There are other ingestors. */
  readonly isShared: boolean;
  readonly settle: (number: number, isDelivered: boolean) => void;
  /** What was delivered is removed. */
  readonly tidy: () => void;
}

const IN_FLIGHT_MAX = 256;
const PARCEL_BYTES = 200;

export function foreignSource({
  outbox,
  wakes,
  isShared,
  settle,
  tidy,
}: ForeignSourceParts): Source<ForIngestor> {
  return {
    name: "frontier.foreign",
    inFlightMax: IN_FLIGHT_MAX,
    connect: () => Promise.resolve(),
    async read(signal) {
      for (;;) {
        signal.throwIfAborted();
        const seen = wakes.count;
        const taken = outbox.take();
        if (taken !== null) {
          const { number, parcel } = taken;
          return {
            payload: parcel,
            sizeBytes: linesOf(parcel).reduce((sum, line) => sum + line.length, PARCEL_BYTES),
            traceId: `foreign ${number}`,
            settle: ({ kind }) => settle(number, kind !== "errored" && kind !== "later"),
          };
        }
        if (!isShared && outbox.isEmpty) return null;
        if (wakes.count === seen) await wakes.newsOrTime(null, signal);
      }
    },
    close() {
      tidy();
      return Promise.resolve();
    },
  };
}

function linesOf(parcel: ForIngestor): readonly string[] {
  if (parcel.kind === "order") return [parcel.url];
  return parcel.kind === "urls" ? parcel.urls : parcel.keys;
}
