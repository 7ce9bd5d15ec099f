// Parse threads behind one call: at most one page a thread, the rest in an order of arrival, urgent ones first. A page that overruns its time or heap
// costs its thread, which is replaced, and fails as `parse`; the pages around it are not touched. Knows no stages.
import { Piscina } from "piscina";
import {
  assert,
  type Clock,
  deadline,
  describe,
  err,
  ownBuffer,
  type Result,
  siblingModule,
} from "../base/index.ts";
import { TwoRanks } from "../engine/index.ts";
import type { Document, Failure, RouteMarker } from "../model/index.ts";
import { EXTRACT_HEADERS, type ExtractInput } from "./extract.ts";
import type { ExtractOptions } from "./options.ts";
import type { Schema } from "./schema/declaration.ts";
import type { WorkerSetup } from "./worker.ts";

/**
 * A page is garbage at once, but one that is collected in its midst is copied, and becomes old. With 48 a crawl of real pages took a
 * tenth less CPU time than with 16 (two pairs), and held 20 MiB more.
 */
const THREAD_YOUNG_MIB = 48;

export interface ParsePool {
  /** Pages that may be in hand at once, waiting ones included; more is a broken invariant of the caller. */
  readonly capacity: number;
  /**
   * The page's Document, or `decode`, `too_large`, `unsupported_type`, `parse`. The body is copied to the thread and stays the caller's.
   * Rejects with the signal's reason when it aborts first.
   */
  extract(input: ExtractInput, signal: AbortSignal, isUrgent?: boolean): Promise<Result<Document, Failure>>;
  /** Waits for pages under way, then ends the threads. */
  close(): Promise<void>;
}

export interface ParsePoolSetup {
  readonly options: ExtractOptions;
  readonly markers: readonly RouteMarker[];
  readonly clock: Clock;
  /** Pages of another lane that may be in hand beside those of the pool's own callers. */
  readonly guestsMax?: number;
  /** For pages that bring none of their own. */
  readonly schema?: Schema | null;
}

export function createParsePool(parts: ParsePoolSetup): ParsePool {
  const { options, markers, clock, guestsMax = 0, schema = null } = parts;
  const setup: WorkerSetup = { options, markers };
  const capacity = options.threads * options.pagesPerThread;
  const piscina = new Piscina<ExtractInput, Result<Document, Failure>>({
    filename: siblingModule(import.meta.url, "worker").href,
    workerData: setup,
    minThreads: 1,
    maxThreads: options.threads,
    idleTimeout: 30_000,
    maxQueue: options.threads,
    concurrentTasksPerWorker: 1,
    resourceLimits: {
      maxOldGenerationSizeMb: options.threadHeapMiB,
      maxYoungGenerationSizeMb: THREAD_YOUNG_MIB,
    },
    recordTiming: false,
  });
  // The answer to a page that was given up (its time was over, the crawl broke off) while it was on its way: its caller has been told,
  // and the thread is replaced. What a page itself comes to is told by `run`. Without a listener it would end the process.
  piscina.on("error", () => {});
  let inHand = 0;
  let free = options.threads;
  const waiting = new TwoRanks<() => void>();

  /** A thread of one's own: the time limit starts when the page does, not while others are parsed. */
  const acquire = async (signal: AbortSignal, isUrgent: boolean): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const admit = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        waiting.remove(admit);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.pushBack(admit, isUrgent);
    });
  };
  const release = (): void => {
    const next = waiting.popFront();
    if (next === undefined) free++;
    else next();
  };

  const run = async (input: ExtractInput, signal: AbortSignal): Promise<Result<Document, Failure>> => {
    const overrun = new Error(`time limit of ${options.pageTimeMs} ms`);
    const limit = deadline(clock, options.pageTimeMs, () => overrun, signal);
    const task: ExtractInput = {
      url: input.url,
      body: ownBuffer(input.body),
      headers: input.headers.filter(([name]) => EXTRACT_HEADERS.has(name)),
      truncated: input.truncated,
      schema: input.schema ?? schema,
    };
    try {
      return await piscina.run(task, { signal: limit.signal });
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const message = limit.signal.aborted
        ? `extraction stopped at its ${overrun.message}`
        : `extraction thread ended: ${describe(thrown)} (heap limit ${options.threadHeapMiB} MiB)`;
      return err({ code: "parse", message });
    } finally {
      limit.clear();
    }
  };

  return {
    capacity,
    async extract(input, signal, isUrgent = false) {
      assert(inHand < capacity + guestsMax, "more pages in hand than the parse pool's capacity");
      inHand++;
      try {
        await acquire(signal, isUrgent);
        try {
          return await run(input, signal);
        } finally {
          release();
        }
      } finally {
        inHand--;
      }
    },
    async close() {
      await piscina.close();
    },
  };
}
