// Redirects that lead back, and URLs found again nearer to the seeds.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageRequest } from "../model/index.ts";
import { answer, crawl, drain, opened } from "./testing.ts";

const url = (path: string): string => `http://a.test/${path}`;

const leads = (request: PageRequest, target: string) =>
  ({ kind: "redirect", request, status: 302, target, setCookie: false }) as const;

test("each member of a circle of redirects ends as itself, and what leads into it ends as where it led", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  const targets = new Map([
    [url("a"), url("b")],
    [url("b"), url("c")],
    [url("c"), url("a")],
    [url("into"), url("b")],
  ]);
  await crawl(frontier, [url("into"), url("a"), url("b"), url("c")]);
  const requests = await drain(frontier, (request) => leads(request, targets.get(request.url) ?? ""));
  const ends = new Map(
    requests.flatMap(({ url: ended, verdict }) => (verdict === null ? [] : [[ended, verdict] as const])),
  );
  for (const member of ["a", "b", "c"]) {
    assert.equal(ends.get(url(member))?.code, "redirect");
    assert.equal(ends.get(url(member))?.finalUrl, url(member));
  }
  assert.equal(ends.get(url("into"))?.code, "redirect");
  assert.equal(ends.get(url("into"))?.finalUrl, url("b"));
  assert.equal(ends.size, 4);
  await close();
});

test("a URL found again nearer to the seeds while it waits is fetched again with the smaller depth", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, [url("top"), url("side")], { depthMax: 9 });
  let tries = 0;
  const asked = await drain(frontier, (request) => {
    const path = request.url.slice(url("").length);
    if (path === "top") return answer(request, { links: [url("mid")] });
    // Found at depth 2, away at first; meanwhile the other branch names it at depth 1.
    if (path === "mid") return answer(request, { links: [url("far")] });
    if (path === "far" && tries++ === 0) return { later: "connect", delayMs: 1000 };
    if (path === "side" && tries === 0) return { later: "connect", delayMs: 500 };
    return answer(request, { links: path === "side" ? [url("far")] : [] });
  });
  assert.deepEqual(
    asked.filter((request) => request.url === url("far")).map(({ depth }) => depth),
    [2, 1],
  );
  await close();
});

test("a finished crawl asked for again has its counts and ends at once", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, [url("")]);
  await drain(frontier, (request) => answer(request));
  assert.equal((await crawl(frontier, [url("")])).state, "finished");
  assert.deepEqual(await drain(frontier, (request) => answer(request)), []);
  assert.equal(frontier.crawlCounts().stored, 1);
  await close();
});

test("a finished crawl of an earlier process has its counts too", async () => {
  const first = await opened({ robots: false, delayMs: 0 });
  await crawl(first.frontier, [url("")]);
  await drain(first.frontier, (request) => answer(request));
  await first.frontier.close();
  const second = await opened({ robots: false, delayMs: 0 }, first.folder);
  assert.equal((await crawl(second.frontier, [url("")])).state, "finished");
  assert.deepEqual(await drain(second.frontier, (request) => answer(request)), []);
  assert.equal(second.frontier.crawlCounts().stored, 1);
  await second.close();
});
