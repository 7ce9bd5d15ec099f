// Subjects and their pictures as two tables that several processes share: taken on a lease, so that no subject is in two hands,
// and in the order of their last try, so that those which always fail keep nobody waiting.
import { z } from "zod";
import { CODES, type Code } from "../../model/index.ts";
import { query, type SqlSession } from "../../store/index.ts";
import type { NewSubject, Subject, SubjectImage, SubjectOrigin } from "./subject.ts";

const ms = (column: string, name: string): string =>
  `(extract(epoch from ${column}) * 1000)::double precision as ${name}`;

const COLUMNS = `s.id, s.name, s.url, s.variables, s.source, s.attempts, s.error_code, s.last_error,
  ${ms("s.attempted_at", "attempted_at")}, ${ms("s.created_at", "created_at")}, ${ms("s.updated_at", "updated_at")},
  i.object_key, i.source_url, i.page_url, i.sha256, i.source_sha256, i.bytes::double precision as bytes, i.width, i.height,
  i.content_type, ${ms("i.stored_at", "stored_at")}, ${ms("i.checked_at", "checked_at")}`;

const FROM = "from subjects s left join subject_images i on i.subject_id = s.id";

/** One whose page or name changed is due at once. */
const ADD = `with sent as (
  select * from json_to_recordset($1::json) as r(id text, name text, url text, variables text)
), written as (
  insert into subjects as s (id, name, url, variables, source) select id, name, url, variables, $2 from sent order by id
  on conflict (id) do update set name = excluded.name, url = excluded.url, variables = excluded.variables,
    source = excluded.source, updated_at = now(), attempted_at = null
  where (s.name, s.url, s.variables) is distinct from (excluded.name, excluded.url, excluded.variables)
  returning id, (xmax = 0) as is_new
), due as (
  update subject_images i set checked_at = to_timestamp(0) from written w where w.id = i.subject_id and not w.is_new
)
select count(*) filter (where is_new)::integer as added, count(*) filter (where not is_new)::integer as changed from written`;

/** $1 stale, ms · $2 tried since is not tried again, ms since 1970 */
const IS_DUE = `(i.subject_id is null or i.checked_at <= clock_timestamp() - $1::double precision * interval '1 ms')
  and (s.attempted_at is null or s.attempted_at < to_timestamp($2::double precision / 1000))
  and (s.lease_until is null or s.lease_until < clock_timestamp())`;

/** A killed process's try counts too: what kills processes must not come first each time. */
const CLAIM = `with due as (
  select s.id ${FROM} where ${IS_DUE} order by s.attempted_at nulls first, s.id limit $3::integer for update of s skip locked
), taken as (
  update subjects t set owner = $4, attempted_at = clock_timestamp(), attempts = t.attempts + 1,
    lease_until = clock_timestamp() + $5::double precision * interval '1 ms'
  from due where t.id = due.id returning t.*
)
select ${COLUMNS} from taken s left join subject_images i on i.subject_id = s.id`;

/** After STORE in one transaction: where that left nothing, the subject stays in its hand. */
const SETTLE = `update subjects set owner = null, lease_until = null, attempts = 0, error_code = null, last_error = null
where id = $1 and owner = $2 and exists (select from subject_images where subject_id = $1 and source_sha256 = $3)`;

/** Nothing where the subject is gone, or is another's by now, or $13 says that the picture must be nobody else's and it is. */
const STORE = `insert into subject_images (subject_id, object_key, source_url, page_url, sha256, source_sha256, bytes, width, height,
  content_type, stored_at, checked_at)
select s.id, $3, $4, $5, $6, $7, $8::bigint, $9::integer, $10::integer, $11, to_timestamp($12::double precision / 1000), clock_timestamp()
from subjects s where s.id = $1 and s.owner = $2 and not ($13::boolean and exists (
  select from subject_images o where o.source_sha256 = $7 and o.subject_id <> $1))
on conflict (subject_id) do update set object_key = excluded.object_key, source_url = excluded.source_url,
  page_url = excluded.page_url, sha256 = excluded.sha256, source_sha256 = excluded.source_sha256, bytes = excluded.bytes,
  width = excluded.width, height = excluded.height, content_type = excluded.content_type, stored_at = excluded.stored_at,
  checked_at = excluded.checked_at
returning subject_id`;

const FAIL = `update subjects set owner = null, lease_until = null, error_code = $3, last_error = $4
where id = $1 and owner = $2`;

const nullable = z.string().nullable();
const subjectRow = z.object({
  id: z.string(),
  name: z.string(),
  url: nullable,
  variables: z.string(),
  source: z.enum(["api", "file", "query"]),
  attempts: z.number(),
  error_code: z.enum(CODES).nullable(),
  last_error: nullable,
  attempted_at: z.number().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
  object_key: nullable,
  source_url: nullable,
  page_url: nullable,
  sha256: nullable,
  source_sha256: nullable,
  bytes: z.number().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  content_type: nullable,
  stored_at: z.number().nullable(),
  checked_at: z.number().nullable(),
});

export interface Due {
  readonly staleMs: number;
  /** Who was tried at or after this is not due, ms since 1970 by the database's clock. */
  readonly triedBeforeMs: number;
}

export class SubjectTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** By the database's clock, which all processes share; ms since 1970. */
  async nowMs(): Promise<number> {
    const [row] = await query(this.#session, `select ${ms("clock_timestamp()", "now")}`);
    return z.object({ now: z.number() }).parse(row).now;
  }

  /** New ones are added, known ones brought up to date; of two with one id the last counts. */
  async add(
    subjects: readonly NewSubject[],
    origin: SubjectOrigin,
  ): Promise<{ readonly added: number; readonly changed: number }> {
    const rows = [...new Map(subjects.map((subject) => [subject.id, subject])).values()].map(
      ({ id, name, url, variables }) => ({ id, name, url, variables: JSON.stringify(sorted(variables)) }),
    );
    const [row] = await query(this.#session, ADD, [JSON.stringify(rows), origin]);
    return z.object({ added: z.number(), changed: z.number() }).parse(row);
  }

  /** Where no other process collects: what is in a hand according to its row was left by a dead one. */
  async orphan(): Promise<void> {
    await query(
      this.#session,
      "update subjects set owner = null, lease_until = null where owner is not null",
    );
  }

  async one(id: string): Promise<Subject | null> {
    const [row] = await query(this.#session, `select ${COLUMNS} ${FROM} where s.id = $1`, [id]);
    return row === undefined ? null : subjectOf(subjectRow.parse(row));
  }

  /** By id, behind `after`. */
  async list(limit: number, after: string): Promise<readonly Subject[]> {
    const rows = await query(
      this.#session,
      `select ${COLUMNS} ${FROM} where s.id > $1 order by s.id limit $2::integer`,
      [after, limit],
    );
    return rows.map((row) => subjectOf(subjectRow.parse(row)));
  }

  /** The key of its picture, which is the caller's to remove; null when it had none; undefined when there is no such subject. */
  async remove(id: string): Promise<string | null | undefined> {
    const [row] = await query(
      this.#session,
      `with image as (select object_key from subject_images where subject_id = $1)
       delete from subjects where id = $1 returning (select object_key from image) as key`,
      [id],
    );
    return row === undefined ? undefined : z.object({ key: nullable }).parse(row).key;
  }

  async claim(owner: string, due: Due, limit: number, leaseMs: number): Promise<readonly Subject[]> {
    const rows = await query(this.#session, CLAIM, [due.staleMs, due.triedBeforeMs, limit, owner, leaseMs]);
    return rows.map((row) => subjectOf(subjectRow.parse(row)));
  }

  async dueCount(due: Due): Promise<number> {
    const sql = `select count(*)::integer as due ${FROM} where ${IS_DUE}`;
    const [row] = await query(this.#session, sql, [due.staleMs, due.triedBeforeMs]);
    return z.object({ due: z.number() }).parse(row).due;
  }

  /** Another subject that has this very picture; null when none has. */
  async holderOf(sourceSha256: string, but: string): Promise<string | null> {
    const [row] = await query(
      this.#session,
      "select subject_id from subject_images where source_sha256 = $1 and subject_id <> $2 order by subject_id limit 1",
      [sourceSha256, but],
    );
    return row === undefined ? null : z.object({ subject_id: z.string() }).parse(row).subject_id;
  }

  /** After its object is durable. False: nothing was recorded (gone, another's, or a duplicate where none is allowed). */
  async stored(
    subject: string,
    owner: string,
    image: SubjectImage,
    { storedAtMs, isUnique }: { readonly storedAtMs: number; readonly isUnique: boolean },
  ): Promise<boolean> {
    const { key, sourceUrl, pageUrl, sha256, sourceSha256, bytes, width, height, contentType } = image;
    const [, rows] = await this.#session.transaction([
      // Two subjects with one picture wait for each other here, so that the second sees the first.
      { sql: "select pg_advisory_xact_lock(hashtextextended($1, 7))", values: [sourceSha256] },
      {
        sql: STORE,
        values: [
          subject,
          owner,
          key,
          sourceUrl,
          pageUrl,
          sha256,
          sourceSha256,
          bytes,
          width,
          height,
          contentType,
          storedAtMs,
          isUnique,
        ],
      },
      { sql: SETTLE, values: [subject, owner, sourceSha256] },
    ]);
    return (rows ?? []).length > 0;
  }

  /** The row alone. */
  async dropImage(subject: string, owner: string): Promise<void> {
    await query(
      this.#session,
      "delete from subject_images where subject_id = $1 and exists (select from subjects where id = $1 and owner = $2)",
      [subject, owner],
    );
  }

  async failed(subject: string, owner: string, code: Code, message: string): Promise<void> {
    await query(this.#session, FAIL, [subject, owner, code, message.slice(0, 1_000).replaceAll("\0", "")]);
  }

  /** As if it had not been taken, but for its place in the order. */
  async release(subject: string, owner: string): Promise<void> {
    await query(
      this.#session,
      "update subjects set owner = null, lease_until = null, attempts = greatest(0, attempts - 1) where id = $1 and owner = $2",
      [subject, owner],
    );
  }
}

/** So that two spellings of the same are one. */
const sorted = (variables: NewSubject["variables"]): NewSubject["variables"] =>
  Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)));

function subjectOf(row: z.output<typeof subjectRow>): Subject {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    variables: z.record(z.string(), z.string()).parse(JSON.parse(row.variables)),
    origin: row.source,
    attempts: row.attempts,
    attemptedAtMs: row.attempted_at,
    errorCode: row.error_code,
    lastError: row.last_error,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    image:
      row.object_key === null
        ? null
        : {
            key: row.object_key,
            sourceUrl: row.source_url ?? "",
            pageUrl: row.page_url ?? "",
            sha256: row.sha256 ?? "",
            sourceSha256: row.source_sha256 ?? "",
            bytes: row.bytes ?? 0,
            width: row.width ?? 0,
            height: row.height ?? 0,
            contentType: row.content_type ?? "",
            storedAtMs: row.stored_at ?? 0,
            checkedAtMs: row.checked_at ?? 0,
          },
  };
}
