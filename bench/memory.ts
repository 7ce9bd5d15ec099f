// How much memory a whole crawl holds while it grows: one page from each of many names (`--lines`), one large site (`--pages`), or
// one that only a browser can read (`--rich`), served by a process of its own. Prints the samples, the peak, and how much each
// 100,000 URLs (1,000 pages in a browser) added after the first fifth; CPU time beside it (without a browser's own pages, see process-tree.ts).
// `node bench/memory.ts --rich 3000`, `node bench/memory.ts --lines 1000000 -- --no-store --out /dev/null`; what follows `--` goes to `crawl`.
import { fork, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serveLarge } from "../demo/large.ts";
import { systemClock } from "../src/base/index.ts";
import { childrenSeconds, treeMiB } from "./process-tree.ts";
import { startRichSite } from "./rich-site.ts";

interface Sample {
  readonly atS: number;
  /** Pages served so far. */
  readonly pages: number;
  /** RssAnon and RssShmem of the process tree; file-backed pages do not count. */
  readonly mebibytes: number;
}

const mainFile = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** What a crawl of any length may hold. */
const PEAK_MIB_MAX = 1024;
const SLOPE_MIB_MAX = 1;
/** What the slope is counted by, and what it may be: a page in a browser is far more work than one without. */
const SCALE = 100_000;
const RICH_SCALE = 1_000;
const RICH_SLOPE_MIB_MAX = 5;

/**
 * MiB that each `scale` URLs added, by least squares over the samples after the first fifth of the pages and before the last page (what
 * is let go at the end is no part of the crawl), and the standard error of that.
 */
function slopeOf(samples: readonly Sample[], scale: number): { mebibytes: number; error: number } {
  const all = samples.at(-1)?.pages ?? 0;
  const late = samples.filter(({ pages }) => pages >= all / 5 && pages < all);
  const mean = (of: (sample: Sample) => number): number =>
    late.reduce((sum, sample) => sum + of(sample), 0) / late.length;
  const pagesMean = mean(({ pages }) => pages);
  const memoryMean = mean(({ mebibytes }) => mebibytes);
  const covariance = mean((sample) => (sample.pages - pagesMean) * (sample.mebibytes - memoryMean));
  const variance = mean(({ pages }) => (pages - pagesMean) ** 2);
  if (!(variance > 0)) return { mebibytes: 0, error: 0 };
  const slope = covariance / variance;
  const left = mean((sample) => (sample.mebibytes - memoryMean - slope * (sample.pages - pagesMean)) ** 2);
  const error = Math.sqrt(left / variance / Math.max(1, late.length - 2));
  return { mebibytes: slope * scale, error: error * scale };
}

/** The other process: serves, and answers each message with how many pages it has served. */
async function serve(pages: number): Promise<void> {
  const site = await serveLarge({ pages, hosts: 8 });
  process.on("message", () => process.send?.(site.served()));
  process.on("disconnect", () => process.exit());
  const { port, depth, seeds } = site;
  process.send?.({ port, depth, seeds });
}

/** What a crawl is given, and how far its site has been read. */
interface Task {
  readonly args: readonly string[];
  readonly scale: number;
  readonly slopeMiBMax: number;
  served(): Promise<number>;
  close(): void;
}

async function richTask(pages: number): Promise<Task> {
  const site = await startRichSite(pages);
  const args = [site.seed, "--lane", "rich", "--depth", "100", "--delay", "0", "--resolve", site.resolve];
  return { ...site, args, scale: RICH_SCALE, slopeMiBMax: RICH_SLOPE_MIB_MAX };
}

async function plainTask(lines: number, pages: number, folder: string): Promise<Task> {
  const server = fork(fileURLToPath(import.meta.url), ["--serve", String(pages)]);
  const ask = (): Promise<unknown> => new Promise((resolve) => server.once("message", resolve));
  const { port, depth, seeds } = (await ask()) as { port: number; depth: number; seeds: string[] };
  const list = join(folder, "list.txt");
  await pipeline(Readable.from(linesOf(lines, port)), createWriteStream(list));
  const what =
    lines > 0
      ? ["--list", list]
      : [...seeds, "--depth", String(depth + 5), "--delay", "0", "--per-host", "16"];
  return {
    args: [...what, "--resolve", `*:${port}:127.0.0.1`],
    scale: SCALE,
    slopeMiBMax: SLOPE_MIB_MAX,
    async served() {
      const answer = ask();
      server.send("served");
      return Number(await answer);
    },
    close: () => server.disconnect(),
  };
}

async function measure(
  taskIn: (folder: string) => Promise<Task>,
  everyMs: number,
  flags: readonly string[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-memory-"));
  const task = await taskIn(folder);
  const { args, scale, slopeMiBMax, served } = task;
  try {
    const startedMs = systemClock.monotonicMs();
    const cpuBeforeS = childrenSeconds();
    const command = [mainFile, "crawl", ...args, "--data", join(folder, "data"), "--quiet", ...flags];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "inherit"] });
    const ended = new AbortController();
    const exit = new Promise<number | null>((resolve) => child.once("close", resolve)).finally(() =>
      ended.abort(),
    );
    const samples: Sample[] = [];
    while (!ended.signal.aborted) {
      await sleep(everyMs, undefined, { signal: ended.signal }).catch(() => {});
      const mebibytes = treeMiB(child.pid ?? 0);
      const atS = (systemClock.monotonicMs() - startedMs) / 1000;
      if (mebibytes > 0)
        samples.push({ atS: round(atS), pages: await served(), mebibytes: round(mebibytes) });
    }
    const wallS = (systemClock.monotonicMs() - startedMs) / 1000;
    const total = await served();
    const peak = Math.max(...samples.map(({ mebibytes }) => mebibytes));
    const slope = slopeOf(samples, scale);
    const figures = {
      exit: await exit,
      pages: total,
      wallS: round(wallS),
      pagesPerS: round(total / wallS),
      cpuSPer1000: round((1000 * (childrenSeconds() - cpuBeforeS)) / total),
      peakMiB: peak,
      peakMiBMax: PEAK_MIB_MAX,
      slopeMiB: round(slope.mebibytes),
      slopeErrorMiB: round(slope.error),
      slopeMiBMax,
      perPages: scale,
      isGood: peak <= PEAK_MIB_MAX && slope.mebibytes <= slopeMiBMax,
    };
    console.log(JSON.stringify({ ...figures, samples }));
  } finally {
    task.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function* linesOf(count: number, port: number): Generator<string> {
  for (let at = 0; at < count; at += 1000) {
    const block = Array.from(
      { length: Math.min(1000, count - at) },
      (_, n) => `http://n${at + n}.list.test:${port}/\n`,
    );
    yield block.join("");
  }
}

const round = (figure: number): number => Math.round(figure * 10) / 10;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: {
      lines: { type: "string", default: "0" },
      pages: { type: "string", default: "20000" },
      rich: { type: "string", default: "0" },
      every: { type: "string", default: "5" },
      serve: { type: "string" },
    },
    allowPositionals: true,
  });
  if (values.serve !== undefined) await serve(Number(values.serve));
  else {
    const [lines, pages, rich] = [values.lines, values.pages, values.rich].map(Number) as [
      number,
      number,
      number,
    ];
    const taskIn = (folder: string) => (rich > 0 ? richTask(rich) : plainTask(lines, pages, folder));
    await measure(taskIn, Number(values.every) * 1000, positionals);
  }
}
