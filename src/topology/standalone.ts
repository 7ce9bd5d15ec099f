// The standalone graph: frontier, fetch, process, store and out in one process, joined by channels. This file is the
// picture in ARCHITECTURE.md; which room feeds which is said here and nowhere else.
import type { Clock, Random } from "../base/index.ts";
import { type BatchStage, type Channel, createRuntime, Placed } from "../engine/index.ts";
import type { ExtractOptions } from "../extract/index.ts";
import { createFetchStage, type FetchOptions, type FetchOutput } from "../fetch/index.ts";
import { type Frontier, FrontierBroken } from "../frontier/index.ts";
import type {
  Code,
  EndedPage,
  FrontierReport,
  PageRequest,
  ProcessedPage,
  StoredPage,
} from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import type { Renderer, RenderOptions } from "../render/index.ts";
import type { RouteOptions } from "../route/index.ts";
import { contentStage, DiskFull, metadataStage, type Store, type StoreOptions } from "../store/index.ts";
import { challengedAnswer } from "./challenged.ts";
import { intoTable, letterWriter } from "./dead-letter-writer.ts";
import { storedReport } from "./end-of-page.ts";
import { batchAtFailpoint, sinkAtFailpoint, sourceAtFailpoint, stageAtFailpoint } from "./failpoints.ts";
import { Fatal } from "./fatal.ts";
import { batchGivingWay, givingWay, sourceGivingWay } from "./giving-way.ts";
import { bareReports, counting, endTold, leasesKept, reportsOf } from "./joints.ts";
import { engineObserver, watchFetches } from "./observation.ts";
import type { TopologyOptions } from "./options.ts";
import type { CapturedPage, ProcessOutput, RichPage } from "./process-stage.ts";
import { type DeclaredLook, processing } from "./processing.ts";
import { due } from "./queue-stages.ts";
import { type Recovered, recoverySource } from "./recovery.ts";
import { type RenderQueue, renderQueue } from "./render-queue.ts";
import { type Graph, runGraph } from "./run-graph.ts";
import { captureBytes, endBytes, pageBytes, reportBytes } from "./sizes.ts";
import { Tally } from "./tally.ts";
import { answeringTasks, type TaskResults } from "./task-results.ts";
import { keepingPlaces, urgentEnds, urgentPages, urgentReports, urgentRequests } from "./urgency.ts";

export interface StandaloneParts {
  readonly options: {
    readonly fetch: FetchOptions;
    readonly extract: ExtractOptions;
    readonly render: RenderOptions;
    readonly route: RouteOptions;
    readonly store: StoreOptions;
    readonly topology: TopologyOptions;
  };
  readonly frontier: Frontier;
  /** Null: nothing is kept but the lines of `out`. */
  readonly store: Store | null;
  /** Writes a line for each URL that ended; null where none are wanted. */
  readonly out: BatchStage<EndedPage, EndedPage, Code> | null;
  /** Null: no URL is fetched for a task. */
  readonly tasks: TaskResults | null;
  /** False: nobody wants more of a page than its fetch tells. Not with a store, and not where links are followed. */
  readonly extracting: boolean;
  /** Null: no declared fields are looked for. */
  readonly declared: DeclaredLook | null;
  /** What a crash left open; see recover(). */
  readonly recovered: Recovered;
  readonly dialer: Dialer;
  /** Closed with the graph; null: no browser. */
  readonly renderer: Renderer | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly version: string;
}

export function standalone(parts: StandaloneParts): Graph {
  const { frontier, store, out, extracting, clock, random, log, metrics, options } = parts;
  const { policy, stopDeadlineMs } = options.topology;
  const limits = options.topology.channels;
  const tally = new Tally();
  const way = parts.tasks?.way ?? null;
  const away = new Map<string, string>();
  const runtime = createRuntime({
    clock,
    random,
    deadLetters: letterWriter({ write: store === null ? async () => {} : intoTable(store), log, clock }),
    observer: engineObserver(metrics, log, tally, away),
  });

  const requests = runtime.channel<PageRequest>("frontier.requests", {
    ...limits.requests,
    ...urgentRequests,
  });
  const pages = { ...limits.pages, ...urgentPages };
  const raw = runtime.channel<CapturedPage>("raw.page", { ...pages, sizeOf: captureBytes });
  const processed = runtime.channel<ProcessedPage>("processed.final", { ...pages, sizeOf: pageBytes });
  const rows = runtime.channel<StoredPage>("processed.rows", { ...pages, sizeOf: pageBytes });
  const ended = runtime.channel<EndedPage>("ended", { ...limits.ends, ...urgentEnds, sizeOf: endBytes });
  const reports = runtime.channel<FrontierReport>("frontier.links", {
    ...{ ...limits.ends, ...urgentReports },
    sizeOf: reportBytes,
  });

  const fetch = createFetchStage({
    options: options.fetch,
    dialer: parts.dialer,
    clock,
    random,
    version: parts.version,
    refusalOf: challengedAnswer(options),
    onFetched: watchFetches(metrics, tally, (report) => frontier.fetched(report)),
  });
  const process = processing({
    options,
    policy,
    extracting,
    store,
    renderer: extracting ? parts.renderer : null,
    tasks: parts.tasks,
    declared: parts.declared,
    loaded: (requests) => requests.forEach((count, origin) => void frontier.charge(origin, count)),
    clock,
    log,
    metrics,
    tally,
  });
  const content = store === null ? null : contentStage(store.content, options.store.content);
  const metadata =
    store === null
      ? null
      : metadataStage(store.metadata, options.store.metadata, (page) => storedReport(page, policy));

  // Sinks first, sources last: they start in this order, and stop against it.
  const fatal = new Fatal((error) => error instanceof DiskFull || error instanceof FrontierBroken);
  const toFrontier = runtime.sink(
    fatal.sink(sinkAtFailpoint("before-close", counting(frontier.sink(), tally))),
    { from: reports },
  );
  const toOut = runtime.batchStage<EndedPage, FrontierReport>(
    fatal.batchStage(
      batchAtFailpoint(
        "after-out",
        answeringTasks(out === null ? bareReports(limits.ends) : reportsOf(out), parts.tasks),
      ),
    ),
    { from: ended, to: reports },
  );
  const toStore =
    content === null || metadata === null
      ? []
      : [
          runtime.batchStage(fatal.batchStage(batchAtFailpoint("after-row", batchGivingWay(metadata, way))), {
            from: rows,
            to: ended,
          }),
          runtime.batchStage(fatal.batchStage(batchAtFailpoint("after-segment", content)), {
            from: processed,
            to: rows,
          }),
        ];
  const queue =
    store === null || (process.rich === null && parts.recovered.queued === 0)
      ? null
      : renderQueue<FrontierReport>({
          ...{ runtime, store, options: options.store, limits, fatal, clock, log },
          // What an earlier run had queued ends without a browser where there is none any more.
          render: process.rich ?? process.unshown,
          isAlone: true,
          tell: ({ request }) => ({ kind: "handed", request, handedAtMs: clock.nowMs(), isQueued: true }),
          to: {
            ...{ told: reports, processed, ends: [ended, reports] },
            placed: (end) =>
              end.to === "out" ? Placed.in(ended, end.ended) : Placed.in(reports, end.report),
          },
        });
  // Nothing is kept: the page itself waits for the browser.
  const rich =
    queue === null && process.rich !== null
      ? runtime.channel<RichPage>("process.rich", { ...limits.pages, sizeOf: pageBytes })
      : null;
  const placed = (output: ProcessOutput): Placed => {
    if (output.to === "store") return Placed.in(processed, output.page);
    if (output.to === "out") return Placed.in(ended, output.ended);
    if (output.to === "frontier") return Placed.in(reports, output.report);
    return placedForBrowser(output.page, queue, rich);
  };
  const fromLanes = [...(store === null ? [] : [processed]), ended, reports];
  const toProcess = runtime.stage(process.stage, {
    from: raw,
    to: [...fromLanes, ...(queue === null ? [] : [queue.from]), ...(rich === null ? [] : [rich])],
    route: placed,
  });
  const toRender =
    process.rich === null || rich === null
      ? []
      : [runtime.stage(process.rich, { from: rich, to: fromLanes, route: placed })];
  const toFetch = runtime.stage(
    stageAtFailpoint(
      "after-fetch",
      parts.tasks === null ? fetch : givingWay(keepingPlaces(fetch), way, urgentRequests, false),
    ),
    {
      from: requests,
      to: [raw, ended, reports],
      route: (output: FetchOutput) => {
        if (output.kind === "page") return Placed.in(raw, { page: output.page, stored: null });
        if (output.kind === "ended") return Placed.in(ended, output.ended);
        return Placed.in(reports, output.report);
      },
    },
  );
  let brokenOff: AbortSignal = fatal.signal;
  const isBrokenOff = (): boolean => brokenOff.aborted;
  const fromFrontier = runtime.source(
    leasesKept(
      endTold(fatal.source(sourceAtFailpoint("after-lease", sourceGivingWay(frontier.source(), way))), () =>
        queue?.over(),
      ),
      isBrokenOff,
    ),
    { to: requests },
  );
  const fromTasks =
    parts.tasks === null
      ? []
      : [runtime.source(leasesKept(fatal.source(frontier.urgentSource()), isBrokenOff), { to: requests })];
  const fromCrash =
    store === null || parts.recovered.captures.length === 0
      ? []
      : [
          runtime.source(leasesKept(recoverySource(parts.recovered, frontier, store.content), isBrokenOff), {
            to: raw,
          }),
        ];

  const lanes = [
    runtime.lane("ends", [toFrontier, toOut]),
    ...(toStore.length === 0 ? [] : [runtime.lane("store", [...toStore, ...(queue?.intoStore ?? [])])]),
    runtime.lane("pages", [...toRender, ...(queue?.pages ?? []), toProcess, toFetch]),
    runtime.lane("intake", [...(queue?.intake ?? []), fromFrontier, ...fromTasks, ...fromCrash]),
  ];
  const close = async (): Promise<void> => {
    await fetch.destroy(new Error("the run has ended"));
    await process.close();
  };
  return {
    runtime,
    tally,
    away,
    get waitingForBrowser() {
      return queue?.waiting ?? 0;
    },
    run(drain, abort) {
      drain.addEventListener("abort", () => queue?.drain(), { once: true });
      brokenOff = AbortSignal.any([abort, fatal.signal]);
      return runGraph({ runtime, lanes, fatal, metrics, stopDeadlineMs, close, queue }, drain, brokenOff);
    },
  };
}

function placedForBrowser(page: RichPage, queue: RenderQueue | null, rich: Channel<RichPage> | null): Placed {
  if (queue !== null) return Placed.in(queue.from, due(page));
  if (rich !== null) return Placed.in(rich, page);
  throw new Error("a page is to be shown and there is no browser");
}
