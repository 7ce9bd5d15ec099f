// A record as the broker has it, before anybody knows what it says.

export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When its producer sent it, milliseconds since 1970. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** A record to be sent. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Uint8Array;
}
