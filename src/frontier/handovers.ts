// Pages that another machine, or the render queue, answers for: how many, since when, and what happens to those of which
// nothing is heard any more. Decides no time limit; knows no broker.
import type { Clock } from "../base/index.ts";
import type { FrontierReport, PageReport, RedirectReport } from "../model/index.ts";
import { type Admission, PRIORITY } from "./admission.ts";
import type { Captures } from "./captures.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { takeUpLease } from "./restore-leases.ts";
import { type Trees, yieldToOthers } from "./trees.ts";
import { fingerprint } from "./url.ts";

export interface HandoversParts {
  readonly trees: Trees;
  readonly ledger: Ledger;
  readonly captures: Captures;
  readonly admission: Admission;
  readonly leases: Leases;
  readonly lifecycle: Lifecycle;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

/** A page that somebody else answers for. */
export interface HandedOver {
  readonly id: number;
  readonly captureId: string;
}

const EXPIRED_PER_TURN = 500;

export class Handovers {
  readonly #parts: HandoversParts;

  constructor(parts: HandoversParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#parts.ledger.states().handed;
  }

  /** Queues what was handed over before `beforeMs` again, in turns; answers how many. */
  async expire(beforeMs: number, signal?: AbortSignal): Promise<number> {
    let expired = 0;
    for (;;) {
      signal?.throwIfAborted();
      const ids = this.#parts.captures.handedBefore(beforeMs, EXPIRED_PER_TURN);
      if (ids.length === 0) return expired;
      this.#parts.trees.turn(() => {
        for (const id of ids) this.#expire(id);
      });
      expired += ids.length;
      await yieldToOthers();
    }
  }

  /** Whether the report ends a page that was handed over: its lease is gone, its capture is the URL's last. */
  isReturn(report: FrontierReport): report is PageReport | RedirectReport {
    if (report.kind !== "page" && report.kind !== "redirect") return false;
    const { ledger, captures, leases } = this.#parts;
    const { captureId, url } = report.request;
    if (leases.get(captureId) !== null) return false;
    const id = ledger.idOf(fingerprint(url));
    return id !== 0 && captures.of(id, ledger.read(id))?.captureId === captureId;
  }

  /** `count` of them at a time, in no order. Outside of a turn. */
  *awaited(count: number): Generator<readonly HandedOver[]> {
    const { ledger, captures } = this.#parts;
    let some: HandedOver[] = [];
    for (const id of captures.ids()) {
      const record = ledger.read(id);
      const capture = record.state === "handed" ? captures.of(id, record) : null;
      if (capture === null) continue;
      some.push({ id, captureId: capture.captureId });
      if (some.length < count) continue;
      yield some;
      some = [];
    }
    if (some.length > 0) yield some;
  }

  /** Nobody answers for them any more: each is leased again under its capture id, as after a crash. Inside a turn. */
  takeBack(handedOver: readonly HandedOver[]): void {
    const { ledger, captures, clock } = this.#parts;
    for (const { id, captureId } of handedOver) {
      const record = ledger.read(id);
      if (record.state !== "handed") continue;
      captures.settle(id, record, captureId);
      ledger.move(id, record, "leased");
      takeUpLease(this.#parts, id, captureId, clock.nowMs());
    }
  }

  #expire(id: number): void {
    const { ledger, captures, admission } = this.#parts;
    const record = ledger.read(id);
    const capture = captures.of(id, record);
    if (capture === null) return;
    captures.expire(id, record, capture);
    if (record.state !== "handed") {
      ledger.update(id, record);
      return;
    }
    const message = `handed over at ${new Date(capture.handedAtMs).toISOString()}, never reported`;
    ledger.putEnd(id, { ...ledger.end(id), message });
    admission.queueAgain(id, record, PRIORITY.front, (changed) => {
      changed.code = "timeout";
      changed.attempts = 0;
      changed.postponements = 0;
    });
  }
}
