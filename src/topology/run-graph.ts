// How a finished graph is run, whichever it is: channels watched while it runs, what made going on impossible thrown at
// its end, and the rooms that answer nobody any more closed. Knows no arrow.
import type { Actor, Runtime } from "../engine/index.ts";
import type { Metrics } from "../observe/index.ts";
import type { Fatal } from "./fatal.ts";
import type { Tally } from "./tally.ts";

/** One machine's graph, made and ready to run. */
export interface Graph {
  readonly runtime: Runtime;
  readonly tally: Tally;
  /** Pages in the render queue, as last seen. */
  readonly waitingForBrowser: number;
  /** Parts that are away now, with why; empty when all is well. */
  readonly away: ReadonlyMap<string, string>;
  /** Runs until there is nothing left to do or `drain` aborts; see Runtime.run. Throws what made going on impossible (DiskFull …). */
  run(drain: AbortSignal, abort: AbortSignal): Promise<"drained" | "aborted">;
}

export interface GraphParts {
  readonly runtime: Runtime;
  /** Sinks first, sources last. */
  readonly lanes: readonly Actor[];
  readonly fatal: Fatal;
  readonly metrics: Metrics;
  readonly stopDeadlineMs: number;
  /** Null where pages for the browser do not wait on disk. */
  readonly queue: { readonly waiting: number } | null;
  /** After the run: nobody waits for an answer any more; after an abort one might never come. */
  close(): Promise<void>;
}

/** `abort` may come from outside at any time; a fatal failure is one of its own. */
export async function runGraph(
  { runtime, lanes, fatal, metrics, stopDeadlineMs, close, queue }: GraphParts,
  drain: AbortSignal,
  brokenOff: AbortSignal,
): Promise<"drained" | "aborted"> {
  const stopWatching = runtime.channels.map((channel) =>
    metrics.watchChannel({
      name: channel.name,
      get depth() {
        return { items: channel.depth, bytes: channel.bytes };
      },
    }),
  );
  if (queue !== null) {
    const stop = metrics.watchChannel({
      name: "render_queue",
      get depth() {
        return { items: queue.waiting, bytes: 0 };
      },
    });
    stopWatching.push(stop);
  }
  try {
    const end = await runtime.run(lanes, { drain, abort: brokenOff, stopDeadlineMs });
    if (fatal.error !== null) throw fatal.error;
    return end;
  } finally {
    for (const stop of stopWatching) stop();
    await close();
  }
}
