// A crawl whose browser is played by a function: the whole standalone graph on real stores in a process of its own, which a
// test kills at a failpoint and starts again. What a browser does to a page is not its matter, only who has the page when.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { armFailpoint, err, ok, systemClock, systemRandom } from "../../src/base/index.ts";
import { lineWriter } from "../../src/cli/line-of.ts";
import { lazyPool } from "../../src/cli/open-folder.ts";
import { outWriter } from "../../src/cli/out-writer.ts";
import { loadConfig } from "../../src/config.ts";
import { Frontier } from "../../src/frontier/index.ts";
import { createDialer } from "../../src/net/index.ts";
import { createLog, createMetrics } from "../../src/observe/index.ts";
import type { Renderer } from "../../src/render/index.ts";
import { embeddedStore } from "../../src/store/index.ts";
import { recover, standalone } from "../../src/topology/index.ts";

/** What the process is told, as JSON in its one argument. */
export interface ShownCrawl {
  readonly folder: string;
  readonly port: number;
  readonly pages: number;
  /** Of the render queue. */
  readonly itemsMax: number;
  /** Nothing is shown before this file is there; null: at once. */
  readonly holdUntil: string | null;
  /** `name:hits`. */
  readonly failpoint: string | null;
  readonly hasBrowser: boolean;
}

/** Page n of the site is an empty shell; what fills it links to 2n + 1 and 2n + 2, and every seventh cannot be shown. */
export const urlOf = (port: number, page: number): string => `http://shown.test:${port}/${page}`;
export const cannotBeShown = (page: number): boolean => page % 7 === 3;

const HOLD_LOOK_MS = 20;

function playedBrowser({ port, pages, holdUntil }: ShownCrawl): Renderer {
  return {
    concurrencyMax: 3,
    cache: { hits: 0, revalidated: 0, misses: 0, evictions: 0, bytes: 0 },
    deadlineMs: 60_000,
    onLoaded: () => {},
    hasRecipe: () => false,
    async render({ url }, _charset, signal) {
      while (holdUntil !== null && !existsSync(holdUntil)) await systemClock.sleep(HOLD_LOOK_MS, signal);
      const page = Number(new URL(url).pathname.slice(1));
      if (cannotBeShown(page)) return err({ code: "render", message: "the page crashes its browser" });
      const children = [2 * page + 1, 2 * page + 2].filter((child) => child < pages);
      const links = children.map((child) => `<a href="${urlOf(port, child)}">${child}</a>`).join(" ");
      const text = `Sentence number ${page} is told by a script. `.repeat(5);
      return ok({
        html: `<!doctype html><title>Shown ${page}</title><main><h1>Told</h1><p>${text}</p>${links}</main>`,
        leadsTo: null,
        missed: [],
        screenshot: null,
      });
    },
    close: () => Promise.resolve(),
  };
}

async function crawl(spec: ShownCrawl): Promise<void> {
  const { folder, port, pages } = spec;
  const [name, hits] = spec.failpoint?.split(":") ?? [];
  if (name !== undefined) armFailpoint(name, Number(hits), () => process.kill(process.pid, "SIGKILL"));
  const loaded = loadConfig({ role: "standalone", files: [], flags: [], environment: {} });
  if (!loaded.ok) throw new Error(loaded.error);
  const config = loaded.value.config;
  const options = {
    ...config,
    store: { ...config.store, renderQueue: { ...config.store.renderQueue, itemsMax: spec.itemsMax } },
    topology: { ...config.topology, policy: config.policy },
  };
  const clock = systemClock;
  const { signal } = new AbortController();
  const frontier = new Frontier({
    folder: join(folder, "frontier"),
    options: { ...config.frontier, delayMs: 0, robots: false, hostInFlightMax: 16 },
  });
  const store = embeddedStore(folder, options.store, "millrace/test", clock);
  const begun = await frontier.beginCrawl({
    seedsHash: "seeds",
    depthMax: 100,
    scope: "host",
    include: null,
    exclude: null,
    pagesMax: null,
    lane: "rich",
    refresh: false,
    fresh: false,
  });
  if (begun.state === "finished") return;
  const recovered = await recover(frontier, store, clock, signal);
  const dialer = createDialer({ ...config.net, resolve: [`shown.test:${port}:127.0.0.1`] }, clock);
  const pool = lazyPool(config, { clock });
  const graph = standalone({
    options,
    frontier,
    store,
    tasks: null,
    declared: null,
    out: outWriter({
      path: join(folder, "out.jsonl"),
      fields: null,
      batch: { itemsMax: 64, bytesMax: 1e7, lingerMs: 5, inFlightMax: 1 },
      deadlineMs: 60_000,
      lineOf: lineWriter({ store, pool: () => pool.get(), signal }),
      followersOf: (url) => frontier.followersOf(url),
      print: () => Promise.resolve(),
      failed: () => process.exit(3),
    }),
    extracting: true,
    recovered,
    dialer,
    renderer: spec.hasBrowser ? playedBrowser(spec) : null,
    clock,
    random: systemRandom,
    log: createLog(config.observe.log, { isTTY: false, write: (line) => process.stderr.write(line) }),
    metrics: createMetrics(),
    version: "test",
  });
  // Half of the pages are given, so that all are fetched while nothing is shown.
  const given = Array.from({ length: pages >> 1 }, (_, page) => urlOf(port, page));
  await frontier.admitGiven(given);
  frontier.seedingDone();
  const told = clock.schedule(50, function tell() {
    process.stdout.write(`${JSON.stringify({ ...frontier.counts(), waiting: graph.waitingForBrowser })}\n`);
    clock.schedule(50, tell);
  });
  const drain = new AbortController();
  process.on("SIGTERM", () => drain.abort(new Error("asked to stop")));
  await graph.run(drain.signal, signal);
  told();
  await pool.close();
  dialer.close();
  await store.close();
  await frontier.close();
}

if (process.argv[2]?.startsWith("{")) {
  await crawl(JSON.parse(process.argv[2]));
  process.exit(0);
}
