// A site of pages that only their script fills, and what a crawl of it must have stored.
import assert from "node:assert/strict";
import { site, type Test } from "./rendering.ts";

export const PAGES = 10;

/** Page n is an empty shell whose script loads its text and its links to 2n + 1 and 2n + 2. */
export async function app(t: Test): Promise<{
  /** What a crawl of it is given. */
  args: string[];
  url(page: number): string;
  /** Value for `--resolve`. */
  resolve: string;
  /** Documents that were asked for. */
  documents(): number;
}> {
  const served = await site(t, (request, response) => {
    const path = request.url ?? "/";
    if (path === "/robots.txt") response.writeHead(404).end();
    else if (path === "/app.js") response.setHeader("content-type", "text/javascript").end(SCRIPT);
    else if (path.startsWith("/data/")) {
      const page = Number(path.slice("/data/".length));
      const links = [2 * page + 1, 2 * page + 2].filter((child) => child < PAGES);
      const text = `Sentence number ${page} is told by a script. `.repeat(5);
      response.setHeader("content-type", "application/json").end(JSON.stringify({ text, links }));
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end('<!doctype html><title>Shell</title><div id="root"></div><script src="/app.js"></script>');
    }
  });
  const origin = `http://app.test:${served.port}`;
  const resolve = `app.test:${served.port}:127.0.0.1`;
  const reach = ["--resolve", resolve];
  return {
    args: [`${origin}/page/0`, "--lane", "rich", "--depth", "10", "--delay", "0", ...reach],
    resolve,
    url: (page) => `${origin}/page/${page}`,
    documents: () => served.asked.filter((path) => path.startsWith("/page/")).length,
  };
}

const SCRIPT = `fetch("/data/" + location.pathname.slice("/page/".length)).then((answer) => answer.json()).then(({ text, links }) => {
  document.title = "Page " + location.pathname;
  document.getElementById("root").innerHTML = "<main><h1>Told</h1><p>" + text + "</p>" +
    links.map((page) => '<a href="/page/' + page + '">' + page + "</a>").join(" ") + "</main>";
});`;

export function assertWhole(lines: readonly Record<string, unknown>[], url: (page: number) => string): void {
  const byUrl = new Map(lines.map((line) => [String(line.url), line]));
  assert.equal(lines.length, PAGES);
  for (let page = 0; page < PAGES; page++) {
    const line = byUrl.get(url(page));
    assert.equal(line?.lane, "rich", `${page}: ${JSON.stringify(line)}`);
    assert.equal(line?.title, `Page /page/${page}`);
    assert.match(String(line?.markdown), new RegExp(`Sentence number ${page} is told by a script`));
  }
}
