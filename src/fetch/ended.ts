// The ends that the fetcher itself decides, as the records that go to the frontier and to `--out`.
import type { EndedPage, Failure, Page, PageRequest } from "../model/index.ts";

/** An end without a document: failed or skipped, with its code. `page` when an answer came whole, `status` when one began. */
export function ended(
  request: PageRequest,
  outcome: "failed" | "skipped",
  failure: Failure,
  page: Page | null,
  status: number | null = page?.status ?? null,
): EndedPage {
  return {
    report: {
      kind: "page",
      request,
      outcome,
      code: failure.code,
      message: failure.message.slice(0, 1000),
      status,
      finalUrl: request.url,
      lane: null,
      validators: null,
      signature: null,
      fetchedAtMs: page?.fetchedAtMs ?? null,
      links: [],
      followers: [],
    },
    page,
    document: null,
    verdict: null,
  };
}

/** The end that the frontier decided before anything was fetched. */
export function passedThrough(request: PageRequest): EndedPage | null {
  const { verdict } = request;
  if (verdict === null) return null;
  return {
    report: {
      kind: "page",
      request,
      outcome: verdict.outcome,
      code: verdict.code,
      message: verdict.message,
      status: verdict.status,
      finalUrl: verdict.finalUrl,
      lane: null,
      validators: null,
      signature: null,
      fetchedAtMs: null,
      links: [],
      followers: [],
    },
    page: null,
    document: null,
    verdict: null,
  };
}
