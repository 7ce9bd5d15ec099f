// Runs of batch jobs and who knows of them, on an embedded database without a process that works: what the rows alone decide.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "../base/index.ts";
import { createMetrics } from "../observe/index.ts";
import { embeddedStore, storeOptions } from "../store/index.ts";
import { jobsOptions } from "./options.ts";
import { JobsService } from "./service.ts";

const JOB = { name: "images", cron: "0 3 * * *", timeZone: "UTC", slaMs: null };
const RUN_ID = "01900000-0000-7000-8000-000000000001";

/** A process that answers people alone. */
async function answering(t: TestContext): Promise<JobsService> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-jobs-"));
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  await store.metadata.connect(new AbortController().signal);
  return new JobsService({
    ...{ session: store.session, isEmbedded: true, isAlone: false, bossSchema: "millrace_jobs" },
    ...{
      options: jobsOptions.parse({}),
      removeSpentSegments: null,
      work: null,
      clock: systemClock,
      log: { warn: () => undefined },
    },
    metrics: createMetrics(),
  });
}

test("a recipe that another process has registered can be scheduled, and one that none has cannot", async (t) => {
  const jobs = await answering(t);
  const wish = {
    ...{ url: null, recipe: "images", cron: "0 5 * * *", everySeconds: null, timeZone: "UTC" },
    ...({ lane: "auto", webhook: null, enabled: true } as const),
  };
  const early = await jobs.schedules.create(wish);
  assert.equal(early.ok ? null : early.error.kind, "invalid");
  await jobs.table.register(JOB, null, systemClock.nowMs());
  assert.equal((await jobs.schedules.create(wish)).ok, true);
  assert.deepEqual([await jobs.runner.knows("images"), await jobs.runner.knows("other")], [true, false]);
});

test("a run that nobody has waits to be begun again, and is told of once in a while", async (t) => {
  const { table } = await answering(t);
  await table.register(JOB, null, 0);
  await table.add("images", "person", 1_000, RUN_ID);
  const told = async (nowMs: number): Promise<string[]> =>
    (await table.forgotten(nowMs, 60_000)).map(({ status }) => status);
  assert.deepEqual(await told(60_999), [], "it was made just now");
  assert.deepEqual(await told(61_001), ["pending"]);
  assert.deepEqual(await told(62_000), [], "told already");
  assert.deepEqual(await told(121_001), ["pending"]);

  assert.equal((await table.begin(RUN_ID, 130_000, 120_000))?.status, "running");
  assert.equal(await table.begin(RUN_ID, 140_000, 120_000), null, "somebody has it");
  await table.keep(RUN_ID, 300_000);
  assert.deepEqual(await told(299_999), []);
  assert.deepEqual(await told(300_000), ["pending"], "its process says no longer that it goes on");
  assert.equal((await table.begin(RUN_ID, 300_001, 120_000))?.status, "running");

  await table.orphan(310_000);
  assert.deepEqual(await told(310_000), ["pending"], "of a dead process, at once");
  await table.begin(RUN_ID, 310_001, 120_000);
  await table.end(RUN_ID, { status: "completed", errorMessage: null, summary: null }, 310_002);
  assert.deepEqual(await told(999_999), []);
});
