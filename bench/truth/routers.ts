// Routers held against the table of truth: which pages they send where, what that loses and what it costs. Knows the product's own
// judgement and nothing of how it is made.
import type { Lane } from "../../src/model/index.ts";
import { type JudgedPage, judge, type RouteOptions, routeOptionsSchema } from "../../src/route/index.ts";
import { RouteMemory } from "../../src/route/memory.ts";
import { PRIOR_HOST } from "../../src/route/memory-rows.ts";
import { needs, type Truth, type TruthRow } from "./table.ts";

export interface Choice {
  readonly lane: Lane;
  /** Shown to the browser whatever the lane, for the router to learn from. */
  readonly isAudited?: boolean;
}

/** Asked page by page, in the order of the rows. */
export type Router = (row: TruthRow) => Choice;

export interface Tally {
  readonly pages: number;
  /** Need the browser and were not shown to it. */
  readonly wrongFast: number;
  /** Were shown to it for nothing. */
  readonly wrongRich: number;
  readonly errors: number;
  /** Of what showing every page to the browser costs in CPU, 0..1. */
  readonly saved: number;
  /** Of the words that the better lane reads of each page, 0..1. */
  readonly wordsKept: number;
}

export function tally(
  rows: readonly TruthRow[],
  router: Router,
  { fastCpuS, richCpuS }: Truth["cost"],
): Tally {
  let [wrongFast, wrongRich, shown, kept, all] = [0, 0, 0, 0, 0];
  for (const row of rows) {
    const { lane, isAudited = false } = router(row);
    const needed = needs(row);
    if (needed && lane === "fast") wrongFast++;
    if (!needed && lane === "rich") wrongRich++;
    const isShown = lane === "rich" || isAudited;
    if (isShown) shown++;
    kept += isShown ? row.rich : row.fast;
    all += Math.max(row.fast, row.rich);
  }
  const extraCpuS = Math.max(0, richCpuS - fastCpuS);
  const cost = rows.length * fastCpuS + shown * extraCpuS;
  return {
    pages: rows.length,
    wrongFast,
    wrongRich,
    errors: wrongFast + wrongRich,
    saved: 1 - cost / (rows.length * richCpuS),
    wordsKept: all === 0 ? 1 : kept / all,
  };
}

const pageOf = ({ host, path, evidence }: TruthRow): JudgedPage => ({
  url: `http://${host}${path}`,
  evidence,
  choice: "auto",
  browserAvailable: true,
});

/** The table of scores as it is shipped; `fastFrom` to try another line. */
export function plainTable(fastFrom?: number): Router {
  const options = routeOptionsSchema.parse({
    decide: "table",
    ...(fastFrom === undefined ? {} : { fastFrom }),
  });
  return (row) => ({ lane: judge(pageOf(row), options).lane });
}

/** What is learned from pages alone, of hosts never met; `weights`: others than the shipped ones. */
export function learnedPrior(weights?: readonly number[], richFrom?: number): Router {
  const options = routeOptionsSchema.parse(richFrom === undefined ? {} : { learning: { richFrom } });
  const memory = memoryOf(options, weights);
  return (row) => ({ lane: judge(pageOf(row), options, { memory, nowMs: 0 }).lane });
}

/** As a crawl goes: what the browser finds on a page counts for the next ones of its host; some fast pages are audited. */
export function learningRouter(chance: () => number, weights?: readonly number[]): Router {
  const options = routeOptionsSchema.parse({});
  const memory = memoryOf(options, weights);
  return (row) => {
    const page = pageOf(row);
    const { lane, score } = judge(page, options, { memory, nowMs: 0 });
    const met = { ...page, score };
    const isAudited = lane === "fast" && memory.audits(met, chance(), 0);
    if (lane === "rich" || isAudited) memory.learn(met, needs(row), 0);
    return { lane, isAudited };
  };
}

function memoryOf(options: RouteOptions, weights: readonly number[] | undefined): RouteMemory {
  return new RouteMemory(
    options,
    weights === undefined ? [] : [{ host: PRIOR_HOST, state: JSON.stringify({ weights }) }],
  );
}
