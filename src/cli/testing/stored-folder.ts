// A data folder with a few stored pages, made through the rooms' own doors as a crawl would.
import { systemClock, uuidv7 } from "../../base/index.ts";
import { extract, extractOptionsSchema } from "../../extract/index.ts";
import type { Headers, ProcessedPage, StoredPage } from "../../model/index.ts";
import { judge, routeMarkers, routeOptionsSchema } from "../../route/index.ts";
import { embeddedStore, type PageRow, storeOptions } from "../../store/index.ts";

const HEADERS: Headers = [["content-type", "text/html; charset=utf-8"]];

export async function makeStoredFolder(
  folder: string,
  pages: readonly { url: string; html: string }[],
): Promise<void> {
  const { signal } = new AbortController();
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  try {
    await store.content.connect(signal);
    await store.metadata.connect(signal);
    const processed = pages.map(({ url, html }, at) =>
      processedPage(url, html, Date.UTC(2026, 0, 1) + at * 1_000),
    );
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

function processedPage(url: string, html: string, fetchedAtMs: number): ProcessedPage {
  const body = new Uint8Array(new TextEncoder().encode(html));
  const route = routeOptionsSchema.parse({});
  const document = extract(
    { url, body, headers: HEADERS, truncated: false },
    extractOptionsSchema.parse({}),
    routeMarkers(route),
  );
  if (!document.ok) throw new Error(document.error.message);
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
      body,
      protocol: "http/1.1",
      remoteAddress: "127.0.0.1",
      fetchedAtMs,
      elapsedMs: 4,
      truncated: false,
    },
    document: document.value,
    verdict: judge(document.value.evidence, route, "auto", false),
    stored: null,
  };
}

/** Every row of `pages`, in key order. */
export async function storedRows(folder: string): Promise<PageRow[]> {
  const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
  try {
    await store.metadata.connect(new AbortController().signal);
    const rows: PageRow[] = [];
    for await (const row of store.metadata.eachPage()) rows.push(row);
    return rows;
  } finally {
    await store.close();
  }
}
