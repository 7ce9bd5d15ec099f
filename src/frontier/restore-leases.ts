// Leases of the process before this one, taken up again under their capture ids. Frees and ends none of them.
import type { Dispatcher } from "./dispatcher.ts";
import type { Lease, Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { hostKey } from "./url.ts";

export interface RestoreParts {
  readonly leases: Leases;
  readonly ledger: Ledger;
  readonly lifecycle: Lifecycle;
  readonly dispatcher: Dispatcher;
}

export function restoreLeases({ leases, ledger, lifecycle, dispatcher }: RestoreParts): void {
  const parts = { leases, ledger, lifecycle, dispatcher };
  for (const { id, captureId } of leases.stored()) {
    const lease = leaseOf(parts, id, captureId);
    leases.restore(lease);
    dispatcher.restored(lease);
  }
}

/** A lease under an id that another had before. Inside a turn. */
export function takeUpLease(parts: RestoreParts, id: number, captureId: string, nowMs: number): void {
  const lease = leaseOf(parts, id, captureId);
  parts.leases.add(lease, nowMs);
  parts.dispatcher.restored(lease);
}

function leaseOf({ ledger, lifecycle, dispatcher }: RestoreParts, id: number, captureId: string): Lease {
  const record = ledger.read(id);
  const crawl = lifecycle.of(record.crawlNo);
  return {
    kind: "url",
    request: dispatcher.requests.of(crawl, id, record, hostKey(record.url), captureId),
    id,
    crawlNo: record.crawlNo,
    host: null,
    address: null,
    started: true,
    pauseMs: null,
    robots: null,
  };
}
