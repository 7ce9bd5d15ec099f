// Measuring work done in this very process: CPU seconds of all its threads, after a round that only warms up. Knows no work.
import type { Figure } from "./case.ts";

/** CPU milliseconds of one piece of work, once a run; `pieces` is how many pieces a call does. */
export async function cpuMsEach(runs: number, pieces: number, work: () => unknown): Promise<number[]> {
  await work();
  const samples: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    samples.push((user + system) / 1_000 / pieces);
  }
  return samples;
}

/** The same as a figure: milliseconds a page are seconds per 1,000 pages. */
export async function per1000(
  name: string,
  runs: number,
  pages: number,
  work: () => unknown,
  held: Omit<Figure, "name" | "unit" | "samples"> = {},
): Promise<Figure> {
  const samples = await cpuMsEach(runs, pages, work);
  return { name, unit: "CPU s per 1,000 pages", samples, ...held };
}

export interface Rival extends Omit<Figure, "unit" | "samples"> {
  /** One page, by its index. */
  readonly work: (page: number) => unknown;
}

/**
 * Several ways through the same pages as figures, taken in turns: what the machine does meanwhile falls on all of them. Each goes through
 * the pages twice and only the second time counts, by when what the others pushed out of the processor's caches is back.
 */
export function per1000InTurns(runs: number, pages: number, rivals: readonly Rival[]): Figure[] {
  const samples = rivals.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, { work }] of rivals.entries()) {
      for (let page = 0; page < pages; page++) work(page);
      const before = process.cpuUsage();
      for (let page = 0; page < pages; page++) work(page);
      const { user, system } = process.cpuUsage(before);
      samples[index]?.push((user + system) / 1_000 / pages);
    }
  }
  return rivals.map(({ work: _, ...figure }, index) => ({
    ...figure,
    unit: "CPU s per 1,000 pages",
    samples: samples[index] ?? [],
  }));
}
