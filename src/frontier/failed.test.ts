// The list of failed pages: in the order of admission, without a look at any other page, and right whatever a page went through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, crawl, drain, opened } from "./testing.ts";
import { Trees } from "./trees.ts";

const noDelay = { robots: false, delayMs: 0 };
const seeds = Array.from({ length: 9 }, (_, n) => `http://a.test/${n}`);
const failing = (url: string): boolean => Number(url.slice(-1)) % 3 === 0;

async function crawled() {
  const made = await opened(noDelay);
  await crawl(made.frontier, seeds, { depthMax: 0 });
  await drain(made.frontier, (request) =>
    failing(request.url)
      ? answer(request, { outcome: "failed", code: "status", status: 404, message: "gone" })
      : answer(request),
  );
  return made;
}

test("failed pages come in pages of the size asked for, each once", async () => {
  const { frontier, close } = await crawled();
  const first = frontier.failed({ limit: 2 });
  assert.deepEqual(
    first.items.map(({ url, code, message }) => [url, code, message]),
    [
      ["http://a.test/0", "status", "gone"],
      ["http://a.test/3", "status", "gone"],
    ],
  );
  assert.ok(first.cursor !== null);
  const rest = frontier.failed({ limit: 2, cursor: first.cursor });
  assert.deepEqual(
    rest.items.map(({ url }) => url),
    ["http://a.test/6"],
  );
  assert.equal(rest.cursor, null);
  await close();
});

test("a page that is queued again is listed no more, and again if it fails again", async () => {
  const { frontier, close } = await crawled();
  frontier.requeue(["http://a.test/0", "http://a.test/3"]);
  const listed = () => frontier.failed({ limit: 10 }).items.map(({ url }) => url);
  assert.deepEqual(listed(), ["http://a.test/6"]);
  await crawl(frontier, seeds, { depthMax: 0 });
  await drain(frontier, (request) =>
    request.url.endsWith("/0") ? answer(request) : answer(request, { outcome: "failed", code: "status" }),
  );
  assert.deepEqual(listed(), ["http://a.test/3", "http://a.test/6"]);
  await close();
});

test("a store of before the list was kept lists its failed pages", async () => {
  const { frontier, folder } = await crawled();
  await frontier.close();
  const trees = new Trees(folder, false);
  trees.turn(() => {
    for (const id of [1, 4, 7]) trees.failed.removeSync(id);
    trees.meta.removeSync(Buffer.from("failed-is-kept"));
  });
  await trees.close();
  const again = await opened(noDelay, folder);
  assert.equal(again.frontier.failed({ limit: 10 }).items.length, 3);
  await again.close();
});
