// What the engine tells whoever counts and logs: plain callbacks, each optional, none of them waited for.
import type { Outcome } from "./ack.ts";
import type { Verdict } from "./faces.ts";

export interface Observer {
  /** A stage is done with a record (batch stages and sinks: with one item), `ms` after it was taken in hand. */
  recordHandled?(stage: string, ms: number, kind: Verdict<unknown>["kind"] | "written"): void;
  /** A batch stage or sink ended one batch. */
  batchHandled?(stage: string, ms: number, items: number): void;
  /** All that came of a record is done. */
  settled?(source: string, outcome: Outcome["kind"]): void;
  /** A record is tried again: unexpected throw, deadline, or its verdict. */
  retried?(stage: string, traceId: string, attempt: number, cause: unknown): void;
  deadLetter?(stage: string, code: string, traceId: string): void;
  /** A dead letter could not be written and is tried again. */
  deadLetterDelayed?(stage: string, traceId: string, error: Error): void;
  /** A service behind a source, stage or sink came (true) or went away. */
  readiness?(name: string, ready: boolean, error: Error | null): void;
  /** An actor failed and starts again after `backoffMs`. */
  restarted?(actor: string, error: Error, backoffMs: number): void;
  /** A record sits in a stage beyond deadline and grace; its actor is about to be restarted. */
  stalled?(stage: string, traceId: string, inHandMs: number): void;
  /** A child did not end within its `shutdownMs` and was left behind. */
  abandoned?(actor: string): void;
}
