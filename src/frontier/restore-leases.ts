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
  for (const { id, captureId } of leases.stored()) {
    const record = ledger.read(id);
    const crawl = lifecycle.of(record.crawlNo);
    const request = dispatcher.requests.of(crawl, id, record, hostKey(record.url), captureId);
    const lease: Lease = {
      kind: "url",
      request,
      id,
      crawlNo: record.crawlNo,
      host: null,
      address: null,
      started: true,
      pauseMs: null,
      robots: null,
    };
    leases.restore(lease);
    dispatcher.restored(lease);
  }
}
