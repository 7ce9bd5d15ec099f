// How a crawl treats servers: spacing, robots.txt in every state, Retry-After, and what errors become.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonFile, run, scratch } from "./program.ts";
import { type Answer, crawl, page, type Seen, serve, status } from "./site.ts";

const robots =
  (text: string): Answer =>
  (_, response) => {
    response.setHeader("content-type", "text/plain").end(text);
  };

const pagesOf = (seen: readonly Seen[]) => seen.filter(({ path }) => path !== "/robots.txt");

test("requests to a host are a delay apart, as the server sees them", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/1", "/2", "/3"]),
    "*": page("leaf"),
    "/robots.txt": status(404),
  });
  await crawl(t, [`${site.origin}/`, "--delay", "400", "--no-store"]);
  const times = pagesOf(site.seen).map(({ atMs }) => atMs);
  assert.equal(times.length, 4);
  // A timer of the system may be a little early, a connection a little late.
  for (let at = 1; at < times.length; at++) assert.ok((times[at] ?? 0) - (times[at - 1] ?? 0) > 300);
});

test("Crawl-delay is kept where --delay is shorter", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/1", "/2"]),
    "*": page("leaf"),
    "/robots.txt": robots("User-agent: *\nCrawl-delay: 1\n"),
  });
  await crawl(t, [`${site.origin}/`, "--no-store"]);
  const times = pagesOf(site.seen).map(({ atMs }) => atMs);
  assert.equal(times.length, 3);
  for (let at = 1; at < times.length; at++) assert.ok((times[at] ?? 0) - (times[at - 1] ?? 0) > 900);
});

test("robots.txt: rules are kept, by the name that is sent; --no-robots does not ask", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/open", "/closed/x"]),
    "/open": page("open"),
    "/closed/x": page("closed"),
    "/robots.txt": robots("User-agent: *\nDisallow: /closed/\n\nUser-agent: friend\nAllow: /\n"),
  });
  const kept = await crawl(t, [`${site.origin}/`, "--no-store"]);
  assert.deepEqual(kept.ends, { "/": "stored", "/open": "stored", "/closed/x": "skipped robots" });
  assert.equal(site.count("/closed/x"), 0);
  const friend = await crawl(t, [
    `${site.origin}/`,
    "--no-store",
    "--user-agent",
    "friend/2.0 (+http://x.test)",
  ]);
  assert.equal(friend.ends["/closed/x"], "stored");
  assert.ok(site.seen.some(({ headers }) => headers["user-agent"] === "friend/2.0 (+http://x.test)"));
  const asked = site.count("/robots.txt");
  const rude = await crawl(t, [`${site.origin}/`, "--no-store", "--no-robots"]);
  assert.equal(rude.ends["/closed/x"], "stored");
  assert.equal(site.count("/robots.txt"), asked);
});

test("robots.txt that is refused with 403 allows, one that redirects is followed", async (t) => {
  const refused = await serve(t, { "/": page("root"), "/robots.txt": status(403) });
  assert.equal((await crawl(t, [`${refused.origin}/`, "--no-store"])).ends["/"], "stored");
  const moved = await serve(t, {
    "/": page("root"),
    "/robots.txt": (_, response) => response.writeHead(301, { location: "/rules.txt" }).end(),
    "/rules.txt": robots("User-agent: *\nDisallow: /\n"),
  });
  assert.equal((await crawl(t, [`${moved.origin}/`, "--no-store"])).ends["/"], "skipped robots");
});

test("robots.txt that fails with 500 disallows", async (t) => {
  const site = await serve(t, { "/": page("root"), "/robots.txt": status(500) });
  const { ends } = await crawl(t, [`${site.origin}/`, "--no-store"]);
  assert.equal(ends["/"], "skipped robots");
  assert.equal(site.count("/"), 0);
});

for (const form of ["seconds", "date"]) {
  test(`Retry-After in ${form} is waited for, and the wait is no attempt`, async (t) => {
    const site = await serve(t, {
      "/": (request, response, nth) => {
        if (nth > 3) return page("root")(request, response, nth);
        const after = form === "seconds" ? "1" : new Date(Date.now() + 2000).toUTCString();
        return status(nth % 2 === 0 ? 429 : 503, { "retry-after": after })(request, response, nth);
      },
      "/robots.txt": status(404),
    });
    const { line } = await crawl(t, [`${site.origin}/`, "--no-store"]);
    assert.equal(line("/").outcome, "stored");
    const times = pagesOf(site.seen).map(({ atMs }) => atMs);
    assert.equal(times.length, 4);
    const least = form === "seconds" ? 900 : 800;
    for (let at = 1; at < times.length; at++) assert.ok((times[at] ?? 0) - (times[at - 1] ?? 0) > least);
  });
}

test("error statuses fail with the status; images and archives are skipped; noindex is stored unless policy says skip", async (t) => {
  const typed =
    (type: string, body: string | Buffer): Answer =>
    (_, response) => {
      response.setHeader("content-type", type).end(body);
    };
  const site = await serve(t, {
    "/": page("root", ["/404", "/410", "/403", "/image", "/zip", "/noindex"]),
    "/404": status(404),
    "/410": status(410),
    "/403": status(403),
    "/image": typed("image/png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")),
    "/zip": typed("application/zip", Buffer.from("504b0304140000000800", "hex")),
    "/noindex": page("hidden", [], '<meta name="robots" content="noindex">'),
  });
  const { ends, line } = await crawl(t, [`${site.origin}/`, "--no-store"]);
  for (const code of [404, 410, 403]) {
    assert.equal(ends[`/${code}`], "failed status");
    assert.equal(line(`/${code}`).status, code);
  }
  assert.equal(ends["/image"], "skipped unsupported_type");
  assert.equal(ends["/zip"], "skipped unsupported_type");
  assert.equal(ends["/noindex"], "stored");
  const skipping = await crawl(t, [`${site.origin}/`, "--no-store"], {
    env: { MILLRACE_POLICY_NOINDEX: "skip" },
  });
  assert.equal(skipping.ends["/noindex"], "skipped policy");
});

test("without --allow-private loopback is blocked, but not where --resolve names it", async (t) => {
  const site = await serve(t, { "/": page("root"), "/robots.txt": status(404) });
  const folder = scratch(t);
  const bare = async (...args: string[]) => {
    const out = `${folder}/${args.length}.jsonl`;
    await run([
      "crawl",
      "--no-store",
      "--quiet",
      "--data",
      `${folder}/d${args.length}`,
      "--out",
      out,
      ...args,
    ]);
    return jsonFile(out).map(({ outcome, error }) => [outcome, error]);
  };
  const [blocked] = await bare(`${site.origin}/`);
  assert.equal(blocked?.[0], "failed");
  assert.equal(Reflect.get(Object(blocked?.[1]), "code"), "blocked_address");
  const [named] = await bare(
    `http://some.test:${site.port}/`,
    "--resolve",
    `some.test:${site.port}:127.0.0.1`,
  );
  assert.equal(named?.[0], "stored");
});

test("--header, --max-body and --timeout reach the request", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/large", "/slow"]),
    "/large": (_, response) => response.setHeader("content-type", "text/html").end("x".repeat(50_000)),
    "/slow": () => {},
    "/robots.txt": status(404),
  });
  const { ends } = await crawl(t, [
    `${site.origin}/`,
    ...["--header", "X-Mine: yes", "--max-body", "20k", "--timeout", "1", "--no-store"],
  ]);
  assert.equal(ends["/large"], "failed too_large");
  assert.equal(ends["/slow"], "failed timeout");
  assert.ok(pagesOf(site.seen).every((one) => one.headers["x-mine"] === "yes"));
});
