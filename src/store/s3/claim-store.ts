// Bodies that are too large for a message, left in the bucket for who receives the message. They expire by the bucket's own
// rule, longer after than any message lives. Knows no message.
import type { Clock } from "../../base/index.ts";
import type { StoreOptions } from "../options.ts";
import { Bucket } from "./bucket.ts";

export interface ClaimStore {
  /** Throws NotConnected, StoreRefused. Called again, looks again. */
  connect(signal: AbortSignal): Promise<void>;
  /** Durable when it resolves; the same key again replaces it. */
  put(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Null when there is none, or not any more. */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

const PREFIX = "claims/";

export function claimStore(options: StoreOptions["s3"], clock: Clock): ClaimStore {
  const bucket = new Bucket(options, clock);
  let isRuled = options.claimsExpireDays === 0;
  return {
    async connect(signal) {
      await bucket.connect(signal);
      if (isRuled) return;
      const rule = {
        ID: "millrace-claims",
        Status: "Enabled",
        Filter: { Prefix: PREFIX },
        Expiration: { Days: options.claimsExpireDays },
      };
      await bucket.setRule(rule, signal);
      isRuled = true;
    },
    put: (key, bytes, signal) => bucket.put(PREFIX + key, bytes, signal),
    get: (key, signal) => bucket.get(PREFIX + key, signal),
    async close() {
      bucket.close();
    },
  };
}
