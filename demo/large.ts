// A site of any size for benches, memory runs and kill tests: page n is made from its number when it is asked for, so nothing grows
// with the site. Also answers as a one-page host under any name, for crawls of long lists.
import { BLOCK_BYTES, type Block, blocksFor, gzipOf } from "./filler.ts";
import { listen } from "./server.ts";

export interface LargeOptions {
  /** Pages in all, over all hosts. Default 20,000. */
  readonly pages?: number;
  /** Names `h0.large.test` …; page n lives on host n mod hosts. Default 1. */
  readonly hosts?: number;
  /** Size of a page before compression, roughly. Default 30,000. */
  readonly bytes?: number;
  /** Links on a page; at least 2 are always there, so that all is reached from page 0. Default 20. */
  readonly links?: number;
  /** Serve gzip where accepted. Default true. */
  readonly gzip?: boolean;
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

export interface Large {
  readonly port: number;
  readonly pages: number;
  /** Links from page 0 to the farthest page, at most: what `--depth` must allow. */
  readonly depth: number;
  /** The home page of each host; page 0 alone leads to all. */
  readonly seeds: readonly string[];
  /** `h0.large.test:PORT:127.0.0.1` …; `*:PORT:127.0.0.1` also does, and serves names under `.list.test` as one-page sites. */
  readonly resolve: readonly string[];
  /** Requests answered so far, robots.txt not counted. */
  readonly served: () => number;
  url(page: number): string;
  title(page: number): string;
  sentence(page: number): string;
  close(): Promise<void>;
}

/** A word for a number: the same always, no two alike; letters only. */
function word(number: number): string {
  const syllables = [
    "ba",
    "do",
    "fe",
    "gi",
    "hu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "so",
    "te",
    "vi",
    "wu",
    "za",
  ];
  let rest = number;
  let text = "";
  do {
    text += syllables[rest & 15] ?? "";
    rest >>>= 4;
  } while (rest > 0);
  return `${text}x`;
}

/**
 * Serves the site. A list crawl sends any name here, `http://anything.list.test:PORT/`, with `--resolve '*:PORT:127.0.0.1'`: curl's
 * form changes the address, never the port, so each line carries the port.
 */
export async function serveLarge(options: LargeOptions = {}): Promise<Large> {
  const {
    pages = 20_000,
    hosts = 1,
    bytes = 30_000,
    links = 20,
    gzip = true,
    host: address = "127.0.0.1",
  } = options;
  let served = 0;
  let port = 0;
  const origin = (index: number): string => `http://h${index}.large.test:${port}`;
  const path = (page: number): string => (page < hosts ? "/" : `/page/${page}`);
  const url = (page: number): string => `${origin(page % hosts)}${path(page)}`;
  const title = (page: number): string => `Page ${page}: ${word(page)}`;
  const sentence = (page: number): string =>
    `The word of page ${page} is ${word(page)} and no other page has it.`;

  /** Neighbours in a tree of eight children, and then what comes next: all are reached, in few steps. */
  const targets = (page: number): number[] => {
    const found = new Set<number>();
    for (let child = 1; child <= 8; child++) found.add(page * 8 + child);
    for (let step = 1; found.size < Math.max(links, 8); step++) found.add(page + step * 7);
    return [...found].filter((target) => target < pages && target !== page).slice(0, Math.max(links, 8));
  };

  const make = (page: number): Body => {
    const list = targets(page).map(
      (target) =>
        `<li><a href="${page % hosts === target % hosts ? path(target) : url(target)}">Page ${target}</a></li>`,
    );
    const head = Buffer.from(opening(title(page), sentence(page)));
    const tail = Buffer.from(`</article></main><ul>\n${list.join("\n")}\n</ul></body></html>\n`);
    const room = bytes - head.length - tail.length;
    return { head, blocks: blocksFor(page, Math.max(0, Math.round(room / BLOCK_BYTES))), tail };
  };
  const one: Body = {
    head: Buffer.from(opening("A site of one page", "This host has one page and this is it.")),
    blocks: blocksFor(0, Math.round(bytes / BLOCK_BYTES)),
    tail: Buffer.from("</article></main></body></html>\n"),
  };
  const onePlain = sent(one, false);
  const oneZipped = sent(one, true);

  /** The page a request asks for, -1 for the page of a one-page host, null for none. */
  const pageOf = (name: string, target: string): number | null => {
    const own = /^h(\d+)\.large\.test$/.exec(name);
    if (own === null) return target === "/" ? -1 : null;
    const index = Number(own[1]);
    if (target === "/") return index < hosts && index < pages ? index : null;
    const number = Number(/^\/page\/(\d+)$/.exec(target)?.[1] ?? Number.NaN);
    return number >= hosts && number < pages && number % hosts === index ? number : null;
  };

  const server = await listen(address, options.port ?? 0, (request, response) => {
    const target = request.url ?? "/";
    const name = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const page = target === "/robots.txt" ? null : pageOf(name, target);
    if (page === null) {
      response.writeHead(404, { "content-length": 0 });
      response.end();
      return;
    }
    served++;
    const zipped = gzip && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const body = page < 0 ? (zipped ? oneZipped : onePlain) : sent(make(page), zipped);
    const coding = zipped ? { "content-encoding": "gzip" } : {};
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-length": body.length,
      ...coding,
    });
    response.end(body);
  });
  port = server.port;
  let depth = 0;
  for (let page = pages - 1; page > 0; page = Math.floor((page - 1) / 8)) depth++;
  const names = Array.from({ length: Math.min(hosts, pages) }, (_, index) => index);
  return {
    port,
    pages,
    depth,
    seeds: names.map((index) => `${origin(index)}/`),
    resolve:
      names.length <= 64
        ? names.map((index) => `h${index}.large.test:${port}:${address}`)
        : [`*:${port}:${address}`],
    served: () => served,
    url,
    title,
    sentence,
    close: () => server.close(),
  };
}

interface Body {
  readonly head: Buffer;
  readonly blocks: readonly Block[];
  readonly tail: Buffer;
}

const sent = ({ head, blocks, tail }: Body, zipped: boolean): Buffer =>
  zipped ? gzipOf(head, blocks, tail) : Buffer.concat([head, ...blocks.map(({ text }) => text), tail]);

const opening = (title: string, sentence: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main class="content"><article><h1>${title}</h1>\n<p>${sentence}</p>\n`;
