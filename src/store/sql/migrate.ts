// Brings a database to the newest schema, step by step, each step one transaction with its own mark. One process at a time:
// several may start at once.
import { z } from "zod";
import { SchemaTooNew } from "../errors.ts";
import { migrations, SCHEMA_VERSION } from "./migrations.ts";
import { query, type SqlSession } from "./session.ts";

/** Resolves with the version found before. Throws SchemaTooNew when a newer program was here. */
export function migrate(session: SqlSession, signal: AbortSignal): Promise<number> {
  return session.exclusively(() => steps(session), signal);
}

async function steps(session: SqlSession): Promise<number> {
  await query(
    session,
    "create table if not exists schema_migrations (version integer primary key, name text not null, applied_at timestamptz not null default now())",
  );
  const [row] = await query(
    session,
    "select coalesce(max(version), 0)::integer as version from schema_migrations",
  );
  const found = z.object({ version: z.number() }).parse(row).version;
  if (found > SCHEMA_VERSION) throw new SchemaTooNew(found, SCHEMA_VERSION);
  for (const { version, name, sql } of migrations) {
    if (version <= found) continue;
    const mark = `insert into schema_migrations (version, name) values (${version}, '${name.replaceAll("'", "''")}');`;
    await session.script(`begin;${sql}${mark}commit;`);
  }
  return found;
}
