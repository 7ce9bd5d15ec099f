// Pages that another machine answers for: how many, since when, and what happens to those of which nothing is heard any more.
// Decides no time limit; knows no broker.
import { type Admission, PRIORITY } from "./admission.ts";
import type { Captures } from "./captures.ts";
import type { Ledger } from "./ledger.ts";
import { type Trees, yieldToOthers } from "./trees.ts";

export interface HandoversParts {
  readonly trees: Trees;
  readonly ledger: Ledger;
  readonly captures: Captures;
  readonly admission: Admission;
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
