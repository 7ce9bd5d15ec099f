// The sites that whole crawls are measured on, each in a process of its own so that serving is not counted. `real`: page n is real page
// n modulo their number, compressed once, with links that reach every page in few steps. `plain`: the demonstration's large site.
import { fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync } from "node:zlib";
import { gzipOf } from "../demo/filler.ts";
import { serveLarge } from "../demo/index.ts";
import { realPages } from "./real-pages.ts";

export interface SiteSpec {
  readonly kind: "real" | "plain";
  readonly pages: number;
  /** For plain pages; real ones are as large as they are. */
  readonly bytes: number;
  /** Names that plain pages are spread over: h0.large.test and on; default 1. */
  readonly hosts?: number;
  /** As in Settings. */
  readonly corpus: string | null;
}

export interface Site {
  readonly port: number;
  readonly seed: string;
  /** Value for `--resolve`. */
  readonly resolve: string;
  close(): void;
}

const CHILDREN = 8;

export async function startSite(spec: SiteSpec): Promise<Site> {
  const child = fork(fileURLToPath(import.meta.url), ["--serve", JSON.stringify(spec)]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", () => reject(new Error("the site's process ended early")));
  });
  return {
    port,
    seed: `http://h0.large.test:${port}/`,
    resolve: `*:${port}:127.0.0.1`,
    close: () => child.kill(),
  };
}

async function serve(spec: SiteSpec): Promise<void> {
  process.once("disconnect", () => process.exit());
  process.send?.(spec.kind === "real" ? await serveReal(spec) : (await serveLarge(spec)).port);
}

async function serveReal({ pages, corpus }: SiteSpec): Promise<number> {
  const bodies = realPages(corpus).map(({ html }) => {
    // Relative references of a real page lead away, as those of a site's other parts do; ours are absolute.
    const base = '<base href="http://elsewhere.example/">';
    const text = html.toString("latin1");
    const head = /<head(\s[^>]*)?>/i;
    const bytes = Buffer.from(head.test(text) ? text.replace(head, `$&${base}`) : base + text, "latin1");
    return {
      text: bytes,
      deflated: deflateRawSync(bytes, { level: 6, finishFlush: constants.Z_FULL_FLUSH }),
    };
  });
  const server = createServer({ keepAliveTimeout: 15_000 }, (request, response) => {
    const path = request.url ?? "/";
    const page = path === "/" ? 0 : Number(/^\/page\/(\d+)$/.exec(path)?.[1] ?? Number.NaN);
    const body = bodies[page % bodies.length];
    if (body === undefined || page >= pages) {
      response.writeHead(404, { "content-length": 0 }).end();
      return;
    }
    const links = Array.from({ length: CHILDREN }, (_, at) => page * CHILDREN + at + 1)
      .filter((target) => target < pages)
      .map((target) => `<a href="http://${request.headers.host}/page/${target}">page ${target}</a>\n`);
    const zipped = gzipOf(Buffer.from(`<!-- ${page} -->`), [body], Buffer.from(links.join("")));
    const headers = {
      "content-type": "text/html",
      "content-encoding": "gzip",
      "content-length": zipped.length,
    };
    response.writeHead(200, headers).end(zipped);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4_096, resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

if (process.argv[2] === "--serve") await serve(JSON.parse(process.argv[3] ?? "{}") as SiteSpec);
