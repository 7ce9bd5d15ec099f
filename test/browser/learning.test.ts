// The router learns: where it may use a browser, what came of a host's pages decides about those that follow, also in the next
// process; and a look at some of the fast ones finds what their markup does not tell.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { jsonFile, run, scratch } from "../scenario/program.ts";
import { whyNoBrowser } from "../services/index.ts";
import { site, type Test } from "./rendering.ts";

const ENV = {
  MILLRACE_RENDER_WHEN: "wanted",
  MILLRACE_ROUTE_AUDIT_FIRST_AFTER_PAGES: "3",
  MILLRACE_ROUTE_AUDIT_LIKELIHOOD_MIN: "0",
};

describe("a router that may use the browser", { skip: whyNoBrowser() ?? false }, () => {
  test("sends there what needed it before and no more what did not, after a restart too", async (t) => {
    const web = await twoHosts(t);
    const folder = scratch(t);
    const data = join(folder, "data");
    const crawl = async (from: number, to: number): Promise<Record<string, Record<string, unknown>[]>> => {
      const out = join(folder, `${from}.jsonl`);
      const urls = HOSTS.flatMap((host) =>
        range(from, to).map((n) => `http://${host}:${web.port}/items/${n}`),
      );
      const resolve = HOSTS.flatMap((host) => ["--resolve", `${host}:${web.port}:127.0.0.1`]);
      const limits = ["--depth", "0", "--delay", "0", "--data", data, "--out", out];
      const ended = await run(["crawl", ...urls, ...resolve, ...limits], { env: ENV });
      assert.equal(ended.code, 0, ended.stderr);
      const lines = jsonFile(out);
      assert.deepEqual(
        lines.filter(({ outcome }) => outcome !== "stored"),
        [],
      );
      return Object.groupBy(lines, ({ url }) => new URL(String(url)).hostname) as Record<
        string,
        Record<string, unknown>[]
      >;
    };
    const lanesOf = (lines: readonly Record<string, unknown>[] | undefined): unknown[] =>
      (lines ?? []).map(({ lane }) => lane);

    const first = await crawl(0, 4);
    // An empty shell looks like one that is to be filled; this one is not.
    assert.ok(lanesOf(first["idle.test"]).includes("rich"));
    // A page with text looks whole; a look at one of them finds that it is not.
    assert.ok(lanesOf(first["full.test"]).filter((lane) => lane === "rich").length <= 2);
    assert.ok(lanesOf(first["full.test"]).includes("rich"));

    const second = await crawl(4, 6);
    assert.deepEqual(lanesOf(second["idle.test"]), Array(2).fill("fast"));
    assert.deepEqual(lanesOf(second["full.test"]), Array(2).fill("rich"));
    for (const { markdown } of second["full.test"] ?? []) assert.match(String(markdown), /told by a script/);

    const unseen = `http://full.test:${web.port}/items/40`;
    const explained = await run(["route", unseen, "--json", "--data", data], {
      env: { MILLRACE_NET_RESOLVE: `full.test:${web.port}:127.0.0.1` },
    });
    assert.equal(explained.code, 0, explained.stderr);
    const verdict = JSON.parse(explained.stdout);
    assert.equal(verdict.lane, "rich");
    assert.match(verdict.reason, /found more on pages like it on this host/);
    assert.ok(verdict.memory.kind.needed >= 1);
  });

  test("an audit that finds no more leaves the page as the fast lane read it", async (t) => {
    const web = await twoHosts(t);
    const folder = scratch(t);
    const out = join(folder, "out.jsonl");
    const urls = range(0, 4).map((n) => `http://plain.test:${web.port}/items/${n}`);
    const ended = await run(
      [
        "crawl",
        ...urls,
        ...["--resolve", `plain.test:${web.port}:127.0.0.1`, "--depth", "0", "--delay", "0"],
        ...["--data", join(folder, "data"), "--out", out],
      ],
      { env: ENV },
    );
    assert.equal(ended.code, 0, ended.stderr);
    const lines = jsonFile(out);
    assert.deepEqual(
      lines.map(({ outcome, lane }) => [outcome, lane]),
      Array(4).fill(["stored", "fast"]),
    );
    // One of them was shown: its script was asked for.
    assert.equal(web.asked.filter((path) => path === "/plain.js").length, 1);
  });
});

const HOSTS = ["full.test", "idle.test"];
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

async function twoHosts(t: Test): ReturnType<typeof site> {
  return site(t, (request, response) => {
    const path = request.url ?? "/";
    const host = request.headers.host ?? "";
    if (path === "/robots.txt") response.writeHead(404).end();
    else if (path.endsWith(".js"))
      response.setHeader("content-type", "text/javascript").end(SCRIPTS[path] ?? "");
    else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      const number = path.split("/").at(-1) ?? "";
      response.end(
        host.startsWith("idle") ? SHELL : article(number, host.startsWith("full") ? "/full.js" : "/plain.js"),
      );
    }
  });
}

const SHELL = `<!doctype html><title>Shell</title><div id="root"><div class="spinner"></div></div><script src="/idle.bundle.js"></script>`;

const article = (number: string, script: string): string =>
  `<!doctype html><title>Item ${number}</title><main><article><h1>Item ${number}</h1>${`<p>Item ${number} is described on the server, in a sentence of its own.</p>`.repeat(12)}
  <div id="more"></div></article></main><script src="${script}"></script>`;

const SCRIPTS: Readonly<Record<string, string>> = {
  "/idle.bundle.js": "document.querySelector('.spinner').remove()",
  "/full.js": `document.getElementById("more").innerHTML = "<p>This sentence, and all others like it, is told by a script.</p>".repeat(20)`,
  "/plain.js": "document.documentElement.dataset.seen = '1'",
};
