// Whoever stands waiting for a task is handed it as it ended, and nobody asks the rows again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RightOfWay, systemClock } from "../base/index.ts";
import type { SqlSession } from "../store/index.ts";
import { Happenings } from "./happenings.ts";
import { jobsOptions } from "./options.ts";
import type { TaskWish } from "./task.ts";
import { TaskTable } from "./task-table.ts";
import { Tasks } from "./tasks.ts";
import { Waiters } from "./waiters.ts";

const never = new AbortController().signal;
const wish: TaskWish = {
  ...{ url: "https://a.test/", lane: "auto", priority: 0, recipe: null },
  ...{ idempotencyKey: null, scheduleId: null, webhook: null },
};

function tasksOver(session: Pick<SqlSession, "transaction">) {
  const waiters = new Waiters();
  const table = new TaskTable(session as SqlSession);
  const options = jobsOptions.parse({}).tasks;
  const tasks = new Tasks({
    ...{ table, options, waiters, clock: systemClock, happenings: new Happenings() },
    way: new RightOfWay(systemClock),
    wake: () => {},
    isElsewhere: false,
    hasten: () => {},
  });
  return { tasks, waiters };
}

test("a task that was made and waited for is read from no row when it ends, and nobody is left in the list", async () => {
  const asked: string[] = [];
  const { tasks, waiters } = tasksOver({
    async transaction(statements) {
      asked.push(...statements.map(({ sql }) => sql.trim().split(/\s/)[0] ?? ""));
      return statements.map(({ sql }) => (sql.includes("count") ? [{ count: 0 }] : []));
    },
  });
  const [made] = await tasks.create([wish], true);
  assert.ok(made);
  const waited = tasks.wait(made.id, 60_000, never, made);
  const other = tasks.wait(made.id, 60_000, never, made);
  assert.equal(waiters.has(made.id), true);
  waiters.ended({ ...made, status: "completed", result: "{}" });
  assert.equal((await waited)?.result, "{}");
  assert.equal((await other)?.result, "{}");
  assert.equal(waiters.has(made.id), false);
  assert.deepEqual(asked, ["select", "insert"]);
});

test("who has waited long enough is told what stands in the row", async () => {
  let reads = 0;
  const { tasks } = tasksOver({
    async transaction(statements) {
      return statements.map(({ sql }) => {
        if (sql.includes("where id = $1")) reads++;
        return sql.includes("count") ? [{ count: 0 }] : [];
      });
    },
  });
  const [made] = await tasks.create([wish], true);
  assert.ok(made);
  assert.equal(await tasks.wait(made.id, 0.001, never, made), null, "somebody has taken it back");
  assert.equal(reads, 1);
});
