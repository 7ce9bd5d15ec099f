// The faces a room shows the engine: Source, Stage, BatchStage, Sink. A room implements them and knows nothing of acks or channels.
import type { Outcome } from "./ack.ts";

/** A record as a source hands it out. `settle` is called once by the engine when all that came of the record is done. */
export interface Delivery<T> {
  readonly payload: T;
  readonly sizeBytes: number;
  readonly traceId: string;
  settle(outcome: Outcome): void;
}

export interface Source<T> {
  readonly name: string;
  /** Deliveries not yet settled; at the limit the engine does not read. */
  readonly inFlightMax: number;
  connect(signal: AbortSignal): Promise<void>;
  /** Next record; waits for one; null when there will never be another. Rejects with the signal's reason on abort. */
  read(signal: AbortSignal): Promise<Delivery<T> | null>;
  close(): Promise<void>;
}

export interface Work {
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly traceId: string;
}

export type Verdict<Out, Code extends string = string> =
  | { readonly kind: "emit"; readonly outputs: readonly Out[] }
  | { readonly kind: "drop"; readonly reason: string }
  | { readonly kind: "retry"; readonly code: Code; readonly detail?: string }
  | { readonly kind: "later"; readonly code: Code; readonly delayMs: number }
  | { readonly kind: "reject"; readonly code: Code; readonly detail: string; readonly cause?: unknown };

export interface Stage<In, Out, Code extends string = string> {
  readonly name: string;
  readonly concurrencyMax: number;
  /** Places beside those that only urgent records of its channel may take; default 0. */
  readonly urgentMax?: number;
  /** A record that takes longer is aborted and tried once more, then dead-lettered with the engine's time-out code. */
  readonly deadlineMs: number;
  handle(input: In, work: Work): Promise<Verdict<Out, Code>>;
}

export interface BatchLimits {
  readonly itemsMax: number;
  readonly bytesMax: number;
  readonly lingerMs: number;
  /** Batches under way at once. */
  readonly inFlightMax: number;
}

export interface BatchStage<In, Out, Code extends string = string> {
  readonly name: string;
  readonly batch: BatchLimits;
  readonly deadlineMs: number;
  connect(signal: AbortSignal): Promise<void>;
  /** One verdict per item, in the items' order. A throw fails the attempt for the whole batch (see the engine's retry rule). */
  handle(batch: readonly In[], work: Work): Promise<readonly Verdict<Out, Code>[]>;
  close(): Promise<void>;
}

export type Written<Code extends string = string> =
  | { readonly kind: "written" }
  | { readonly kind: "rejected"; readonly code: Code; readonly detail: string };

export interface Sink<T, Code extends string = string> {
  readonly name: string;
  readonly batch: BatchLimits;
  readonly deadlineMs: number;
  connect(signal: AbortSignal): Promise<void>;
  /** One result per item, in the items' order. Throw NotConnected when the service is away: the engine reconnects for ever. */
  write(batch: readonly T[], signal: AbortSignal): Promise<readonly Written<Code>[]>;
  close(): Promise<void>;
}

/** Thrown by connect, write or handle when a service is away: not a crash, but a reason to reconnect with backoff. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";
}
