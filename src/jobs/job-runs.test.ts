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

test("of several processes that start together one begins the run, and none while another goes on", async (t) => {
  const { table } = await answering(t);
  await table.register(JOB, null, 0);
  const ids = Array.from({ length: 8 }, (_, nth) => `01900000-0000-7000-8000-0000000001${nth}0`);
  const begun = await Promise.all(ids.map((id, nth) => table.addAtStart("images", 1_000 + nth, 60_000, id)));
  const [first, ...more] = begun.filter((run) => run !== null);
  assert.ok(first !== undefined && more.length === 0);
  const atStart = (nowMs: number, windowMs: number, nth: number) =>
    table.addAtStart("images", nowMs, windowMs, `01900000-0000-7000-8000-0000000002${nth}0`);
  await table.begin(first.id, 2_000, 120_000);
  assert.equal(await atStart(90_000, 60_000, 1), null, "it goes on");
  await table.end(first.id, { status: "completed", errorMessage: null, summary: null }, 90_001);
  assert.equal(await atStart(61_000, 60_000, 2), null, "the same start");
  assert.equal((await atStart(63_000, 60_000, 3))?.cause, "start", "another start");
});

test("when a job ran last is known of a run by hand too, and never goes back", async (t) => {
  const { table } = await answering(t);
  await table.register(JOB, null, 0);
  const last = async (): Promise<number | null | undefined> => (await table.jobs())[0]?.last_run;
  await table.add("images", "person", 1_000, RUN_ID);
  assert.equal(await last(), null, "it has not begun");
  await table.begin(RUN_ID, 5_000, 120_000);
  assert.equal(await last(), 5_000);
  const earlier = RUN_ID.replace(/1$/, "2");
  await table.add("images", "person", 1_000, earlier);
  await table.begin(earlier, 4_000, 120_000);
  assert.equal(await last(), 5_000);
});
