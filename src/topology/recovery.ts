// After a crash: leases that were open then are looked up in the render queue and in the segments. What is in the queue stays
// there, handed over; a capture that is whole in a segment goes through the rest of the line again from disk, neither fetched
// nor written twice; a lease without one goes back to its queue. What was handed to a queue that has lost it is a lease again.
import type { Clock } from "../base/index.ts";
import type { Delivery, Source } from "../engine/index.ts";
import type { Frontier } from "../frontier/index.ts";
import type { Page, PageRequest } from "../model/index.ts";
import type { CaptureWithBody, ContentStore, Store, StoredCapture } from "../store/index.ts";
import type { CapturedPage } from "./process-stage.ts";

export interface Recovered {
  /** Captures found whole, each with the request of its open lease. */
  readonly captures: readonly { readonly request: PageRequest; readonly capture: StoredCapture }[];
  /** Leases without a capture: back in their queues. */
  readonly reclaimed: number;
  /** Pages in the render queue. */
  readonly queued: number;
}

const HANDED_AT_ONCE = 1_000;
const ENDED_AT_ONCE = 10_000;

/** Called once, before the graph runs. Leases are at most the frontier's in-flight limit, so this is bounded. */
export async function recover(
  frontier: Frontier,
  store: Store | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<Recovered> {
  await settleQueue(frontier, store, clock, signal);
  const queued = frontier.handedCount;
  const open = frontier.openLeases();
  if (open.length === 0) return { captures: [], reclaimed: 0, queued };
  let found = new Map<string, StoredCapture>();
  if (store !== null) {
    await store.content.connect(signal);
    const pages = open.filter(({ kind, verdict }) => kind === "page" && verdict === null);
    found = await store.content.recover(new Set(pages.map(({ captureId }) => captureId)));
  }
  const captures = open.flatMap((request) => {
    const capture = found.get(request.captureId);
    return capture === undefined ? [] : [{ request, capture }];
  });
  const lost = open.filter(({ captureId }) => !found.has(captureId));
  frontier.reclaim(lost.map(({ captureId }) => captureId));
  return { captures, reclaimed: lost.length, queued };
}

/** Brings frontier and render queue together again: a page belongs to the one or to the other. */
async function settleQueue(
  frontier: Frontier,
  store: Store | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const handed = Array.from(frontier.handedOver(HANDED_AT_ONCE));
  const leased = frontier.openLeases().filter(({ kind, verdict }) => kind === "page" && verdict === null);
  if (handed.length + leased.length === 0) return;
  if (store === null) {
    for (const some of handed) frontier.takeBack(some);
    return;
  }
  await store.metadata.connect(signal);
  const queue = store.metadata.renderQueue;
  for (const some of handed) {
    const known = await queue.known(some.map(({ captureId }) => captureId));
    frontier.takeBack(some.filter(({ captureId }) => !known.has(captureId)));
  }
  const known = await queue.known(leased.map(({ captureId }) => captureId));
  const there = leased.filter(({ captureId }) => known.has(captureId));
  const handedAtMs = clock.nowMs();
  await frontier.sink().write(
    there.map((request) => ({ kind: "handed", request, handedAtMs, isQueued: true })),
    signal,
  );
  // Told already, and not yet forgotten: told again it would be a second line.
  const ended = await queue.ended(ENDED_AT_ONCE);
  const told = ended.filter(({ captureId, url }) => {
    const known = frontier.why(url);
    return known?.state !== "handed" || known.captureId !== captureId;
  });
  await queue.remove(told.map(({ captureId }) => captureId));
}

/** Hands out the recovered captures as the fetch pool would have, and ends. */
export function recoverySource(
  recovered: Recovered,
  frontier: Frontier,
  content: ContentStore,
): Source<CapturedPage> {
  let next = 0;
  return {
    name: "recovery",
    inFlightMax: 64,
    connect: (signal) => content.connect(signal),
    async read(signal: AbortSignal): Promise<Delivery<CapturedPage> | null> {
      signal.throwIfAborted();
      const found = recovered.captures[next];
      if (found === undefined) return null;
      const { raw, markdown, screenshot } = found.capture;
      const page = pageOf(await content.readCapture(raw), found.request);
      next++;
      return {
        payload: { page, stored: { raw, markdown, ...(screenshot === undefined ? {} : { screenshot }) } },
        sizeBytes: page.body.byteLength,
        traceId: found.request.captureId,
        settle: frontier.resumeLease(found.request.captureId),
      };
    },
    close: () => Promise.resolve(),
  };
}

/** A capture as the fetcher had handed it on. */
export function pageOf(capture: CaptureWithBody, request: PageRequest): Page {
  const { url, status, statusText, headers, body, protocol, remoteAddress } = capture;
  const { fetchedAtMs, elapsedMs, truncated } = capture;
  return {
    request,
    url,
    status,
    statusText,
    headers,
    body,
    protocol,
    remoteAddress,
    fetchedAtMs,
    elapsedMs,
    truncated,
  };
}
