// The parts of the frontier, made and joined in their order: who knows whom is all here. Does nothing by itself.
import { type Clock, systemClock } from "../base/index.ts";
import { Admission } from "./admission.ts";
import { BorrowedTurns } from "./borrowed-turns.ts";
import { Captures } from "./captures.ts";
import { Crawls } from "./crawls.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Endings } from "./endings.ts";
import { Errands } from "./errands.ts";
import { Handout } from "./handout.ts";
import { Handovers } from "./handovers.ts";
import { Intake } from "./intake.ts";
import { type Lease, Leases } from "./leases.ts";
import { Ledger } from "./ledger.ts";
import { Letters } from "./letters.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { FrontierOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { PageEnds } from "./page-ends.ts";
import { Redirects } from "./redirects.ts";
import { restoreLeases } from "./restore-leases.ts";
import { Returns } from "./returns.ts";
import { RobotsGate } from "./robots-gate.ts";
import { Tasked } from "./tasked.ts";
import { Trees } from "./trees.ts";
import { Wakes } from "./wakes.ts";
import { Workbench } from "./workbench.ts";

export interface FrontierParts {
  /** Made when it is not there. One process at a time. */
  readonly folder: string;
  readonly options: FrontierOptions;
  readonly clock?: Clock;
}

export type Assembly = ReturnType<typeof assemble>;

export function assemble({ folder, options, clock = systemClock }: FrontierParts) {
  const trees = new Trees(folder, options.syncTurns, clock);
  const ledger = new Ledger(trees, clock);
  const workbench = new Workbench(trees, options, clock);
  const leases = new Leases(trees);
  const endings = new Endings(trees, ledger, clock);
  const crawls = new Crawls(trees, clock);
  const captures = new Captures(trees);
  const outbox = new Outbox(trees, options);
  const gate = new RobotsGate(trees, options);
  const tasked = new Tasked(trees);
  const books = {
    ...{ trees, options, clock, gate, ledger, workbench, leases },
    ...{ endings, captures, outbox, crawls, tasked },
  };
  const admission = new Admission(books);
  const wakes = new Wakes(clock);
  const dispatcher = new Dispatcher({ ...books, calmed: () => wakes.ring() });
  const lifecycle = new Lifecycle({ ...books, admission });
  const errands = new Errands({ ...books, admission, lifecycle });
  endings.onFollowerEnded = (id) => errands.ended(id, undefined);
  const ahead: Lease[] = [];
  const aheadUrgent: Lease[] = [];
  const shared = {
    ...books,
    admission,
    dispatcher,
    lifecycle,
    errands,
    crawlOf: (no: number) => lifecycle.of(no),
    send: (lease: Lease) => (lease.request.urgent === true ? aheadUrgent : ahead).push(lease),
  };
  const ends = { ends: new PageEnds(shared), redirects: new Redirects(shared) };
  const intake = new Intake({ ...shared, ...ends });
  const returns = new Returns({ ...shared, ...ends });
  const handovers = new Handovers(shared);
  const handout = new Handout({ ...shared, intake, ahead, aheadUrgent });
  trees.onBegin = () => workbench.catchUp();
  trees.beforeCommit = () => {
    workbench.save();
    ledger.save();
    outbox.save();
  };
  ledger.completeFailed();
  restoreLeases(shared);
  return {
    ...{ trees, ledger, workbench, leases, endings, crawls, captures, outbox },
    ...{ admission, lifecycle, errands, intake, returns, handovers, handout },
    wakes,
    urgentWakes: new Wakes(clock),
    foreignWakes: new Wakes(clock),
    letters: new Letters(trees),
    turns: new BorrowedTurns(books),
  };
}
