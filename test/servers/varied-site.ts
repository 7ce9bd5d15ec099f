// A site whose page n is made from its number: bodies of 1 KB to 20 MB, five content codings, ten charsets; and one host of
// URLs that fail, redirect or are no page. It keeps the hash of each body it sent. Knows nothing of the program.
import { createCipheriv, hash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as zlib from "node:zlib";
import { encode } from "../../demo/encoders.ts";
import { listen } from "../../demo/server.ts";

export const CODINGS = ["identity", "gzip", "deflate", "br", "zstd"] as const;
export type Coding = (typeof CODINGS)[number];

/** Each with a title that the others could not write, or would write in other bytes. */
export const CHARSETS: readonly (readonly [name: string, words: string])[] = [
  ["utf-8", "Die Mühle am Fluß: 水車, 물레방아, ☂"],
  ["euc-kr", "물레방아 이야기"],
  ["windows-1252", "“Café” — la moulin à 5 €"],
  ["shift_jis", "水車小屋の話"],
  ["koi8-r", "Мельница у реки"],
  ["gbk", "水车的故事"],
  ["utf-16le", "Ο μύλος και το 물레방아"],
  ["big5", "水車的故事"],
  ["windows-1251", "Мельница за рекой"],
  ["euc-jp", "川と水車"],
];

const MB = 1_000_000;
/** Bodies as they travel. The largest are few: each costs seconds of two cores. */
const LARGE_BYTES = [2, 2, 2, 2, 2, 3, 3, 4, 5, 6, 20, 8, 12, 20].map((size) => size * MB);
const LARGE_FROM = 300;
const EDGES_FROM = 200;
const EDGES = 16;
const EDGE_STEP = 256;

export interface VariedOptions {
  readonly pages: number;
  readonly hosts: number;
  /** Pages `EDGES_FROM …` have bodies around so many bytes, some below it and some above. */
  readonly edgeBytes: number;
  /** Each page of about so many bytes, none large: for what needs only many. */
  readonly bytes?: number;
}

/** What is known of a page without making it. */
export interface PageFacts {
  readonly url: string;
  readonly title: string;
  readonly charset: string;
  readonly coding: Coding;
  readonly kind: "small" | "edge" | "large";
}

export interface VariedPage extends PageFacts {
  readonly html: string;
  /** As it travels. */
  readonly body: Buffer;
}

export interface End {
  readonly state: "stored" | "failed" | "skipped";
  readonly code: string | null;
}

export interface VariedSite {
  readonly seeds: readonly string[];
  readonly resolve: readonly string[];
  readonly depth: number;
  /** Every page that is to be stored, by its URL. */
  readonly pages: ReadonlyMap<string, number>;
  /** How every other URL is to end. */
  readonly others: ReadonlyMap<string, End>;
  facts(number: number): PageFacts;
  page(number: number): VariedPage;
  /** Hash and length of the body that was sent for a URL. */
  readonly sent: ReadonlyMap<string, { readonly sha256: string; readonly bytes: number }>;
  close(): Promise<void>;
}

export async function serveVaried({ pages, hosts, edgeBytes, bytes }: VariedOptions): Promise<VariedSite> {
  let port = 0;
  const sent = new Map<string, { sha256: string; bytes: number }>();
  const origin = (name: string): string => `http://${name}.varied.test:${port}`;
  const urlOf = (number: number): string =>
    `${origin(`h${number % hosts}`)}${number < hosts ? "/" : `/page/${number}`}`;
  const linksOf = (number: number): string =>
    Array.from({ length: 8 }, (_, at) => number * 8 + at + 1)
      .filter((target) => target < pages)
      .map((target) => `<li><a href="${urlOf(target)}">${target}</a></li>`)
      .join("\n");

  function facts(number: number): PageFacts {
    const kind = bytes === undefined ? kindOf(number) : "small";
    const coding = kind === "edge" ? "gzip" : (CODINGS[number % CODINGS.length] ?? "identity");
    const long = ["utf-8", "A long page"] as const;
    const [charset, words] = (kind === "small" && CHARSETS[Math.floor(number / 5) % CHARSETS.length]) || long;
    return { url: urlOf(number), title: `${words} ${number}`, charset, coding, kind };
  }

  function page(number: number): VariedPage {
    const known = facts(number);
    const { title, charset, coding, kind } = known;
    const made = (size: number): { html: string; body: Buffer } => {
      const [opening, rest] = htmlOf(title, linksOf(number), charset, number, size);
      return { html: opening + rest, body: coded(encoded(opening, rest, charset), coding, kind) };
    };
    const wanted = bytes ?? sizeOf(number, kind, edgeBytes);
    const scale = coding === "identity" || kind === "edge" ? 1 : 0.77;
    let { html, body } = made(Math.ceil(wanted / scale));
    // Stored blocks grow with their text: the size is met byte for byte in a step or two.
    for (let size = wanted; kind === "edge" && body.length !== wanted; ) {
      size += wanted - body.length;
      ({ html, body } = made(size));
    }
    return { ...known, html, body };
  }

  const others = new Map<string, End>();
  const odd = (path: string, state: End["state"], code: string | null): void => {
    others.set(`${origin("odd")}${path}`, { state, code });
  };
  const answer = (path: string, response: ServerResponse): void => {
    const html = { "content-type": "text/html; charset=utf-8" };
    const [, kind, number] = /^\/(\w+)\/(\d+)/.exec(path) ?? [];
    switch (kind) {
      case "gone":
        response.writeHead(404, html).end("<title>gone</title>");
        break;
      case "broken":
        response.writeHead(500, html).end("<title>broken</title>");
        break;
      case "moved":
        response.writeHead(302, { location: urlOf(hosts + Number(number)) }).end();
        break;
      case "silent":
        break;
      case "cut":
        response.writeHead(200, { ...html, "content-length": 5_000 });
        response.write("<title>cut</title>");
        response.socket?.end();
        break;
      case "image":
        response.writeHead(200, { "content-type": "image/png" }).end(noise(Number(number), 2_000));
        break;
      case "vast":
        response.writeHead(200, { ...html, "content-length": 200 * MB });
        response.write("<title>vast</title>");
        break;
      case "garbled":
        response.writeHead(200, { ...html, "content-encoding": "br" }).end(noise(Number(number), 3_000));
        break;
      default:
        response.writeHead(404).end();
    }
  };

  // Made before anybody asks: meanwhile no other request would be answered.
  const ready = new Map<number, Buffer>();
  const answerOf = (number: number): Buffer => ready.get(number) ?? page(number).body;

  const server = await listen("127.0.0.1", 0, (request: IncomingMessage, response) => {
    const path = request.url ?? "/";
    const host = (request.headers.host ?? "").replace(/\..*$/, "");
    if (path === "/robots.txt") return void response.writeHead(404).end();
    if (host === "odd" && path === "/") {
      const links = [...others.keys()].map((url) => `<a href="${url}">${url}</a>`).join("\n");
      const body = Buffer.from(htmlOf("Odd pages", links, "utf-8", 0, 5_000).join(""));
      sent.set(`${origin("odd")}/`, { sha256: hash("sha256", body), bytes: body.length });
      return void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(body);
    }
    if (host === "odd") return answer(path, response);
    const number = path === "/" ? Number(host.slice(1)) : Number(/^\/page\/(\d+)$/.exec(path)?.[1]);
    if (!(number < pages) || `h${number % hosts}` !== host) return void response.writeHead(404).end();
    const { url, charset, coding } = facts(number);
    const body = answerOf(number);
    sent.set(url, { sha256: hash("sha256", body), bytes: body.length });
    response.writeHead(200, {
      "content-type": `text/html${saysCharset(number, charset) ? `; charset=${charset}` : ""}`,
      "content-length": body.length,
      ...(coding === "identity" ? {} : { "content-encoding": coding }),
    });
    response.end(body);
  });
  port = server.port;
  for (let number = 0; number < pages; number++)
    if (facts(number).kind !== "small") ready.set(number, page(number).body);

  for (let at = 0; at < 8; at++) {
    odd(`/gone/${at}`, "failed", "status");
    odd(`/moved/${at}`, "stored", null);
    odd(`/image/${at}.png`, "skipped", "unsupported_type");
  }
  for (let at = 0; at < 3; at++) {
    odd(`/broken/${at}`, "failed", "status");
    odd(`/silent/${at}`, "failed", "timeout");
    odd(`/cut/${at}`, "failed", "truncated");
    odd(`/vast/${at}`, "failed", "too_large");
    odd(`/garbled/${at}`, "failed", "decode");
  }
  let depth = 1;
  for (let number = pages - 1; number > 0; number = Math.floor((number - 1) / 8)) depth++;
  const names = [...Array.from({ length: hosts }, (_, at) => `h${at}`), "odd"];
  return {
    seeds: names.map((name) => `${origin(name)}/`),
    resolve: names.map((name) => `${name}.varied.test:${port}:127.0.0.1`),
    depth,
    pages: new Map(Array.from({ length: pages }, (_, number) => [urlOf(number), number] as const)),
    others,
    facts,
    page,
    sent,
    close: () => server.close(),
  };
}

const kindOf = (number: number): PageFacts["kind"] => {
  if (number >= EDGES_FROM && number < EDGES_FROM + EDGES) return "edge";
  return number >= LARGE_FROM && number < LARGE_FROM + LARGE_BYTES.length ? "large" : "small";
};

function sizeOf(number: number, kind: PageFacts["kind"], edgeBytes: number): number {
  if (kind === "edge") return edgeBytes + (number - EDGES_FROM - EDGES / 2) * EDGE_STEP;
  if (kind === "large") return LARGE_BYTES[number - LARGE_FROM] ?? MB;
  return number % 40 === 0 ? 100_000 + (number % 7) * 30_000 : 1_500 + (number % 11) * 900;
}

/** Half of the pages say their charset in the header, the others in themselves. */
const saysCharset = (number: number, charset: string): boolean => number % 2 === 0 && charset !== "utf-16le";

const noise = (seed: number, bytes: number): Buffer =>
  createCipheriv("aes-128-ctr", hash("md5", `page ${seed}`, "buffer"), Buffer.alloc(16)).update(
    Buffer.alloc(bytes),
  );

/** About `size` bytes of HTML that no coding makes much smaller: what holds the title, and ASCII. */
function htmlOf(
  title: string,
  links: string,
  charset: string,
  number: number,
  size: number,
): readonly [opening: string, rest: string] {
  const meta = charset === "utf-16le" || saysCharset(number, charset) ? "" : `<meta charset="${charset}">`;
  const head = `<!doctype html><html><head>${meta}<title>${title}</title></head><body><article><h1>${title}</h1>\n`;
  const tail = `</article><ul>${links}</ul></body></html>\n`;
  const room = Math.max(0, size - head.length - tail.length);
  const words = noise(number, room).toString("base64").replaceAll(/[+/=]/g, " ");
  const parts: string[] = [];
  const WIDTH = 800;
  for (let left = room, at = 0; left > 0; left -= WIDTH, at += WIDTH) {
    const own = Math.min(left, WIDTH);
    parts.push(own < 20 ? words.slice(at, at + own) : `<p>${words.slice(at, at + own - 8)}</p>\n`);
  }
  return [head, parts.join("") + tail];
}

/** Character by character where the encoding asks for it, which is slow. */
function encoded(opening: string, rest: string, charset: string): Buffer {
  if (charset.startsWith("utf-16")) return encode(opening + rest, charset);
  return Buffer.concat([encode(opening, charset), Buffer.from(rest, "latin1")]);
}

function coded(text: Buffer, coding: Coding, kind: PageFacts["kind"]): Buffer {
  switch (coding) {
    case "identity":
      return text;
    case "gzip":
      return zlib.gzipSync(text, { level: kind === "edge" ? 0 : 1 });
    case "deflate":
      return zlib.deflateSync(text, { level: 1 });
    case "br":
      return zlib.brotliCompressSync(text, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
    case "zstd":
      return zlib.zstdCompressSync(text, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } });
  }
}

/** The other way round, with the platform's own inflaters. */
export function uncoded(body: Buffer, coding: Coding): Buffer {
  switch (coding) {
    case "identity":
      return body;
    case "gzip":
      return zlib.gunzipSync(body);
    case "deflate":
      return zlib.inflateSync(body);
    case "br":
      return zlib.brotliDecompressSync(body);
    case "zstd":
      return zlib.zstdDecompressSync(body);
  }
}
