// Answers that stand in the way of a page: they end `failed blocked`, are not asked again, and never take the place of what
// was stored before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonLines, run } from "./program.ts";
import { type Answer, crawl, html, page, serve, status } from "./site.ts";

const challenge = `<!doctype html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies to
continue</noscript><script>window._cf_chl_opt={cType:'managed'};</script></body></html>`;

const challenged =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, { "content-type": "text/html; charset=utf-8", ...headers }).end(challenge);
  };

test("challenges end blocked, whatever their status, and are not asked again; other errors stay what they are", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/header", "/busy", "/ok", "/forbidden", "/walled", "/login"]),
    "/header": challenged(403, { "cf-mitigated": "challenge" }),
    "/busy": challenged(503),
    "/ok": challenged(200),
    "/forbidden": status(403),
    "/walled": (_, response) =>
      response
        .setHeader("content-type", "text/html")
        .end("<title>Board</title><form><input name=u><input type=password name=p></form>"),
    "/login": (_, response) =>
      response
        .setHeader("content-type", "text/html")
        .end("<title>Log in</title><form><input name=u><input type=password name=p></form>"),
    "/robots.txt": status(404),
  });
  const { ends, line } = await crawl(t, [`${site.origin}/`]);
  assert.deepEqual(ends, {
    "/": "stored",
    "/header": "failed blocked",
    "/busy": "failed blocked",
    "/ok": "failed blocked",
    "/forbidden": "failed status",
    "/walled": "failed blocked",
    "/login": "stored",
  });
  assert.match(String((line("/header").error as { message: string }).message), /Cloudflare.*cf-mitigated/);
  assert.equal(line("/busy").status, 503);
  assert.equal(site.count("/busy"), 1);
});

test("a page that is challenged later keeps what was stored of it", async (t) => {
  let isChallenged = false;
  const site = await serve(t, {
    "/": (request, response, nth) =>
      (isChallenged ? challenged(200) : page("a good page"))(request, response, nth),
    "/robots.txt": status(404),
  });
  const first = await crawl(t, [`${site.origin}/`]);
  isChallenged = true;
  const second = await crawl(t, [`${site.origin}/`, "--refresh"], { data: first.data });
  assert.equal(second.ends["/"], "failed blocked");
  const copy = await run(["export", "--format", "jsonl", "--data", first.data, "--out", "-"]);
  assert.deepEqual(
    jsonLines(copy.stdout).map(({ title }) => title),
    ["a good page"],
  );
  const explained = await run(["route", "-", "--url", `${site.origin}/x`], { stdin: challenge });
  assert.match(explained.stdout, /no page: Cloudflare/);
  const plain = await run(["route", "-", "--json"], { stdin: html("plain") });
  assert.equal(JSON.parse(plain.stdout).blocked, null);
});
