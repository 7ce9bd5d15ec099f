// deploy/postgres/init.sql on a real server, and our migrations by the role it makes, which is no superuser.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { migrate } from "../../src/store/sql/migrate.ts";
import { query } from "../../src/store/sql/session.ts";
import { sessionOn } from "../servers/database.ts";
import { startPostgres, whyMissing } from "../services/index.ts";
import { findPostgres } from "../services/places.ts";
import { read, run } from "./deployment.ts";

const PASSWORD = "it's a horse";

test("init.sql makes a role that can migrate its own database, and is nothing more", {
  skip: whyMissing("postgres") ?? false,
  timeout: 120_000,
}, async () => {
  const server = await startPostgres();
  try {
    // The server of the tests has a user millrace of its own: everything is called tenant here.
    const file = join(server.folder, "init.sql");
    writeFileSync(file, read("deploy/postgres/init.sql").replaceAll("millrace", "tenant"));
    const made = run(
      join(findPostgres() ?? "", "psql"),
      ["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", file, server.url],
      { DATABASE_PASSWORD: PASSWORD },
    );
    assert.equal(made.code, 0, made.stderr);
    const url = `postgres://tenant:${encodeURIComponent(PASSWORD)}@${server.host}:${server.port}/tenant`;
    const session = sessionOn(url, { schema: "tenant" });
    const signal = AbortSignal.timeout(60_000);
    try {
      await session.connect(signal);
      await migrate(session, signal);
      const [role] = await query(
        session,
        "select rolsuper or rolcreatedb or rolcreaterole as is_strong from pg_roles where rolname = current_user",
      );
      assert.equal(role?.is_strong, false);
      const tables = await query(session, "select tablename from pg_tables where schemaname = 'tenant'");
      assert.ok(tables.some(({ tablename }) => tablename === "pages"));
    } finally {
      await session.close();
    }
  } finally {
    await server.dispose();
  }
});
