// A data folder with a few stored pages, made through the rooms' own doors as a crawl would.
import { systemClock, uuidv7 } from "../../base/index.ts";
import { extract, extractOptionsSchema } from "../../extract/index.ts";
import type { Document, Headers, ProcessedPage, StoredPage } from "../../model/index.ts";
import { judge, routeMarkers, routeOptionsSchema } from "../../route/index.ts";
import { type CaptureRow, embeddedStore, type PageRow, storeOptions } from "../../store/index.ts";

const HEADERS: Headers = [["content-type", "text/html; charset=utf-8"]];

export interface MadePage {
  readonly url: string;
  readonly html: string;
  /** What a browser made of it; without it the page is of the fast lane. */
  readonly rendered?: string;
  /** What an extraction of former times made of it. */
  readonly markdown?: string;
}

export async function makeStoredFolder(folder: string, pages: readonly MadePage[]): Promise<void> {
  const { signal } = new AbortController();
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  try {
    await store.content.connect(signal);
    await store.metadata.connect(signal);
    const processed = pages.map((page, at) => processedPage(page, Date.UTC(2026, 0, 1) + at * 1_000));
    const locations = await store.content.append(processed, signal);
    const stored = processed.flatMap((page, at): StoredPage[] => {
      const where = locations[at];
      return where === undefined ? [] : [{ ...page, stored: where }];
    });
    await store.metadata.record(stored, signal);
  } finally {
    await store.close();
  }
}

const ROUTE = routeOptionsSchema.parse({});

const bytesOf = (html: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(html));

function documentOf(url: string, html: string): Document {
  const input = { url, body: bytesOf(html), headers: HEADERS, truncated: false };
  const document = extract(input, extractOptionsSchema.parse({}), routeMarkers(ROUTE));
  if (!document.ok) throw new Error(document.error.message);
  return document.value;
}

/** As the rich lane: what speaks of the answer's bytes stays the answer's own. */
function shown(url: string, answered: Document, rendered: string): Document {
  const { signature, charset, charsetSource, contentType, decodedBytes } = answered;
  return { ...documentOf(url, rendered), signature, charset, charsetSource, contentType, decodedBytes };
}

function processedPage({ url, html, rendered, markdown }: MadePage, fetchedAtMs: number): ProcessedPage {
  const answered = documentOf(url, html);
  const isRich = rendered !== undefined;
  const { evidence } = answered;
  const verdict = judge({ url, evidence, choice: isRich ? "rich" : "auto", browserAvailable: isRich }, ROUTE);
  const request = {
    kind: "page",
    captureId: uuidv7(fetchedAtMs),
    url,
    host: new URL(url).host,
    crawlId: "crawl-1",
    depth: 0,
    attempt: 1,
    redirects: 0,
    given: true,
    referrer: null,
    validators: null,
    lane: "auto",
    verdict: null,
  } as const;
  return {
    page: {
      request,
      url,
      status: 200,
      statusText: "OK",
      headers: HEADERS,
      body: bytesOf(html),
      protocol: "http/1.1",
      remoteAddress: "127.0.0.1",
      fetchedAtMs,
      elapsedMs: 4,
      truncated: false,
    },
    document: {
      ...(rendered === undefined ? answered : shown(url, answered, rendered)),
      ...(markdown === undefined ? {} : { markdown }),
    },
    verdict,
    stored: null,
  };
}

/** Every row of `pages`, in key order. */
export const storedRows = async (folder: string): Promise<PageRow[]> => (await storedIn(folder, [])).pages;

/** All rows, and the URLs that each question finds. */
export async function storedIn(
  folder: string,
  questions: readonly string[],
): Promise<{ pages: PageRow[]; captures: CaptureRow[]; found: string[][] }> {
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  try {
    const { metadata } = store;
    await metadata.connect(new AbortController().signal);
    const found: string[][] = [];
    for (const q of questions) found.push((await all(metadata.eachPage({ q }))).map(({ url }) => url));
    return { pages: await all(metadata.eachPage()), captures: await all(metadata.eachCapture()), found };
  } finally {
    await store.close();
  }
}

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
}
