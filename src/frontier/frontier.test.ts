import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControlReport, PageRequest, RedirectReport } from "../model/index.ts";
import { answer, crawl, drain, opened, spec } from "./testing.ts";

const none = { queued: 0, waiting: 0, leased: 0, handed: 0, stored: 0, failed: 0, skipped: 0 };

const redirect = (request: PageRequest, target: string, setCookie = false): RedirectReport => ({
  kind: "redirect",
  request,
  status: 302,
  target,
  setCookie,
});

function control(
  request: PageRequest,
  status: number,
  body = "",
  overrides: Partial<ControlReport> = {},
): ControlReport {
  const base = {
    kind: "control",
    request,
    status,
    failure: null,
    redirect: null,
    headers: [],
    truncated: false,
  } as const;
  return { ...base, body: Buffer.from(body), ...overrides };
}

test("a crawl of one host follows links to its depth and ends", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/"], { depthMax: 1 });
  const fetched = await drain(frontier, (request) =>
    answer(request, { links: ["http://a.test/1", "http://a.test/2", "http://b.test/", `${request.url}x`] }),
  );
  const urls = fetched.map(({ url }) => url).sort();
  assert.deepEqual(urls, ["http://a.test/", "http://a.test/1", "http://a.test/2", "http://a.test/x"]);
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 4 });
  assert.equal(frontier.refusedLinks().scope, 1);
  assert.equal(frontier.why("http://b.test/")?.code, "scope");
  await close();
});

test("what a page loads besides itself moves the clock of its host, and of hosts that come to hand later", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: 1000, delayMsMax: 10_000 });
  await crawl(frontier, ["http://a.test/1", "http://a.test/2", "http://a.test/3", "http://b.test/1"], {
    depthMax: 1,
    scope: "any",
  });
  const starts = new Map<string, number>();
  await drain(
    frontier,
    (request) => {
      starts.set(request.url, clock.nowMs());
      if (request.url === "http://a.test/1") {
        frontier.charge("http://a.test", 4);
        frontier.charge("http://cdn.test", 2);
      }
      if (request.url === "http://a.test/2") frontier.charge("http://a.test", 1_000);
      return answer(request, { links: request.url === "http://a.test/1" ? ["http://cdn.test/"] : [] });
    },
    clock,
  );
  const at = (url: string): number => starts.get(url) ?? Number.NaN;
  const first = at("http://a.test/1");
  assert.equal(at("http://a.test/2") - first, 5_000);
  assert.equal(at("http://a.test/3") - at("http://a.test/2"), 10_000, "by the limit and no more");
  assert.equal(at("http://cdn.test/") - first, 2_000);
  assert.equal(at("http://b.test/1") - first, 0, "others do not wait");
  await close();
});

test("starts on one host are at least the delay apart, and hosts do not wait for each other", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: 1000 });
  const hosts = ["a", "b", "c"];
  await crawl(
    frontier,
    hosts.flatMap((host) => [1, 2, 3, 4].map((n) => `http://${host}.test/${n}`)),
    { depthMax: 0 },
  );
  const starts = new Map<string, number[]>();
  const beganAtMs = clock.nowMs();
  await drain(
    frontier,
    (request) => {
      starts.set(request.host, [...(starts.get(request.host) ?? []), clock.nowMs()]);
      return answer(request);
    },
    clock,
  );
  for (const times of starts.values()) {
    assert.equal(times.length, 4);
    times.forEach((atMs, index) => {
      assert.ok(index === 0 || atMs - (times[index - 1] ?? 0) >= 1000);
    });
  }
  assert.ok(clock.nowMs() - beganAtMs < 4000);
  await close();
});

test("robots.txt is asked once an origin, and what it disallows ends skipped with a line of its own", async () => {
  const { frontier, close } = await opened({ delayMs: 0 });
  await crawl(frontier, ["http://a.test/", "http://a.test/private/x", "http://a.test/open"]);
  const requests = await drain(frontier, (request) =>
    request.kind === "robots"
      ? control(request, 200, "User-agent: *\nDisallow: /private/\n")
      : answer(request),
  );
  assert.equal(requests.filter(({ kind }) => kind === "robots").length, 1);
  const decided = requests.filter(({ verdict }) => verdict !== null);
  assert.deepEqual(
    decided.map(({ url, verdict }) => [url, verdict?.outcome, verdict?.code]),
    [["http://a.test/private/x", "skipped", "robots"]],
  );
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 2, skipped: 1 });
  await close();
});

test("robots.txt with 4xx allows all, with 5xx disallows all after its repetitions, and a fifth redirect still counts", async () => {
  for (const [status, states] of [
    [404, { ...none, stored: 2 }],
    [403, { ...none, stored: 2 }],
    [503, { ...none, skipped: 2 }],
    [429, { ...none, skipped: 2 }],
  ] as const) {
    const { frontier, close } = await opened({ delayMs: 0 });
    await crawl(frontier, ["http://a.test/1", "http://a.test/2"]);
    await drain(frontier, (request) =>
      request.kind === "robots" ? control(request, status) : answer(request),
    );
    assert.deepEqual({ ...frontier.counts() }, states, String(status));
    await close();
  }
  const { frontier, close } = await opened({ delayMs: 0 });
  await crawl(frontier, ["http://a.test/x"]);
  const requests = await drain(frontier, (request) => {
    if (request.kind !== "robots") return answer(request);
    if (request.redirects === 5) return control(request, 200, "User-agent: millrace\nDisallow: /");
    return control(request, 301, "", { redirect: `http://b.test/robots${request.redirects + 1}.txt` });
  });
  assert.equal(requests.filter(({ kind }) => kind === "robots").length, 6);
  assert.deepEqual({ ...frontier.counts() }, { ...none, skipped: 1 });
  await close();
});

test("where robots.txt cannot be had by dns, connect, tls or timeout, the origin's URLs end failed with that code", async () => {
  for (const code of ["dns", "connect", "tls", "timeout"] as const) {
    const { frontier, close } = await opened({ delayMs: 0 });
    await crawl(frontier, ["http://a.test/1", "http://a.test/2"]);
    const requests = await drain(frontier, (request) =>
      control(request, 0, "", { status: null, failure: { code, message: "away" } }),
    );
    assert.deepEqual({ ...frontier.counts() }, { ...none, failed: 2 });
    assert.equal(frontier.why("http://a.test/1")?.code, code);
    assert.equal(requests.filter(({ verdict }) => verdict?.code === code).length, 2);
    await close();
  }
});

test("a redirect ends with its target's outcome; followers not reported get lines of their own", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/1", "http://a.test/2"]);
  const requests = await drain(frontier, (request) => {
    if (request.url.endsWith("/1")) return redirect(request, "http://a.test/hop");
    if (request.url.endsWith("/2")) return redirect(request, "http://a.test/end");
    if (request.url.endsWith("/hop")) return redirect(request, "http://a.test/end");
    assert.deepEqual(frontier.followersOf(request.url).sort(), [
      "http://a.test/1",
      "http://a.test/2",
      "http://a.test/hop",
    ]);
    return answer(request, { followers: ["http://a.test/1"] });
  });
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 4 });
  const lines = requests.filter(({ verdict }) => verdict !== null);
  assert.deepEqual(lines.map(({ url }) => url).sort(), ["http://a.test/2", "http://a.test/hop"]);
  assert.ok(
    lines.every(({ verdict }) => verdict?.finalUrl === "http://a.test/end" && verdict.outcome === "stored"),
  );
  assert.deepEqual(frontier.why("http://a.test/1")?.redirects, ["http://a.test/hop", "http://a.test/end"]);
  await close();
});

test("circles, chains without end and redirects to themselves fail; one self-redirect with a cookie does not", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, [
    "http://a.test/a",
    "http://a.test/self",
    "http://a.test/cookie",
    "http://a.test/chain0",
  ]);
  let cookies = 0;
  await drain(frontier, (request) => {
    if (request.url.endsWith("/a")) return redirect(request, "http://a.test/b");
    if (request.url.endsWith("/b")) return redirect(request, "http://a.test/a");
    if (request.url.endsWith("/self")) return redirect(request, request.url);
    if (request.url.endsWith("/cookie"))
      return cookies++ === 0 ? redirect(request, request.url, true) : answer(request);
    return redirect(
      request,
      request.url.replace(/\d+$/, (n) => String(Number(n) + 1)),
    );
  });
  assert.equal(frontier.why("http://a.test/a")?.code, "redirect");
  assert.equal(frontier.why("http://a.test/b")?.code, "redirect");
  assert.equal(frontier.why("http://a.test/self")?.code, "redirect");
  assert.equal(frontier.why("http://a.test/cookie")?.state, "stored");
  assert.equal(frontier.why("http://a.test/chain0")?.code, "redirect");
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 1, failed: 3 + 21 });
  await close();
});

test("a given URL's redirect widens the scope; another's does not leave it", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/"]);
  await drain(frontier, (request) => {
    if (request.url === "http://a.test/") return redirect(request, "https://www.a.test/");
    if (request.url === "https://www.a.test/")
      return answer(request, { links: ["https://www.a.test/x", "https://www.a.test/y"] });
    if (request.url.endsWith("/x")) return redirect(request, "http://elsewhere.test/");
    return answer(request);
  });
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 3, skipped: 1 });
  assert.equal(frontier.why("https://www.a.test/x")?.code, "scope");
  await close();
});

test("repetitions follow the table of codes; Retry-After spends none and pauses the host", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/busy", "http://b.test/away"], { depthMax: 0 });
  const beganAtMs = clock.nowMs();
  let busy = 0;
  let away = 0;
  await drain(
    frontier,
    (request) => {
      if (request.host === "b.test") {
        away++;
        return { later: "connect" };
      }
      return busy++ < 4 ? { later: "status", retryAfter: "120" } : answer(request);
    },
    clock,
  );
  assert.equal(busy, 5);
  assert.equal(away, 3);
  assert.equal(frontier.why("http://a.test/busy")?.attempts, 1);
  assert.equal(frontier.why("http://b.test/away")?.code, "connect");
  assert.ok(clock.nowMs() - beganAtMs >= 4 * 120_000);
  await close();
});

test("the budget ends what is left, and a higher one takes it up again", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  const seeds = Array.from({ length: 10 }, (_, n) => `http://a.test/${n}`);
  await crawl(frontier, seeds, { pagesMax: 3 });
  await drain(frontier, (request) =>
    request.url.endsWith("/0") ? redirect(request, "http://a.test/zero") : answer(request),
  );
  const after = frontier.counts();
  assert.equal(after.stored + after.skipped, 11);
  assert.ok(after.stored >= 3 && after.stored <= 4);
  assert.equal((await frontier.beginCrawl(spec({ pagesMax: 3 }))).state, "finished");
  assert.equal((await frontier.beginCrawl(spec({ pagesMax: null }))).state, "resumed");
  await drain(frontier, (request) => answer(request));
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 11 });
  await close();
});

test("a finished crawl says so; refresh asks again conditionally, fresh as if nothing were known", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/"]);
  const validators = { etag: '"1"', lastModified: null };
  await drain(frontier, (request) => answer(request, { validators, signature: "ab".repeat(32) }));
  assert.equal((await frontier.beginCrawl(spec())).state, "finished");
  assert.equal((await crawl(frontier, ["http://a.test/"], { refresh: true })).state, "new");
  const [conditional] = await drain(frontier, (request) =>
    answer(request, { outcome: "skipped", code: "unchanged", status: 304 }),
  );
  assert.deepEqual(conditional?.validators, { ...validators, signature: "ab".repeat(32) });
  assert.deepEqual({ ...frontier.counts() }, { ...none, skipped: 1 });
  await crawl(frontier, ["http://a.test/"], { fresh: true });
  const [fresh] = await drain(frontier, (request) => answer(request));
  assert.equal(fresh?.validators, null);
  await close();
});

test("another crawl leaves the queue of an unfinished one as it was", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await crawl(frontier, ["http://a.test/1", "http://b.test/1"], { seedsHash: "first" });
  await crawl(frontier, ["http://b.test/1", "http://c.test/1"], { seedsHash: "second" });
  const second = await drain(frontier, (request) => answer(request));
  assert.deepEqual(second.map(({ url }) => url).sort(), ["http://b.test/1", "http://c.test/1"]);
  assert.equal((await frontier.beginCrawl(spec({ seedsHash: "first" }))).state, "resumed");
  const first = await drain(frontier, (request) => answer(request));
  assert.deepEqual(
    first.map(({ url }) => url),
    ["http://a.test/1"],
  );
  await close();
});

test("a window smaller than the hosts starves none of them", async () => {
  const { frontier, clock, close } = await opened({ robots: false, delayMs: 60_000, windowHostsMax: 3 });
  const seeds = Array.from({ length: 40 }, (_, n) => [`http://h${n}.test/1`, `http://h${n}.test/2`]).flat();
  await crawl(frontier, seeds, { depthMax: 0 });
  const beganAtMs = clock.nowMs();
  const requests = await drain(frontier, (request) => answer(request), clock);
  assert.equal(requests.length, 80);
  assert.ok(clock.nowMs() - beganAtMs < 2 * 60_000, "hosts that could be asked were not waited for");
  await close();
});

test("sitemaps are read to the pages they name", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await frontier.beginCrawl(spec({ depthMax: 0, scope: "any" }));
  await frontier.admitSitemaps(["http://a.test/index.xml"]);
  frontier.seedingDone();
  const xml = (inner: string) => `<?xml version="1.0"?>${inner}`;
  await drain(frontier, (request) => {
    if (request.kind !== "sitemap") return answer(request);
    if (request.url.endsWith("index.xml")) {
      return control(
        request,
        200,
        xml("<sitemapindex><sitemap><loc>http://a.test/s.xml</loc></sitemap></sitemapindex>"),
      );
    }
    return control(
      request,
      200,
      xml("<urlset><url><loc>http://a.test/1</loc></url><url><loc>http://a.test/2</loc></url></urlset>"),
    );
  });
  assert.deepEqual({ ...frontier.counts() }, { ...none, stored: 2 });
  await close();
});
