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

/** The notice's SQLSTATE: no other has it. */
export const CHANGE_STATE = "MJRNL";

/** `journal_changes` holds what may not be in the journal yet; it is emptied now and then. */
function captureSql(): string {
  const parts = JOURNALED.map(({ name, key }) => {
    const keyOf = `json_build_object(${key.map(([column]) => `'${column}', c.${column}`).join(", ")})::text`;
    const record = (row: string) =>
      `json_build_object('s', noted.seq, 't', '${name}', 'k', noted.key::json${row})::text`;
    const loop = (row: string) => `
    for told_seq, told in
      with noted as (
        insert into journal_changes (name, key) select '${name}', ${keyOf} from changed c returning seq, key
      ) select noted.seq, ${record(row)} from noted${row === "" ? "" : ` join changed c on ${keyOf} = noted.key`} order by noted.seq
    loop
      raise notice using message = told, detail = told_seq::text, errcode = '${CHANGE_STATE}';
    end loop;`;
    const trigger = (event: "insert" | "update" | "delete") =>
      `create or replace trigger journal_${event} after ${event} on ${name}
  referencing ${event === "delete" ? "old" : "new"} table as changed for each statement execute function journal_${name}();`;
    return `
create or replace function journal_${name}() returns trigger language plpgsql as $function$
declare
  told_seq bigint;
  told text;
begin
  if tg_op = 'DELETE' then ${loop("")}
  else ${loop(", 'r', c")}
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

/** Once a database and a version of the above. */
export async function installCapture(script: (sql: string) => Promise<readonly SqlRow[]>): Promise<void> {
  const [row] = await script("select obj_description(to_regclass('journal_changes'), 'pg_class') as mark");
  if (z.object({ mark: z.string().nullable() }).parse(row).mark === MARK) return;
  await script(`begin;${SQL}comment on table journal_changes is '${MARK}';commit;`);
}
