import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, crawl, drain, opened } from "./testing.ts";

test("a crawl of one host follows links to its depth and ends", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/"], { depthMax: 1 });
  const fetched = await drain(frontier, (request) =>
    answer(request, { links: ["http://a.test/1", "http://a.test/2", "http://b.test/", `${request.url}x`] }),
  );
  assert.deepEqual(fetched.map(({ url }) => url).sort(), ["http://a.test/", "http://a.test/1", "http://a.test/2", "http://a.test/x"]);
  assert.deepEqual({ ...frontier.counts() }, { queued: 0, waiting: 0, leased: 0, handed: 0, stored: 4, failed: 0, skipped: 0 });
  assert.equal(frontier.refusedLinks().scope, 1);
  await close();
});
