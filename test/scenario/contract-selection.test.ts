// Which URLs a crawl takes: depth, scope, patterns, budget and lane, with and without a store.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, crawl, html, page, serve, status } from "./site.ts";

const answerWith =
  (body: string): Answer =>
  (_, response) => {
    response.setHeader("content-type", "text/html").end(body);
  };

/** A chain: / → /1 → /2 → /3 → /4. */
const chain = {
  "/": page("root", ["/1"]),
  "/1": page("one", ["/2"]),
  "/2": page("two", ["/3"]),
  "/3": page("three", ["/4"]),
  "/4": page("four"),
};

for (const store of [[], ["--no-store"]]) {
  const how = store.length === 0 ? "with a store" : "without a store";

  test(`a crawl of a URL follows three links deep by default, ${how}`, async (t) => {
    const site = await serve(t, chain);
    const { code, ends, line } = await crawl(t, [`${site.origin}/`, ...store]);
    assert.equal(code, 0);
    assert.deepEqual(ends, { "/": "stored", "/1": "stored", "/2": "stored", "/3": "stored" });
    assert.equal(line("/3").depth, 3);
    assert.equal(site.count("/4"), 0);
  });

  test(`--max-pages fetches that many, ends the rest as budget, and a higher number goes on, ${how}`, async (t) => {
    const many = Array.from({ length: 20 }, (_, at) => `/p${at}`);
    const site = await serve(t, {
      "/": page("root", many),
      ...Object.fromEntries(many.map((path) => [path, page(path)])),
    });
    const first = await crawl(t, [`${site.origin}/`, "--max-pages", "7", ...store]);
    assert.equal(first.code, 0);
    const asked = () => site.seen.filter(({ path }) => path !== "/robots.txt").length;
    assert.equal(asked(), 7);
    const ends = Object.values(first.ends);
    assert.equal(ends.filter((end) => end === "stored").length, 7);
    assert.equal(ends.filter((end) => end === "skipped budget").length, 14);
    const again = await crawl(t, [`${site.origin}/`, "--max-pages", "7", ...store], { data: first.data });
    assert.equal(again.code, 0);
    assert.equal(asked(), 7);
    const second = await crawl(t, [`${site.origin}/`, "--max-pages", "12", ...store], { data: first.data });
    assert.equal(asked(), 12);
    assert.equal(Object.values(second.ends).filter((end) => end === "stored").length, 5);
    const third = await crawl(t, [`${site.origin}/`, ...store], { data: first.data });
    assert.equal(asked(), 21);
    assert.equal(Object.values(third.ends).filter((end) => end === "stored").length, 9);
  });
}

test("--depth 0 takes the given URLs alone, --depth 1 their links", async (t) => {
  const site = await serve(t, chain);
  const none = await crawl(t, [`${site.origin}/`, `${site.origin}/2`, "--depth", "0", "--no-store"]);
  assert.deepEqual(none.ends, { "/": "stored", "/2": "stored" });
  const one = await crawl(t, [`${site.origin}/`, "--depth", "1", "--no-store"]);
  assert.deepEqual(one.ends, { "/": "stored", "/1": "stored" });
});

test("the scope is the host by default, the registrable domain or anything when asked", async (t) => {
  const hosts = ["www.example.com", "blog.example.com", "example.org"];
  const site = await serve(t, {
    "*": (request, response) => {
      const port = request.headers.host?.split(":")[1];
      const links = hosts.map((host) => `http://${host}:${port}/`);
      page(`host ${request.headers.host}`, request.url === "/" ? links : [])(request, response, 1);
    },
    "/robots.txt": status(404),
  });
  const resolve = ["--resolve", "*:*:127.0.0.1"];
  const crawled = async (...flags: string[]) => {
    const { lines } = await crawl(t, [
      `http://www.example.com:${site.port}/`,
      ...resolve,
      "--no-store",
      ...flags,
    ]);
    return lines.map(({ url }) => new URL(url).hostname).sort();
  };
  assert.deepEqual(await crawled(), ["www.example.com"]);
  assert.deepEqual(await crawled("--scope", "domain"), ["blog.example.com", "www.example.com"]);
  assert.deepEqual(await crawled("--scope", "any"), ["blog.example.com", "example.org", "www.example.com"]);
});

test("--include and --exclude choose among links, never among given URLs", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/a/1", "/a/2", "/b/1", "/c"]),
    "/a/1": page("a1"),
    "/a/2": page("a2"),
    "/b/1": page("b1"),
    "/c": page("c"),
  });
  const { ends } = await crawl(t, [
    `${site.origin}/`,
    ...["--include", "/a/", "--include", "/b/", "--exclude", "2$", "--no-store"],
  ]);
  assert.deepEqual(ends, { "/": "stored", "/a/1": "stored", "/b/1": "stored" });
});

test("a URL found again nearer to the seeds while it is queued counts from there", async (t) => {
  // /far is found at depth 2 by /slow's sibling first, at depth 1 by the slow seed later; its link needs the smaller depth.
  const site = await serve(t, {
    "/quick": page("quick", ["/mid"]),
    "/mid": page("mid", ["/far"]),
    "/slow": (request, response) => {
      setTimeout(() => page("slow", ["/far"])(request, response, 1), 1000);
    },
    "/far": page("far", ["/behind"]),
    "/behind": page("behind"),
  });
  const { line, ends } = await crawl(t, [
    `${site.origin}/quick`,
    `${site.origin}/slow`,
    ...["--depth", "2", "--no-store", "--per-host", "2"],
  ]);
  assert.equal(ends["/far"], "stored");
  assert.ok(line("/far").depth <= 2);
});

test("--fields repeated_share tells how much of a page its host's other pages have too, once enough are known", async (t) => {
  const said = "This notice stands on every page of the site, word for word as it stands here.";
  const told = (name: string, next: string): string =>
    html(name, [next]).replace("</article>", `<p>${said}</p></article>`);
  const site = await serve(t, {
    "/": answerWith(told("root", "/1")),
    "/1": answerWith(told("one", "/2")),
    "/2": answerWith(told("two", "/3")),
    "/3": page("three"),
    "/robots.txt": status(404),
  });
  const { line } = await crawl(t, [`${site.origin}/`, "--fields", "url,outcome,error,repeated_share"]);
  const shares = ["/", "/1", "/2", "/3"].map((path) => line(path).repeated_share);
  assert.deepEqual([shares[0], shares[1], shares[3]], [null, null, 0]);
  assert.ok(Number(shares[2]) > 0.2 && Number(shares[2]) < 0.8, String(shares[2]));
});
