// How a page that was fetched and extracted goes on: to the segments, or to its end because policy or an unchanged body
// says so, or on to where its refresh leads. Pure decisions on finished records; knows no store and no frontier.
import type {
  Code,
  Document,
  EndedPage,
  LaneVerdict,
  Page,
  PageReport,
  ProcessedPage,
} from "../model/index.ts";
import { header } from "../model/index.ts";

export interface EndPolicy {
  /** What becomes of pages that ask not to be indexed. */
  readonly noindex: "store" | "skip";
  /** Whether links are followed that the page or the link itself marks nofollow. */
  readonly followNofollow: boolean;
  /** A refresh that comes sooner than this leads on as a redirect would, seconds. */
  readonly refreshDelayMaxS: number;
}

/** Why a page is not stored; null when it is. */
export function skipReason(
  page: Page,
  document: Document,
  policy: EndPolicy,
): { code: Code; message: string } | null {
  if (policy.noindex === "skip" && document.robots.noindex) {
    return { code: "policy", message: "the page asks not to be indexed (policy.noindex: skip)" };
  }
  const known = page.request.validators?.signature ?? null;
  if (known !== null && known === document.signature) {
    return { code: "unchanged", message: "the body is the one stored before" };
  }
  return null;
}

/** Where a short refresh leads; null when the page is to be kept for itself. */
export function refreshTarget(page: Page, document: Document, policy: EndPolicy): string | null {
  const { refresh } = document;
  if (refresh === null || refresh.delayS > policy.refreshDelayMaxS || refresh.url === page.url) return null;
  return refresh.url;
}

/** The URLs that a page offers for admission. */
export function linksToFollow(document: Document, policy: EndPolicy): string[] {
  if (document.robots.nofollow && !policy.followNofollow) return [];
  const urls = new Set<string>();
  for (const link of document.links) {
    if (!policy.followNofollow && link.rel.includes("nofollow")) continue;
    urls.add(link.url);
  }
  return [...urls];
}

/** The report of a page that was fetched, whatever became of it. */
export function reportOf(
  page: Page,
  document: Document | null,
  verdict: LaneVerdict | null,
  end: { outcome: PageReport["outcome"]; code: Code | null; message: string | null },
  policy: EndPolicy,
): PageReport {
  return {
    kind: "page",
    request: page.request,
    ...end,
    status: page.status,
    finalUrl: page.url,
    lane: verdict?.lane ?? null,
    validators: { etag: header(page.headers, "etag"), lastModified: header(page.headers, "last-modified") },
    signature: document?.signature ?? null,
    fetchedAtMs: page.fetchedAtMs,
    links: document === null ? [] : linksToFollow(document, policy),
    followers: [],
  };
}

export const STORED = { outcome: "stored", code: null, message: null } as const;

/** The report of a page whose bytes and row are safe. */
export const storedReport = ({ page, document, verdict }: ProcessedPage, policy: EndPolicy): PageReport =>
  reportOf(page, document, verdict, STORED, policy);

export function endedWithoutStoring(
  page: Page,
  document: Document,
  verdict: LaneVerdict,
  reason: { code: Code; message: string },
  policy: EndPolicy,
): EndedPage {
  return {
    report: reportOf(page, document, verdict, { outcome: "skipped", ...reason }, policy),
    page,
    document,
    verdict,
  };
}
