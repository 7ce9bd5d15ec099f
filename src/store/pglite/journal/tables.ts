// The tables whose rows exist nowhere else, and what makes the embedded database tell of every change to them: a trigger a table, after
// each statement, notes the keys in a table of the database and sends the rows as notices. No writer can forget it, and none knows it.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { SqlRow } from "../../sql/session.ts";

export interface JournaledTable {
  readonly name: string;
  /** Columns of the primary key with their types. */
  readonly key: readonly (readonly [column: string, type: string])[];
  /** Read at once when the journal is written anew; few where a row may be large. */
  readonly rowsAtOnce: number;
}

/** Parents before their children. */
export const JOURNALED: readonly JournaledTable[] = [
  { name: "scrape_tasks", key: [["id", "uuid"]], rowsAtOnce: 16 },
  { name: "schedules", key: [["id", "uuid"]], rowsAtOnce: 500 },
  { name: "jobs", key: [["name", "text"]], rowsAtOnce: 500 },
  { name: "job_runs", key: [["id", "uuid"]], rowsAtOnce: 100 },
  {
    name: "job_steps",
    key: [
      ["run_id", "uuid"],
      ["position", "integer"],
    ],
    rowsAtOnce: 100,
  },
  { name: "webhook_deliveries", key: [["id", "uuid"]], rowsAtOnce: 500 },
  { name: "audit_log", key: [["id", "uuid"]], rowsAtOnce: 500 },
  { name: "subjects", key: [["id", "text"]], rowsAtOnce: 500 },
  { name: "subject_images", key: [["subject_id", "text"]], rowsAtOnce: 500 },
];

/** The notice's SQLSTATE: no other has it. A line a row; JSON of the database has none within. Its detail is the last one's number. */
export const CHANGE_STATE = "MJRNL";

/** `journal_changes` holds what may not be in the journal yet; it is emptied now and then. */
function captureSql(): string {
  const parts = JOURNALED.map(({ name, key }) => {
    const keyOf = `json_build_object(${key.map(([column]) => `'${column}', c.${column}`).join(", ")})::text`;
    // One pass over what changed, since a join would know nothing of its size; and one notice, since each is flushed by itself.
    const tell = (row: string) => `
    with numbered as materialized (
      select nextval('journal_changes_seq_seq') as seq, ${keyOf} as key${row === "" ? "" : ", c as whole"} from changed c
    ), noted as (
      insert into journal_changes (seq, name, key) overriding system value select seq, '${name}', key from numbered
    )
    select max(seq), string_agg(json_build_object('s', seq, 't', '${name}', 'k', key::json${row})::text, e'\\n')
      into last_seq, told from numbered;`;
    const trigger = (event: "insert" | "update" | "delete") =>
      `create or replace trigger journal_${event} after ${event} on ${name}
  referencing ${event === "delete" ? "old" : "new"} table as changed for each statement execute function journal_${name}();`;
    return `
create or replace function journal_${name}() returns trigger language plpgsql as $function$
declare
  last_seq bigint;
  told text;
begin
  if tg_op = 'DELETE' then ${tell("")}
  else ${tell(", 'r', whole")}
  end if;
  if told is not null then
    raise notice using message = told, detail = last_seq::text, errcode = '${CHANGE_STATE}';
  end if;
  return null;
end
$function$;
${trigger("insert")}
${trigger("update")}
${trigger("delete")}`;
  });
  return `
create table if not exists journal_changes (seq bigint generated always as identity primary key, name text not null, key text not null);
${parts.join("\n")}`;
}

const SQL = captureSql();
const MARK = createHash("sha256").update(SQL).digest("hex");

/** Once a database and a version of the above; then true: there may be rows that nobody told of. */
export async function installCapture(script: (sql: string) => Promise<readonly SqlRow[]>): Promise<boolean> {
  const [row] = await script("select obj_description(to_regclass('journal_changes'), 'pg_class') as mark");
  if (z.object({ mark: z.string().nullable() }).parse(row).mark === MARK) return false;
  await script(`begin;${SQL}comment on table journal_changes is '${MARK}';commit;`);
  return true;
}
