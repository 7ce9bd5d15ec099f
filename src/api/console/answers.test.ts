import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { adviceOn } from "./advice.ts";
import {
  readEngine,
  readJob,
  readLetter,
  readPage,
  readRun,
  readSchedule,
  readStoredPage,
  readSubmitted,
  readTask,
} from "./answers.ts";

test("a failed task has its code, and the code its advice", () => {
  const task = readTask({
    id: "1",
    url: "http://a.test/",
    status: "failed",
    error_code: "dns",
    at: "2026-05-17T12:00:00Z",
  });
  assert.equal(task.errorCode, "dns");
  assert.equal(task.updatedAt, Date.UTC(2026, 4, 17, 12));
  assert.equal(adviceOn(task.errorCode), "address");
});

test("one task and many are read alike from what a POST answers", () => {
  const task = { id: "1", url: "http://a.test/", status: "pending" };
  assert.deepEqual(
    [readSubmitted(task), readSubmitted({ items: [task, task] })].map((tasks) => tasks.length),
    [1, 2],
  );
});

test("a list has its next cursor or none", () => {
  assert.equal(readPage({ items: [], cursor: "x" }, readTask).nextCursor, "x");
  assert.equal(readPage({ items: [], cursor: null }, readTask).nextCursor, null);
});

test("the supervision tree is flattened to the actors that work, with the figures of their stages", () => {
  const { actors, channels } = readEngine({
    actors: {
      name: "root",
      children: [{ name: "pages", children: [{ name: "fetch", restarts: 2 }, { name: "claims" }] }],
    },
    stages: [{ name: "fetch", busy: 4, depth: 7, depth_max: 64 }],
  });
  assert.deepEqual(
    actors.map(({ name, restarts, busy }) => [name, restarts, busy]),
    [
      ["fetch", 2, 4],
      ["claims", 0, null],
    ],
  );
  assert.deepEqual(channels, [{ name: "frontier.requests", depth: 7, depthMax: 64, to: "fetch" }]);
});

test("whatever the server answers, no reader throws", () => {
  const readers = [readTask, readSchedule, readStoredPage, readLetter, readJob, readRun];
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (answer, record) => {
      readEngine(answer);
      readSubmitted(answer);
      for (const read of readers) {
        read(record);
        readPage<unknown>(answer, read);
      }
    }),
  );
});
