import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { getSurt } from "warcio";
import { inOrder } from "../../base/index.ts";
import { ExternalSort } from "./external-sort.ts";
import { markdownFileName } from "./file-name.ts";
import { surt } from "./surt.ts";

const folder = await mkdtemp(join(tmpdir(), "millrace-sort-"));
after(() => rm(folder, { recursive: true, force: true }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test("an external sort gives what an ordinary one gives, however small its memory", async () => {
  const line = fc.string({ minLength: 0, maxLength: 20 }).map((text) => text.replaceAll("\n", " "));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 200 }),
      fc.integer({ min: 1, max: 200 }),
      async (lines, heldMax) => {
        const sort = new ExternalSort(folder, { heldMax, runsMax: 4 });
        try {
          for (const text of lines) await sort.add(text);
          const sorted = await all(sort.sorted());
          assert.deepEqual(
            sorted,
            [...lines].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
          );
        } finally {
          await sort.close();
        }
      },
    ),
    { numRuns: 30 },
  );
  assert.deepEqual(await readdir(folder), []);
});

test("SURT keys are those of an independent WARC library", () => {
  for (const url of [
    "https://www.Example.com/Path?B=2&a=1&a=0",
    "http://example.com:8080/",
    "https://www2.example.co.kr/%ED%95%9C?q=%20x",
    "https://xn--bcher-kva.example/",
    "http://192.0.2.1/a",
  ]) {
    assert.equal(surt(url), getSurt(url));
  }
});

test("a Markdown file's name stays inside its folder and differs for different pages", () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "a",
    "%2e%2e",
    "%2F",
    "\\",
    "한",
    "?x=/../",
    "con",
    "🙂",
    "%00",
    "a".repeat(300),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.stringMatching(/^[0-9a-f]{64}$/), (parts, digest) => {
      const name = markdownFileName(`https://example.com/${parts.join("/")}`, digest);
      const inside = relative("/out", resolve("/out", name));
      assert.equal(inside, name);
      assert.ok(name.split("/").length === 2 && !name.includes("..") && !name.includes("\\"));
      assert.ok(name.split("/").every((word) => Buffer.byteLength(word) <= 255));
      assert.ok(name.endsWith(`-${digest.slice(0, 12)}.md`));
    }),
  );
});

test("results keep the inputs' order and never more calls than allowed are under way", async () => {
  let busy = 0;
  let busiest = 0;
  const results = await all(
    inOrder([5, 1, 4, 2, 3, 0], 3, async (n) => {
      busiest = Math.max(busiest, ++busy);
      for (let turn = 0; turn < n; turn++) await new Promise((done) => setImmediate(done));
      busy--;
      return n;
    }),
  );
  assert.deepEqual(results, [5, 1, 4, 2, 3, 0]);
  assert.ok(busiest <= 3);
});
