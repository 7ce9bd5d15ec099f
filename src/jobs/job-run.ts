// One run of a batch job while it goes on: its steps one after another, their logs, what it sums up to. What the job does is its
// own; here is kept what people see of it.
import type { Clock } from "../base/index.ts";
import { describe } from "../base/index.ts";
import type { JobTable, StepRow } from "./job-table.ts";

export interface JobContext {
  readonly runId: string;
  /** Aborts when the process stops or the run takes longer than it may. */
  readonly signal: AbortSignal;
  /** A part of the run under a name of its own; what it throws ends the run as failed. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A line for the log of the step that goes on. */
  log(line: string): void;
}

/** Characters of a step's log; the middle of a longer one is left out. */
const LOG_CHARACTERS_MAX = 64_000;
const STEPS_MAX = 1_000;

export class JobRun implements JobContext {
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly #table: JobTable;
  readonly #clock: Clock;
  #steps = 0;
  #lines: string[] = [];
  #characters = 0;

  constructor(runId: string, signal: AbortSignal, table: JobTable, clock: Clock) {
    this.runId = runId;
    this.signal = signal;
    this.#table = table;
    this.#clock = clock;
    // Jobs take them out of the context.
    this.step = this.step.bind(this);
    this.log = this.log.bind(this);
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#steps >= STEPS_MAX) throw new Error(`a run has at most ${STEPS_MAX} steps`);
    const position = this.#steps++;
    const startedAtMs = this.#clock.nowMs();
    const row = (status: string, finishedAtMs: number | null): StepRow => ({
      run_id: this.runId,
      position,
      name,
      status,
      started_at: startedAtMs,
      finished_at: finishedAtMs,
      log: this.#lines.join("\n"),
    });
    this.#lines = [];
    this.#characters = 0;
    await this.#table.putStep(row("running", null));
    try {
      const worked = await work();
      await this.#table.putStep(row("completed", this.#clock.nowMs()));
      return worked;
    } catch (thrown) {
      this.log(describe(thrown));
      await this.#table.putStep(row("failed", this.#clock.nowMs()));
      throw thrown;
    }
  }

  log(line: string): void {
    const stamped = `${new Date(this.#clock.nowMs()).toISOString()} ${line.slice(0, 2_000)}`;
    this.#lines.push(stamped);
    this.#characters += stamped.length + 1;
    while (this.#characters > LOG_CHARACTERS_MAX) {
      const [dropped = ""] = this.#lines.splice(this.#lines.length >> 1, 1);
      this.#characters -= dropped.length + 1;
    }
  }
}
