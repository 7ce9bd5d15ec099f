// A web of pages with pictures, and what the image recipe is to make of each: the table of truth of 150 subjects, of every kind
// of success and failure. Knows nothing of the program's inside.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import sharp from "sharp";

export interface CaseOf {
  /** What is entered; null where the page is to be searched. */
  readonly url: string | null;
  /** "stored", or the outcome and its code. */
  readonly ends: string;
  /** The picture that is to be kept. */
  readonly picture?: Buffer;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface PictureSite {
  readonly port: number;
  /** By id, in the order of ids. */
  readonly cases: ReadonlyMap<string, CaseOf>;
  /** CSV of the subjects. */
  readonly csv: string;
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** Another picture at the same place. */
  change(id: string): Promise<Buffer>;
  close(): void;
}

export const PICTURE_BYTES_MAX = 200_000;
const SUBJECTS = 150;

type Format = "jpeg" | "png" | "webp" | "gif" | "avif";

/** Noise of its own for each seed. */
export async function pictureOf(seed: number, format: Format, width = 160, height = 120): Promise<Buffer> {
  const raw = Buffer.alloc(width * height * 3);
  let state = seed + 1;
  for (let at = 0; at < raw.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    raw[at] = state >>> 24;
  }
  const image = sharp(raw, { raw: { width, height, channels: 3 } });
  return format === "avif" ? image.avif({ effort: 0 }).toBuffer() : image.toFormat(format).toBuffer();
}

const html = (head: string, body = ""): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An artist</title>${head}</head><body><main><h1>An artist</h1>
<p>Of whom there is something to be said, so that the page has text enough to be one and nothing that looks like a wall.</p>${body}</main></body></html>`;
const og = (src: string): string => html(`<meta property="og:image" content="${src}">`);
const jsonLd = (value: unknown): string =>
  html(`<script type="application/ld+json">${JSON.stringify(value)}</script>`);

interface Making {
  readonly id: string;
  readonly seed: number;
  readonly origin: string;
  /** Of its kind. */
  readonly isFirst: boolean;
  page(path: string, text: string): string;
  at(path: string, handler: Handler): void;
  picture(path: string, bytes: Buffer, type?: string): void;
}

/** Each makes its pages and says how it ends. */
const KINDS: readonly (readonly [name: string, make: (site: Making) => Promise<CaseOf>])[] = [
  ["open graph", (site) => plain(site, "jpeg", og)],
  ["json-ld text", (site) => plain(site, "png", (src) => jsonLd({ "@type": "Person", image: src }))],
  [
    "json-ld, the largest, not the site's logo",
    (site) =>
      plain(site, "jpeg", (src) =>
        jsonLd({
          "@graph": [
            { "@type": "Organization", image: "/none.jpg", logo: "/none.jpg" },
            {
              "@type": ["MusicGroup"],
              image: [
                { "@type": "ImageObject", url: "/none.jpg", width: 50, height: 50 },
                { "@type": "ImageObject", contentUrl: src, width: 800, height: 600 },
              ],
            },
          ],
        }),
      ),
  ],
  ["selector", (site) => plain(site, "webp", (src) => html("", `<img class="portrait" src="${src}">`))],
  [
    "lazy",
    (site) =>
      plain(site, "png", (src) =>
        html("", `<img class="portrait" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="${src}">`),
      ),
  ],
  [
    "srcset",
    (site) =>
      plain(site, "jpeg", (src) =>
        html(
          "",
          `<img class="portrait" src="/none.jpg" srcset="/none.jpg 320w, ${src} 1280w, /none2.jpg 640w">`,
        ),
      ),
  ],
  [
    "picture element",
    (site) =>
      plain(site, "avif", (src) =>
        html(
          "",
          `<picture><source srcset="/none.avif 200w, ${src} 900w" type="image/avif"><img class="portrait" src="/none.jpg"></picture>`,
        ),
      ),
  ],
  ["gif", (site) => plain(site, "gif", og)],
  [
    "exif, kept as it came",
    async (site) => {
      const source = await pictureOf(site.seed, "jpeg");
      const picture = await sharp(source)
        .withExif({ IFD0: { Copyright: `of ${site.id}` } })
        .jpeg()
        .toBuffer();
      site.picture("picture.jpg", picture);
      return { url: site.page("page", og("picture.jpg")), ends: "stored", picture };
    },
  ],
  [
    "redirects to page and picture",
    async (site) => {
      const picture = await pictureOf(site.seed, "jpeg");
      site.picture("real.jpg", picture);
      site.at("picture.jpg", (_, response) => response.writeHead(301, { location: "real.jpg" }).end());
      site.page("page", og("picture.jpg"));
      site.at("old", (_, response) => response.writeHead(302, { location: "page" }).end());
      return { url: `${site.origin}/${site.id}/old`, ends: "stored", picture };
    },
  ],
  [
    "said to be text, is a picture",
    async (site) => {
      const picture = await pictureOf(site.seed, "png");
      site.picture("picture", picture, "text/plain");
      return { url: site.page("page", og("picture")), ends: "stored", picture };
    },
  ],
  [
    "compressed on the way",
    async (site) => {
      const picture = await pictureOf(site.seed, "jpeg");
      site.at("picture.jpg", (_, response) =>
        response
          .writeHead(200, { "content-encoding": "gzip", "content-type": "image/jpeg" })
          .end(gzipSync(picture)),
      );
      return { url: site.page("page", og("picture.jpg")), ends: "stored", picture };
    },
  ],
  [
    "the second will do",
    async (site) => {
      const picture = await pictureOf(site.seed, "jpeg");
      site.picture("second.jpg", picture);
      const head = `<meta property="og:image" content="gone.jpg"><meta property="og:image" content="second.jpg">`;
      return { url: site.page("page", html(head)), ends: "stored", picture };
    },
  ],
  [
    "found by a search",
    async (site) => {
      const picture = await pictureOf(site.seed, "jpeg");
      site.picture("picture.jpg", picture);
      site.page("page", og("picture.jpg"));
      return { url: null, ends: "stored", picture };
    },
  ],
  ["a search without an answer", async () => ({ url: null, ends: "failed parse" })],
  ["page 404", async (site) => ({ url: `${site.origin}/${site.id}/page`, ends: "failed status" })],
  ["page 500", (site) => answering(site, (response) => response.writeHead(500).end("down"), "failed status")],
  ["page never answers", (site) => answering(site, () => undefined, "failed timeout")],
  [
    "redirect loop",
    async (site) => {
      site.at("a", (_, response) => response.writeHead(302, { location: "b" }).end());
      site.at("b", (_, response) => response.writeHead(302, { location: "a" }).end());
      return { url: `${site.origin}/${site.id}/a`, ends: "failed redirect" };
    },
  ],
  ["private address", async ({ id }) => ({ url: `http://10.0.0.1/${id}`, ends: "failed blocked_address" })],
  [
    "redirect to a private address",
    (site) =>
      answering(
        site,
        (response) => response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end(),
        "failed blocked_address",
      ),
  ],
  [
    "picture at a private address",
    async (site) => ({
      url: site.page("page", og("http://192.168.1.1/a.jpg")),
      ends: "failed blocked_address",
    }),
  ],
  [
    "page that robots may not read",
    async (site) => ({ url: site.page("closed", og("picture.jpg")), ends: "skipped robots" }),
  ],
  [
    "picture that robots may not read",
    async (site) => {
      site.picture("closed.jpg", await pictureOf(site.seed, "jpeg"));
      return { url: site.page("page", og("closed.jpg")), ends: "skipped robots" };
    },
  ],
  ["no picture", async (site) => ({ url: site.page("page", html("")), ends: "failed parse" })],
  [
    "a data: URL alone",
    async (site) => ({ url: site.page("page", og("data:image/png;base64,AAAA")), ends: "failed parse" }),
  ],
  ["picture 404", async (site) => ({ url: site.page("page", og("picture.jpg")), ends: "failed status" })],
  [
    "HTML in the place of the picture",
    (site) => bytes(site, Buffer.from(html("")), "skipped unsupported_type"),
  ],
  [
    "SVG",
    (site) =>
      bytes(
        site,
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"></svg>'.padEnd(3_000)),
        "skipped unsupported_type",
      ),
  ],
  [
    "page that is none",
    (site) =>
      answering(
        site,
        (response) => response.writeHead(200, { "content-type": "application/zip" }).end("PK\x03\x04"),
        "skipped unsupported_type",
      ),
  ],
  [
    "picture that breaks off in the file",
    async (site) => {
      const whole = await pictureOf(site.seed, "jpeg");
      return bytes(site, whole.subarray(0, whole.length >> 1), "failed truncated");
    },
  ],
  [
    "picture that breaks off on the way",
    async (site) => {
      const whole = await pictureOf(site.seed, "jpeg");
      site.at("picture.jpg", (_, response) => {
        response.writeHead(200, { "content-type": "image/jpeg", "content-length": whole.length });
        response.write(whole.subarray(0, whole.length >> 1), () => response.destroy());
      });
      return { url: site.page("page", og("picture.jpg")), ends: "failed truncated" };
    },
  ],
  [
    "too few pixels",
    async (site) => bytes(site, await pictureOf(site.seed, "png", 60, 60), "skipped policy"),
  ],
  [
    "too few bytes",
    async (site) => bytes(site, (await pictureOf(site.seed, "gif")).subarray(0, 200), "skipped policy"),
  ],
  [
    "too many bytes, as announced",
    (site) =>
      bytes(
        site,
        Buffer.concat([Buffer.from("\xff\xd8\xff", "latin1"), Buffer.alloc(PICTURE_BYTES_MAX)]),
        "failed too_large",
      ),
  ],
  [
    "too many bytes, unannounced",
    async (site) => {
      site.at("picture.jpg", (_, response) => {
        response.writeHead(200, { "content-type": "image/jpeg" });
        response.write(Buffer.from("\xff\xd8\xff", "latin1"));
        for (let sent = 0; sent <= PICTURE_BYTES_MAX; sent += 50_000) response.write(Buffer.alloc(50_000));
        response.end();
      });
      return { url: site.page("page", og("picture.jpg")), ends: "failed too_large" };
    },
  ],
  ["decompression bomb", (site) => bytes(site, bomb(30_000, 30_000, site.seed), "failed too_large")],
  [
    "the same picture as others",
    async (site) => {
      const picture = await pictureOf(999_983, "jpeg");
      // Who comes first has it.
      const made = await bytes(site, picture, "skipped duplicate");
      return site.isFirst ? { ...made, ends: "stored", picture } : made;
    },
  ],
  [
    "picture never comes",
    async (site) => {
      site.at("picture.jpg", () => undefined);
      return { url: site.page("page", og("picture.jpg")), ends: "failed timeout" };
    },
  ],
  ["nobody listens", async (site) => ({ url: `http://site.test:1/${site.id}`, ends: "failed connect" })],
  [
    "a wall in the page's place",
    (site) =>
      answering(
        site,
        (response) =>
          response
            .writeHead(403, {
              "content-type": "text/html",
              server: "cloudflare",
              "cf-mitigated": "challenge",
            })
            .end("<!doctype html><title>Just a moment...</title><body>Checking your browser</body>"),
        "failed blocked",
      ),
  ],
  [
    "garbage in the middle",
    async (site) => {
      const picture = await pictureOf(site.seed, "png");
      // The data of one chunk, not the places of the next.
      picture.fill(7, 100, 1_000);
      return bytes(site, picture, "failed decode");
    },
  ],
];

async function plain(site: Making, format: Format, page: (src: string) => string): Promise<CaseOf> {
  const picture = await pictureOf(site.seed, format);
  site.picture(`picture.${format}`, picture);
  return { url: site.page("page", page(`picture.${format}`)), ends: "stored", picture };
}

async function bytes(site: Making, body: Buffer, ends: string): Promise<CaseOf> {
  site.picture("picture.jpg", body);
  return { url: site.page("page", og("picture.jpg")), ends };
}

async function answering(
  site: Making,
  answer: (response: ServerResponse) => unknown,
  ends: string,
): Promise<CaseOf> {
  site.at("page", (_, response) => void answer(response));
  return { url: `${site.origin}/${site.id}/page`, ends };
}

/** A PNG that says it is huge, and inflates for long. */
function bomb(width: number, height: number, seed: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height + seed, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.alloc(20_000_000));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** Kinds take turns until there are 150 subjects. */
export async function pictureSite(): Promise<PictureSite> {
  const handlers = new Map<string, Handler>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site.test").pathname;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const handler = handlers.get(path);
    if (handler === undefined) response.writeHead(404, { "content-type": "text/html" }).end(html(""));
    else handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://site.test:${port}`;
  const lines = ["id,name,url,label"];
  const cases = new Map<string, CaseOf>();
  const found = new Set<string>();
  for (let index = 0; index < SUBJECTS; index++) {
    const [kind, make] = KINDS[index % KINDS.length] ?? [];
    if (make === undefined) throw new Error("no kind");
    const id = `artist-${String(index).padStart(3, "0")}`;
    const making: Making = {
      id,
      seed: index * 7 + 1,
      origin,
      isFirst: index < KINDS.length,
      at: (path, handler) => void handlers.set(`/${id}/${path}`, handler),
      page(path, text) {
        handlers.set(`/${id}/${path}`, (_, response) => {
          response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(text);
        });
        return `${origin}/${id}/${path}`;
      },
      picture(path, body, type = "image/jpeg") {
        handlers.set(`/${id}/${path}`, (_, response) => {
          response.writeHead(200, { "content-type": type, "content-length": body.length }).end(body);
        });
      },
    };
    const one = await make(making);
    cases.set(id, one);
    if (one.picture !== undefined) found.add(`The name of ${id}`);
    // Quotes and commas, as files have them.
    lines.push(`${id},"The name of ${id}",${one.url ?? ""},"${kind}, or ""so"""`);
  }
  handlers.set("/robots.txt", (_, response) => {
    const closed = [...cases.keys()].flatMap((id) => [`Disallow: /${id}/closed`]).join("\n");
    response.writeHead(200, { "content-type": "text/plain" }).end(`User-agent: *\n${closed}\n`);
  });
  handlers.set("/search", (request, response) => {
    const name = new URL(request.url ?? "/", origin).searchParams.get("q") ?? "";
    const id = name.slice("The name of ".length);
    const hit = found.has(name)
      ? `<ol class="hits"><li><a href="/${id}/page">${name}</a></li><li><a href="/none">other</a></li></ol>`
      : "";
    response.writeHead(200, { "content-type": "text/html" }).end(html("", `<a href="/help">help</a>${hit}`));
  });
  return {
    port,
    cases,
    csv: `${lines.join("\r\n")}\r\n`,
    asked,
    async change(id) {
      const bytes = await pictureOf(424_242, "jpeg");
      handlers.set(`/${id}/picture.jpeg`, (_, response) => {
        response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
      });
      return bytes;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
