// The image recipe with everything it is lent: politeness and guard as in a crawl, parse threads, a browser where it is asked for
// one. For the command and for who runs it by the clock. Knows no flag.
import type { Clock } from "../base/index.ts";
import type { Config } from "../config.ts";
import { createParsePool } from "../extract/index.ts";
import type { DeclaredFields } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import { type ImagesSummary, type PageSchemas, pageReader, runImages } from "../recipes/index.ts";
import { routeMarkers } from "../route/index.ts";
import type { Store } from "../store/index.ts";
import { createVisits, type HostTurns } from "../topology/index.ts";
import { frontierOptionsOf } from "./crawl-rooms.ts";
import { rendererOf } from "./renderer-of.ts";
import { version } from "./version.ts";

export interface ImagesRun {
  readonly config: Config;
  /** Its rows connected. */
  readonly store: Store;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly schemas: PageSchemas;
  /** Told of what each page gave for the recipe's selectors. */
  readonly found: (fields: DeclaredFields) => void;
  /** Of a frontier whose crawls this process runs; null: nothing else is fetched here. */
  readonly turns: HostTurns | null;
  /** The caller tells the summary itself; else it is logged. */
  readonly isTold: boolean;
  /** Subjects at most; null: as configured. */
  readonly limit: number | null;
}

/** Rejects as the store does. */
export async function imagesRun(run: ImagesRun, signal: AbortSignal): Promise<ImagesSummary> {
  const { config, store, dialer, clock, log, metrics, schemas, turns, limit } = run;
  const images = config.recipes.images;
  const options = limit === null ? images : { ...images, limit };
  const pool = createParsePool({
    options: { ...config.extract, html: false },
    markers: routeMarkers(config.route),
    clock,
    guestsMax: options.concurrency,
  });
  const renderer = options.lane === "rich" ? rendererOf(config, dialer, { clock, log }) : null;
  try {
    const summary = await runImages(
      {
        options,
        session: store.session,
        objects: store.objects,
        reader: pageReader({ options, route: config.route, pool, renderer, found: run.found }, schemas),
        visits: (shared) =>
          createVisits({
            options: { ...config, frontier: frontierOptionsOf(config) },
            dialer,
            clock,
            version: version(),
            turns: turns === null ? shared : bothTurns(shared, turns, clock),
            waitMsMax: options.limits.hostWaitMs,
          }),
        clock,
        log,
        onEnded: (status, elapsedMs) => metrics.subjectCollected(status, elapsedMs),
      },
      signal,
    );
    if (!run.isTold) log.info({ ...summary }, "pictures collected");
    return summary;
  } finally {
    await renderer?.close();
    await pool.close();
  }
}

/** The turn of all who share the database, then that of the crawls in this process: no host is asked before both have come. */
const bothTurns = (shared: HostTurns, own: HostTurns, clock: Clock): HostTurns => ({
  async take(host, limits, signal) {
    const waitMs = await shared.take(host, limits, signal);
    if (waitMs === null) return null;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    return own.take(host, limits, signal);
  },
  async hold(host, untilMs, signal) {
    await own.hold(host, untilMs, signal);
    await shared.hold(host, untilMs, signal);
  },
});
