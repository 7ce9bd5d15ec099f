// The process stage: a fetched page in; out comes what the lanes made of it: a page to store, an end, or a redirect that
// the page itself asked for. Puts the parse pool and the router together; the only place that knows both.
import type { Stage, Verdict, Work } from "../engine/index.ts";
import type { ExtractStage } from "../extract/index.ts";
import type {
  Code,
  Document,
  EndedPage,
  FrontierReport,
  LaneVerdict,
  Page,
  ProcessedPage,
} from "../model/index.ts";
import { judge, type RouteOptions } from "../route/index.ts";
import type { StoredLocations } from "../store/index.ts";
import {
  type EndPolicy,
  endedWithoutStoring,
  refreshTarget,
  reportOf,
  STORED,
  skipReason,
  storedReport,
} from "./end-of-page.ts";

/** A page as fetched, or as found again in a segment after a crash (then it is not written twice). */
export interface CapturedPage {
  readonly page: Page;
  readonly stored: StoredLocations | null;
}

export type ProcessOutput =
  | { readonly to: "store"; readonly page: ProcessedPage }
  | { readonly to: "out"; readonly ended: EndedPage }
  | { readonly to: "frontier"; readonly report: FrontierReport };

export interface ProcessStageParts {
  readonly extract: ExtractStage;
  readonly route: RouteOptions;
  readonly policy: EndPolicy;
  readonly browserAvailable: boolean;
  /** False: a page ends `stored` without being kept (`--no-store`). */
  readonly storing: boolean;
  /** Told of every page that was routed and how long it was worked on. */
  routed(page: ProcessedPage, elapsedMs: number): void;
  nowMs(): number;
}

export function processStage(parts: ProcessStageParts): Stage<CapturedPage, ProcessOutput, Code> {
  const { extract, route, policy, browserAvailable, storing, routed, nowMs } = parts;
  return {
    name: "process",
    concurrencyMax: extract.concurrencyMax,
    deadlineMs: extract.deadlineMs,
    async handle({ page, stored }: CapturedPage, work: Work): Promise<Verdict<ProcessOutput, Code>> {
      const startedMs = nowMs();
      const result = await extract.pool.extract(page, work.signal);
      if (!result.ok) {
        // What the page did wrong is its end, not a dead letter: fetched again it would end the same.
        const { code, message } = result.error;
        const outcome = code === "unsupported_type" ? "skipped" : "failed";
        const report = reportOf(page, null, null, { outcome, code, message }, policy);
        return emit({ to: "out", ended: { report, page, document: null, verdict: null } });
      }
      const document = result.value;
      const judged = judge(document.evidence, route, page.request.lane, browserAvailable);
      const verdict = isHtml(document) ? judged : withoutBrowser(judged);
      const processed: ProcessedPage = { page, document, verdict, stored };
      routed(processed, nowMs() - startedMs);
      const reason = skipReason(page, document, policy);
      if (reason !== null) {
        return emit({ to: "out", ended: endedWithoutStoring(page, document, verdict, reason, policy) });
      }
      const target = refreshTarget(page, document, policy);
      if (target !== null) {
        const { request, status } = page;
        return emit({
          to: "frontier",
          report: { kind: "redirect", request, status, target, setCookie: false },
        });
      }
      if (storing) return emit({ to: "store", page: processed });
      return emit({ to: "out", ended: { report: storedReport(processed, policy), page, document, verdict } });
    },
  };
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

const emit = (output: ProcessOutput): Verdict<ProcessOutput, Code> => ({ kind: "emit", outputs: [output] });

const isHtml = ({ contentType }: Document): boolean =>
  /^(text\/html|application\/xhtml\+xml)$/.test(contentType);

/** A browser adds nothing to text, JSON or a feed, however little of it there is. */
const withoutBrowser = (verdict: LaneVerdict): LaneVerdict =>
  verdict.wanted === "fast" ? verdict : { ...verdict, lane: "fast", wanted: "fast", reason: "no HTML" };
