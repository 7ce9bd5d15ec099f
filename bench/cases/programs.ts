// Stages with a measuring program of their own, one run a sample: fetch, store, frontier. Each prints one JSON object; here is which of
// its fields are figures.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Case, Figure, Settings } from "../case.ts";
import { costOf } from "../process-tree.ts";

type Held = Omit<Figure, "name" | "samples">;

/** Runs `bench/FILE ARGS` and takes from what it prints the figures named by `fields`, a path each. */
async function figuresOf(
  { runs }: Settings,
  file: string,
  args: readonly string[],
  fields: Readonly<Record<string, Held & { readonly path: readonly string[] }>>,
): Promise<Figure[]> {
  const script = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const taken = new Map<string, number[]>(Object.keys(fields).map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    const { stdout } = await costOf(process.execPath, [script, ...args]);
    const printed: unknown = JSON.parse(stdout);
    for (const [name, { path }] of Object.entries(fields)) taken.get(name)?.push(numberAt(printed, path));
  }
  return Object.entries(fields).map(([name, { path: _, ...held }]) => ({
    name,
    samples: taken.get(name) ?? [],
    ...held,
  }));
}

function numberAt(value: unknown, path: readonly string[]): number {
  const [first, ...rest] = path;
  if (first === undefined) return z.number().parse(value);
  return numberAt(z.record(z.string(), z.unknown()).parse(value)[first], rest);
}

const frontier = (millions: number): Case => ({
  name: `frontier-${millions}m`,
  summary: `a frontier of ${millions} million URLs: admitted, leased and ended`,
  run: (settings) =>
    figuresOf(settings, "frontier.ts", [String(millions * 1_000_000)], {
      "wall time": { path: ["microsPerUrl"], unit: "µs a URL" },
      CPU: { path: ["cpuMicrosPerUrl"], unit: "CPU µs a URL" },
      disk: { path: ["bytesPerUrl"], unit: "bytes a URL" },
    }),
});

const PER_1000 = "CPU s per 1,000 pages";

export const programCases: readonly Case[] = [
  {
    name: "fetch",
    summary: "the fetch stage beside bare undici, 30 KB gzipped over HTTP/1.1",
    run: (settings) =>
      figuresOf(settings, "fetch.ts", [String(settings.count ?? 4_000), "3", "2000"], {
        "bare undici": { path: ["floor"], unit: PER_1000 },
        "fetch stage": { path: ["stage"], unit: PER_1000, against: "bare undici", ratioGoal: 2 },
      }),
  },
  {
    name: "store",
    summary: "segments, and rows with their search terms, of the embedded store",
    run: (settings) =>
      figuresOf(settings, "store.ts", [String(settings.count ?? 5_000)], {
        "segments, coded bodies": { path: ["segmentsCoded", "cpuMsEach"], unit: PER_1000 },
        "segments, plain bodies": { path: ["segmentsIdentity", "cpuMsEach"], unit: PER_1000 },
        "rows with terms": { path: ["rowsWithTerms", "cpuMsEach"], unit: PER_1000 },
        "rows with terms, rate": { path: ["rowsWithTerms", "perSecond"], unit: "rows/s" },
      }),
  },
  frontier(1),
  frontier(3),
  frontier(10),
];
