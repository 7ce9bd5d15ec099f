// Letters of a machine without a database outlive it, and can be listed, copied, replayed and dropped.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { uuidv7 } from "../base/index.ts";
import type { DeadLetter } from "../model/index.ts";
import { Letters } from "./letters.ts";
import { Trees } from "./trees.ts";

const letter = (atMs: number, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  id: uuidv7(atMs),
  stage: "frontier.links",
  topic: "raw.page.dlq",
  captureId: null,
  url: null,
  code: "garbage",
  message: "no msgpack map",
  diedAtMs: atMs,
  payload: new Uint8Array([0, 255, 10]),
  ...changes,
});

test("a letter is there after a new start, byte for byte, and gone once dropped", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-letters-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const written = [letter(1_000), letter(2_000, { topic: "processed.dlq", payload: null }), letter(3_000)];
  const before = new Trees(folder, true);
  new Letters(before).write([...written, ...written]);
  await before.close();

  const trees = new Trees(folder, true);
  t.after(() => trees.close());
  const letters = new Letters(trees);
  assert.equal(letters.count(), 3);
  const newestFirst = written.map(({ id }) => id).reverse();
  assert.deepEqual(
    letters.list({ limit: 10 }).items.map(({ id }) => id),
    newestFirst,
  );
  const first = letters.list({ limit: 2 });
  const second = letters.list({ limit: 2, cursor: String(first.cursor) });
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }) => id),
    newestFirst,
  );
  assert.equal(second.cursor, null);
  assert.equal(letters.list({ limit: 10, topic: "processed.dlq" }).items.length, 1);
  const [oldest] = written;
  assert.ok(oldest !== undefined);
  assert.deepEqual(letters.show(oldest.id)?.payload, oldest.payload);

  assert.equal(letters.markCopied([oldest.id], 5_000), 1);
  assert.deepEqual(
    letters.uncopied(10).map(({ id }) => id),
    written.slice(1).map(({ id }) => id),
  );
  assert.equal(letters.markReplayed([oldest.id, "no id"], 6_000), 1);
  assert.equal(letters.show(oldest.id)?.replayedAtMs, 6_000);
  assert.equal(letters.drop([oldest.id]), 1);
  assert.equal(letters.show(oldest.id), null);
  assert.equal(letters.count(), 2);
});
