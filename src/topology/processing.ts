// The process stage with its parse pool, as both standalone and processor run it. Knows what a page's work is counted as;
// not where pages come from or go.
import type { Clock } from "../base/index.ts";
import type { Stage } from "../engine/index.ts";
import { createExtractStage, type ExtractOptions } from "../extract/index.ts";
import type { Code } from "../model/index.ts";
import type { Metrics } from "../observe/index.ts";
import { type RouteOptions, routeMarkers } from "../route/index.ts";
import type { EndPolicy } from "./end-of-page.ts";
import { type CapturedPage, type ProcessOutput, processStage, unreadStage } from "./process-stage.ts";
import type { Tally } from "./tally.ts";

export interface ProcessingParts {
  readonly options: { readonly extract: ExtractOptions; readonly route: RouteOptions };
  readonly policy: EndPolicy;
  /** False: nobody wants more of a page than its fetch tells. */
  readonly extracting: boolean;
  readonly storing: boolean;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tally: Tally;
}

export interface Processing {
  readonly stage: Stage<CapturedPage, ProcessOutput, Code>;
  /** Ends the parse threads. */
  close(): Promise<void>;
}

export function processing(parts: ProcessingParts): Processing {
  const { options, policy, extracting, storing, clock, metrics, tally } = parts;
  if (!extracting) return { stage: unreadStage(policy), close: () => Promise.resolve() };
  // What no record, no row and no line holds is not made: it would cost a tenth of the extraction, and its way between threads.
  const needed = { ...options.extract, html: false, imagesMax: 0, headingsMax: 0 };
  const extract = createExtractStage({ options: needed, markers: routeMarkers(options.route), clock });
  const stage = processStage({
    extract,
    route: options.route,
    policy,
    browserAvailable: false,
    storing,
    routed(page, elapsedMs) {
      metrics.pageRouted(page.verdict.lane);
      metrics.pageProcessed(page.verdict.lane, "stored", elapsedMs);
      tally.routed(page.verdict);
    },
    nowMs: () => clock.monotonicMs(),
  });
  return { stage, close: () => extract.close() };
}
