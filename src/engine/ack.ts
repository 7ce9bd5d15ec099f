// Acknowledgement: who answers for a record, and how the answers of its parts become one. Rooms never see an Ack; the
// engine settles. Knows nothing of channels, actors or what a record is.
import { assert } from "../base/index.ts";

export type Outcome<Code extends string = string> =
  | { readonly kind: "delivered" }
  | { readonly kind: "dropped"; readonly reason: string }
  | { readonly kind: "dead"; readonly code: Code }
  | { readonly kind: "later"; readonly code: Code; readonly delayMs: number }
  | { readonly kind: "errored"; readonly error: Error };

export interface Ack {
  /** Once; a second call is a broken invariant. */
  settle(outcome: Outcome): void;
  /** Parts, counted up front; the whole settles when all parts have, with the worst of their outcomes. */
  split(count: number): readonly Ack[];
}

export interface Envelope<T> {
  readonly payload: T;
  readonly sizeBytes: number;
  readonly traceId: string;
  readonly bornAtMs: number;
  readonly ack: Ack;
}

export const DELIVERED: Outcome = { kind: "delivered" };

/**
 * The lattice. "Dropped" says that a part was left out on purpose, so it outranks "delivered" but never hides work that is
 * still owed: later, dead and errored win over it. Of two equals the first settled stays, of two "later" the longer wait.
 */
const RANK: Readonly<Record<Outcome["kind"], number>> = {
  delivered: 0,
  dropped: 1,
  later: 2,
  dead: 3,
  errored: 4,
};

export function worse(a: Outcome, b: Outcome): Outcome {
  if (a.kind === "later" && b.kind === "later") return b.delayMs > a.delayMs ? b : a;
  return RANK[b.kind] > RANK[a.kind] ? b : a;
}

/** The ack of a record as its source handed it out; `onSettled` runs once. */
export function rootAck(onSettled: (outcome: Outcome) => void): Ack {
  return new SettleOnce(onSettled);
}

/** Settles all of them though one should be settled already; that broken invariant is thrown in the end. */
export function settleAll(acks: Iterable<Ack>, outcome: Outcome): void {
  const broken: unknown[] = [];
  for (const ack of acks) {
    try {
      ack.settle(outcome);
    } catch (error) {
      broken.push(error);
    }
  }
  if (broken.length > 0) throw broken[0];
}

class SettleOnce implements Ack {
  #onSettled: ((outcome: Outcome) => void) | null;

  constructor(onSettled: (outcome: Outcome) => void) {
    this.#onSettled = onSettled;
  }

  settle(outcome: Outcome): void {
    const onSettled = this.#onSettled;
    assert(onSettled !== null, "an ack settles or splits once");
    this.#onSettled = null;
    onSettled(outcome);
  }

  split(count: number): readonly Ack[] {
    assert(Number.isInteger(count) && count >= 0, "a split is counted up front");
    assert(this.#onSettled !== null, "an ack settles or splits once");
    // One part answers for the whole: the commonest case costs nothing.
    if (count === 1) return [this];
    if (count === 0) {
      this.settle(DELIVERED);
      return [];
    }
    const whole = new SettleOnce(this.#onSettled);
    this.#onSettled = null;
    let open = count;
    let worst: Outcome = DELIVERED;
    const partSettled = (outcome: Outcome): void => {
      worst = worse(worst, outcome);
      open--;
      if (open === 0) whole.settle(worst);
    };
    return Array.from({ length: count }, () => new SettleOnce(partSettled));
  }
}
