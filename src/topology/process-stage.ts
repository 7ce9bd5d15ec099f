// The process stage: a fetched page in; out comes what the lanes made of it: a page to store, an end, or a redirect that
// the page itself asked for. Puts the parse pool and the router together; the only place that knows both.
import type { Stage, Verdict, Work } from "../engine/index.ts";
import type { ExtractStage, RepeatedBlocks } from "../extract/index.ts";
import type {
  Code,
  Document,
  EndedPage,
  Failure,
  FrontierReport,
  LaneVerdict,
  Page,
  ProcessedPage,
} from "../model/index.ts";
import type { RouteOptions } from "../route/index.ts";
import type { StoredLocations } from "../store/index.ts";
import { blockedBy } from "./challenged.ts";
import {
  type EndPolicy,
  endedWithoutStoring,
  refreshTarget,
  reportOf,
  STORED,
  skipReason,
  storedReport,
} from "./end-of-page.ts";
import type { BareDocument } from "./queued-page.ts";
import type { Asked, Routing } from "./routing.ts";

/** A page as fetched, or as found again in a segment after a crash (then it is not written twice). */
export interface CapturedPage {
  readonly page: Page;
  readonly stored: StoredLocations | null;
}

/** A page that a browser is to show, and what it says without one (out of the queue: what is kept of that). */
export interface RichPage extends CapturedPage {
  readonly document: Document;
  readonly verdict: LaneVerdict;
}

/** The same, with what is kept of that while it waits for the browser. */
export type ShownPage = Omit<RichPage, "document"> & { readonly document: BareDocument };

export type ProcessOutput =
  | { readonly to: "store"; readonly page: ProcessedPage }
  | { readonly to: "render"; readonly page: RichPage }
  | { readonly to: "out"; readonly ended: EndedPage }
  | { readonly to: "frontier"; readonly report: FrontierReport };

export interface LaneParts {
  readonly policy: EndPolicy;
  readonly route: RouteOptions;
  readonly routing: Routing;
  /** What the run's pages have said so far, host by host. */
  readonly repeats: RepeatedBlocks;
  /** False: a page ends `stored` without being kept (`--no-store`). */
  readonly storing: boolean;
  /** Told of every page that went through a lane and how long it was worked on there. */
  routed(page: ProcessedPage, elapsedMs: number): void;
  nowMs(): number;
}

export interface ProcessStageParts extends LaneParts {
  readonly extract: ExtractStage;
  /** Places beside those of the pool that only urgent pages take. */
  readonly urgentMax: number;
  /** The lane that was asked for, for this crawl or for this page, and whether a browser may show it. */
  askedOf(page: Page): Asked;
}

export function processStage(parts: ProcessStageParts): Stage<CapturedPage, ProcessOutput, Code> {
  const { extract, route, routing, policy, askedOf, nowMs } = parts;
  return {
    name: "process",
    concurrencyMax: extract.concurrencyMax,
    urgentMax: parts.urgentMax,
    deadlineMs: extract.deadlineMs,
    async handle({ page, stored }: CapturedPage, work: Work): Promise<Verdict<ProcessOutput, Code>> {
      const startedMs = nowMs();
      const result = await extract.pool.extract(page, work.signal, page.request.urgent);
      if (!result.ok) {
        // What the page did wrong is its end, not a dead letter: fetched again it would end the same.
        const { code, message } = result.error;
        const outcome = code === "unsupported_type" ? "skipped" : "failed";
        const report = reportOf(page, null, null, { outcome, code, message }, policy);
        return emit({ to: "out", ended: { report, page, document: null, verdict: null } });
      }
      const document = result.value;
      const blocked = isHtml(document) ? blockedBy(page, document, route) : null;
      if (blocked !== null) return emit(failedWith(blocked, page, null, policy));
      const asked = askedOf(page);
      const judged = await routing.verdictOf(page, document, asked);
      const verdict = isHtml(document) ? judged : withoutBrowser(judged);
      const rich: RichPage = { page, stored, document, verdict };
      if (goesOn(page, document, policy)) {
        if (verdict.lane === "rich") return emit({ to: "render", page: rich });
        const isAudited = asked.browserAvailable && stored === null && asked.choice === "auto";
        if (isAudited && routing.isAudited(page, document, verdict))
          return emit({ to: "render", page: { ...rich, verdict: { ...verdict, audit: true } } });
      }
      return emit(outcomeOf({ page, document, verdict, stored }, nowMs() - startedMs, parts));
    },
  };
}

/** Nothing that is known without a browser ends the page or leads elsewhere. */
const goesOn = (page: Page, document: Document, policy: EndPolicy): boolean =>
  skipReason(page, document, policy) === null && refreshTarget(page, document, policy) === null;

/** The end of a page that is not to be had. */
export function failedWith(
  { code, message }: Failure,
  page: Page,
  verdict: LaneVerdict | null,
  policy: EndPolicy,
): ProcessOutput {
  const report = reportOf(page, null, verdict, { outcome: "failed", code, message }, policy);
  return { to: "out", ended: { report, page, document: null, verdict } };
}

/** What becomes of a page at the end of its lane. */
export function outcomeOf(
  read: ProcessedPage,
  elapsedMs: number,
  { policy, storing, routed, repeats }: LaneParts,
): ProcessOutput {
  const { page, verdict } = read;
  routed(read, elapsedMs);
  const reason = skipReason(page, read.document, policy);
  if (reason !== null)
    return { to: "out", ended: endedWithoutStoring(page, read.document, verdict, reason, policy) };
  const target = refreshTarget(page, read.document, policy);
  if (target !== null) return ledTo(page, target);
  const document = withRepeated(page.url, read.document, repeats);
  const processed = { ...read, document };
  if (storing) return { to: "store", page: processed };
  return { to: "out", ended: { report: storedReport(processed, policy), page, document, verdict } };
}

/** With the share of its text that other pages of its host have too, where enough of them are known. */
function withRepeated(url: string, document: Document, repeats: RepeatedBlocks): Document {
  const repeatedShare = repeats.shareOf(url, document);
  return repeatedShare === null
    ? document
    : { ...document, statistics: { ...document.statistics, repeatedShare } };
}

/** The page itself asked for another. */
export function ledTo({ request, status }: Page, target: string): ProcessOutput {
  return { to: "frontier", report: { kind: "redirect", request, status, target, setCookie: false } };
}

/** Where nothing of a page but its fetch is wanted: it ends `stored` unread. */
export function unreadStage(policy: EndPolicy): Stage<CapturedPage, ProcessOutput, Code> {
  return {
    name: "process",
    concurrencyMax: 64,
    deadlineMs: 10_000,
    async handle({ page }: CapturedPage): Promise<Verdict<ProcessOutput, Code>> {
      const report = reportOf(page, null, null, STORED, policy);
      return emit({ to: "out", ended: { report, page, document: null, verdict: null } });
    },
  };
}

export const emit = (output: ProcessOutput): Verdict<ProcessOutput, Code> => ({
  kind: "emit",
  outputs: [output],
});

const isHtml = ({ contentType }: Document): boolean =>
  /^(text\/html|application\/xhtml\+xml)$/.test(contentType);

/** A browser adds nothing to text, JSON or a feed, however little of it there is. */
const withoutBrowser = (verdict: LaneVerdict): LaneVerdict =>
  verdict.wanted === "fast" ? verdict : { ...verdict, lane: "fast", wanted: "fast", reason: "no HTML" };
