// The ingestor's graph: frontier, fetch and the way to Kafka; and back from Kafka, what became of the pages. A page handed
// over is the broker's, its URL `handed` until a report comes back. Nothing is extracted or stored here.
import type { Clock, Random } from "../base/index.ts";
import {
  type Actor,
  type BatchStage,
  createRuntime,
  type DeadLetterWriter,
  Placed,
  type Sink,
  type Source,
} from "../engine/index.ts";
import type { ExtractOptions } from "../extract/index.ts";
import { createFetchStage, type FetchOptions, type FetchOutput } from "../fetch/index.ts";
import { type Frontier, FrontierBroken } from "../frontier/index.ts";
import type {
  Code,
  EndedPage,
  ForIngestor,
  FrontierRecord,
  FrontierReport,
  HandedReport,
  Page,
  PageRequest,
} from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import type { RouteOptions } from "../route/index.ts";
import type { GroupPosition, WireRecord } from "../wire/index.ts";
import { challengedAnswer } from "./challenged.ts";
import { batchAtFailpoint, sinkAtFailpoint, sourceAtFailpoint, stageAtFailpoint } from "./failpoints.ts";
import { failureNotices } from "./failure-notices.ts";
import { Fatal } from "./fatal.ts";
import { counting, leasesKept, mapped } from "./joints.ts";
import { lagWatch } from "./lag-watch.ts";
import { letterCopies } from "./letter-flows.ts";
import { awayAtFirst, engineObserver, watchFetches } from "./observation.ts";
import type { TopologyOptions } from "./options.ts";
import { retentionWatch } from "./retention-watch.ts";
import { type Graph, runGraph } from "./run-graph.ts";
import { endBytes, fetchedBytes, recordBytes, reportBytes, wireBytes } from "./sizes.ts";
import { Tally } from "./tally.ts";
import {
  keepingPlaces,
  urgentEnds,
  urgentFetched,
  urgentReports,
  urgentRequests,
  urgentReturns,
} from "./urgency.ts";

export interface IngestorParts {
  readonly options: {
    readonly fetch: FetchOptions;
    readonly extract: ExtractOptions;
    readonly route: RouteOptions;
    readonly topology: TopologyOptions;
  };
  readonly frontier: Frontier;
  readonly wire: {
    /** raw.page, acknowledged by every replica. */
    readonly pages: BatchStage<Page, HandedReport, Code>;
    /** frontier.links, of the partitions that are ours. */
    readonly returns: Source<FrontierRecord>;
    /** To other ingestors, and dead letters' copies. */
    readonly records: Sink<WireRecord, Code>;
    readonly notices: Sink<WireRecord, Code>;
    /** Whether anybody reads raw.page now. */
    processorsAlive(signal: AbortSignal): Promise<boolean>;
    /** How long raw.page keeps a record. */
    readonly retentionMs: number;
    /** Of this ingestor's group on its partitions of frontier.links. */
    positions(): Promise<readonly GroupPosition[]>;
  };
  /** Keeps what could not be processed, on this machine's disk. */
  readonly deadLetters: DeadLetterWriter;
  /** Ends when the frontier is empty and nothing is handed; else it waits for what other machines may bring. */
  readonly endsWhenDone: boolean;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly version: string;
}

export function ingestor(parts: IngestorParts): Graph {
  const { frontier, wire, clock, random, log, metrics, options } = parts;
  const { stopDeadlineMs, channels: limits } = options.topology;
  const tally = new Tally();
  const away = awayAtFirst(wire.returns.name);
  const runtime = createRuntime({
    clock,
    random,
    deadLetters: parts.deadLetters,
    observer: engineObserver(metrics, log, tally, away),
  });

  const requests = runtime.channel<PageRequest>("frontier.requests", {
    ...limits.requests,
    ...urgentRequests,
  });
  const raw = runtime.channel<Page>("raw.page", { ...limits.pages, ...urgentFetched, sizeOf: fetchedBytes });
  const ended = runtime.channel<EndedPage>("ended", { ...limits.ends, ...urgentEnds, sizeOf: endBytes });
  const reports = runtime.channel<FrontierReport>("frontier.reports", {
    ...{ ...limits.ends, ...urgentReports },
    sizeOf: reportBytes,
  });
  const returns = runtime.channel<FrontierRecord>("frontier.links", {
    ...{ ...limits.ends, ...urgentReturns },
    sizeOf: recordBytes,
  });
  const foreign = runtime.channel<WireRecord>("frontier.out", { ...limits.ends, sizeOf: wireBytes });

  const fetch = createFetchStage({
    options: options.fetch,
    dialer: parts.dialer,
    clock,
    random,
    version: parts.version,
    refusalOf: challengedAnswer(options),
    onFetched: watchFetches(metrics, tally, (report) => frontier.fetched(report)),
  });

  // Sinks first, sources last: they start in this order, and stop against it.
  const fatal = new Fatal((error) => error instanceof FrontierBroken);
  const toFrontier = runtime.sink(
    fatal.sink(sinkAtFailpoint("before-close", counting(frontier.sink(), tally))),
    { from: reports },
  );
  const fromReturns = runtime.sink(fatal.sink(counting(frontier.returnSink(), tally)), {
    from: returns,
  });
  const toOthers = runtime.sink(wire.records, { from: foreign });
  const toNotices = runtime.batchStage(failureNotices(wire.notices, clock), { from: ended, to: reports });
  const toBroker = runtime.batchStage(batchAtFailpoint("after-publish", wire.pages), {
    from: raw,
    to: reports,
  });
  const toFetch = runtime.stage(stageAtFailpoint("after-fetch", keepingPlaces(fetch)), {
    from: requests,
    to: [raw, ended, reports],
    route: (output: FetchOutput) => {
      if (output.kind === "page") return Placed.in(raw, output.page);
      if (output.kind === "ended") return Placed.in(ended, output.ended);
      return Placed.in(reports, output.report);
    },
  });
  // What a run that is broken off had in hand keeps its lease, and so its capture id: it may be at the broker already.
  let brokenOff: AbortSignal = fatal.signal;
  const requested = (source: Source<PageRequest>): Actor =>
    runtime.source(
      leasesKept(fatal.source(sourceAtFailpoint("after-lease", source)), () => brokenOff.aborted),
      { to: requests },
    );
  const leasing = { endless: true, keepCaptureIds: true };
  const fromFrontier = requested(frontier.source(leasing));
  const fromTasks = requested(frontier.urgentSource(leasing));
  const fromOutbox = runtime.source(
    fatal.source(
      mapped(frontier.foreignSource(), (record: ForIngestor): WireRecord => ({ kind: "frontier", record })),
    ),
    { to: foreign },
  );
  const letters = frontier.letters;
  const fromLetters = runtime.source(
    letterCopies(
      {
        connect: () => Promise.resolve(),
        uncopied: async (limit) => letters.uncopied(limit),
        markCopied: async (ids, atMs) => letters.markCopied(ids, atMs),
      },
      clock,
    ),
    { to: foreign },
  );
  const fromKafka = runtime.source(wire.returns, { to: returns });
  const done = new AbortController();
  const retention = retentionWatch({
    frontier,
    processorsAlive: wire.processorsAlive,
    retentionMs: wire.retentionMs,
    clock,
    log,
    idle: () => {
      if (parts.endsWhenDone) done.abort(new Error("the frontier is empty and nothing is handed over"));
    },
  });
  const lag = lagWatch({ ...wire, isQuiet: () => true, idle: () => {}, clock, log });

  const lanes = [
    runtime.lane("ends", [toFrontier, fromReturns, toOthers, toNotices, lag]),
    runtime.lane("pages", [toBroker, toFetch]),
    runtime.lane("returns", [fromKafka, fromOutbox, fromLetters]),
    runtime.lane("intake", [retention, fromFrontier, fromTasks]),
  ];
  return {
    runtime,
    tally,
    away,
    waitingForBrowser: 0,
    run(drain, abort) {
      const close = (): Promise<void> => fetch.destroy(new Error("the run has ended"));
      brokenOff = AbortSignal.any([abort, fatal.signal]);
      const end = AbortSignal.any([drain, done.signal]);
      return runGraph({ runtime, lanes, fatal, metrics, stopDeadlineMs, close, queue: null }, end, brokenOff);
    },
  };
}
