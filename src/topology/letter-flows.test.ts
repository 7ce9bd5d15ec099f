import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../base/index.ts";
import type { DeadLetter } from "../model/index.ts";
import { letterCopies, letterTable } from "./letter-flows.ts";

const letter = (id: string, origin: string | null): DeadLetter => ({
  ...{
    id,
    stage: "fetch",
    topic: "raw.page.dlq",
    captureId: null,
    url: null,
    code: "dns",
    message: "no address",
  },
  ...{ diedAtMs: 0, payload: null, origin },
});

test("a processor's own copies are passed by when they come back, for their letters may be dropped by now", async () => {
  const written: string[] = [];
  const deadLetters = {
    write: async (batch: readonly DeadLetter[]) => void written.push(...batch.map(({ id }) => id)),
    markCopied: async (ids: readonly string[]) => ids.length,
  };
  const sink = letterTable({ connect: () => Promise.resolve(), deadLetters }, systemClock);
  const batch = [
    letter("failed URL of an ingestor", null),
    letter("link record that an ingestor could not read", "frontier.links/5@7"),
    letter("page that a processor could not read", "raw.page/3@9"),
    letter("letter that a processor could not read", "raw.page.dlq/0@1"),
  ];
  const outcomes = await sink.write(batch, new AbortController().signal);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    batch.map(() => "written"),
  );
  assert.deepEqual(written, ["failed URL of an ingestor", "link record that an ingestor could not read"]);
});

test("a letter that is marked while the table is asked is not copied again", async () => {
  const { signal } = new AbortController();
  const asked = Promise.withResolvers<readonly DeadLetter[]>();
  const [first, second] = [letter("first", null), letter("second", null)];
  const answers = [Promise.resolve([first]), asked.promise, Promise.resolve([second])];
  const source = letterCopies(
    {
      connect: () => Promise.resolve(),
      uncopied: () => answers.shift() ?? Promise.resolve([]),
      markCopied: () => Promise.resolve(1),
    },
    { ...systemClock, sleep: () => Promise.resolve() },
  );
  const delivery = await source.read(signal);
  const next = source.read(signal);
  delivery?.settle({ kind: "delivered" });
  await new Promise(setImmediate);
  asked.resolve([first]);
  assert.equal((await next)?.traceId, "second");
});
