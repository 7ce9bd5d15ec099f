// Acknowledgement: who answers for a record, and how the answers of its parts become one. Rooms never see an Ack; the engine settles.

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
