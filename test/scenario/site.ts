// A small web server of a test's own: pages from a table, everything it was asked kept, and one crawl of it as a user would
// run it. Knows nothing of the program's inside.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Ended, jsonFile, type RunOptions, run, scratch } from "./program.ts";

type Cleanup = { after(fn: () => void): void };

export interface Seen {
  readonly path: string;
  readonly host: string;
  readonly headers: IncomingMessage["headers"];
  readonly atMs: number;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

export interface Site {
  readonly port: number;
  /** `http://127.0.0.1:port`, without a slash at its end. */
  readonly origin: string;
  readonly seen: readonly Seen[];
  /** How often a path was asked for. */
  count(path: string): number;
}

const text = (title: string): string =>
  `The page called ${title} has this sentence of its own, and a second one that makes it long enough to be kept.`;

/** An HTML page with a title, a paragraph and links. */
export function html(title: string, links: readonly string[] = [], head = ""): string {
  const anchors = links.map((link) => `<li><a href="${link}">to ${link}</a></li>`).join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head>
<body><article><h1>${title}</h1><p>${text(title)}</p></article><ul>${anchors}</ul></body></html>`;
}

export const page =
  (title: string, links: readonly string[] = [], head = ""): Answer =>
  (_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8").end(html(title, links, head));
  };

export const redirect =
  (to: string, status = 302): Answer =>
  (_, response) => {
    response.writeHead(status, { location: to }).end();
  };

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, { "content-type": "text/html", ...headers }).end(html(`status ${code}`));
  };

/** Serves a table of paths on a loopback port until the test is over; other paths answer 404. */
export async function serve(t: Cleanup, paths: Readonly<Record<string, Answer>>): Promise<Site> {
  const seen: Seen[] = [];
  const count = (path: string): number => seen.filter((one) => one.path === path).length;
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    seen.push({
      path,
      host: request.headers.host ?? "",
      headers: request.headers,
      atMs: performance.now(),
    });
    const answer = paths[path] ?? paths["*"] ?? status(404);
    answer(request, response, count(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, origin: `http://127.0.0.1:${port}`, seen, count };
}

export interface Line {
  readonly url: string;
  readonly final_url: string;
  readonly outcome: "stored" | "failed" | "skipped";
  readonly status: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly depth: number;
  readonly attempts: number;
  readonly title: string | null;
  readonly markdown: string | null;
  readonly [key: string]: unknown;
}

export interface Crawled extends Ended {
  readonly data: string;
  readonly lines: readonly Line[];
  /** The line of a path of the site, or of a whole URL; the last one where there are several. */
  line(url: string): Line;
  /** "stored", or "failed status" and the like, by path. */
  readonly ends: Readonly<Record<string, string>>;
}

let outs = 0;

/** `crawl` with --out and --allow-private, without delay and progress; arguments given come last and so count. */
export async function crawl(
  t: Cleanup,
  args: readonly string[],
  given: { readonly data?: string } & RunOptions = {},
): Promise<Crawled> {
  const folder = scratch(t);
  const data = given.data ?? join(folder, "data");
  const out = join(folder, `pages-${outs++}.jsonl`);
  const delay = args.includes("--delay") ? [] : ["--delay", "0"];
  const fixed = ["crawl", "--allow-private", ...delay, "--data", data, "--out", out, "--quiet"];
  const ended = await run([...fixed, ...args], given);
  const lines = ended.code === 0 ? (jsonFile(out) as unknown as Line[]) : [];
  const byUrl = new Map(
    lines.flatMap((line) => [[line.url, line] as const, [pathOf(line.url), line] as const]),
  );
  return {
    ...ended,
    data,
    lines,
    line(url) {
      const found = byUrl.get(url);
      if (found === undefined)
        throw new Error(`no line of ${url}; lines: ${[...byUrl.keys()].join(" ")}\n${ended.stderr}`);
      return found;
    },
    ends: Object.fromEntries(
      lines.map(({ url, outcome, error }) => [
        pathOf(url),
        error === null ? outcome : `${outcome} ${error.code}`,
      ]),
    ),
  };
}

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
