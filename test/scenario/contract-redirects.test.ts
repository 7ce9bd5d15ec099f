// Where a URL leads and how it then ends: redirects, circles, limits, scope, and pages that refresh to others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crawl, page, redirect, serve, status } from "./site.ts";

for (const store of [[], ["--no-store"]]) {
  const how = store.length === 0 ? "with a store" : "without a store";

  test(`a URL that redirects ends as its target does, which is fetched once, ${how}`, async (t) => {
    const site = await serve(t, {
      "/": page("root", ["/a", "/b", "/late", "/gone"]),
      "/a": redirect("/target"),
      "/b": redirect("/a", 301),
      "/late": (request, response) => {
        setTimeout(() => redirect("/target", 308)(request, response, 1), 700);
      },
      "/gone": redirect("/missing", 307),
      "/target": page("target"),
    });
    const { line, ends } = await crawl(t, [`${site.origin}/`, ...store]);
    for (const path of ["/a", "/b", "/late", "/target"]) {
      assert.equal(ends[path], "stored", path);
      assert.equal(line(path).final_url, `${site.origin}/target`, path);
      // Without a store nothing is left of a page that ended before its redirect was known.
      if (store.length === 0 || path !== "/late") assert.equal(line(path).title, "target", path);
      assert.equal(line(path).status, 200, path);
    }
    assert.equal(ends["/gone"], "failed status");
    assert.equal(line("/gone").status, 404);
    assert.equal(line("/gone").final_url, `${site.origin}/missing`);
    assert.equal(site.count("/target"), 1);
  });
}

test("every member of a circle of redirects fails as itself, and so does a URL that redirects to itself", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/loop/a", "/self", "/into"]),
    "/loop/a": redirect("/loop/b"),
    "/loop/b": redirect("/loop/c"),
    "/loop/c": redirect("/loop/a"),
    "/self": redirect("/self"),
    "/into": redirect("/loop/b"),
  });
  const { line, ends } = await crawl(t, [`${site.origin}/`, "--no-store"]);
  for (const path of ["/loop/a", "/loop/b", "/loop/c", "/self"]) {
    assert.equal(ends[path], "failed redirect", path);
    assert.equal(line(path).final_url, `${site.origin}${path}`, path);
  }
  assert.equal(ends["/into"], "failed redirect");
});

test("twenty redirects are followed, the twenty-first is not", async (t) => {
  const hops = (name: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`/${name}${at}`, redirect(`/${name}${at + 1}`)]),
    );
  const site = await serve(t, {
    "/": page("root", ["/x0", "/y0"]),
    ...hops("x", 20),
    "/x20": page("reached"),
    ...hops("y", 21),
    "/y21": page("too far"),
  });
  const { ends, line } = await crawl(t, [`${site.origin}/`, "--no-store"]);
  assert.equal(ends["/x0"], "stored");
  assert.equal(line("/x0").final_url, `${site.origin}/x20`);
  assert.equal(ends["/y0"], "failed redirect");
  assert.equal(site.count("/y21"), 0);
});

test("a link's redirect out of scope is skipped; a given URL's is followed and its host joins the scope", async (t) => {
  const site = await serve(t, {
    "*": (request, response) => {
      const [host, port] = (request.headers.host ?? "").split(":");
      const at = `${host}${request.url}`;
      if (at === "start.test/") redirect(`http://www.start.test:${port}/home`)(request, response, 1);
      else if (at === "www.start.test/out") redirect(`http://other.test:${port}/`)(request, response, 1);
      else page(at, ["/inner", "/out", `http://other.test:${port}/x`])(request, response, 1);
    },
    "/robots.txt": status(404),
  });
  const start = `http://start.test:${site.port}`;
  const www = `http://www.start.test:${site.port}`;
  const { lines, line } = await crawl(t, [`${start}/`, "--resolve", "*:*:127.0.0.1", "--no-store"]);
  assert.equal(line(`${start}/`).final_url, `${www}/home`);
  assert.equal(line(`${www}/inner`).outcome, "stored");
  assert.equal(line(`${www}/out`).error?.code, "scope");
  assert.equal(line(`${www}/out`).outcome, "skipped");
  assert.deepEqual(
    lines.filter(({ url }) => url.includes("other.test")),
    [],
  );
});

test("a page that refreshes at once ends as where it leads", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/old"]),
    "/old": page("old", [], '<meta http-equiv="refresh" content="0; url=/new">'),
    "/new": page("new"),
  });
  const { line } = await crawl(t, [`${site.origin}/`, "--no-store"]);
  assert.equal(line("/old").final_url, `${site.origin}/new`);
  assert.equal(line("/old").title, "new");
});

test("a redirect to a host that is gone, to another scheme or to nothing fails the URL", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/mail", "/empty", "/private"]),
    "/mail": redirect("mailto:a@b.test"),
    "/empty": (_, response) => response.writeHead(302).end(),
    "/private": redirect("http://[::1]:1/"),
  });
  const { ends } = await crawl(t, [`${site.origin}/`, "--scope", "any", "--no-store", "--timeout", "5"]);
  assert.equal(ends["/mail"], "failed redirect");
  assert.equal(ends["/empty"], "failed redirect");
  assert.equal(ends["/private"], "failed connect");
});
