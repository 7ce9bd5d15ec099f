// The demonstration web against its own table, read by a plain client: what the table says is what is served.
import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { after, before, test } from "node:test";
import * as zlib from "node:zlib";
import { encode } from "./encoders.ts";
import { type DemoRow, type DemoWeb, startDemoWeb } from "./index.ts";
import { story } from "./prose.ts";

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One GET to loopback under the URL's own name; rejects where the connection breaks. */
function get(url: string, encodings = "gzip, br, deflate"): Promise<Got> {
  const { host, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path: pathname + search,
      headers: { host, "accept-encoding": encodings },
    });
    sent.once("error", reject);
    sent.once("response", (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end();
  });
}

function inflated({ headers, body }: Got): Buffer {
  switch (headers["content-encoding"]) {
    case "gzip":
      return zlib.gunzipSync(body);
    case "br":
      return zlib.brotliDecompressSync(body);
    case "deflate":
      return zlib.inflateSync(body);
    case "zstd":
      return zlib.zstdDecompressSync(body);
    default:
      return body;
  }
}

/** Markup and references undone, as far as this web uses them; scripts stay, for the pages that need them. */
const readable = (html: string): string =>
  html
    .replaceAll(/&#x([0-9a-f]+);/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

let web: DemoWeb;
const texts = new Map<string, string>();

before(async () => {
  web = await startDemoWeb();
});
after(() => web.close());

const stored = (row: DemoRow): boolean => row.rendered.outcome === "stored" && row.finalUrl === null;

test("some 300 pages on nine hosts, each URL once, each reached as it says", () => {
  assert.ok(web.table.length >= 300, String(web.table.length));
  assert.equal(new Set(web.table.map(({ url }) => url)).size, web.table.length);
  assert.equal(web.seeds.length, 8);
  assert.deepEqual(
    web.table
      .filter(({ reach }) => reach === "seed")
      .map(({ url }) => url)
      .sort(),
    [...web.seeds].sort(),
  );
  for (const { url, reach, depth, plain } of web.table) {
    assert.equal(plain === null, reach === "rendered", url);
    if (reach === "links") assert.ok(depth !== null && depth <= 2, `${url} at depth ${depth}`);
    if (reach === "sitemap") assert.equal(depth, null, url);
  }
});

test("every stored page is served with its status, title and sentence, in its encoding", async () => {
  for (const row of web.table.filter(stored)) {
    let got = await get(row.url);
    for (let attempt = 1; attempt < row.attempts; attempt++) {
      assert.equal(got.status, 503, row.url);
      assert.equal(got.headers["retry-after"], "1");
      got = await get(row.url);
    }
    assert.equal(got.status, row.rendered.status, row.url);
    const body = inflated(got);
    const charset = row.charset ?? "utf-8";
    const text = readable(new TextDecoder(charset).decode(body));
    texts.set(row.url, text);
    for (const expected of [row.plain, row.rendered]) {
      for (const part of [expected?.title, expected?.sentence]) {
        if (part === null || part === undefined) continue;
        // Node's decoder lacks windows-949's Hangul, so there the bytes are compared.
        const found = charset === "euc-kr" ? body.includes(encode(part, charset)) : text.includes(part);
        assert.ok(found, `${row.url}: ${part}`);
      }
    }
  }
});

test("redirects end where the table says, loops never", async () => {
  for (const row of web.table) {
    let url = row.url;
    const seen = new Set<string>();
    for (
      let got = await get(url).catch(() => null);
      got?.headers.location !== undefined;
      got = await get(url)
    ) {
      if (seen.has(url)) break;
      seen.add(url);
      assert.ok([301, 302, 303, 307, 308].includes(got.status), url);
      url = new URL(got.headers.location, url).href;
    }
    if (row.plain?.code === "redirect") assert.ok(seen.has(url), row.url);
    else assert.equal(seen.size > 0 ? url : null, row.finalUrl, row.url);
  }
});

test("failures fail as the table says", async () => {
  for (const { url, rendered, finalUrl } of web.table) {
    if (rendered.outcome === "stored" || finalUrl !== null) continue;
    switch (rendered.code) {
      case "status":
        assert.equal((await get(url)).status, rendered.status, url);
        break;
      case "connect":
      case "truncated":
        await assert.rejects(get(url), { code: "ECONNRESET" }, url);
        break;
      case "protocol":
        await assert.rejects(get(url), /socket hang up|Parse Error/, url);
        break;
      case "too_large": {
        const { body } = await get(url);
        assert.ok(body.length < 200_000, url);
        assert.throws(() => zlib.gunzipSync(body, { maxOutputLength: 100 << 20 }), {
          code: "ERR_BUFFER_TOO_LARGE",
        });
        break;
      }
      case "decode": {
        const got = await get(url);
        assert.throws(() => inflated(got), { code: "Z_DATA_ERROR" }, url);
        break;
      }
      case "unsupported_type":
        assert.doesNotMatch((await get(url)).headers["content-type"] ?? "", /^text|xml/, url);
        break;
      default:
        assert.ok(["robots", "redirect", "scope"].includes(rendered.code ?? ""), `${url}: ${rendered.code}`);
    }
  }
});

test("a reserved word is on exactly the pages that the table lists", () => {
  assert.ok(web.words.length >= 20);
  for (const { word, plain, rendered } of web.words) {
    const found = [...texts]
      .filter(([, text]) => text.toLowerCase().includes(word.toLowerCase()))
      .map(([url]) => url);
    assert.deepEqual(found.sort(), rendered, word);
    assert.ok(rendered.length > 0 && plain.every((url) => rendered.includes(url)), word);
  }
  assert.ok(
    web.words.some(({ plain, rendered }) => plain.length < rendered.length),
    "one needs a browser",
  );
});

test("a sentence belongs to one page, but for duplicates and what redirects there", () => {
  const owners = new Map<string, string[]>();
  for (const row of web.table.filter(stored)) {
    if (/duplicate/.test(row.kind)) continue;
    const sentence = row.rendered.sentence ?? "";
    owners.set(sentence, [...(owners.get(sentence) ?? []), row.url]);
  }
  for (const [sentence, urls] of owners) assert.equal(urls.length, 1, sentence);
});

test("robots.txt names a sitemap index whose gzipped member lists the hidden pages", async () => {
  const hidden = web.table.filter(({ reach }) => reach === "sitemap").map(({ url }) => url);
  const listed: string[] = [];
  for (const seed of web.seeds) {
    const robots = (await get(new URL("/robots.txt", seed).href)).body.toString();
    for (const [, index = ""] of robots.matchAll(/^Sitemap: (.*)$/gm)) {
      const member = /<loc>(.*?)<\/loc>/.exec((await get(index)).body.toString())?.[1] ?? "";
      const urls = zlib.gunzipSync((await get(member)).body).toString();
      listed.push(...[...urls.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url = ""]) => url));
    }
  }
  for (const url of hidden) assert.ok(listed.includes(url), url);
  for (const url of listed)
    assert.ok(
      web.table.some((row) => row.url === url),
      url,
    );
});

test("a coding is used only where the client takes it", async () => {
  const url = web.table.find(({ kind }) => kind === "br")?.url ?? "";
  assert.equal((await get(url, "br")).headers["content-encoding"], "br");
  assert.equal((await get(url, "br;q=0, gzip")).headers["content-encoding"], undefined);
  assert.equal((await get(url, "")).headers["content-encoding"], undefined);
});

test("the same web is made every time, by name or by port", async () => {
  const other = await startDemoWeb({ hosts: "ports" });
  try {
    assert.deepEqual(other.resolve, []);
    assert.deepEqual(
      other.table.map(({ kind, rendered }) => ({ kind, rendered })),
      web.table.map(({ kind, rendered }) => ({ kind, rendered })),
    );
    const got = await get(`${other.origins.sosik}/`);
    assert.match(inflated(got).toString(), /물레방아 소식/);
  } finally {
    await other.close();
  }
  assert.deepEqual(story("ko", 1, 4), story("ko", 1, 4));
});
