// The frontier's source: hands out leases that are durable already, waits for the politeness clock or for news, and ends when
// nothing is left. Knows neither how a lease came to be nor what its end means.
import type { Delivery, Outcome, Source } from "../engine/index.ts";
import type { PageRequest } from "../model/index.ts";
import type { Lease } from "./leases.ts";
import type { Wakes } from "./wakes.ts";

export interface SourceParts {
  readonly name: string;
  readonly inFlightMax: number;
  /** Waits for more where it would end. */
  readonly isEndless: boolean;
  readonly next: () => Lease | "wait" | "end";
  readonly wakes: Wakes;
  readonly nextAtMs: () => number | null;
  readonly settle: (lease: Lease, outcome: Outcome) => void;
  /** Leases not handed out go back. */
  readonly giveBack: () => void;
}

export interface SourceOptions {
  /** Waits for what other machines may bring where it would end. */
  readonly endless?: boolean;
  /** What is broken off is leased again under the id it had, for its page may be at the broker. */
  readonly keepCaptureIds?: boolean;
}

const REQUEST_BYTES = 500;

export function requestSource(parts: SourceParts): Source<PageRequest> {
  const { wakes } = parts;
  return {
    name: parts.name,
    inFlightMax: parts.inFlightMax,
    connect: () => Promise.resolve(),
    async read(signal) {
      for (;;) {
        signal.throwIfAborted();
        const seen = wakes.count;
        const next = parts.next();
        if (next === "end" && !parts.isEndless) return null;
        if (next !== "wait" && next !== "end") return deliveryOf(next, parts);
        if (wakes.count === seen) await wakes.newsOrTime(parts.nextAtMs(), signal);
      }
    },
    close() {
      parts.giveBack();
      return Promise.resolve();
    },
  };
}

function deliveryOf(lease: Lease, parts: SourceParts): Delivery<PageRequest> {
  const { request } = lease;
  return {
    payload: request,
    sizeBytes: REQUEST_BYTES + request.url.length,
    traceId: request.captureId,
    settle: (outcome) => parts.settle(lease, outcome),
  };
}
