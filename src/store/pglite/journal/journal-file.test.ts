// The journal's file under appends, rewrites and trouble, in whatever order they come.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type Clock, systemClock } from "../../../base/index.ts";
import { frameOf } from "./frames.ts";
import { JournalFile } from "./journal-file.ts";
import { HEAD, scanJournal } from "./scan.ts";

const frame = (seq: number): Buffer => frameOf(JSON.stringify({ s: seq, t: "t", k: { id: seq }, r: {} }));

async function folderFor(t: { after(fn: () => unknown): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-journal-file-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function read(path: string): Promise<number[]> {
  const seqs: number[] = [];
  const scan = await scanJournal(path, ({ s }) => void seqs.push(s));
  assert.deepEqual(scan?.damages, []);
  assert.equal(scan?.tornBytes, 0);
  return seqs;
}

test("what was appended is in the file when its promise resolves, in order, rewritten meanwhile or not", async (t) => {
  const folder = await folderFor(t);
  let file = 0;
  const moves = fc.array(fc.constantFrom("append", "wait", "begin", "rows", "end", "drop", "reopen"), {
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(moves, async (list) => {
      const path = join(folder, `${file++}.journal`);
      const missed = async (): Promise<Buffer[]> => assert.fail("nothing is missed");
      let journal = new JournalFile({ path, goodBytes: 0, head: HEAD, missed });
      let last = 0;
      let isRewriting = false;
      /** The newest of the file, and how far back whole rows stand for what was before them. */
      for (const move of list) {
        if (move === "append") journal.append([frame(++last)]);
        else if (move === "wait") {
          await journal.durable();
          if (last > 0) assert.equal((await read(path)).at(-1), last);
        } else if (move === "begin" && !isRewriting) {
          await journal.beginRewrite();
          isRewriting = true;
        } else if (move === "rows") await journal.addRows(isRewriting && last > 0 ? [frame(last)] : []);
        else if (move === "end" && isRewriting) {
          if (last > 0) await journal.addRows([frame(last)]);
          await journal.endRewrite();
          isRewriting = false;
          if (last > 0) assert.equal((await read(path)).at(-1), last);
        } else if (move === "drop") {
          await journal.dropRewrite();
          isRewriting = false;
        } else if (move === "reopen") {
          await journal.close();
          isRewriting = false;
          const goodBytes = (await scanJournal(path))?.goodBytes ?? 0;
          journal = new JournalFile({ path, goodBytes, head: HEAD, missed });
        }
      }
      await journal.close();
      const seqs = last === 0 ? [] : await read(path);
      assert.equal(seqs.at(-1) ?? 0, last);
      assert.ok(seqs.every((seq, at) => at === 0 || seq >= (seqs[at - 1] ?? 0)));
    }),
    { numRuns: 40 },
  );
});

test("appends that come while the disk is busy share one sync", async (t) => {
  const path = join(await folderFor(t), "a.journal");
  const journal = new JournalFile({ path, goodBytes: 0, head: HEAD, missed: async () => [] });
  const waits = new Set<Promise<void> | null>();
  for (let seq = 1; seq <= 500; seq++) {
    journal.append([frame(seq)]);
    waits.add(journal.durable());
  }
  assert.ok(waits.size <= 2, `${waits.size} syncs`);
  await Promise.all(waits);
  assert.equal(journal.durable(), null);
  assert.equal((await read(path)).length, 500);
  assert.equal(journal.bytes, (await stat(path)).size);
  await journal.close();
});

test("after a sync the disk has a rest, unless who waits is in a hurry", async (t) => {
  const path = join(await folderFor(t), "a.journal");
  let nowMs = 0;
  let looks = 0;
  const rests: number[] = [];
  const clock: Clock = {
    ...systemClock,
    // The first sync takes long by this clock, and no rest is ever over.
    monotonicMs: () => (nowMs += ++looks === 3 ? 100 : 0),
    sleep: (delayMs, signal) =>
      new Promise((_, reject) => {
        rests.push(delayMs);
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  const journal = new JournalFile({ path, goodBytes: 0, head: HEAD, missed: async () => [], clock });
  journal.append([frame(1)]);
  await journal.durable();
  assert.deepEqual(rests, []);
  journal.append([frame(2)]);
  let isDurable = false;
  const patient = journal.durable()?.then(() => (isDurable = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([rests.length, isDurable], [1, false]);
  journal.append([frame(3)]);
  await journal.durable(true);
  await patient;
  assert.deepEqual(await read(path), [1, 2, 3]);
  journal.append([frame(4)]);
  await journal.close();
  assert.deepEqual(await read(path), [1, 2, 3, 4]);
});

test("an append that failed is told to who waits, and the next one brings what was missed", async (t) => {
  const folder = join(await folderFor(t), "later");
  const path = join(folder, "a.journal");
  let asked = 0;
  const missed = async (): Promise<Buffer[]> => {
    asked++;
    return [frame(1), frame(2)];
  };
  const journal = new JournalFile({ path, goodBytes: 0, head: HEAD, missed });
  journal.append([frame(1)]);
  await assert.rejects(async () => journal.durable(), { code: "ENOENT" });
  await mkdir(folder);
  journal.append([frame(2)]);
  await journal.durable();
  assert.deepEqual(await read(path), [1, 2]);
  journal.append([frame(3)]);
  await journal.durable();
  assert.deepEqual(await read(path), [1, 2, 3]);
  assert.equal(asked, 1);
  await journal.close();
  assert.deepEqual(await readFile(path), Buffer.concat([HEAD, frame(1), frame(2), frame(3)]));
});
