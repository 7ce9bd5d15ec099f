// What the frontier knows of a URL, for people: its state, the reason, and how it came to it. Reads only.
import type { Code, UrlState } from "../model/index.ts";
import type { Admission } from "./admission.ts";
import type { Crawl, Crawls } from "./crawls.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import type { Trees } from "./trees.ts";
import { normalise } from "./url.ts";
import { decodeUrlRecord, type UrlRecord } from "./url-record.ts";

export interface UrlHistory {
  readonly url: string;
  /** Null: never admitted; `reason` says why it would not be, where that can be said. */
  readonly state: UrlState | null;
  readonly code: Code | null;
  readonly reason: string | null;
  readonly status: number | null;
  readonly finalUrl: string;
  readonly depth: number;
  readonly attempts: number;
  readonly given: boolean;
  readonly referrer: string | null;
  /** Where it redirects to, hop by hop. */
  readonly redirects: readonly string[];
  readonly crawlId: string | null;
  readonly admittedAtMs: number | null;
  readonly changedAtMs: number | null;
  readonly fetchedAtMs: number | null;
}

export interface FailedUrl {
  readonly url: string;
  readonly code: string;
  readonly message: string;
  readonly endedAtMs: number;
}

export interface WhyParts {
  readonly ledger: Ledger;
  readonly crawls: Crawls;
  readonly admission: Admission;
  readonly crawl: Crawl | null;
  readonly options: FrontierOptions;
}

const REDIRECTS_SHOWN = 25;

/** Null for what is no URL, or where no crawl can say why it is not known. */
export function why(url: string, { ledger, crawls, admission, crawl, options }: WhyParts): UrlHistory | null {
  const normal = normalise(url, null, options);
  if (!normal.ok) return null;
  const id = ledger.idOf(normal.value.fingerprint);
  if (id !== 0) return historyOf(id, ledger.read(id), ledger, crawls);
  const reason = crawl === null ? null : admission.refusal(crawl, normal.value);
  if (reason === null) return null;
  return {
    url: normal.value.url,
    state: null,
    code: "scope",
    reason,
    status: null,
    finalUrl: normal.value.url,
    depth: 0,
    attempts: 0,
    given: false,
    referrer: null,
    redirects: [],
    crawlId: crawl?.crawlId ?? null,
    admittedAtMs: null,
    changedAtMs: null,
    fetchedAtMs: null,
  };
}

export function* urls(trees: Trees, ledger: Ledger, crawls: Crawls): Generator<UrlHistory> {
  for (const { key, value } of trees.urls.getRange()) {
    const record = decodeUrlRecord(value);
    if (!record.sitemap) yield historyOf(key, record, ledger, crawls);
  }
}

/** In the order of admission; `cursor` is where the page before ended. */
export function failedUrls(
  trees: Trees,
  ledger: Ledger,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): { items: FailedUrl[]; cursor: string | null } {
  const items: FailedUrl[] = [];
  const after = cursor === undefined ? 0 : Number.parseInt(cursor, 10) || 0;
  for (const { key, value } of trees.urls.getRange({ start: after + 1 })) {
    const record = decodeUrlRecord(value);
    if (record.state !== "failed" || record.sitemap) continue;
    const message = ledger.end(key).message ?? "";
    items.push({ url: record.url, code: record.code ?? "internal", message, endedAtMs: record.changedAtMs });
    if (items.length >= limit) return { items, cursor: String(key) };
  }
  return { items, cursor: null };
}

function historyOf(id: number, record: UrlRecord, ledger: Ledger, crawls: Crawls): UrlHistory {
  const end = ledger.end(id);
  const redirects: string[] = [];
  for (let { targetId } = end; targetId !== 0 && redirects.length < REDIRECTS_SHOWN; ) {
    redirects.push(ledger.read(targetId).url);
    targetId = ledger.end(targetId).targetId;
  }
  return {
    url: record.url,
    state: record.state,
    code: record.code,
    reason: record.following ? `waits for the end of ${redirects[0] ?? "its redirect"}` : end.message,
    status: record.status === 0 ? null : record.status,
    finalUrl: end.finalUrl ?? record.url,
    depth: record.depth,
    attempts: record.attempts,
    given: record.given,
    referrer: record.referrerId === 0 ? null : (ledger.find(record.referrerId)?.url ?? null),
    redirects,
    crawlId: crawls.get(record.crawlNo)?.crawlId ?? null,
    admittedAtMs: record.admittedAtMs,
    changedAtMs: record.changedAtMs,
    fetchedAtMs: end.fetchedAtMs,
  };
}
