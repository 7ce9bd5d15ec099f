// Batch jobs: registered by the recipes, run by the clock or by hand, once however many processes there are. pg-boss brings each
// run to one process that has the job; a run whose process went away is begun again there. Knows no recipe.
import type { PgBoss } from "pg-boss";
import { type Clock, deadline, describe, uuidv7 } from "../base/index.ts";
import type { Happenings } from "./happenings.ts";
import { type JobContext, JobRun } from "./job-run.ts";
import type { JobTable, RunCause, RunRow } from "./job-table.ts";
import { nextAfter } from "./recurrence.ts";

export interface Job {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  /** Null: by hand alone. */
  readonly cron: string | null;
  readonly timeZone: string;
  /** A run that takes longer is marked and counted, and goes on; null: any time is well. */
  readonly slaMs: number | null;
  /** A run is broken off after so long. */
  readonly deadlineMs: number;
  /** At each start of the process; of several that start within a minute, at one. */
  readonly runsOnStart?: boolean;
  /** What it answers is kept as the run's summary: JSON. */
  run(context: JobContext): Promise<unknown>;
}

export interface JobRunnerParts {
  readonly table: JobTable;
  /** Started by who made it. */
  readonly boss: PgBoss;
  /** Other processes may have the same jobs. */
  readonly isShared: boolean;
  readonly happenings: Happenings;
  readonly clock: Clock;
  readonly metrics: {
    jobRan(job: string, status: "completed" | "failed"): void;
    jobLate(job: string): void;
  };
  onTrouble(thrown: unknown): void;
}

const LEASE_MS = 120_000;
const KEEP_MS = 30_000;
const FORGOTTEN_MS = 60_000;
/** Processes that start within so long are started together. */
const ONE_START_MS = 60_000;

export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #jobs = new Map<string, Job>();
  /** Their rows are made. */
  readonly #announced = new Set<string>();
  readonly #workers = new Map<string, string>();
  readonly #stopping = new AbortController();
  readonly #going = new Set<Promise<unknown>>();

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
  }

  /** Before `start`. */
  register(job: Job): void {
    this.#jobs.set(job.name, job);
  }

  /** Registered here, or by another process of the database. */
  async knows(name: string): Promise<boolean> {
    return this.#jobs.has(name) || (await this.#parts.table.jobs()).some((job) => job.name === name);
  }

  /** Once, before `start`, where no other process begins runs of this database: what a dead one left is begun again at once. */
  async orphan(): Promise<void> {
    await this.#parts.table.orphan(this.#parts.clock.nowMs());
  }

  /** Makes the rows of the registered jobs: from now on every process of the database knows them. */
  async announce(): Promise<void> {
    const { table, clock } = this.#parts;
    for (const job of this.#jobs.values()) {
      if (this.#announced.has(job.name)) continue;
      const nowMs = clock.nowMs();
      const next = job.cron === null ? null : nextAfter({ ...job, everySeconds: null }, nowMs);
      await table.register(job, next, nowMs);
      this.#announced.add(job.name);
    }
  }

  /** Makes the queues of the announced jobs, and takes their runs from now on. */
  async start(): Promise<void> {
    const { boss } = this.#parts;
    for (const job of this.#jobs.values()) {
      if (this.#workers.has(job.name)) continue;
      await boss.createQueue(queueOf(job.name), {
        retryLimit: 2,
        retryDelay: 30,
        expireInSeconds: Math.ceil(job.deadlineMs / 1_000) + 60,
        deleteAfterSeconds: 86_400,
      });
      const work = async ([message]: readonly { readonly data: unknown }[]): Promise<void> => {
        const runId = runIdOf(message?.data);
        if (runId !== null) await this.#track(this.#run(job, runId));
      };
      this.#workers.set(job.name, await boss.work(queueOf(job.name), { pollingIntervalSeconds: 2 }, work));
      if (job.runsOnStart === true) await this.#runAtStart(job.name);
    }
  }

  /** Once, however many processes start together. */
  async #runAtStart(name: string): Promise<void> {
    const { table, clock, isShared } = this.#parts;
    const nowMs = clock.nowMs();
    const run = await table.addAtStart(name, nowMs, isShared ? ONE_START_MS : 0, uuidv7(nowMs));
    if (run !== null) await this.#send(run);
  }

  /** Null: there is no such job. */
  async run(name: string, cause: RunCause): Promise<RunRow | null> {
    const { table, clock } = this.#parts;
    if (!(await this.knows(name))) return null;
    const nowMs = clock.nowMs();
    const run = await table.add(name, cause, nowMs, uuidv7(nowMs));
    await this.#send(run);
    return run;
  }

  /** Runs what is due, and what was to be run and was told to nobody. */
  async look(nowMs: number): Promise<void> {
    const { table } = this.#parts;
    for (const job of await table.due(nowMs)) {
      const recurrence = { cron: job.cron, everySeconds: null, timeZone: job.time_zone };
      const next = job.cron === null ? null : nextAfter(recurrence, nowMs);
      const run = await table.take(job, next, nowMs, uuidv7(nowMs));
      if (run !== null) await this.#send(run);
    }
    for (const run of await table.forgotten(nowMs, FORGOTTEN_MS)) await this.#send(run);
  }

  /** What runs is told to end, and waited for. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the process stops"));
    await Promise.allSettled(this.#going);
  }

  async #send(run: RunRow): Promise<void> {
    const { boss } = this.#parts;
    await boss.createQueue(queueOf(run.job));
    await boss.send(queueOf(run.job), { runId: run.id });
    const worker = this.#workers.get(run.job);
    if (worker !== undefined) boss.notifyWorker(worker);
    this.#tell(run, "pending");
  }

  async #run(job: Job, runId: string): Promise<void> {
    const { table, clock, metrics, onTrouble } = this.#parts;
    const run = await table.begin(runId, clock.nowMs(), LEASE_MS);
    if (run === null) return;
    this.#tell(run, "running");
    const tooLong = (): Error => new Error(`the run took longer than ${job.deadlineMs} ms`);
    const late = deadline(clock, job.deadlineMs, tooLong, this.#stopping.signal);
    const over = new AbortController();
    const keeping = this.#keep(runId, over.signal);
    const cancelSla =
      job.slaMs === null
        ? () => {}
        : clock.schedule(job.slaMs, () => {
            metrics.jobLate(job.name);
            table.late(runId).catch(onTrouble);
          });
    const context = new JobRun(runId, late.signal, table, clock);
    let end: Parameters<JobTable["end"]>[1];
    try {
      const summary = (await job.run(context)) ?? null;
      end = { status: "completed", errorMessage: null, summary: JSON.stringify(summary) };
    } catch (thrown) {
      end = { status: "failed", errorMessage: describe(thrown).slice(0, 1_000), summary: null };
    }
    cancelSla();
    late.clear();
    over.abort();
    await keeping;
    await table.end(runId, end, clock.nowMs());
    metrics.jobRan(job.name, end.status === "completed" ? "completed" : "failed");
    this.#tell(run, end.status);
  }

  /** Says every so often that the run goes on. */
  async #keep(runId: string, over: AbortSignal): Promise<void> {
    const { table, clock, onTrouble } = this.#parts;
    while (!over.aborted) {
      await clock.sleep(KEEP_MS, over).catch(() => undefined);
      if (!over.aborted) await table.keep(runId, clock.nowMs() + LEASE_MS).catch(onTrouble);
    }
  }

  async #track(going: Promise<void>): Promise<void> {
    this.#going.add(going);
    try {
      await going;
    } finally {
      this.#going.delete(going);
    }
  }

  #tell(run: RunRow, status: string): void {
    const { happenings, clock } = this.#parts;
    happenings.tell({ kind: "job", job: run.job, runId: run.id, status, atMs: clock.nowMs() });
  }
}

const queueOf = (job: string): string => `run.${job}`;

/** On a server JSON comes as text. */
function runIdOf(data: unknown): string | null {
  const value: unknown = typeof data === "string" ? JSON.parse(data) : data;
  if (typeof value !== "object" || value === null || !("runId" in value)) return null;
  return typeof value.runId === "string" ? value.runId : null;
}
