// After a crash: leases that were open then are looked up in the segments. A capture that is whole there goes through the
// rest of the line again from disk, neither fetched nor written twice; a lease without one goes back to its queue.
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
}

/** Called once, before the graph runs. Leases are at most the frontier's in-flight limit, so this is bounded. */
export async function recover(
  frontier: Frontier,
  store: Store | null,
  signal: AbortSignal,
): Promise<Recovered> {
  const open = frontier.openLeases();
  if (open.length === 0) return { captures: [], reclaimed: 0 };
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
  return { captures, reclaimed: lost.length };
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
      const { raw, markdown } = found.capture;
      const page = pageOf(await content.readCapture(raw), found.request);
      next++;
      return {
        payload: { page, stored: { raw, markdown } },
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
