// pg-boss over the store's own session, embedded or server: no second pool, no second lock. It carries what is done once and by
// one process alone: runs of batch jobs, deliveries of webhooks. Its tables lie in a schema of their own beside ours.
import { PgBoss } from "pg-boss";
import type { SqlSession, SqlValue } from "../store/index.ts";

export interface BossParts {
  readonly session: SqlSession;
  readonly isEmbedded: boolean;
  /** Of its tables; lower-case letters, digits and underscores. */
  readonly schema: string;
  onTrouble(thrown: unknown): void;
}

/** Not started: `start` makes or migrates its tables. */
export function bossOn({ session, isEmbedded, schema, onTrouble }: BossParts): PgBoss {
  const boss = new PgBoss({
    db: { executeSql: (text, values = []) => execute(session, text, values) },
    backend: isEmbedded ? "pglite" : "postgres",
    schema,
    // By the clock things are begun in schedule-clock.ts, which knows of missed runs and of time zones.
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: 60,
    useListenNotify: false,
    monitorVacuum: false,
    reindex: !isEmbedded,
  });
  boss.on("error", onTrouble);
  return boss;
}

async function execute(session: SqlSession, text: string, values: readonly unknown[]) {
  // Without values it may be several commands.
  if (values.length === 0) return { rows: [...(await session.script(text))] };
  const [rows = []] = await session.transaction([{ sql: text, values: values.map(sqlValueOf) }]);
  return { rows: [...rows] };
}

function sqlValueOf(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return arrayOf(value);
  return JSON.stringify(value);
}

/** PostgreSQL's own text of an array (section 8.15.6). */
const arrayOf = (items: readonly unknown[]): string =>
  `{${items.map((item) => (item === null ? "NULL" : `"${String(item).replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
