// Tasks as rows: each change of one is a single statement that asks for the state it starts from, so that two processes, or a
// message that comes twice, never move one twice. Knows no URL and no fetch.
import { z } from "zod";
import {
  decodeCursor,
  encodeCursor,
  query,
  type SqlSession,
  type SqlValue,
  storable,
} from "../store/index.ts";
import { type Task, type TaskStatus, type TaskWish, taskRow } from "./task.ts";

const COLUMNS = `id, url, lane, recipe, priority, status, attempts, error_code, error_message, schedule_id, webhook,
  created_at, updated_at`;
const WHOLE = `${COLUMNS}, result`;
const LISTED = `${COLUMNS}, null as result`;
/** Our own writer puts the title before all that is long, and in a JSON text no quote stands bare. */
const TITLED = String.raw`${LISTED}, substring(left(result, 20000) from '"title":("(?:\\.|[^"\\])*")') as title`;

/** Who stands waiting wants it since ever: due before all others of its priority, in whatever process; not its retries. */
const WAITED = "'epoch'::timestamptz";

const INSERT = `insert into scrape_tasks (id, url, lane, recipe, priority, status, idempotency_key, schedule_id, webhook, due_at,
  created_at, updated_at)
select id, url, lane, recipe, priority, 'pending', idempotency_key, schedule_id, webhook,
  case when $3::boolean then ${WAITED} else $2::timestamptz end, $2::timestamptz, $2::timestamptz
from json_to_recordset($1::json) as r(id uuid, url text, lane text, recipe text, priority integer, idempotency_key text,
  schedule_id uuid, webhook text)
on conflict do nothing`;

const OF_KEYS = `select ${WHOLE}, idempotency_key from scrape_tasks
where idempotency_key in (select value from json_array_elements_text($1::json))`;

/** `which`: of those that wait and are due; $1 is now, $2 the end of the lease. */
const claimOf = (
  which: string,
): string => `update scrape_tasks set status = 'running', attempts = attempts + 1,
  updated_at = $1::timestamptz, lease_until = $2::timestamptz
where id in (select id from scrape_tasks where status = 'pending' and due_at <= $1::timestamptz and ${which} for update skip locked)
returning ${LISTED}, due_at = ${WAITED} as is_waited`;

const CLAIM = claimOf("true order by priority desc, due_at, id limit $3::integer");

/** Of the usual priority: they stand together in the index, however many others wait. */
const CLAIM_WAITED = claimOf(`priority = 0 and due_at = ${WAITED} limit $3::integer`);

const CLAIM_THESE = claimOf("id in (select value::uuid from json_array_elements_text($3::json))");

/** Under way without anybody who says so: their process is gone. */
const LOST = `update scrape_tasks set lease_until = $2::timestamptz
where id in (select id from scrape_tasks where status = 'running' and lease_until <= $1::timestamptz
  limit $3::integer for update skip locked)
returning ${LISTED}`;

const RUNNING = `select id from scrape_tasks
where status = 'running' and id in (select value::uuid from json_array_elements_text($1::json))`;

const BACK = `update scrape_tasks set status = 'pending', attempts = greatest(0, attempts - 1), due_at = $2::timestamptz,
  updated_at = $2::timestamptz
where status = 'running' and id in (select value::uuid from json_array_elements_text($1::json))`;

/** One whose failure may pass waits for its next attempt while there is one left. */
const SETTLE = `with moved as (update scrape_tasks t set
  status = case when r.ok then 'completed' when r.again and t.attempts <= json_array_length($2::json) then 'pending' else 'failed' end,
  due_at = case when not r.ok and r.again and t.attempts <= json_array_length($2::json)
    then $3::timestamptz + make_interval(secs => ($2::json ->> (t.attempts - 1))::double precision / 1000) else t.due_at end,
  result = r.result, error_code = r.error_code, error_message = r.error_message, capture_id = r.capture_id,
  updated_at = $3::timestamptz, lease_until = null,
  finished_at = case when r.ok or not r.again or t.attempts > json_array_length($2::json) then $3::timestamptz end
from json_to_recordset($1::json) as r(id uuid, ok boolean, again boolean, result text, error_code text, error_message text,
  capture_id uuid, attempt integer)
where t.id = r.id and t.status = 'running' and t.attempts = r.attempt
returning t.id, t.url, t.lane, t.recipe, t.priority, t.status, t.attempts, t.error_code, t.error_message, t.schedule_id,
  t.webhook, t.created_at, t.updated_at, null as result, t.due_at
), told as (
  insert into webhook_deliveries (id, task_id, url, event, status, due_at, created_at)
  select gen_random_uuid(), id, webhook, 'task.' || status, 'pending', $3::timestamptz, $3::timestamptz
  from moved where webhook is not null and status in ('completed', 'failed') returning 1
)
select * from moved`;

/** To the microsecond: what a Date holds is less. */
const FINISHED = `select ${WHOLE}, to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
from scrape_tasks where finished_at is not null
  and ($2::timestamptz is null or (finished_at, id) > ($2::timestamptz, $3::uuid))
order by finished_at, id limit $1::integer`;

export interface TaskEnd {
  readonly id: string;
  /** Of which attempt, from 1: an answer that comes late or twice is of none. */
  readonly attempt: number;
  readonly ok: boolean;
  /** Its failure may pass. */
  readonly again: boolean;
  readonly result: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly captureId: string | null;
}

export interface TaskSlice {
  readonly items: readonly Task[];
  readonly cursor: string | null;
}

/** `isWaited`: somebody stood waiting for it when it was made. */
export type ClaimedTask = Task & { readonly isWaited: boolean };

const waitedRow = z.object({ is_waited: z.boolean() });
const settledRow = z.object({ due_at: z.date() });
const counted = z.object({ status: z.string(), count: z.number() });

export class TaskTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /**
   * Those of a key that is taken already are not made; their tasks come back in `known`, by key. `isWaited`: nobody is told of one
   * before it has ended or was read again.
   */
  async add(
    tasks: readonly (TaskWish & { readonly id: string })[],
    atMs: number,
    isWaited = false,
  ): Promise<{ readonly known: ReadonlyMap<string, Task> }> {
    const rows = tasks.map((task) => ({
      id: task.id,
      url: task.url,
      lane: task.lane,
      recipe: task.recipe,
      priority: task.priority,
      idempotency_key: task.idempotencyKey,
      schedule_id: task.scheduleId,
      webhook: task.webhook,
    }));
    const keys = tasks.flatMap(({ idempotencyKey }) => (idempotencyKey === null ? [] : [idempotencyKey]));
    const insert = { sql: INSERT, values: [JSON.stringify(rows), iso(atMs), isWaited] };
    const ofKeys = keys.length === 0 ? [] : [{ sql: OF_KEYS, values: [JSON.stringify(keys)] }];
    const manner = { isUrgent: tasks.length === 1, isLoose: isWaited && keys.length === 0 };
    const [, found = []] = await this.#session.transaction([insert, ...ofKeys], undefined, manner);
    const known = found.map((row) => [z.string().parse(row.idempotency_key), taskRow.parse(row)] as const);
    return { known: new Map(known) };
  }

  async get(id: string, isUrgent = false): Promise<Task | null> {
    const sql = `select ${WHOLE} from scrape_tasks where id = $1::uuid`;
    const [row] = await query(this.#session, sql, [id], { isUrgent });
    return row === undefined ? null : taskRow.parse(row);
  }

  /** Newest first, without their results. */
  async list(request: {
    readonly status?: TaskStatus | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<TaskSlice> {
    const { status, limit, cursor } = request;
    const values: (string | number)[] = [limit + 1];
    const conditions = ["true"];
    if (status !== undefined) conditions.push(`status = $${values.push(status)}`);
    if (cursor !== undefined) conditions.push(`id < $${values.push(decodeCursor(cursor, z.uuid()))}::uuid`);
    const rows = await query(
      this.#session,
      `select ${TITLED} from scrape_tasks where ${conditions.join(" and ")} order by id desc limit $1::integer`,
      values,
    );
    return sliceOf(
      rows.slice(0, limit).map((row) => taskRow.parse(row)),
      rows.length > limit,
    );
  }

  /** Finished ones with their results in the order they finished, each with the cursor after it. */
  async finished(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly task: Task; readonly cursor: string }[]> {
    const after = cursor === undefined ? null : decodeCursor(cursor, z.tuple([z.string().max(40), z.uuid()]));
    const rows = await query(this.#session, FINISHED, [limit, after?.[0] ?? null, after?.[1] ?? null]);
    return rows.map((row) => {
      const task = taskRow.parse(row);
      const { at } = z.object({ at: z.string() }).parse(row);
      return { task, cursor: encodeCursor([at, task.id]) };
    });
  }

  async remove(id: string): Promise<boolean> {
    const rows = await query(
      this.#session,
      "delete from scrape_tasks where id = $1::uuid returning 1 as gone",
      [id],
    );
    return rows.length > 0;
  }

  /** Those that somebody stands waiting for first of their priority. A claim that a power cut takes back is made again. */
  claim(limit: number, nowMs: number, leaseMs: number): Promise<ClaimedTask[]> {
    return this.#claim(CLAIM, [iso(nowMs), iso(nowMs + leaseMs), limit], false);
  }

  /** Those alone that somebody stands waiting for, of priority 0. */
  claimWaited(limit: number, nowMs: number, leaseMs: number): Promise<ClaimedTask[]> {
    return this.#claim(CLAIM_WAITED, [iso(nowMs), iso(nowMs + leaseMs), limit], true);
  }

  /** Of these, which somebody stands waiting for, those that wait and are due. */
  async claimThese(ids: readonly string[], nowMs: number, leaseMs: number): Promise<ClaimedTask[]> {
    const values = [iso(nowMs), iso(nowMs + leaseMs), JSON.stringify(ids)];
    return (await this.#claim(CLAIM_THESE, values, true)).map((task) => ({ ...task, isWaited: true }));
  }

  async #claim(sql: string, values: readonly SqlValue[], isUrgent: boolean): Promise<ClaimedTask[]> {
    const rows = await query(this.#session, sql, values, { isUrgent, isLoose: true });
    return rows.map((row) => ({ ...taskRow.parse(row), isWaited: waitedRow.parse(row).is_waited }));
  }

  /** Whose lease ends by then; each has a new one. */
  async lost(limit: number, untilMs: number, leaseUntilMs: number): Promise<Task[]> {
    const values = [iso(untilMs), iso(leaseUntilMs), limit];
    return (await query(this.#session, LOST, values, { isLoose: true })).map((row) => taskRow.parse(row));
  }

  /** Which of these are under way. */
  async running(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await query(this.#session, RUNNING, [JSON.stringify(ids)], { isLoose: true });
    return new Set(rows.map((row) => z.object({ id: z.string() }).parse(row).id));
  }

  /** As if they had not been begun. */
  async giveBack(ids: readonly string[], dueAtMs: number): Promise<void> {
    if (ids.length > 0)
      await query(this.#session, BACK, [JSON.stringify(ids), iso(dueAtMs)], { isLoose: true });
  }

  /** Answers those that it moved, each as it stands now, with its result, and when it is due again. */
  async settle(
    ends: readonly TaskEnd[],
    retryDelaysMs: readonly number[],
    nowMs: number,
    signal?: AbortSignal,
    isUrgent = false,
  ): Promise<{ readonly task: Task; readonly dueAtMs: number }[]> {
    const rows = ends.map((end) => ({
      id: end.id,
      attempt: end.attempt,
      ok: end.ok,
      again: end.again,
      result: end.result === null ? null : storable(end.result),
      error_code: end.errorCode,
      error_message: end.errorMessage === null ? null : storable(end.errorMessage),
      capture_id: end.captureId,
    }));
    const values = [JSON.stringify(rows), JSON.stringify(retryDelaysMs), iso(nowMs)];
    const [moved = []] = await this.#session.transaction([{ sql: SETTLE, values }], signal, { isUrgent });
    const results = new Map(rows.map(({ id, result }) => [id, result]));
    return moved.map((row) => {
      const task = taskRow.parse(row);
      return {
        task: { ...task, result: results.get(task.id) ?? null },
        dueAtMs: settledRow.parse(row).due_at.getTime(),
      };
    });
  }

  /** When the next waiting one is due; null when none waits. */
  async nextDueAtMs(): Promise<number | null> {
    const [row] = await query(
      this.#session,
      "select min(due_at) as due_at from scrape_tasks where status = 'pending'",
      [],
      { isLoose: true },
    );
    const dueAt = z.object({ due_at: z.date().nullable() }).parse(row).due_at;
    return dueAt === null ? null : dueAt.getTime();
  }

  /** `max` where there are more. */
  async pendingCount(max: number): Promise<number> {
    const [row] = await query(
      this.#session,
      `select count(*)::integer as count from
        (select 1 from scrape_tasks where status = 'pending' limit $1::integer) as waiting`,
      [max],
    );
    return z.object({ count: z.number() }).parse(row).count;
  }

  async counts(): Promise<Record<TaskStatus, number>> {
    const rows = await query(
      this.#session,
      "select status, count(*)::integer as count from scrape_tasks group by status",
    );
    const found = new Map(rows.map((row) => counted.parse(row)).map(({ status, count }) => [status, count]));
    const of = (status: TaskStatus): number => found.get(status) ?? 0;
    return {
      pending: of("pending"),
      running: of("running"),
      completed: of("completed"),
      failed: of("failed"),
    };
  }
}

export const iso = (atMs: number): string => new Date(atMs).toISOString();

function sliceOf(items: readonly Task[], hasMore: boolean): TaskSlice {
  const last = items.at(-1);
  return { items, cursor: hasMore && last !== undefined ? encodeCursor(last.id) : null };
}
