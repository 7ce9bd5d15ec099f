// A record in an actor's charge, and what the engine does with a verdict on it. Whoever claims the record answers for it:
// the verdict or the actor's end, never both.
import { type Ack, type Envelope, settleAll } from "./ack.ts";
import type { Verdict } from "./faces.ts";
import type { NodeOptions } from "./node-options.ts";
import type { Outlet } from "./outlet.ts";

export class Charge<T> {
  readonly envelope: Envelope<T>;
  #claimed = false;

  constructor(envelope: Envelope<T>) {
    this.envelope = envelope;
  }

  /** True once. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    return true;
  }
}

/** The actor ends with these in hand: what nobody has claimed settles errored. */
export function failAll(charges: Iterable<Charge<unknown>>, error: Error): void {
  const acks: Ack[] = [];
  for (const charge of charges) if (charge.claim()) acks.push(charge.envelope.ack);
  settleAll(acks, { kind: "errored", error });
}

/** A verdict that ends the record; `retry` is decided before (see retry-rule.ts). */
export type FinalVerdict<Out> = Exclude<Verdict<Out>, { kind: "retry" }>;

export class Conclusion<In, Out> {
  readonly #stage: string;
  readonly #outlet: Outlet<Out>;
  readonly #options: NodeOptions;

  constructor(stage: string, outlet: Outlet<Out>, options: NodeOptions) {
    this.#stage = stage;
    this.#outlet = outlet;
    this.#options = options;
  }

  /** Undefined when it is done already; rejects when the signal aborts first, the record then settled or still unclaimed. */
  reach(charge: Charge<In>, verdict: FinalVerdict<Out>, signal: AbortSignal): Promise<void> | undefined {
    switch (verdict.kind) {
      case "emit":
        return charge.claim() ? this.#outlet.emit(charge.envelope, verdict.outputs, signal) : undefined;
      case "drop":
        if (charge.claim()) charge.envelope.ack.settle({ kind: "dropped", reason: verdict.reason });
        return undefined;
      case "later": {
        const { code, delayMs } = verdict;
        if (charge.claim()) charge.envelope.ack.settle({ kind: "later", code, delayMs });
        return undefined;
      }
      case "reject":
        return this.#bury(charge, verdict, signal);
    }
  }

  async #bury(
    charge: Charge<In>,
    verdict: Extract<Verdict<Out>, { kind: "reject" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { payload, traceId, ack } = charge.envelope;
    const { code, detail, cause } = verdict;
    await this.#options.deadLetters.write(
      { stage: this.#stage, traceId, payload, code, detail, cause },
      signal,
    );
    if (charge.claim()) ack.settle({ kind: "dead", code });
  }
}
