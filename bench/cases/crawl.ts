// Whole crawls of a site on loopback, by the built program: with the store and without, pages as the web has them and plain ones of 30 KB,
// and a list of names. The server is another process and not counted; start-up and warm-up are.
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Case, Figure, Settings } from "../case.ts";
import { type ProgramRun, runProgram } from "../program.ts";
import { type SiteSpec, startSite } from "../site.ts";

const PAGES = 2_000;
const POLITE_TO_ONESELF = [
  "--allow-private",
  "--delay",
  "0",
  "--per-host",
  "32",
  "--depth",
  "100",
  "--quiet",
];
const PER_1000 = "CPU s per 1,000 pages";

interface Taken {
  readonly cpu: number[];
  readonly rate: number[];
  readonly peak: number[];
}

/** Runs and keeps what it cost a page; throws when a page is missing, so that no figure is one of a crawl that went wrong. */
function take(taken: Taken, run: ProgramRun, pages: number): void {
  const stored = run.lines.filter((line) => line.includes('"outcome":"stored"')).length;
  if (stored !== pages) throw new Error(`${stored} pages stored of ${pages}, ${run.lines.length} lines`);
  taken.cpu.push((run.cpuS * 1_000) / pages);
  taken.rate.push(pages / run.wallS);
  taken.peak.push(run.peakMiB);
}

const none = (): Taken => ({ cpu: [], rate: [], peak: [] });

const linesOf = (file: string): string[] => readFileSync(file, "utf8").split("\n").filter(Boolean);

async function crawls(
  settings: Settings,
  spec: Pick<SiteSpec, "kind" | "bytes">,
  goal: number | null,
): Promise<Figure[]> {
  const pages = settings.count ?? PAGES;
  const site = await startSite({ ...spec, pages, corpus: settings.corpus });
  const bare = none();
  const stored = none();
  try {
    const args = [
      "crawl",
      site.seed,
      "--resolve",
      site.resolve,
      ...POLITE_TO_ONESELF,
      "--lane",
      "fast",
      "--data",
      "data",
    ];
    for (let run = 0; run < settings.runs; run++) {
      take(bare, await runProgram(settings.program, [...args, "--no-store", "--out", "OUT"], linesOf), pages);
      take(stored, await runProgram(settings.program, [...args, "--out", "OUT"], linesOf), pages);
    }
  } finally {
    site.close();
  }
  return [
    { name: "no store", unit: PER_1000, samples: bare.cpu, ...(goal === null ? {} : { goal }) },
    { name: "store", unit: PER_1000, samples: stored.cpu, against: "no store", ratioGoal: 1.5 },
    { name: "no store, rate", unit: "pages/s", samples: bare.rate },
    { name: "store, rate", unit: "pages/s", samples: stored.rate, against: "no store, rate" },
    { name: "no store, peak", unit: "MiB", samples: bare.peak },
    { name: "store, peak", unit: "MiB", samples: stored.peak, against: "no store, peak", goal: 1_024 },
  ];
}

async function listCrawl(settings: Settings): Promise<Figure[]> {
  const hosts = settings.count ?? PAGES;
  const site = await startSite({ kind: "plain", pages: 1, bytes: 30_000, corpus: null });
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-list-"));
  const taken = none();
  try {
    const list = join(folder, "list.txt");
    const names = Array.from({ length: hosts }, (_, at) => `http://n${at}.list.test:${site.port}/\n`);
    await writeFile(list, names.join(""));
    const args = [
      "crawl",
      "--list",
      list,
      "--resolve",
      site.resolve,
      "--allow-private",
      "--no-robots",
      "--no-store",
    ];
    const lean = ["--fields", "url,outcome,status,bytes", "--quiet", "--data", "data", "--out", "OUT"];
    for (let run = 0; run < settings.runs; run++)
      take(taken, await runProgram(settings.program, [...args, ...lean], linesOf), hosts);
  } finally {
    site.close();
    await rm(folder, { recursive: true, force: true });
  }
  return [
    { name: "list", unit: "CPU s per 1,000 hosts", samples: taken.cpu, goal: 2.3 },
    { name: "list, rate", unit: "hosts/s", samples: taken.rate },
    { name: "list, peak", unit: "MiB", samples: taken.peak, goal: 1_024 },
  ];
}

export const crawlCases: readonly Case[] = [
  {
    name: "crawl",
    summary: "a site of real pages (150 KB generated ones without --corpus), with the store and without",
    run: (settings) => crawls(settings, { kind: "real", bytes: 0 }, 1.9),
  },
  {
    name: "crawl-plain",
    summary: "a site of plain 30 KB pages, with the store and without",
    run: (settings) => crawls(settings, { kind: "plain", bytes: 30_000 }, null),
  },
  {
    name: "crawl-list",
    summary: "one 30 KB page from each of many names, without robots.txt and without the store",
    run: listCrawl,
  },
];
