// What every part of the intake works with, and how a lease ends: out of the book of leases, its slots of host and address
// freed once. Knows nothing of why it ends.
import type { Clock } from "../base/index.ts";
import type { Admission } from "./admission.ts";
import type { Captures } from "./captures.ts";
import type { Crawl } from "./crawls.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Endings } from "./endings.ts";
import type { Errands } from "./errands.ts";
import type { Lease, Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { RobotsGate } from "./robots-gate.ts";
import type { Tasked } from "./tasked.ts";
import type { Workbench } from "./workbench.ts";

export interface IntakeParts {
  readonly ledger: Ledger;
  readonly workbench: Workbench;
  readonly leases: Leases;
  readonly endings: Endings;
  readonly captures: Captures;
  readonly gate: RobotsGate;
  readonly admission: Admission;
  readonly outbox: Outbox;
  readonly dispatcher: Dispatcher;
  readonly tasked: Tasked;
  readonly errands: Errands;
  readonly options: FrontierOptions;
  readonly clock: Clock;
  /** The crawl a lease belongs to. */
  readonly crawlOf: (crawlNo: number) => Crawl;
  /** A robots request that must go out next. */
  readonly send: (lease: Lease) => void;
}

/** The lease of a page or sitemap is over. Inside a turn. */
export function closeLease(
  lease: Lease,
  parts: Pick<IntakeParts, "leases" | "dispatcher" | "workbench">,
): void {
  parts.leases.close(lease);
  parts.dispatcher.closed(lease);
  freeSlot(lease, parts.workbench);
}

/** The fetch is over: another may begin. Does nothing the second time. */
export function freeSlot(lease: Lease, workbench: Workbench): void {
  const { host, address } = lease;
  if (host === null) return;
  lease.host = null;
  workbench.finish(host, address);
  if (!lease.started && host.place === "held") workbench.release(host);
}
