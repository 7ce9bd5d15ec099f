// Pages for tests and benches: by number, with bodies of a wanted size that compress like markup or not at all.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { ownBuffer } from "../../base/index.ts";
import type { Headers, Page, PageRequest } from "../../model/index.ts";

export interface PageWish {
  readonly bodyBytes?: number;
  readonly contentEncoding?: "gzip" | null;
  readonly host?: string;
}

export function requestOf(number: number, host = `host-${number % 97}.example`): PageRequest {
  return {
    kind: "page",
    captureId: `0192f3a0-0000-7000-8000-${number.toString(16).padStart(12, "0")}`,
    url: `https://${host}/page/${number}`,
    host,
    crawlId: "crawl",
    depth: number % 4,
    attempt: 1,
    redirects: 0,
    given: number % 2 === 0,
    referrer: number % 3 === 0 ? null : `https://${host}/`,
    validators: number % 5 === 0 ? { etag: '"a"', lastModified: null, signature: "00" } : null,
    lane: "auto",
    verdict: null,
  };
}

export function pageOf(number: number, wish: PageWish = {}): Page {
  const { bodyBytes = 2_000, contentEncoding = null } = wish;
  const headers: Headers = [
    ["content-type", "text/html; charset=utf-8"],
    ["server", "nginx"],
    ...(contentEncoding === null ? [] : ([["content-encoding", contentEncoding]] as const)),
  ];
  const request = requestOf(number, wish.host);
  return {
    request,
    url: request.url,
    status: 200,
    statusText: "OK",
    headers,
    body:
      contentEncoding === null ? markup(number, bodyBytes) : ownBuffer(gzipSync(noise(number, bodyBytes))),
    protocol: "h2",
    remoteAddress: "192.0.2.1",
    fetchedAtMs: 1_700_000_000_000 + number,
    elapsedMs: 12.5,
    truncated: false,
  };
}

/** Bytes that no packing makes smaller. */
export function noise(seed: number, bytes: number): Uint8Array<ArrayBuffer> {
  const blocks: Buffer[] = [];
  for (let at = 0; at * 64 < bytes; at++) blocks.push(createHash("sha512").update(`${seed}/${at}`).digest());
  return ownBuffer(Buffer.concat(blocks).subarray(0, bytes));
}

function markup(seed: number, bytes: number): Uint8Array<ArrayBuffer> {
  const line = `<p class="entry">${seed} the quick brown fox ${(seed * 7919) % 10_007}</p>\n`;
  return ownBuffer(Buffer.from(line.repeat(Math.ceil(bytes / line.length))).subarray(0, bytes));
}
