// The room as a whole over one database: tasks with their worker, schedules with their clock, batch jobs, webhooks, retention.
// A role that only answers people has no fetcher: it makes tasks and runs, and others work on them.
import { type Clock, describe, RightOfWay } from "../base/index.ts";
import type { EndedPage, OutLine } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import type { SqlSession } from "../store/index.ts";
import { bossOn } from "./boss.ts";
import { Happenings } from "./happenings.ts";
import { type Job, JobRunner } from "./job-runner.ts";
import { JobTable } from "./job-table.ts";
import type { JobsOptions } from "./options.ts";
import { keepsForEver, sweepFinished } from "./retention.ts";
import { ScheduleClock } from "./schedule-clock.ts";
import { ScheduleTable } from "./schedule-table.ts";
import { Schedules } from "./schedules.ts";
import { isFinished } from "./task.ts";
import { TaskTable } from "./task-table.ts";
import { type TaskFetcher, TaskWorker } from "./task-worker.ts";
import { Tasks } from "./tasks.ts";
import { Waiters } from "./waiters.ts";
import { WebhookTable } from "./webhook-table.ts";
import { Webhooks } from "./webhooks.ts";

export interface JobsServiceParts {
  readonly session: SqlSession;
  readonly isEmbedded: boolean;
  /** No other process works on the tasks of this database. */
  readonly isAlone: boolean;
  /** Of the tables that pg-boss makes. */
  readonly bossSchema: string;
  readonly options: JobsOptions;
  /** Of the segments that this process can reach, and answers what went; null: none are its to remove. */
  readonly removeSpentSegments:
    | ((beforeMs: number, signal: AbortSignal) => Promise<Readonly<Record<string, number>>>)
    | null;
  /** Null: this process fetches for nobody, and tells nobody's webhooks. */
  readonly work: {
    readonly fetcher: TaskFetcher;
    readonly dialer: Dialer;
    lineOf(ended: EndedPage): OutLine | Promise<OutLine>;
  } | null;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly metrics: Metrics;
}

const CLOCK_POLL_MS = 1_000;
const START_AGAIN_MS = 1_000;

export class JobsService {
  readonly happenings = new Happenings();
  readonly tasks: Tasks;
  readonly schedules: Schedules;
  readonly runner: JobRunner;
  readonly table: JobTable;
  /** Lent to the graph; null where no task is fetched. */
  readonly worker: TaskWorker | null;
  readonly #clock: ScheduleClock;
  readonly #webhooks: Webhooks | null;
  readonly #time: Clock;
  readonly #onTrouble: (thrown: unknown) => void;
  readonly #boss: ReturnType<typeof bossOn>;
  /** Runs of a dead process are still to be looked for: whoever opened an embedded database is alone with it. */
  #orphans: boolean;

  constructor(parts: JobsServiceParts) {
    const { session, isEmbedded, isAlone, bossSchema, options, work, clock, log, metrics } = parts;
    const { removeSpentSegments } = parts;
    const { happenings } = this;
    const way = new RightOfWay(clock);
    const waiters = new Waiters();
    const troubleOf = (what: string) => (thrown: unknown) =>
      log.warn({ cause: describe(thrown) }, `${what} cannot be looked for now`);
    this.#time = clock;
    this.#orphans = isEmbedded;
    this.#onTrouble = troubleOf("runs");
    const taskTable = new TaskTable(session);
    const scheduleTable = new ScheduleTable(session);
    this.table = new JobTable(session);
    this.#boss = bossOn({ session, isEmbedded, schema: bossSchema, onTrouble: troubleOf("runs") });
    this.runner = new JobRunner({
      ...{ table: this.table, boss: this.#boss, isShared: !isEmbedded, happenings, clock, metrics },
      onTrouble: troubleOf("runs"),
    });
    this.worker =
      work === null
        ? null
        : new TaskWorker({
            ...{ table: taskTable, fetcher: work.fetcher, options: options.tasks, happenings, clock },
            ...{ isAlone, waiters, way },
            lineOf: (ended) => work.lineOf(ended),
            onTrouble: troubleOf("tasks"),
          });
    const wakeTasks = (): void => this.worker?.wake();
    this.tasks = new Tasks({
      ...{ table: taskTable, options: options.tasks, happenings, waiters, way, clock },
      isElsewhere: work === null,
      wake: wakeTasks,
      hasten: (id) => this.worker?.hasten(id),
    });
    this.#clock = new ScheduleClock({
      ...{ table: scheduleTable, runner: this.runner, happenings, clock, pollMs: CLOCK_POLL_MS },
      wakeTasks,
      onTrouble: troubleOf("schedules"),
    });
    this.schedules = new Schedules({
      table: scheduleTable,
      clock,
      isRecipe: (name) => this.runner.knows(name),
      wake: () => this.#clock.wake(),
    });
    this.#webhooks =
      work === null
        ? null
        : new Webhooks({
            ...{ table: new WebhookTable(session), tasks: taskTable, dialer: work.dialer },
            ...{ options: options.webhooks, clock, onTrouble: troubleOf("webhooks") },
          });
    happenings.listen((happening) => {
      if (happening.kind !== "task" || !isFinished(happening.status)) return;
      const elapsedMs = happening.atMs - happening.createdAtMs;
      metrics.taskEnded(happening.status === "completed" ? "completed" : "failed", elapsedMs);
      if (happening.isTold) this.#webhooks?.wake();
    });
    if (!keepsForEver(options))
      this.register({
        name: "retention",
        cron: "17 4 * * *",
        timeZone: "UTC",
        slaMs: 600_000,
        deadlineMs: 3_600_000,
        run: async ({ step, signal }) => {
          const rows = await step("finished rows", () =>
            sweepFinished(session, options, clock.nowMs(), signal),
          );
          if (options.captureRetentionS === 0 || removeSpentSegments === null) return rows;
          const beforeMs = clock.nowMs() - options.captureRetentionS * 1_000;
          return { ...rows, ...(await step("old captures", () => removeSpentSegments(beforeMs, signal))) };
        },
      });
  }

  async #started(): Promise<boolean> {
    try {
      if (this.#orphans) await this.runner.orphan();
      this.#orphans = false;
      await this.runner.announce();
      await this.#boss.start();
      await this.runner.start();
      return true;
    } catch (thrown) {
      this.#onTrouble(thrown);
      return false;
    }
  }

  /** Before `run`. */
  register(job: Job): void {
    this.runner.register(job);
  }

  /** Before the API opens, or a schedule of a job that this very process has would be refused in its first moments. */
  async announce(): Promise<void> {
    await this.runner.announce().catch(this.#onTrouble);
  }

  /** The database is connected. Until the signal aborts; what runs then is told to end, and waited for. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#runRuns(signal),
      this.worker?.run(signal) ?? Promise.resolve(),
      this.#webhooks?.run(signal) ?? Promise.resolve(),
    ]);
  }

  /** Tasks wait for none of this: the tables of runs take their time to be made. */
  async #runRuns(signal: AbortSignal): Promise<void> {
    // The database may be away in this very moment.
    while (!signal.aborted && !(await this.#started()))
      await this.#time.sleep(START_AGAIN_MS, signal).catch(() => undefined);
    try {
      await this.#clock.run(signal);
    } finally {
      await this.runner.stop();
      await this.#boss.stop({ graceful: true, timeout: 1_000, close: false });
    }
  }
}
