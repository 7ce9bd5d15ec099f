// RUN_ON_STARTUP where several processes share a PostgreSQL server: they start in the same moment, and one of them begins the run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock, uuidv7 } from "../../src/base/index.ts";
import { JobTable } from "../../src/jobs/job-table.ts";
import { storeOptions } from "../../src/store/index.ts";
import { sqlMetadata } from "../../src/store/sql/sql-metadata.ts";
import { startPostgres, whyMissing } from "../services/index.ts";
import { sessionOn } from "./database.ts";

const never = new AbortController().signal;

test("of processes that start in one moment one begins the run", {
  skip: whyMissing("postgres") ?? false,
}, async (t) => {
  const server = await startPostgres();
  t.after(() => server.dispose());
  const url = await server.createDatabase("starts");
  const sessions = Array.from({ length: 5 }, () => sessionOn(url));
  const stores = sessions.map((session) => sqlMetadata(session, storeOptions.parse({}).search));
  t.after(() => Promise.all(stores.map((store) => store.close())));
  await Promise.all(stores.map((store) => store.connect(never)));
  const tables = sessions.map((session) => new JobTable(session));
  for (let round = 0; round < 20; round++) {
    const job = `job-${round}`;
    await tables[0]?.register({ name: job, cron: null, timeZone: "UTC", slaMs: null }, null, 0);
    const nowMs = systemClock.nowMs();
    const begun = await Promise.all(
      tables.map((table) => table.addAtStart(job, nowMs, 60_000, uuidv7(nowMs))),
    );
    assert.equal(begun.filter((run) => run !== null).length, 1);
  }
});
