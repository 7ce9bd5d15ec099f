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

test("a failed task's code is read off its message where it has no field", () => {
  const task = readTask({
    id: "1",
    url: "http://a.test/",
    status: "failed",
    error_message: "dns: no such host",
  });
  assert.equal(task.errorCode, "dns");
  assert.equal(task.errorMessage, "no such host");
  assert.equal(adviceOn(task.errorCode), "address");
});

test("one task and many are read alike from what a POST answers", () => {
  const task = { id: "1", url: "http://a.test/", status: "pending" };
  assert.deepEqual(
    [readSubmitted(task), readSubmitted({ items: [task, task] }), readSubmitted({ tasks: [task] })].map(
      (tasks) => tasks.length,
    ),
    [1, 2, 1],
  );
});

test("a list has its next cursor or none", () => {
  assert.equal(readPage({ items: [], next_cursor: "x" }, readTask).nextCursor, "x");
  assert.equal(readPage({ items: [], next_cursor: null }, readTask).nextCursor, null);
});

test("the supervision tree is flattened to the actors that work", () => {
  const { actors } = readEngine({
    actors: [{ name: "root", children: [{ name: "fetch", restarts: 2 }, { name: "out" }] }],
    stages: [{ name: "fetch", busy: 4 }],
  });
  assert.deepEqual(
    actors.map(({ name, restarts, busy }) => [name, restarts, busy]),
    [
      ["fetch", 2, 4],
      ["out", 0, null],
    ],
  );
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
