// The bench of truth: routers held against what the product's two lanes really read of generated pages. The table of truth lies beside the
// bench; `--measure` makes it anew, with Chromium.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Case, Figure } from "../case.ts";
import { measured } from "../truth/make.ts";
import { type Curve, picture } from "../truth/plot.ts";
import { byFamily, disagreements, familiesTable, judged, routersTable } from "../truth/report.ts";
import { learnedPrior, plainTable, type Router, tally } from "../truth/routers.ts";
import { type Part, readTruth, type Truth } from "../truth/table.ts";

const plotFile = fileURLToPath(new URL("../../docs/bench-of-truth.svg", import.meta.url));
const UNSEEN: Part = "other frameworks";
/** The learned router's errors, of the plain table's, at most. */
const GOAL = 0.5;

export const truthCase: Case = {
  name: "truth",
  summary: "which lane a page needs: the plain table and the learned router against what both lanes read",
  async run({ measure, program }) {
    const truth = measure ? await measured(program) : readTruth();
    const families = byFamily(truth);
    const lines = (["learned", "other hosts", UNSEEN] as const).flatMap((part) => [
      `\n## ${part}\n`,
      routersTable(judged(truth, part)),
    ]);
    process.stderr.write(`${[...lines, "\n## by family\n", familiesTable(families)].join("\n")}\n`);
    const odd = disagreements(truth.rows).map(
      (row) =>
        `${row.family} ${row.variant} ${row.host}${row.path}: ${row.expected} expected, ${row.fast} words fast, ${row.rich} rich\n`,
    );
    process.stderr.write(`\n## other than expected: ${odd.length}\n\n${odd.join("")}\n`);
    const shown = families.filter(({ family }) =>
      truth.rows.some((row) => row.family === family && row.part === UNSEEN),
    );
    writeFileSync(plotFile, picture(curvesOf(truth), shown));
    return figuresOf(truth, families);
  },
};

function figuresOf(truth: Truth, families: ReturnType<typeof byFamily>): Figure[] {
  const figures = (["other hosts", UNSEEN] as const).flatMap((part): Figure[] =>
    judged(truth, part)
      .slice(0, 4)
      .map(({ name, tally: { errors } }, at) => ({
        name: `${part}: ${name}`,
        unit: "errors",
        samples: [errors],
        ...(at === 0 ? {} : { against: `${part}: plain table` }),
        ...(at === 0 || part !== UNSEEN ? {} : { ratioGoal: GOAL }),
      })),
  );
  const sum = (of: "table" | "leftOut" | "leftOutLearning"): number =>
    families.reduce((all, family) => all + family[of], 0);
  const plain = "each family left out: plain table";
  return [
    ...figures,
    { name: plain, unit: "errors", samples: [sum("table")] },
    ...(["leftOut", "leftOutLearning"] as const).map(
      (of): Figure => ({
        name: `each family left out: ${of === "leftOut" ? "learned, hosts unknown" : "learned, and learning on"}`,
        unit: "errors",
        samples: [sum(of)],
        against: plain,
      }),
    ),
  ];
}

/** The lines of both routers moved from one end to the other, on the unseen frameworks. */
function curvesOf({ rows, cost }: Truth): Curve[] {
  const own = rows.filter(({ part }) => part === UNSEEN);
  const point = (router: Router) => {
    const { wrongFast, wrongRich, pages } = tally(own, router, cost);
    return { wrongFast: wrongFast / pages, wrongRich: wrongRich / pages };
  };
  const steps = Array.from({ length: 49 }, (_, at) => (at + 1) / 50);
  return [
    {
      name: "plain table",
      colour: "#b4552d",
      points: Array.from({ length: 30 }, (_, at) => point(plainTable(-100 + 10 * at))),
      shipped: point(plainTable()),
    },
    {
      name: "learned router, hosts unknown",
      colour: "#2d6cb4",
      points: steps.map((richFrom) => point(learnedPrior(undefined, richFrom))),
      shipped: point(learnedPrior()),
    },
  ];
}
