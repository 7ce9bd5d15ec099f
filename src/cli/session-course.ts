// What a session of any role keeps while it runs: a log whose lines go above the progress, and the first failure, which
// ends the run. Knows no role.
import type { Config } from "../config.ts";
import type { Failure } from "../model/index.ts";
import { createLog, type Log } from "../observe/index.ts";
import { failureOf } from "./failure-of.ts";
import { giveBack, ownMemory } from "./give-back.ts";
import type { Io } from "./io.ts";
import { type Progress, startProgress } from "./progress.ts";
import type { ProgressFigures } from "./progress-line.ts";

export interface SessionCourse {
  readonly log: Log;
  /** Aborts with the first failure, and at the end. */
  readonly signal: AbortSignal;
  readonly failure: Failure | null;
  fail(failure: Failure): void;
  /** To be stopped by who asked for it. */
  progress(read: () => ProgressFigures): Progress;
  /** What the work throws is a failure. */
  run(work: (abort: AbortSignal) => Promise<unknown>): Promise<void>;
}

export function sessionCourse(
  { quiet }: { readonly quiet: boolean },
  config: Config,
  { stderr, clock }: Io,
): SessionCourse {
  // The first thing worth a line may happen before there is a progress line.
  let above = (lines: string): unknown => stderr.write(lines);
  const abort = new AbortController();
  let failure: Failure | null = null;
  const fail = (found: Failure): void => {
    failure ??= found;
    abort.abort(new Error(found.message));
  };
  return {
    log: createLog(
      { ...config.observe.log, ...(quiet ? { level: "error" as const } : {}) },
      { isTTY: stderr.isTTY === true, write: (line) => above(line) },
    ),
    signal: abort.signal,
    get failure() {
      return failure;
    },
    fail,
    progress(read) {
      const progress = startProgress({ output: stderr, clock, quiet, read });
      above = (lines) => progress.above(lines);
      return progress;
    },
    async run(work) {
      const memory = ownMemory();
      const stopGivingBack = memory === null ? null : giveBack(memory, clock);
      try {
        await work(abort.signal);
      } catch (thrown) {
        fail(failureOf(thrown));
      }
      stopGivingBack?.();
      abort.abort(new Error("the session has ended"));
    },
  };
}
