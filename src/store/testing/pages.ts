// Pages for the store's tests: whole records with every field set, each made from its number alone.
import { seededRandom, uuidv7 } from "../../base/index.ts";
import {
  type Document,
  emptyRecord,
  type Headers,
  type Lane,
  noEvidence,
  type Page,
  type ProcessedPage,
  type Screenshot,
} from "../../model/index.ts";

export interface PageOf {
  readonly url?: string;
  readonly captureId?: string;
  readonly fetchedAtMs?: number;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly text?: string;
  readonly lang?: string | null;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly headers?: Headers;
  readonly truncated?: boolean;
  readonly statusText?: string;
  readonly crawlId?: string;
  readonly lane?: Lane;
  /** Bytes of a picture; none without. */
  readonly screenshotBytes?: number;
}

const EPOCH_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export function documentOf(of: PageOf = {}): Document {
  const text = of.text ?? "plain words";
  return {
    title: of.title === undefined ? "A title" : of.title,
    description: of.description ?? null,
    lang: of.lang === undefined ? "en" : of.lang,
    canonical: null,
    author: "An Author",
    publishedAt: "2026-01-02",
    modifiedAt: null,
    siteName: null,
    charset: "utf-8",
    charsetSource: "header",
    contentType: "text/html",
    headings: [],
    links: [],
    linksDropped: 0,
    images: [],
    feeds: [],
    openGraph: {},
    jsonLd: [],
    microdata: [],
    record: emptyRecord,
    robots: { noindex: false, nofollow: false, noarchive: false, nosnippet: false },
    refresh: null,
    markdown: `# ${of.title ?? ""}\n\n${text}\n`,
    text,
    html: `<p>${text}</p>`,
    statistics: {
      visibleLength: text.length,
      textLength: text.length,
      wordCount: 2,
      linkDensity: 0.25,
      scriptBytes: 0,
    },
    simhash: "0123456789abcdef",
    blocks: [],
    signature: "ab".repeat(32),
    decodedBytes: 10,
    truncated: false,
    evidence: { ...noEvidence, visibleLength: text.length },
    fields: null,
  };
}

export function pageOf(number: number, of: PageOf = {}): Page {
  const url = of.url ?? `http://site-${number % 7}.test:8080/page/${number}?q=%20`;
  const fetchedAtMs = of.fetchedAtMs ?? EPOCH_MS + number;
  return {
    request: {
      kind: "page",
      captureId: of.captureId ?? uuidv7(fetchedAtMs),
      url,
      host: new URL(url).host,
      crawlId: of.crawlId ?? "crawl-1",
      depth: number % 4,
      attempt: 1,
      redirects: 0,
      given: number === 0,
      referrer: number === 0 ? null : "http://site-0.test:8080/",
      validators: null,
      lane: "auto",
      verdict: null,
    },
    url,
    status: 200,
    statusText: of.statusText ?? "OK",
    headers: of.headers ?? [
      ["content-type", "text/html; charset=utf-8"],
      ["etag", `"${number}"`],
      ["transfer-encoding", "chunked"],
    ],
    body:
      of.body ?? new Uint8Array(Buffer.from(`<!doctype html><title>${number}</title><p>body of ${number}`)),
    protocol: number % 2 === 0 ? "h2" : "http/1.1",
    remoteAddress: "127.0.0.1",
    fetchedAtMs,
    elapsedMs: 12.5,
    truncated: of.truncated ?? false,
  };
}

export function processedOf(number: number, of: PageOf = {}): ProcessedPage {
  return {
    page: pageOf(number, of),
    document: documentOf(of),
    verdict: {
      lane: of.lane ?? "fast",
      wanted: "rich",
      score: 45,
      rules: [{ rule: "main 한글", points: 15 }],
      reason: of.lane === "rich" ? null : "no browser",
    },
    ...(of.screenshotBytes === undefined ? {} : { screenshot: screenshotOf(number, of.screenshotBytes) }),
    stored: null,
  };
}

function screenshotOf(number: number, length: number): Screenshot {
  const bytes = Uint8Array.from({ length }, (_, at) => number + at);
  return { mediaType: number % 2 === 0 ? "image/png" : "image/webp", bytes, width: 1280, height: 7 + number };
}

/** Text of about `words` words out of a vocabulary with the skew of a language. */
export function prose(seed: number, words: number, vocabulary = 50_000): string {
  const random = seededRandom(seed);
  const out: string[] = [];
  for (let at = 0; at < words; at++) {
    const rank = Math.floor(vocabulary ** random.next());
    out.push(`w${rank.toString(36)}or`);
  }
  return out.join(" ");
}
