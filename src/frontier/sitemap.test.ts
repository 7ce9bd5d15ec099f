import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { parseLastmod } from "./lastmod.ts";
import { readSitemap, SITEMAP_DEFAULTS, type SitemapItem, type SitemapOptions } from "./sitemap.ts";

const BASE = "https://example.com/maps/sitemap.xml";

function* sliced(bytes: Uint8Array, stepBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += stepBytes) yield bytes.subarray(at, at + stepBytes);
}

async function read(
  content: string | Uint8Array,
  stepBytes = 1 << 20,
  changes: Partial<SitemapOptions> = {},
  encoding: string | null = null,
) {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const items: SitemapItem[] = [];
  const options = { ...SITEMAP_DEFAULTS, ...changes };
  for await (const item of readSitemap(sliced(bytes, stepBytes), BASE, encoding, options)) items.push(item);
  return items;
}

const short = (items: readonly SitemapItem[]) =>
  items.map((item) => (item.kind === "problem" ? `! ${item.code}` : `${item.kind} ${item.loc}`));

const urlset = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inner}</urlset>`;
const A = "<url><loc>https://example.com/a</loc></url>";

const TABLE: readonly (readonly [what: string, content: string, expected: readonly string[]])[] = [
  ["a urlset", urlset(A + A.replace("/a", "/b")), ["url https://example.com/a", "url https://example.com/b"]],
  [
    "an index",
    "<sitemapindex><sitemap><loc>https://e.com/1.xml.gz</loc></sitemap></sitemapindex>",
    ["sitemap https://e.com/1.xml.gz"],
  ],
  [
    "white space before and inside",
    ` \n\t${urlset("<url>\n<loc>\n https://example.com/a \n</loc></url>")}`,
    ["url https://example.com/a"],
  ],
  ["no name space", `<urlset>${A}</urlset>`, ["url https://example.com/a"]],
  [
    "a wrong name space",
    `<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">${A}</urlset>`,
    ["url https://example.com/a"],
  ],
  [
    "a prefix",
    "<sm:urlset xmlns:sm='x'><sm:url><sm:loc>https://example.com/a</sm:loc></sm:url></sm:urlset>",
    ["url https://example.com/a"],
  ],
  [
    "upper case",
    "<URLSET><URL><LOC>https://example.com/a</LOC></URL></URLSET>",
    ["url https://example.com/a"],
  ],
  [
    "entities, named, numeric and broken",
    urlset("<url><loc>/?a=1&amp;b=2&#38;c=3&#x26;d=4&e=5&nbsp;f</loc></url>"),
    ["url https://example.com/?a=1&b=2&c=3&d=4&e=5&nbsp;f"],
  ],
  [
    "CDATA",
    urlset("<url><loc><![CDATA[https://example.com/?a=1&b=2]]></loc></url>"),
    ["url https://example.com/?a=1&b=2"],
  ],
  ["a relative loc", urlset("<url><loc>b</loc></url>"), ["url https://example.com/maps/b"]],
  [
    "a missing and an empty loc",
    urlset(`<url><lastmod>2020</lastmod></url><url><loc/></url>${A}`),
    ["! parse", "! parse", "url https://example.com/a"],
  ],
  [
    "other schemes",
    urlset(`<url><loc>ftp://e.com/</loc></url><url><loc>http://[</loc></url>${A}`),
    ["! policy", "! parse", "url https://example.com/a"],
  ],
  [
    "images, videos and alternates are not pages",
    urlset(
      "<url><loc>https://example.com/a</loc><image:image><image:loc>https://i/</image:loc></image:image><xhtml:link rel='alternate' href='https://x/'/></url>",
    ),
    ["url https://example.com/a"],
  ],
  [
    "tags never closed",
    "<urlset><url><loc>https://example.com/a<url><loc>https://example.com/b",
    ["url https://example.com/a", "url https://example.com/b"],
  ],
  [
    "no url elements",
    "<urlset><loc>https://example.com/a</loc><loc>https://example.com/b</loc></urlset>",
    ["url https://example.com/a", "url https://example.com/b"],
  ],
  [
    "comments and instructions",
    `<?x <loc>?><!-- <url><loc>https://no/</loc></url> -->${urlset(A)}`,
    ["url https://example.com/a"],
  ],
  [
    "external entities are never read",
    `<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://example.com/&x;</loc></url></urlset>`,
    ["url https://example.com/&x;"],
  ],
  [
    "a stray angle bracket and an open quote",
    `<urlset a="><url>< <loc>https://example.com/a</loc></url></urlset>`,
    ["url https://example.com/a"],
  ],
  [
    "text",
    "https://example.com/a\r\n\r\n# note\r\nhello\nhttps://example.com/b",
    ["url https://example.com/a", "! parse", "url https://example.com/b"],
  ],
  [
    "RSS",
    "<rss><channel><link>https://example.com/</link><item><title>t</title><link>https://example.com/a</link></item><item><guid>https://example.com/b</guid></item></channel></rss>",
    ["url https://example.com/a", "url https://example.com/b"],
  ],
  [
    "RSS with an Atom self link",
    "<rss xmlns:atom='x'><channel><atom:link href='https://no/' rel='self'/><item><link>https://example.com/a</link></item></channel></rss>",
    ["url https://example.com/a"],
  ],
  [
    "RDF",
    "<rdf:RDF xmlns:rdf='x'><item rdf:about='y'><link>https://example.com/a</link></item></rdf:RDF>",
    ["url https://example.com/a"],
  ],
  [
    "Atom",
    "<feed><link href='https://example.com/'/><entry><link rel='edit' href='https://no/'/><link href='https://example.com/a?x=1&amp;y=2'/></entry></feed>",
    ["url https://example.com/a?x=1&y=2"],
  ],
  ["an HTML page", "<!doctype html><html><body><a href='/x'>404</a></body></html>", ["! parse"]],
  ["nothing", "", ["! parse"]],
  ["other XML", "<note><to>you</to></note>", ["! parse"]],
];

test("files give what is valid of them, however the bytes are cut", async () => {
  for (const [what, content, expected] of TABLE) {
    for (const stepBytes of [1 << 20, 7, 1]) {
      assert.deepEqual(short(await read(content, stepBytes)), expected, `${what} by ${stepBytes}`);
    }
  }
});

test("gzip and zstd are told by their bytes, once or twice wrapped, and UTF-16 by its mark", async () => {
  const plain = Buffer.from(urlset(A));
  const utf16 = Buffer.from(`\ufeff${urlset(A)}`, "utf16le");
  for (const body of [
    plain,
    gzipSync(plain),
    zstdCompressSync(plain),
    Buffer.concat([gzipSync(plain), Buffer.from("tail")]),
    utf16,
    Buffer.from(utf16).swap16(),
    Buffer.concat([Buffer.from("\ufeff"), plain]),
  ]) {
    assert.deepEqual(short(await read(body, 100)), ["url https://example.com/a"]);
  }
  assert.deepEqual(short(await read(gzipSync(gzipSync(plain)), 100, {}, "gzip")), [
    "url https://example.com/a",
  ]);
  assert.deepEqual(short(await read(gzipSync(plain), 100, {}, "gzip")), ["url https://example.com/a"]);
});

test("a file that breaks off gives its whole entries and no half URL", async () => {
  const many = urlset(
    Array.from({ length: 3000 }, (_, at) => `<url><loc>https://example.com/${at * 7919}</loc></url>`).join(
      "",
    ),
  );
  const whole = gzipSync(many);
  const items = await read(whole.subarray(0, whole.length >> 1), 500);
  const locs = items.flatMap((item) => (item.kind === "url" ? [item.loc] : []));
  assert.ok(locs.length > 500);
  for (const [at, loc] of locs.entries()) assert.equal(loc, `https://example.com/${at * 7919}`);
  assert.ok(items.some((item) => item.kind === "problem" && item.code === "truncated"));
});

test("limits are kept and reported", async () => {
  const three = urlset(["a", "b", "c"].map((name) => A.replace("/a<", `/${name}<`)).join(""));
  assert.deepEqual(short(await read(three, 9, { entriesMax: 2 })), [
    "url https://example.com/a",
    "url https://example.com/b",
    "! budget",
  ]);
  assert.deepEqual(short(await read(three, 9, { entriesMax: 3 })).length, 3);
  const bomb = gzipSync(
    Buffer.concat([Buffer.from(urlset(A).replace("</urlset>", "")), Buffer.alloc(5_000_000, 0x20)]),
  );
  assert.deepEqual(short(await read(bomb, 1000, { inflatedBytesMax: 1_000_000 })), [
    "url https://example.com/a",
    "! too_large",
  ]);
  assert.deepEqual(short(await read(urlset(`<url><loc>/${"x".repeat(9000)}</loc></url>${A}`))), [
    "! policy",
    "url https://example.com/a",
  ]);
  const bad = await read(urlset("<url></url>".repeat(1000) + A), 1 << 20, { problemsMax: 5 });
  assert.equal(bad.length, 7);
  assert.match(JSON.stringify(bad.at(-1)), /995 further problems/);
});

test("lastmod is read in the forms that occur", () => {
  for (const [written, expected] of [
    ["2024", Date.UTC(2024, 0)],
    ["2024-05", Date.UTC(2024, 4)],
    ["2024-05-06", Date.UTC(2024, 4, 6)],
    ["2024-05-06T07:08Z", Date.UTC(2024, 4, 6, 7, 8)],
    ["2024-05-06T07:08:09.5+09:00", Date.UTC(2024, 4, 5, 22, 8, 9, 500)],
    ["2024-05-06 07:08:09", Date.UTC(2024, 4, 6, 7, 8, 9)],
    ["Mon, 06 May 2024 07:08:09 GMT", Date.UTC(2024, 4, 6, 7, 8, 9)],
    ["Mon, 06 May 2024 07:08:09 +0900", Date.UTC(2024, 4, 5, 22, 8, 9)],
    ["0001-01-01", null],
    ["9999-12-31", null],
    ["2024-13-45", null],
    ["yesterday", null],
    ["", null],
    [null, null],
  ] as const) {
    assert.equal(parseLastmod(written), expected, String(written));
  }
});

test("no bytes make the reader throw, and slices change nothing", async () => {
  const piece = fc.constantFrom(
    "<url>",
    "</url>",
    "<loc>",
    "</loc>",
    "<urlset>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE x [",
    "]>",
    "&amp;",
    "&#x26;",
    "&",
    "<",
    ">",
    '"',
    "http://e.com/a",
    " ",
    "\n",
    "<?",
    "?>",
    "<item>",
    "<link>",
    "<link href='http://e.com/b'/>",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 1, max: 9 }),
      async (pieces, stepBytes) => {
        const text = pieces.join("");
        assert.deepEqual(await read(text, stepBytes), await read(text));
      },
    ),
    { numRuns: 500 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
      await read(noise, 10);
    }),
    { numRuns: 200 },
  );
});
