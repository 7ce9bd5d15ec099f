// Schedules as rows. A due one is taken by whoever moves its next run from the time he saw: two processes never run it twice,
// and its task is there if and only if it was taken.
import { z } from "zod";
import { decodeCursor, encodeCursor, query, type SqlSession } from "../store/index.ts";
import { iso } from "./task-table.ts";

export interface Schedule {
  readonly id: string;
  /** Of `url` and `recipe` one is set: a page that is scraped, or a batch job that is run. */
  readonly url: string | null;
  readonly recipe: string | null;
  readonly cron: string | null;
  readonly everySeconds: number | null;
  readonly timeZone: string;
  readonly lane: "auto" | "fast" | "rich";
  readonly webhook: string | null;
  readonly enabled: boolean;
  readonly lastRunMs: number | null;
  readonly nextRunMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const time = z.date().transform((date) => date.getTime());

const scheduleRow = z
  .object({
    id: z.string(),
    url: z.string().nullable(),
    recipe: z.string().nullable(),
    cron: z.string().nullable(),
    every_seconds: z.number().nullable(),
    time_zone: z.string(),
    lane: z.enum(["auto", "fast", "rich"]),
    webhook: z.string().nullable(),
    enabled: z.boolean(),
    last_run: time.nullable(),
    next_run: time.nullable(),
    created_at: time,
    updated_at: time,
  })
  .transform(
    (row): Schedule => ({
      id: row.id,
      url: row.url,
      recipe: row.recipe,
      cron: row.cron,
      everySeconds: row.every_seconds,
      timeZone: row.time_zone,
      lane: row.lane,
      webhook: row.webhook,
      enabled: row.enabled,
      lastRunMs: row.last_run,
      nextRunMs: row.next_run,
      createdAtMs: row.created_at,
      updatedAtMs: row.updated_at,
    }),
  );

const COLUMNS = `id, url, recipe, cron, every_seconds, time_zone, lane, webhook, enabled, last_run, next_run, created_at,
  updated_at`;

const INSERT = `insert into schedules (${COLUMNS})
values ($1::uuid, $2, $3, $4, $5::integer, $6, $7, $8, $9::boolean, null, $10::timestamptz, $11::timestamptz, $11::timestamptz)
on conflict do nothing returning ${COLUMNS}`;

const UPDATE = `update schedules set url = $2, recipe = $3, cron = $4, every_seconds = $5::integer, time_zone = $6, lane = $7,
  webhook = $8, enabled = $9::boolean, next_run = $10::timestamptz, updated_at = $11::timestamptz
where id = $1::uuid returning ${COLUMNS}`;

const DUE = `select ${COLUMNS} from schedules where enabled and next_run <= $1::timestamptz order by next_run limit 100`;

/** Equal to the millisecond: that is what was read. */
const TAKE = `with taken as (
  update schedules set last_run = $3::timestamptz, next_run = $4::timestamptz
  where id = $1::uuid and enabled and date_trunc('milliseconds', next_run) = $2::timestamptz
  returning id, url, lane, webhook
), made as (
  insert into scrape_tasks (id, url, lane, recipe, priority, status, schedule_id, webhook, due_at, created_at, updated_at)
  select $5::uuid, url, lane, null, 0, 'pending', id, webhook, $3::timestamptz, $3::timestamptz, $3::timestamptz
  from taken where url is not null returning 1
)
select count(*)::integer as count from taken`;

export class ScheduleTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** Null: the same one is there. */
  async add(schedule: Schedule): Promise<Schedule | null> {
    const [row] = await query(this.#session, INSERT, valuesOf(schedule));
    return row === undefined ? null : scheduleRow.parse(row);
  }

  /** Null: there is none. Rejects with StatementFailed (23505) when another is the same. */
  async update(schedule: Schedule): Promise<Schedule | null> {
    const [row] = await query(this.#session, UPDATE, valuesOf(schedule));
    return row === undefined ? null : scheduleRow.parse(row);
  }

  async get(id: string): Promise<Schedule | null> {
    const [row] = await query(this.#session, `select ${COLUMNS} from schedules where id = $1::uuid`, [id]);
    return row === undefined ? null : scheduleRow.parse(row);
  }

  async list(request: { readonly limit: number; readonly cursor?: string | undefined }) {
    const { limit, cursor } = request;
    const after = cursor === undefined ? null : decodeCursor(cursor, z.uuid());
    const rows = await query(
      this.#session,
      `select ${COLUMNS} from schedules where $2::uuid is null or id < $2::uuid order by id desc limit $1::integer`,
      [limit + 1, after],
    );
    const items = rows.slice(0, limit).map((row) => scheduleRow.parse(row));
    const last = items.at(-1);
    return { items, cursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null };
  }

  async remove(id: string): Promise<boolean> {
    const rows = await query(this.#session, "delete from schedules where id = $1::uuid returning 1 as gone", [
      id,
    ]);
    return rows.length > 0;
  }

  async due(nowMs: number): Promise<Schedule[]> {
    return (await query(this.#session, DUE, [iso(nowMs)])).map((row) => scheduleRow.parse(row));
  }

  /** Whether this process is the one that runs it; of a URL its task is made with it. */
  async take(schedule: Schedule, nextRunMs: number | null, nowMs: number, taskId: string): Promise<boolean> {
    const { id, nextRunMs: seenMs } = schedule;
    if (seenMs === null) return false;
    const next = nextRunMs === null ? null : iso(nextRunMs);
    const [row] = await query(this.#session, TAKE, [id, iso(seenMs), iso(nowMs), next, taskId]);
    return z.object({ count: z.number() }).parse(row).count === 1;
  }

  async nextRunMs(): Promise<number | null> {
    const [row] = await query(this.#session, "select min(next_run) as next_run from schedules where enabled");
    const next = z.object({ next_run: z.date().nullable() }).parse(row).next_run;
    return next === null ? null : next.getTime();
  }
}

const valuesOf = (schedule: Schedule) => [
  schedule.id,
  schedule.url,
  schedule.recipe,
  schedule.cron,
  schedule.everySeconds,
  schedule.timeZone,
  schedule.lane,
  schedule.webhook,
  schedule.enabled,
  schedule.nextRunMs === null ? null : iso(schedule.nextRunMs),
  iso(schedule.updatedAtMs),
];
