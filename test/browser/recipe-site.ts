// Pages that show nothing of worth until something is done in them, and what is behind each: for the suite of recipes.
import type { IncomingMessage, ServerResponse } from "node:http";
import { site, type Test, type TestSite } from "./rendering.ts";

export const ITEMS = 200;
const PAGE_ITEMS = 20;

/** Answers data; the documents are the suite's own, as a fetcher would bring them. */
export function recipeSite(t: Test): Promise<TestSite> {
  return site(t, answer);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://x");
  if (url.pathname === "/items") {
    const from = Number(url.searchParams.get("from"));
    const items = Array.from(
      { length: Math.max(0, Math.min(PAGE_ITEMS, ITEMS - from)) },
      (_, at) => from + at,
    );
    json(response, items);
  } else if (url.pathname === "/endless")
    json(
      response,
      Array.from({ length: PAGE_ITEMS }, (_, at) => at),
    );
  else if (url.pathname === "/me") json(response, { cookie: request.headers.cookie ?? "" });
  else if (url.pathname === "/red.svg")
    response
      .setHeader("content-type", "image/svg+xml")
      .end(
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="100" height="100" fill="red"/></svg>',
      );
  else response.writeHead(404).end();
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json").end(JSON.stringify(value));
}

const ADD = `const list = document.getElementById("list");
let from = 0;
async function more(path) {
  const items = await (await fetch(path + "?from=" + from)).json();
  from += items.length;
  for (const item of items) {
    const li = document.createElement("li");
    li.style.height = "60px";
    li.textContent = "item " + item;
    list.append(li);
  }
  return items.length;
}`;

/** Twenty items, and twenty more with each click, until there are no more. */
export const LOAD_MORE = `<!doctype html><ul id="list"></ul><button id="more">Load more</button><script>${ADD}
more("/items");
document.getElementById("more").onclick = async () => { await more("/items"); if (from >= ${ITEMS}) document.getElementById("more").remove(); };
</script>`;

/** Twenty more whenever the end comes into sight. */
export const infinite = (path: "/items" | "/endless", box = ""): string => `<!doctype html>
<div id="box" style="${box}"><ul id="list"></ul><div id="end" style="height:20px"></div></div><script>${ADD}
let isBusy = false;
new IntersectionObserver(async ([entry]) => {
  const end = document.getElementById("end");
  if (!entry.isIntersecting || isBusy) return;
  isBusy = true;
  while (end.getBoundingClientRect().top < innerHeight && await more("${path}") > 0);
  isBusy = false;
}).observe(document.getElementById("end"));
</script>`;

export const itemsIn = (html: string): number => html.match(/<li /g)?.length ?? 0;

/** Blue, 1,600 pixels high, and red at its foot, once the image there was loaded. */
export const PICTURED = `<!doctype html><body style="margin:0;background:#00f"><div style="height:1500px"></div>
<img loading="lazy" src="/red.svg" style="display:block">`;
