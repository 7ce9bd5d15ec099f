// The processor's graph: pages from Kafka through the parse threads into the store, and back to the ingestor what became of
// them. A page's offset is committed only after its row is written, its event published and its report sent.
import type { Clock, Random } from "../base/index.ts";
import { createRuntime, type DeadLetterWriter, Placed, type Sink, type Source } from "../engine/index.ts";
import type { ExtractOptions } from "../extract/index.ts";
import type { Code, DeadLetter, Page, ProcessedPage, StoredPage } from "../model/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import type { Renderer, RenderOptions } from "../render/index.ts";
import type { RouteOptions } from "../route/index.ts";
import { contentStage, DiskFull, metadataStage, type Store, type StoreOptions } from "../store/index.ts";
import type { GroupPosition, WireRecord } from "../wire/index.ts";
import { storedReport } from "./end-of-page.ts";
import { batchAtFailpoint, sinkAtFailpoint, sourceAtFailpoint } from "./failpoints.ts";
import { Fatal } from "./fatal.ts";
import { batchGivingWay } from "./giving-way.ts";
import { type HandedBack, handBack } from "./hand-back.ts";
import { mapped } from "./joints.ts";
import { lagWatch } from "./lag-watch.ts";
import { letterCopies, letterTable, rowsOf } from "./letter-flows.ts";
import { awayAtFirst, engineObserver } from "./observation.ts";
import type { TopologyOptions } from "./options.ts";
import { endingWithDrain } from "./periodic.ts";
import type { CapturedPage, ProcessOutput } from "./process-stage.ts";
import { processing } from "./processing.ts";
import { due } from "./queue-stages.ts";
import { renderQueue } from "./render-queue.ts";
import { type Graph, runGraph } from "./run-graph.ts";
import { captureBytes, endBytes, letterBytes, pageBytes, wireBytes } from "./sizes.ts";
import { Tally } from "./tally.ts";
import { answeringBeforeReport, answeringNotices, type TaskResults } from "./task-results.ts";
import { urgentEnds, urgentPages } from "./urgency.ts";

export interface ProcessorParts {
  readonly options: {
    readonly extract: ExtractOptions;
    readonly render: RenderOptions;
    readonly route: RouteOptions;
    readonly store: StoreOptions;
    readonly topology: TopologyOptions;
  };
  readonly store: Store;
  readonly wire: {
    readonly pages: Source<Page>;
    /** What ingestors could not fetch for good. */
    readonly notices: Source<DeadLetter>;
    /** frontier.links and storage.saved. */
    readonly records: Sink<WireRecord, Code>;
    /** Copies of dead letters. */
    readonly letters: Sink<WireRecord, Code>;
    /** Of the processors' group on raw.page. */
    positions(): Promise<readonly GroupPosition[]>;
  };
  /** Null: no URL is fetched for a task. */
  readonly tasks: TaskResults | null;
  /** Ends when the lag has been 0 for so long; null: never. */
  readonly idleMs: number | null;
  readonly deadLetters: DeadLetterWriter;
  /** Closed with the graph; null: no browser. */
  readonly renderer: Renderer | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

export function processor(parts: ProcessorParts): Graph {
  const { store, wire, clock, random, log, metrics, options } = parts;
  const { policy, stopDeadlineMs, channels: limits } = options.topology;
  const tally = new Tally();
  const way = parts.tasks?.way ?? null;
  const away = awayAtFirst(wire.pages.name);
  const runtime = createRuntime({
    clock,
    random,
    deadLetters: parts.deadLetters,
    observer: engineObserver(metrics, log, tally, away),
  });

  const pages = { ...limits.pages, ...urgentPages };
  const raw = runtime.channel<CapturedPage>("raw.page", { ...pages, sizeOf: captureBytes });
  const processed = runtime.channel<ProcessedPage>("processed.final", { ...pages, sizeOf: pageBytes });
  const rows = runtime.channel<StoredPage>("processed.rows", { ...pages, sizeOf: pageBytes });
  const ended = runtime.channel<HandedBack>("ended", { ...limits.ends, ...urgentEnds, sizeOf: endBytes });
  const notices = runtime.channel<DeadLetter>("raw.page.dlq", { ...limits.ends, sizeOf: letterBytes });
  const copies = runtime.channel<WireRecord>("letters.copies", { ...limits.ends, sizeOf: wireBytes });

  const process = processing({
    options,
    policy,
    extracting: true,
    store,
    renderer: parts.renderer,
    tasks: parts.tasks,
    declared: null,
    // The hosts' clocks are the ingestor's; here the caps of the browser hold.
    loaded: () => {},
    clock,
    log,
    metrics,
    tally,
  });
  const content = contentStage(store.content, options.store.content);
  const metadata = metadataStage(store.metadata, options.store.metadata, (page) =>
    storedReport(page, policy),
  );

  // Sinks first, sources last: they start in this order, and stop against it.
  const fatal = new Fatal((error) => error instanceof DiskFull);
  const toIngestor = runtime.sink(
    sinkAtFailpoint("before-report", answeringBeforeReport(handBack(wire.records, tally), parts.tasks)),
    {
      from: ended,
    },
  );
  const toRows = runtime.batchStage(
    fatal.batchStage(batchAtFailpoint("after-row", batchGivingWay(metadata, way))),
    {
      from: rows,
      to: ended,
    },
  );
  const toSegments = runtime.batchStage(fatal.batchStage(batchAtFailpoint("after-segment", content)), {
    from: processed,
    to: rows,
  });
  // Its interim report stops the timer that would fetch the page again; the offset need not wait for the browser.
  const queue = renderQueue<HandedBack>({
    ...{ runtime, store, options: options.store, limits, fatal, clock, log },
    render: process.rich,
    isAlone: false,
    tell: ({ request: { captureId, url, host } }) => ({ kind: "queued", captureId, url, host }),
    to: {
      ...{ told: ended, processed, ends: [ended] },
      placed: (end) => Placed.in(ended, end.to === "out" ? end.ended : end.report),
    },
  });
  const placed = (output: ProcessOutput): Placed => {
    if (output.to === "store") return Placed.in(processed, output.page);
    if (output.to === "render") return Placed.in(queue.from, due(output.page));
    return Placed.in(ended, output.to === "out" ? output.ended : output.report);
  };
  const toProcess = runtime.stage(process.stage, {
    from: raw,
    to: [processed, ended, queue.from],
    route: placed,
  });
  const fromKafka = runtime.source(
    sourceAtFailpoint(
      "after-read",
      mapped(wire.pages, (page: Page): CapturedPage => ({ page, stored: null })),
    ),
    { to: raw },
  );
  const table = answeringNotices(letterTable(store.metadata, clock), parts.tasks);
  const toTable = runtime.sink(table, { from: notices });
  const toTopics = runtime.sink(wire.letters, { from: copies });

  const done = new AbortController();
  const lag = lagWatch({
    ...wire,
    isQuiet: () =>
      runtime.load().every(({ busy, waiting }) => busy + waiting === 0) &&
      (process.rich === null || queue.waiting === 0),
    idle(forMs) {
      if (parts.idleMs !== null && forMs >= parts.idleMs) done.abort(new Error("nothing is left to read"));
    },
    clock,
    log,
  });

  const followers = store.followers.map(endingWithDrain);
  const lanes = [
    ...(followers.length === 0 ? [] : [runtime.lane("followers", followers)]),
    runtime.lane("ends", [toIngestor, toTable, toTopics, lag]),
    runtime.lane("store", [toRows, toSegments, ...queue.intoStore]),
    runtime.lane("pages", [...queue.pages, toProcess]),
    runtime.lane("intake", [
      ...queue.intake,
      runtime.source(wire.notices, { to: notices }),
      runtime.source(letterCopies(rowsOf(store.metadata), clock), { to: copies }),
      fromKafka,
    ]),
  ];
  return {
    runtime,
    tally,
    away,
    get waitingForBrowser() {
      return queue.waiting;
    },
    run(drain, abort) {
      drain.addEventListener("abort", () => queue.drain(), { once: true });
      const brokenOff = AbortSignal.any([abort, fatal.signal]);
      const close = (): Promise<void> => process.close();
      const end = AbortSignal.any([drain, done.signal]);
      return runGraph({ runtime, lanes, fatal, metrics, stopDeadlineMs, close, queue }, end, brokenOff);
    },
  };
}
