// The judgement in tables for people: routers against each other, family by family, left out in turn; and the pages on which their
// authors expected something else. Decides nothing.
import { seededRandom } from "../../src/base/index.ts";
import { fit } from "./fit.ts";
import { learnedPrior, learningRouter, plainTable, type Router, type Tally, tally } from "./routers.ts";
import { needs, type Part, type Truth, type TruthRow } from "./table.ts";

export interface Judged {
  readonly name: string;
  readonly tally: Tally;
}

const SEED = 5;

/**
 * The routers on the pages of one part; "the next crawl" is a second one of the same pages by a router that remembers the first. The
 * last three are no routers: what every page in the browser costs, what none does, and the best there is.
 */
export function judged({ rows, cost }: Truth, part: Part): Judged[] {
  const own = rows.filter((row) => row.part === part);
  const learning = learningRouter(seededRandom(SEED).next);
  const routers: [string, Router][] = [
    ["plain table", plainTable()],
    ["learned, hosts unknown", learnedPrior()],
    ["learned, and learning on", learning],
    ["learned, the next crawl", learning],
    ["always the browser", () => ({ lane: "rich" })],
    ["never the browser", () => ({ lane: "fast" })],
    ["who knows the truth", (row) => ({ lane: needs(row) ? "rich" : "fast" })],
  ];
  return routers.map(([name, router]) => ({ name, tally: tally(own, router, cost) }));
}

export interface FamilyErrors {
  readonly family: string;
  readonly pages: number;
  readonly needs: number;
  readonly table: number;
  /** Learning on, from the shipped weights. */
  readonly learned: number;
  /** By weights that were fitted to all other families: on unknown hosts, and learning on. */
  readonly leftOut: number;
  readonly leftOutLearning: number;
}

/** Every family judged by weights that have not seen it, besides by those that are shipped. */
export function byFamily({ rows, cost }: Truth): FamilyErrors[] {
  const families = [...new Set(rows.map(({ family }) => family))];
  const { ridge } = fit(rows.filter(({ part }) => part === "learned"));
  return families.map((family) => {
    const own = rows.filter((row) => row.family === family);
    const { weights } = fit(
      rows.filter((row) => row.family !== family),
      ridge,
    );
    const errors = (router: Router): number => tally(own, router, cost).errors;
    const learning = (weights?: readonly number[]): number =>
      errors(learningRouter(seededRandom(SEED).next, weights));
    return {
      family,
      pages: own.length,
      needs: own.filter(needs).length,
      table: errors(plainTable()),
      learned: learning(),
      leftOut: errors(learnedPrior(weights)),
      leftOutLearning: learning(weights),
    };
  });
}

/** Pages whose truth is not what their author expects: a defect of the page or of a lane. */
export const disagreements = (rows: readonly TruthRow[]): TruthRow[] =>
  rows.filter((row) => row.expected !== null && (row.expected === "rich") !== needs(row));

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Markdown. */
export function routersTable(judgedOnes: readonly Judged[]): string {
  return markdown(
    ["router", "wrong fast", "wrong rich", "errors", "CPU saved", "words kept"],
    judgedOnes.map(({ name, tally: { wrongFast, wrongRich, errors, pages, saved, wordsKept } }) => [
      name,
      String(wrongFast),
      String(wrongRich),
      `${errors} of ${pages}`,
      percent(saved),
      percent(wordsKept),
    ]),
  );
}

export function familiesTable(rows: readonly FamilyErrors[]): string {
  const sum = (of: (row: FamilyErrors) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const line = (row: FamilyErrors): string[] =>
    [row.family, row.pages, row.needs, row.table, row.learned, row.leftOut, row.leftOutLearning].map(String);
  const all: FamilyErrors = {
    family: "all",
    pages: sum((row) => row.pages),
    needs: sum((row) => row.needs),
    table: sum((row) => row.table),
    learned: sum((row) => row.learned),
    leftOut: sum((row) => row.leftOut),
    leftOutLearning: sum((row) => row.leftOutLearning),
  };
  return markdown(
    [
      "family",
      "pages",
      "need it",
      "plain table",
      "learned, and learning on",
      "weights of all others, hosts unknown",
      "weights of all others, learning on",
    ],
    [...rows, all].map(line),
  );
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}
