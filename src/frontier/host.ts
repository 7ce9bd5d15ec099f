// One host at hand: its row and what of it is under way in this process. Knows neither heap nor disk.
import type { HostRecord } from "./host-record.ts";

export interface Host {
  readonly fingerprint: Buffer;
  readonly record: HostRecord;
  inFlight: number;
  /** `ready` in the heap; `full` until a slot is free or a URL comes; `held` by whoever acquired it; `address` until the address has a slot. */
  place: "ready" | "full" | "held" | "address";
  /** Of its valid entry in the heap. */
  entry: number;
  /** Asked to wait, or failing: not even what is leased already may start before. */
  pausedUntilMs: number;
  /** No queued URL of the host has a key before this one; null = not known. */
  from: Buffer | null;
}

export const hostAtHand = (fingerprint: Buffer, record: HostRecord): Host => ({
  fingerprint,
  record,
  inFlight: 0,
  place: "ready",
  entry: 0,
  pausedUntilMs: 0,
  from: null,
});
