// Written means synced: an append may not resolve before the disk has answered for all of its bytes, nor a new segment before
// its name is durable too. The system's own calls are watched, as no kill of a process can tell a synced byte from a cached one.
import assert from "node:assert/strict";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { SegmentWriter } from "./segment-writer.ts";

interface Watch {
  /** What happened, in the order in which it ended. */
  readonly ended: string[];
  /** Lets one datasync end, the one under way or the next. */
  release(): void;
}

/** Every file handle tells what was done with it, and no datasync ends before it is released. */
async function watch(t: TestContext, directory: string): Promise<Watch> {
  const handle = await open(directory, "r");
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const ended: string[] = [];
  const waiting: (() => void)[] = [];
  let released = 0;
  for (const name of ["writev", "datasync", "sync"] as const) {
    const real = prototype[name];
    t.mock.method(prototype, name, async function (this: unknown, ...args: unknown[]) {
      if (name === "datasync" && released-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const answer = await real.apply(this, args);
      ended.push(name);
      return answer;
    });
  }
  return {
    ended,
    release() {
      released++;
      waiting.shift()?.();
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("an append resolves only after its bytes were synced, a new segment after its folder was", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "millrace-segment-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const { ended, release } = await watch(t, directory);
  release();
  const writer = await SegmentWriter.create(directory, "segment", [Buffer.from("first")]);
  assert.deepEqual(ended.splice(0), ["writev", "datasync", "sync"]);

  const appending = writer.append([Buffer.from("second")]).then((offset) => {
    ended.push("append");
    return offset;
  });
  while (ended.length === 0) await turns(1);
  await turns(20);
  assert.deepEqual(ended, ["writev"], "written, but nothing has said yet that it would outlive a power cut");
  release();
  assert.equal(await appending, 5);
  assert.deepEqual(ended, ["writev", "datasync", "append"]);
  await writer.close();
  assert.equal(await readFile(join(directory, "segment"), "utf8"), "firstsecond");
});
