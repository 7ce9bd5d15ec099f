// Why a record of a topic cannot be read: values, told to whoever keeps the dead letters. A lost claim is none of them,
// because the page can be fetched again.

export type WireFailure =
  /** Garbage, a version that is not ours, a wrong codec, a missing field, or more bytes than are allowed. */
  | {
      readonly kind: "undecodable";
      readonly code: UndecodableCode;
      readonly message: string;
      readonly captureId: string | null;
    }
  | ClaimMissing;

export type UndecodableCode = "garbage" | "unknown_version" | "wrong_codec" | "invalid_field" | "too_large";

/** The body was put aside and is not there any more (or is not what was put): the URL is to be fetched again. */
export interface ClaimMissing {
  readonly kind: "claim_missing";
  readonly message: string;
  readonly key: string;
  readonly captureId: string;
  readonly url: string;
  readonly host: string;
}

export const undecodable = (
  code: UndecodableCode,
  message: string,
  captureId: string | null = null,
): WireFailure => ({ kind: "undecodable", code, message: message.slice(0, 1_000), captureId });
