// Shows a crawl's progress: a live line on a terminal, a plain line every ten seconds elsewhere, nothing when quiet.
// Reads figures from a function and writes to one stream; knows nothing of what it counts.
import type { Clock } from "../base/index.ts";
import { endedCount, type ProgressFigures, progressLine, type Rates } from "./progress-line.ts";

const LIVE_MS = 500;
const PLAIN_MS = 10_000;
/** Rates are over this much of the past: a little more than the longest time between two lines. */
const WINDOW_MS = 12_000;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** Writes whole lines (a log's) without tearing the live one. */
  above(lines: string): void;
  /** Takes the live line away and shows no more. */
  stop(): void;
}

interface Sample {
  readonly atMs: number;
  readonly ended: number;
  readonly bytes: number;
}

export function startProgress(parts: {
  readonly output: ProgressOutput;
  readonly clock: Clock;
  readonly quiet: boolean;
  read(): ProgressFigures;
}): Progress {
  const { output, clock, quiet, read } = parts;
  const live = output.isTTY === true && !quiet;
  const startedMs = clock.monotonicMs();
  let samples: Sample[] = [];
  let shown = "";
  let cancel = (): void => undefined;

  const clear = live ? "\r\u001b[2K" : "";
  const draw = (): void => {
    const nowMs = clock.monotonicMs();
    const figures = read();
    samples = [...samples.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS), sampleOf(figures, nowMs)];
    const line = progressLine(figures, ratesOf(samples), nowMs - startedMs);
    shown = live ? line.slice(0, Math.max(20, (output.columns ?? 80) - 1)) : line;
    output.write(live ? clear + shown : `${shown}\n`);
  };
  const tick = (): void => {
    draw();
    cancel = clock.schedule(live ? LIVE_MS : PLAIN_MS, tick);
  };
  if (!quiet) {
    samples = [sampleOf(read(), startedMs)];
    cancel = clock.schedule(live ? LIVE_MS : PLAIN_MS, tick);
  }
  return {
    above: (lines) => output.write(live ? `${clear}${lines}${shown}` : lines),
    stop() {
      cancel();
      shown = "";
      if (live) output.write(clear);
    },
  };
}

function sampleOf(figures: ProgressFigures, atMs: number): Sample {
  return { atMs, ended: endedCount(figures), bytes: figures.bytes };
}

function ratesOf(samples: readonly Sample[]): Rates {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs)
    return { pagesPerS: 0, bytesPerS: 0 };
  const seconds = (last.atMs - first.atMs) / 1000;
  return { pagesPerS: (last.ended - first.ended) / seconds, bytesPerS: (last.bytes - first.bytes) / seconds };
}
