// When a record is tried again: as often as its verdict's budget allows, once after an unexpected throw or a missed
// deadline, for ever while a service is away. Pure; knows neither time nor queues.
import { describe } from "../base/index.ts";
import type { FinalVerdict } from "./charge.ts";
import { NotConnected, type Verdict } from "./faces.ts";

/** Repetitions after an unexpected throw or a missed deadline; then the record is a dead letter. */
const UNEXPECTED_MAX = 1;

/** The codes with which the engine itself buries a record. */
export const CODE_INTERNAL = "internal";
export const CODE_TIMEOUT = "timeout";

/** What one attempt yielded: a verdict, or what was thrown. */
export type Answer<Out> =
  | Verdict<Out>
  | { readonly kind: "threw"; readonly error: unknown; readonly expired: boolean };

export interface Tries {
  /** Repetitions asked for by verdicts, and after unexpected throws. */
  retries: number;
  unexpected: number;
}

/** The verdict that ends the record, or "again". Counts in `tries`. */
export function judge<Out>(
  answer: Answer<Out>,
  tries: Tries,
  retriesMax: number,
): FinalVerdict<Out> | "again" {
  if (answer.kind === "threw") {
    const { error, expired } = answer;
    if (error instanceof NotConnected) return "again";
    tries.unexpected++;
    if (tries.unexpected <= UNEXPECTED_MAX) return "again";
    return {
      kind: "reject",
      code: expired ? CODE_TIMEOUT : CODE_INTERNAL,
      detail: describe(error),
      cause: error,
    };
  }
  if (answer.kind !== "retry") return answer;
  tries.retries++;
  if (tries.retries <= retriesMax) return "again";
  return { kind: "reject", code: answer.code, detail: answer.detail ?? "still failing after its retries" };
}

/** Why it is tried again, for whoever logs. */
export function causeOf(answer: Answer<unknown>): unknown {
  if (answer.kind === "threw") return answer.error;
  return answer.kind === "retry"
    ? new Error(`${answer.code}: ${answer.detail ?? "asked for another try"}`)
    : null;
}
