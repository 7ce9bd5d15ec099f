// Stored pages made up in memory for the exporters' tests: real WARC members, but no disk and no database.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { RawLocation } from "../../../model/index.ts";
import type { CaptureRow, CaptureWithBody, ContentStore, MetadataStore, PageRow } from "../../faces.ts";
import type { ExportRequest, ExportSource } from "../faces.ts";

export interface MadePage {
  readonly url: string;
  readonly title: string;
  readonly text: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const uuidOf = (url: string): string =>
  sha256(url).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-7$3-8$4-$5");

function member(
  type: "response" | "conversion",
  url: string,
  contentType: string,
  block: string,
): Uint8Array {
  const head = [
    "WARC/1.1",
    `WARC-Type: ${type}`,
    `WARC-Target-URI: ${url}`,
    "WARC-Date: 2026-01-02T03:04:05Z",
    `WARC-Record-ID: <urn:uuid:${uuidOf(type + url)}>`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(block)}`,
  ].join("\r\n");
  return gzipSync(`${head}\r\n\r\n${block}\r\n\r\n`);
}

const bodyOf = ({ title, text }: MadePage): string => `<title>${title}</title><p>${text}</p>`;
const markdownOf = ({ title, text }: MadePage): string => `# ${title}\n\n${text}`;

export const FETCHED_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export function pageRow(page: MadePage, at: number): PageRow {
  const raw: RawLocation = { key: "raw", offset: at, length: 1 };
  const markdown: RawLocation = { key: "markdown", offset: at, length: 1 };
  return {
    urlSha256: sha256(page.url),
    url: page.url,
    finalUrl: page.url,
    domain: new URL(page.url).hostname,
    status: 200,
    contentType: "text/html; charset=utf-8",
    charset: "utf-8",
    title: page.title,
    description: null,
    lang: "en",
    canonical: null,
    author: null,
    publishedAt: null,
    modifiedAt: null,
    siteName: null,
    lane: "fast",
    laneWanted: "fast",
    score: 100,
    visibleLength: page.text.length,
    textLength: page.text.length,
    wordCount: 3,
    linkDensity: 0.25,
    linkCount: 0,
    contentHash: sha256(bodyOf(page)),
    simhash: "0000000000000000",
    noindex: false,
    bytes: bodyOf(page).length,
    depth: 1,
    crawlId: "c",
    captureId: uuidOf(page.url),
    firstFetchedMs: FETCHED_AT_MS,
    lastFetchedMs: FETCHED_AT_MS,
    etag: null,
    lastModified: null,
    raw,
    markdown,
    screenshot: null,
  };
}

/** What an exporter may touch of the stores; anything else it asks for fails loudly. */
export function storedPages(pages: readonly MadePage[], gone: ReadonlySet<string> = new Set()): ExportSource {
  const rows = pages.map(pageRow).sort((a, b) => (a.urlSha256 < b.urlSha256 ? -1 : 1));
  const pageAt = ({ offset }: RawLocation): MadePage => {
    const page = pages[offset];
    if (page === undefined) throw new RangeError(`no page at ${offset}`);
    return page;
  };
  const content: Pick<ContentStore, "readCapture" | "readMarkdown" | "readMember"> = {
    readMarkdown: async (location) => markdownOf(pageAt(location)),
    readMember: async (location) => {
      const page = pageAt(location);
      if (location.key === "markdown")
        return member("conversion", page.url, "text/markdown", markdownOf(page));
      const http = `HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\r\n${bodyOf(page)}`;
      return member("response", page.url, "application/http; msgtype=response", http);
    },
    readCapture: async (location) => captureOf(pageAt(location), location.offset),
  };
  const metadata: Pick<MetadataStore, "eachPage" | "eachCapture"> = {
    async *eachPage() {
      yield* rows;
    },
    async *eachCapture() {
      for (const row of rows) yield captureRow(row);
    },
  };
  return {
    content: content as ContentStore,
    metadata: metadata as MetadataStore,
    concurrencyMax: 4,
    documentOf: async (capture) => {
      throw new Error(`no extraction of ${capture.url} in this test`);
    },
    isGone: async (url) => gone.has(url),
  };
}

function captureRow(row: PageRow): CaptureRow {
  return {
    ...row,
    fetchedAtMs: row.lastFetchedMs,
    elapsedMs: 5,
    protocol: "http/1.1",
    remoteAddress: "127.0.0.1",
    truncated: false,
    attempts: 1,
    rawSha256: row.contentHash,
  };
}

function captureOf(page: MadePage, at: number): CaptureWithBody {
  const body = new TextEncoder().encode(bodyOf(page));
  const row = pageRow(page, at);
  return {
    request: {
      kind: "page",
      captureId: row.captureId,
      url: page.url,
      host: row.domain,
      crawlId: "c",
      depth: 1,
      attempt: 1,
      redirects: 0,
      given: false,
      referrer: null,
      validators: null,
      lane: "auto",
      verdict: null,
    },
    url: page.url,
    status: 200,
    statusText: "OK",
    headers: [["content-type", "text/html; charset=utf-8"]],
    protocol: "http/1.1",
    remoteAddress: "127.0.0.1",
    fetchedAtMs: FETCHED_AT_MS,
    elapsedMs: 5,
    truncated: false,
    verdict: { lane: "fast", wanted: "fast", score: 100, rules: [], reason: null },
    bodyBytes: body.byteLength,
    bodySha256: row.contentHash,
    body,
    raw: row.raw,
    markdown: row.markdown,
  };
}

export function exportRequest(
  wanted: Pick<ExportRequest, "format" | "out" | "scratchFolder" | "clock"> & Partial<ExportRequest>,
): ExportRequest {
  return {
    changesFolder: null,
    filter: {},
    software: "millrace test",
    rawCells: false,
    signal: new AbortController().signal,
    ...wanted,
  };
}
