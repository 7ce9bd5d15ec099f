// Batch jobs, their runs and the steps of these as rows. A run is begun once: whoever moves its state from the one he saw has it.
import { z } from "zod";
import { decodeCursor, encodeCursor, query, type SqlSession, storable } from "../store/index.ts";
import { iso } from "./task-table.ts";

const time = z.date().transform((date) => date.getTime());

export type RunStatus = "pending" | "running" | "completed" | "failed";

const jobRow = z.object({
  name: z.string(),
  cron: z.string().nullable(),
  time_zone: z.string(),
  enabled: z.boolean(),
  sla_ms: z.coerce.number().nullable(),
  last_run: time.nullable(),
  next_run: time.nullable(),
});
export type JobRow = z.output<typeof jobRow>;

const runRow = z.object({
  id: z.string(),
  job: z.string(),
  cause: z.enum(["schedule", "person", "start"]),
  status: z.enum(["pending", "running", "completed", "failed"]),
  started_at: time,
  finished_at: time.nullable(),
  sla_missed: z.boolean(),
  error_message: z.string().nullable(),
  summary: z.string().nullable(),
});
export type RunRow = z.output<typeof runRow>;
export type RunCause = RunRow["cause"];

const stepRow = z.object({
  run_id: z.string(),
  position: z.number(),
  name: z.string(),
  status: z.string(),
  started_at: time,
  finished_at: time.nullable(),
  log: z.string(),
});
export type StepRow = z.output<typeof stepRow>;

const RUN = "id, job, cause, status, started_at, finished_at, sla_missed, error_message, summary";

/** What the program says of its jobs; whether one is enabled is for people to say. */
const REGISTER = `insert into jobs (name, cron, time_zone, enabled, sla_ms, next_run, updated_at)
values ($1, $2, $3, true, $4::bigint, $5::timestamptz, $6::timestamptz)
on conflict (name) do update set cron = excluded.cron, time_zone = excluded.time_zone, sla_ms = excluded.sla_ms,
  updated_at = excluded.updated_at,
  next_run = case when jobs.cron is distinct from excluded.cron or jobs.time_zone <> excluded.time_zone or jobs.next_run is null
    then excluded.next_run else jobs.next_run end`;

const TAKE = `with taken as (
  update jobs set last_run = $3::timestamptz, next_run = $4::timestamptz
  where name = $1 and enabled and date_trunc('milliseconds', next_run) = $2::timestamptz returning name
)
insert into job_runs (id, job, cause, status, started_at)
select $5::uuid, name, 'schedule', 'pending', $3::timestamptz from taken returning ${RUN}`;

const BEGIN = `with begun as (
  update job_runs set status = 'running', started_at = $2::timestamptz, lease_until = $3::timestamptz
  where id = $1::uuid and (status = 'pending' or (status = 'running' and lease_until <= $2::timestamptz)) returning ${RUN}
), told as (
  update jobs set last_run = $2::timestamptz from begun where name = begun.job and (last_run is null or last_run < $2::timestamptz)
)
select ${RUN} from begun`;

/** Who else is about to add one waits here. */
const LOCK_JOB = "select name from jobs where name = $1 for update";

/** $3 now · $4 a start at or after this is the same one. A statement of its own: it sees what was added while the lock was waited for. */
const ADD_AT_START = `insert into job_runs (id, job, cause, status, started_at)
select $1::uuid, $2, 'start', 'pending', $3::timestamptz where not exists (
  select 1 from job_runs where job = $2
    and (status in ('pending', 'running') or (cause = 'start' and started_at > $4::timestamptz)))
returning ${RUN}`;

/** $1 now · $2 made before · $3 not again before */
const FORGOTTEN = `update job_runs set status = 'pending', lease_until = $3::timestamptz where id in (
  select id from job_runs where (status = 'pending' and started_at < $2::timestamptz and (lease_until is null or lease_until <= $1::timestamptz))
    or (status = 'running' and lease_until <= $1::timestamptz) order by id limit 100 for update skip locked)
returning ${RUN}`;

export class JobTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async register(
    job: {
      readonly name: string;
      readonly cron: string | null;
      readonly timeZone: string;
      readonly slaMs: number | null;
    },
    nextRunMs: number | null,
    nowMs: number,
  ): Promise<void> {
    const next = nextRunMs === null ? null : iso(nextRunMs);
    await query(this.#session, REGISTER, [job.name, job.cron, job.timeZone, job.slaMs, next, iso(nowMs)]);
  }

  async jobs(): Promise<JobRow[]> {
    const rows = await query(
      this.#session,
      "select name, cron, time_zone, enabled, sla_ms, last_run, next_run from jobs order by name limit 1000",
    );
    return rows.map((row) => jobRow.parse(row));
  }

  async due(nowMs: number): Promise<JobRow[]> {
    return (await this.jobs()).filter(
      ({ enabled, next_run: nextMs }) => enabled && nextMs !== null && nextMs <= nowMs,
    );
  }

  /** Null: another process has it. */
  async take(job: JobRow, nextRunMs: number | null, nowMs: number, runId: string): Promise<RunRow | null> {
    if (job.next_run === null) return null;
    const next = nextRunMs === null ? null : iso(nextRunMs);
    const values = [job.name, iso(job.next_run), iso(nowMs), next, runId];
    const [row] = await query(this.#session, TAKE, values);
    return row === undefined ? null : runRow.parse(row);
  }

  async add(job: string, cause: RunCause, nowMs: number, runId: string): Promise<RunRow> {
    const [row] = await query(
      this.#session,
      `insert into job_runs (id, job, cause, status, started_at) values ($1::uuid, $2, $3, 'pending', $4::timestamptz)
      returning ${RUN}`,
      [runId, job, cause, iso(nowMs)],
    );
    return runRow.parse(row);
  }

  /** Null: one waits or goes on, or another process began one with its own start within `windowMs`. */
  async addAtStart(job: string, nowMs: number, windowMs: number, runId: string): Promise<RunRow | null> {
    const [, rows] = await this.#session.transaction([
      { sql: LOCK_JOB, values: [job] },
      { sql: ADD_AT_START, values: [runId, job, iso(nowMs), iso(nowMs - windowMs)] },
    ]);
    return rows?.[0] === undefined ? null : runRow.parse(rows[0]);
  }

  /** Null: it is run already. */
  async begin(runId: string, nowMs: number, leaseMs: number): Promise<RunRow | null> {
    const [row] = await query(this.#session, BEGIN, [runId, iso(nowMs), iso(nowMs + leaseMs)]);
    return row === undefined ? null : runRow.parse(row);
  }

  async keep(runId: string, untilMs: number): Promise<void> {
    await query(this.#session, "update job_runs set lease_until = $2::timestamptz where id = $1::uuid", [
      runId,
      iso(untilMs),
    ]);
  }

  async late(runId: string): Promise<void> {
    await query(this.#session, "update job_runs set sla_missed = true where id = $1::uuid", [runId]);
  }

  async end(
    runId: string,
    end: {
      readonly status: RunStatus;
      readonly errorMessage: string | null;
      readonly summary: string | null;
    },
    nowMs: number,
  ): Promise<void> {
    await query(
      this.#session,
      `update job_runs set status = $2, error_message = $3, summary = $4, finished_at = $5::timestamptz, lease_until = null
      where id = $1::uuid and status = 'running'`,
      [
        runId,
        end.status,
        end.errorMessage === null ? null : storable(end.errorMessage),
        end.summary === null ? null : storable(end.summary),
        iso(nowMs),
      ],
    );
  }

  /**
   * Runs that nobody has: not begun for `waitMs`, or of a process that says no longer that they go on. They wait to be begun (again);
   * each comes to one caller, and not again before `waitMs` have passed.
   */
  async forgotten(nowMs: number, waitMs: number): Promise<RunRow[]> {
    const rows = await query(this.#session, FORGOTTEN, [
      iso(nowMs),
      iso(nowMs - waitMs),
      iso(nowMs + waitMs),
    ]);
    return rows.map((row) => runRow.parse(row));
  }

  /** No process but this one begins runs here: what goes on according to its row was left by a dead one. */
  async orphan(nowMs: number): Promise<void> {
    await query(
      this.#session,
      "update job_runs set lease_until = $1::timestamptz where status = 'running' and lease_until > $1::timestamptz",
      [iso(nowMs)],
    );
  }

  async runs(job: string, request: { readonly limit: number; readonly cursor?: string | undefined }) {
    const { limit, cursor } = request;
    const before = cursor === undefined ? null : decodeCursor(cursor, z.uuid());
    const rows = await query(
      this.#session,
      `select ${RUN} from job_runs where job = $1 and ($3::uuid is null or id < $3::uuid) order by id desc limit $2::integer`,
      [job, limit + 1, before],
    );
    const items = rows.slice(0, limit).map((row) => runRow.parse(row));
    const last = items.at(-1);
    return { items, cursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null };
  }

  async run(runId: string): Promise<RunRow | null> {
    const [row] = await query(this.#session, `select ${RUN} from job_runs where id = $1::uuid`, [runId]);
    return row === undefined ? null : runRow.parse(row);
  }

  async steps(runIds: readonly string[]): Promise<StepRow[]> {
    const rows = await query(
      this.#session,
      `select run_id, position, name, status, started_at, finished_at, log from job_steps
      where run_id in (select value::uuid from json_array_elements_text($1::json)) order by run_id, position`,
      [JSON.stringify(runIds)],
    );
    return rows.map((row) => stepRow.parse(row));
  }

  async putStep(step: StepRow): Promise<void> {
    await query(
      this.#session,
      `insert into job_steps (run_id, position, name, status, started_at, finished_at, log)
      values ($1::uuid, $2::integer, $3, $4, $5::timestamptz, $6::timestamptz, $7)
      on conflict (run_id, position) do update set status = excluded.status, finished_at = excluded.finished_at,
        log = excluded.log`,
      [
        step.run_id,
        step.position,
        storable(step.name),
        step.status,
        iso(step.started_at),
        step.finished_at === null ? null : iso(step.finished_at),
        storable(step.log),
      ],
    );
  }
}
