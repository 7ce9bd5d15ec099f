// A running crawl in numbers, for the progress line, the summary and `top`: read from the tally, the channels and the
// frontier whenever someone looks. Counts nothing itself.
import type { Clock } from "../base/index.ts";
import type { Role } from "../config.ts";
import type { Frontier } from "../frontier/index.ts";
import type { Graph } from "../topology/index.ts";
import type { ControlAnswer } from "./control.ts";
import { BROWSER_QUEUE, type CrawlSummary, type ProgressFigures } from "./progress-line.ts";

const HOSTS_SHOWN = 50;

export interface CrawlView {
  figures(): ProgressFigures;
  status(): ControlAnswer<"status">;
  summary(
    end: CrawlSummary["end"],
  ): Pick<CrawlSummary, "end" | "figures" | "codes" | "richReadFast" | "deadLetters" | "elapsedMs">;
}

/** What waits before each stage, on disk before the browser. */
export const queuesOf = ({ runtime, waitingForBrowser }: Graph): ProgressFigures["queues"] => [
  ...runtime.channels.map(({ name, depth }) => ({ name, items: depth })),
  { name: BROWSER_QUEUE, items: waitingForBrowser },
];

export function crawlView(parts: {
  readonly role: Role;
  readonly frontier: Frontier;
  readonly graph: Graph;
  readonly clock: Clock;
  /** Depth 0 and every seed given: no more URLs can come. */
  openIsAll(): boolean;
}): CrawlView {
  const { role, frontier, graph, clock, openIsAll } = parts;
  const { tally, runtime, away } = graph;
  const startedAtMs = clock.nowMs();
  const startMs = clock.monotonicMs();
  const open = (): number => {
    const { queued = 0, waiting = 0, leased = 0, handed = 0 } = frontier.crawlCounts();
    return queued + waiting + leased + handed;
  };
  const figures = (): ProgressFigures => ({
    ended: tally.ended,
    bytes: tally.bytes,
    lanes: tally.lanes,
    queues: queuesOf(graph),
    open: open(),
    openIsAll: openIsAll(),
  });
  return {
    figures,
    status: () => ({
      pid: process.pid,
      role,
      startedAtMs,
      ready: away.size === 0,
      reasons: [...away].map(([name, why]) => `${name}: ${why}`),
      ended: { ...tally.ended },
      bytes: tally.bytes,
      lanes: { ...tally.lanes },
      waitingForBrowser: graph.waitingForBrowser,
      open: open(),
      openIsAll: openIsAll(),
      stages: runtime.load().map(({ name, busy, waiting, waitingMax }) => ({
        name,
        busy,
        depth: waiting,
        depthMax: waitingMax,
        ...tally.work(name),
      })),
      hosts: frontier.hosts(HOSTS_SHOWN).map(({ host, inFlight, fetched, failed, latencyMs, nextAtMs }) => ({
        host,
        inFlight,
        fetched,
        failed,
        latencyMs,
        nextAtMs,
      })),
    }),
    summary: (end) => ({
      end,
      figures: figures(),
      codes: tally.codes,
      richReadFast: tally.richReadFast,
      deadLetters: tally.deadLetters,
      elapsedMs: clock.monotonicMs() - startMs,
    }),
  };
}
