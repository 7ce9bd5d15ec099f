// Claim check: a body too large for the broker lies in the object store, and its record carries a reference. Knows no store.

/** Handed in by the topology. Both throw NotConnected when the service is away. */
export interface ClaimStore {
  /** Written for good when it resolves; the same key again replaces the same bytes. */
  put(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Null when there is nothing under the key (any more). */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | null>;
}

/** The capture's own id: what name the store makes of it, and that it lies apart, is the store's matter. */
export const claimKey = (captureId: string): string => captureId;
