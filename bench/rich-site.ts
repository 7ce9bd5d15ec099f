// A site that only its script fills, for the rich lane: each page loads a bundle of 200 KB and its own data, and shows a text
// and links. In a process of its own, so that serving is not counted.
import { fork } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Site } from "./site.ts";

const BUNDLE_BYTES = 200_000;
const CHILDREN = 8;

const APP = `
const root = document.getElementById("root");
const page = Number(location.pathname.split("/").pop() || 0);
fetch("/data/" + page).then((answer) => answer.json()).then(({ title, paragraphs, links }) => {
  document.title = title;
  const main = document.createElement("main");
  for (const text of paragraphs) main.append(Object.assign(document.createElement("p"), { textContent: text }));
  for (const href of links) main.append(Object.assign(document.createElement("a"), { href, textContent: href }), " ");
  root.replaceChildren(main);
});
`;

/** Code of a bundle's size: functions of which some run. */
function bundle(): string {
  const parts = [APP];
  for (let n = 0, bytes = APP.length; bytes < BUNDLE_BYTES; n++) {
    const part = `function part${n}(a) { const all = []; for (let i = 0; i < 20; i++) all.push({ i, a, text: "component ${n} " + i }); return all.filter(({ i }) => i % 3 === 0); }\n${n % 4 === 0 ? `part${n}(${n});\n` : ""}`;
    parts.push(part);
    bytes += part.length;
  }
  return parts.join("");
}

export interface RichSite extends Site {
  /** Pages that a browser has shown so far: each asks for its data once. */
  served(): Promise<number>;
}

export async function startRichSite(pages: number): Promise<RichSite> {
  const child = fork(fileURLToPath(import.meta.url), ["--serve", String(pages)]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", () => reject(new Error("the site's process ended early")));
  });
  return {
    port,
    seed: `http://app.test:${port}/page/0`,
    resolve: `*:${port}:127.0.0.1`,
    served: () =>
      new Promise((resolve) => {
        child.once("message", (count) => resolve(Number(count)));
        child.send("served");
      }),
    close: () => child.kill(),
  };
}

function serve(pages: number): void {
  process.once("disconnect", () => process.exit());
  const script = bundle();
  let shown = 0;
  process.on("message", () => process.send?.(shown));
  const dataOf = (page: number) => ({
    title: `Page ${page}`,
    paragraphs: Array.from({ length: 12 }, (_, at) => `Paragraph ${at} of page ${page}. `.repeat(12)),
    links: Array.from({ length: CHILDREN }, (_, at) => CHILDREN * page + at + 1)
      .filter((child) => child < pages)
      .map((child) => `/page/${child}`),
  });
  const server = createServer(({ url = "/" }, response) => {
    if (url === "/bundle.js")
      response
        .setHeader("content-type", "text/javascript")
        .setHeader("cache-control", "max-age=3600")
        .end(script);
    else if (url.startsWith("/data/")) {
      shown++;
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify(dataOf(Number(url.slice("/data/".length)))));
    } else if (url.startsWith("/page/"))
      response
        .setHeader("content-type", "text/html; charset=utf-8")
        .end('<!doctype html><title>App</title><div id="root"></div><script src="/bundle.js"></script>');
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

const isOwnProcess = process.argv[1] === fileURLToPath(import.meta.url);
if (isOwnProcess && process.argv[2] === "--serve") serve(Number(process.argv[3]));
