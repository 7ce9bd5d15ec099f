// The lanes with their pools, as both standalone and processor run them. Knows what a page's work is counted as; not where
// pages come from or go.
import type { Clock } from "../base/index.ts";
import type { Stage } from "../engine/index.ts";
import {
  crawlOptions,
  createExtractStage,
  type ExtractOptions,
  RepeatedBlocks,
  type Schema,
} from "../extract/index.ts";
import type { Code, DeclaredFields, Page } from "../model/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import type { Renderer, RenderOptions } from "../render/index.ts";
import { type RouteOptions, routeMarkers } from "../route/index.ts";
import type { Store } from "../store/index.ts";
import type { EndPolicy } from "./end-of-page.ts";
import { givingWay } from "./giving-way.ts";
import {
  type CapturedPage,
  type LaneParts,
  type ProcessOutput,
  processStage,
  type ShownPage,
  unreadStage,
} from "./process-stage.ts";
import { richStage } from "./rich-stage.ts";
import { type Asked, routing as routingOf } from "./routing.ts";
import type { Tally } from "./tally.ts";
import { answeringSoon, type TaskResults } from "./task-results.ts";
import { urgentPages } from "./urgency.ts";

/** The fields that a schema declares, looked for on every page that is read. */
export interface DeclaredLook {
  readonly schema: Schema;
  /** Of each page once. */
  found(fields: DeclaredFields): void;
}

export interface ProcessingParts {
  readonly options: {
    readonly extract: ExtractOptions;
    readonly route: RouteOptions;
    readonly render: Pick<RenderOptions, "when">;
  };
  readonly policy: EndPolicy;
  /** False: nobody wants more of a page than its fetch tells. */
  readonly extracting: boolean;
  /** Null: nothing is kept. */
  readonly store: Store | null;
  /** Null: there is no browser, and every page goes through the fast lane. */
  readonly renderer: Renderer | null;
  /** Null: no URL is fetched for a task. */
  readonly tasks: TaskResults | null;
  /** Told what a page that was given to a browser asked of each origin, whatever became of it. */
  readonly loaded: (requests: ReadonlyMap<string, number>) => void;
  /** Fields to look for on each page, and who counts what was found; null: none. */
  readonly declared: DeclaredLook | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tally: Tally;
}

export interface Processing {
  readonly stage: Stage<CapturedPage, ProcessOutput, Code>;
  /** Pages that the process stage hands to the browser; null where there is none. */
  readonly rich: Stage<ShownPage, ProcessOutput, Code> | null;
  /** What becomes of a page that waited for a browser where there is none any more: it is read as it is. */
  readonly unshown: Stage<ShownPage, ProcessOutput, Code> | null;
  /** Ends the parse threads and the browser. */
  close(): Promise<void>;
}

const UNSHOWN_AT_ONCE = 1;

export function processing(parts: ProcessingParts): Processing {
  const { options, policy, extracting, store, renderer, tasks, loaded, clock, log, metrics, tally } = parts;
  const { declared } = parts;
  if (!extracting)
    return { stage: unreadStage(policy), rich: null, unshown: null, close: () => Promise.resolve() };
  // As many as there are threads: each may have one before what it has in hand.
  const urgentMax = tasks === null ? 0 : options.extract.threads;
  const guestsMax = urgentMax + (renderer?.concurrencyMax ?? UNSHOWN_AT_ONCE);
  const extract = createExtractStage({
    options: crawlOptions(options.extract),
    markers: routeMarkers(options.route),
    clock,
    guestsMax,
    schema: declared?.schema ?? null,
  });
  const routing = routingOf({
    options: options.route,
    // Without a browser there is nothing to learn from.
    store: renderer === null ? null : store,
    mayAudit: renderer !== null && options.render.when === "wanted",
    clock,
    log,
  });
  const lane: LaneParts = {
    policy,
    route: options.route,
    routing,
    repeats: new RepeatedBlocks(options.extract.repeats),
    storing: store !== null,
    routed(page, elapsedMs) {
      metrics.pageRouted(page.verdict.lane);
      metrics.pageProcessed(page.verdict.lane, "stored", elapsedMs);
      tally.routed(page.verdict);
      if (page.document.fields !== null) declared?.found(page.document.fields);
    },
    nowMs: () => clock.monotonicMs(),
  };
  renderer?.onLoaded(loaded);
  const stopWatching = renderer === null ? () => {} : metrics.watchRenderCache(() => renderer.cache);
  // Who writes a recipe for a page wants it taken, unless the crawl is to do without a browser.
  const askedOf = ({ url, request }: Page): Asked => {
    const choice = request.lane === "auto" && renderer?.hasRecipe(url) === true ? "rich" : request.lane;
    const browserAvailable = renderer !== null && (options.render.when === "wanted" || choice === "rich");
    return { choice, browserAvailable };
  };
  const answering = <In>(stage: Stage<In, ProcessOutput, Code>): Stage<In, ProcessOutput, Code> =>
    answeringSoon(stage, tasks, policy);
  const process = processStage({ ...lane, extract, urgentMax, askedOf });
  const stage = givingWay(answering(process), tasks?.way ?? null, urgentPages, true);
  return {
    stage,
    unshown: { ...stage, name: "render", concurrencyMax: UNSHOWN_AT_ONCE, urgentMax: 0 },
    rich:
      renderer === null
        ? null
        : answering(
            richStage({
              ...lane,
              renderer,
              pool: extract.pool,
              extractDeadlineMs: extract.deadlineMs,
              onMissed: (url, missed) =>
                log.warn({ url, missed }, "a page was shown without all that was asked"),
            }),
          ),
    async close() {
      await routing.close();
      stopWatching();
      await renderer?.close();
      await extract.close();
    },
  };
}
