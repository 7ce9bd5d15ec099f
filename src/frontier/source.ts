// The frontier's source: hands out leases that are durable already, waits for the politeness clock or for news, and ends when
// nothing is left. Knows neither how a lease came to be nor what its end means.
import type { Clock } from "../base/index.ts";
import type { Delivery, Outcome, Source } from "../engine/index.ts";
import type { PageRequest } from "../model/index.ts";
import type { Lease } from "./leases.ts";

export interface SourceParts {
  readonly clock: Clock;
  readonly inFlightMax: number;
  readonly next: () => Lease | "wait" | "end";
  /** Rises with every event that may make something ready. */
  readonly wakes: () => number;
  readonly nextAtMs: () => number | null;
  readonly onWake: (waker: (() => void) | null) => void;
  readonly settle: (lease: Lease, outcome: Outcome) => void;
  /** Leases not handed out go back. */
  readonly giveBack: () => void;
}

/** Shortest wait, where a host that could be asked has no slot at hand; longest, so that a jump of the clock is noticed. */
const WAIT_MS_MIN = 1;
const WAIT_MS_MAX = 60_000;
const REQUEST_BYTES = 500;

export function requestSource(parts: SourceParts): Source<PageRequest> {
  return {
    name: "frontier",
    inFlightMax: parts.inFlightMax,
    connect: () => Promise.resolve(),
    async read(signal) {
      for (;;) {
        signal.throwIfAborted();
        const wakes = parts.wakes();
        const next = parts.next();
        if (next === "end") return null;
        if (next !== "wait") return deliveryOf(next, parts);
        if (parts.wakes() === wakes) await newsOrTime(parts, signal);
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

async function newsOrTime({ clock, nextAtMs, onWake }: SourceParts, signal: AbortSignal): Promise<void> {
  const atMs = nextAtMs();
  const waitMs =
    atMs === null ? WAIT_MS_MAX : Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, atMs - clock.nowMs()));
  const news = new AbortController();
  onWake(() => news.abort());
  try {
    await clock.sleep(waitMs, AbortSignal.any([signal, news.signal]));
  } catch (thrown) {
    if (!news.signal.aborted) throw thrown;
  } finally {
    onWake(null);
  }
}
