// Run by the build: initialises a database, migrates it, and leaves its folder as one archive beside this module.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { migrate } from "../sql/migrate.ts";
import type { SqlSession } from "../sql/session.ts";
import { TEMPLATE } from "./initialise.ts";
import { installCapture } from "./journal/tables.ts";

const parent = await mkdtemp(join(tmpdir(), "millrace-template-"));
try {
  const database = await PGlite.create({ dataDir: join(parent, "pgdata") });
  const session: SqlSession = {
    needsRebuild: false,
    restored: null,
    connect: () => Promise.resolve(),
    exclusively: (work) => work(),
    keep: async () => {
      await installCapture((sql) => session.script(sql));
    },
    trust: () => Promise.resolve(),
    close: () => database.close(),
    async transaction(statements) {
      const results: Record<string, unknown>[][] = [];
      for (const { sql, values } of statements) {
        results.push((await database.query<Record<string, unknown>>(sql, [...values])).rows);
      }
      return results;
    },
    async script(sql) {
      return (await database.exec(sql)).flatMap(({ rows }) => rows);
    },
  };
  await migrate(session, new AbortController().signal);
  await session.keep();
  await database.exec("vacuum analyze");
  await database.exec("checkpoint");
  const archive = await database.dumpDataDir("gzip");
  await writeFile(TEMPLATE, new Uint8Array(await archive.arrayBuffer()));
  await database.close();
} finally {
  await rm(parent, { recursive: true, force: true });
}
