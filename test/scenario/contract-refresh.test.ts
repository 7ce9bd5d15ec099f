// Crawling again: what a finished crawl says, conditional requests, changed pages, and several crawls in one store.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonLines, run } from "./program.ts";
import { type Answer, crawl, html, page, serve, status } from "./site.ts";

const validated: Answer = (request, response) => {
  if (request.headers["if-none-match"] === '"v1"') response.writeHead(304, { etag: '"v1"' }).end();
  else response.writeHead(200, { "content-type": "text/html", etag: '"v1"' }).end(html("validated"));
};

test("--refresh asks conditionally: 304 and an equal body are unchanged, a changed page is stored anew", async (t) => {
  let version = 1;
  const site = await serve(t, {
    "/": page("root", ["/etag", "/same", "/changed"]),
    "/etag": validated,
    "/same": page("same"),
    "/changed": (request, response) => page(`version ${version}`)(request, response, 1),
    "/robots.txt": status(404),
  });
  const first = await crawl(t, [`${site.origin}/`]);
  assert.equal(first.ends["/changed"], "stored");
  version = 2;
  const asked = site.seen.length;
  const again = await run(["crawl", `${site.origin}/`, "--allow-private", "--data", first.data]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /finished already.*--refresh.*--fresh/);
  assert.equal(site.seen.length, asked);
  const second = await crawl(t, [`${site.origin}/`, "--refresh"], { data: first.data });
  assert.equal(second.ends["/etag"], "skipped unchanged");
  assert.equal(second.line("/etag").status, 304);
  assert.equal(second.ends["/same"], "skipped unchanged");
  assert.equal(second.ends["/changed"], "stored");
  assert.equal(second.line("/changed").title, "version 2");
  const copy = await run(["export", "--format", "jsonl", "--data", first.data, "--out", "-"]);
  const titles = jsonLines(copy.stdout).map(({ title }) => title);
  assert.ok(titles.includes("version 2"), String(titles));
  const why = await run(["why", `${site.origin}/etag`, "--data", first.data]);
  assert.equal(why.code, 0, why.stderr);
  assert.match(why.stdout, /unchanged/);
  const fresh = await crawl(t, [`${site.origin}/`, "--fresh"], { data: first.data });
  assert.equal(fresh.ends["/etag"], "stored");
});

test("--refresh asks for every known page, also for those behind one that is unchanged", async (t) => {
  let version = 1;
  const site = await serve(t, {
    "/": (request, response) => {
      if (request.headers["if-none-match"] === '"v1"') response.writeHead(304, { etag: '"v1"' }).end();
      else
        response
          .writeHead(200, { "content-type": "text/html", etag: '"v1"' })
          .end(html("root", ["/inner", "/gone"]));
    },
    "/inner": (request, response) => page(`version ${version}`, ["/deeper"])(request, response, 1),
    "/deeper": (request, response) => page(`deeper ${version}`)(request, response, 1),
    "/gone": (request, response) => (version === 1 ? page("here") : status(404))(request, response, 1),
    "/robots.txt": status(404),
  });
  const first = await crawl(t, [`${site.origin}/`]);
  assert.equal(Object.keys(first.ends).length, 4);
  version = 2;
  const second = await crawl(t, [`${site.origin}/`, "--refresh"], { data: first.data });
  assert.deepEqual(second.ends, {
    "/": "skipped unchanged",
    "/inner": "stored",
    "/deeper": "stored",
    "/gone": "failed status",
  });
  assert.equal(second.line("/inner").title, "version 2");
});

test("other seeds in the same store add to it, and what is known is asked for conditionally", async (t) => {
  const site = await serve(t, {
    "/one": page("one", ["/etag"]),
    "/two": page("two", ["/etag"]),
    "/etag": validated,
    "/robots.txt": status(404),
  });
  const first = await crawl(t, [`${site.origin}/one`]);
  assert.deepEqual(first.ends, { "/one": "stored", "/etag": "stored" });
  const second = await crawl(t, [`${site.origin}/two`], { data: first.data });
  assert.deepEqual(second.ends, { "/two": "stored", "/etag": "skipped unchanged" });
  const found = await run(["search", "sentence", "--data", first.data]);
  assert.equal(found.code, 0, found.stderr);
  for (const path of ["/one", "/two", "/etag"])
    assert.ok(found.stdout.includes(`${site.origin}${path}`), path);
});
