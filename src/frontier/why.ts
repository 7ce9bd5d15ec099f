// What the frontier knows of a URL, for people: its state, the reason, and how it came to it. Reads only.
import type { Code, UrlState } from "../model/index.ts";
import type { Admission } from "./admission.ts";
import type { Capture, Captures } from "./captures.ts";
import type { Crawl, Crawls } from "./crawls.ts";
import type { EndRecord } from "./end-record.ts";
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
  /** Of the page that was handed over last, where one was. */
  readonly captureId: string | null;
  /** Since when another machine answers for it; null = none does. */
  readonly handedAtMs: number | null;
}

export interface FailedUrl {
  readonly url: string;
  readonly code: string;
  readonly message: string;
  readonly endedAtMs: number;
}

export interface HistoryParts {
  readonly ledger: Ledger;
  readonly crawls: Crawls;
  readonly captures: Captures;
  /** Why nothing is leased for now. */
  readonly pausedReason: string | null;
}

export interface WhyParts extends HistoryParts {
  readonly admission: Admission;
  readonly crawl: Crawl | null;
  readonly options: FrontierOptions;
}

const REDIRECTS_SHOWN = 25;

/** Null for what is no URL, or where no crawl can say why it is not known. */
export function why(url: string, parts: WhyParts): UrlHistory | null {
  const { ledger, admission, crawl, options } = parts;
  const normal = normalise(url, null, options);
  if (!normal.ok) return null;
  const id = ledger.idOf(normal.value.fingerprint);
  if (id !== 0) return historyOf(id, ledger.read(id), parts);
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
    captureId: null,
    handedAtMs: null,
  };
}

export function* urls(trees: Trees, parts: HistoryParts): Generator<UrlHistory> {
  for (const { key, value } of trees.urls.getRange()) {
    const record = decodeUrlRecord(value);
    if (!record.sitemap) yield historyOf(key, record, parts);
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
  for (const id of trees.failed.getKeys({ start: after + 1, limit })) {
    const record = ledger.read(id);
    const message = ledger.end(id).message ?? "";
    items.push({ url: record.url, code: record.code ?? "internal", message, endedAtMs: record.changedAtMs });
    if (items.length >= limit) return { items, cursor: String(id) };
  }
  return { items, cursor: null };
}

function historyOf(id: number, record: UrlRecord, parts: HistoryParts): UrlHistory {
  const { ledger, crawls, captures, pausedReason } = parts;
  const end = ledger.end(id);
  const capture = captures.of(id, record);
  const redirects: string[] = [];
  for (let { targetId } = end; targetId !== 0 && redirects.length < REDIRECTS_SHOWN; ) {
    redirects.push(ledger.read(targetId).url);
    targetId = ledger.end(targetId).targetId;
  }
  return {
    url: record.url,
    state: record.state,
    code: record.code,
    reason: reasonOf(record, end, capture, redirects[0] ?? "its redirect", pausedReason),
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
    captureId: capture?.captureId ?? null,
    handedAtMs: record.state === "handed" && capture !== null ? capture.handedAtMs : null,
  };
}

function reasonOf(
  record: UrlRecord,
  { message }: EndRecord,
  capture: Capture | null,
  target: string,
  pausedReason: string | null,
): string | null {
  if (record.following) return `waits for the end of ${target}`;
  if (record.state === "handed" && capture !== null) {
    const handed = `handed over at ${new Date(capture.handedAtMs).toISOString()}`;
    return capture.isQueued ? `${handed}, waits in the render queue` : `${handed}, not yet reported`;
  }
  const isHeld = pausedReason !== null && (record.state === "queued" || record.state === "waiting");
  if (!isHeld) return message;
  return message === null ? `leasing pauses: ${pausedReason}` : `${message}; leasing pauses: ${pausedReason}`;
}
