// `npm run bench -- CASE…`: runs the named cases, or all, and prints a table; `--json FILE` also writes every sample. CPU seconds are the
// steady figure, for a machine that others use too; the median of the runs counts. Linux only, for its accounting.
//   --list           the cases        --runs N      repetitions (default 3)      --count N  records, pages or hosts a run
//   --program FILE   another build's main.js, to compare two
//   --corpus FOLDER  real pages       --json FILE   results with all samples (- for stdout, instead of the table)
//   --measure        what a case keeps from an earlier measurement is measured anew
import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Settings } from "./case.ts";
import { cases } from "./cases.ts";
import { builtHere } from "./program.ts";
import { type CaseResult, table } from "./table.ts";

const RUNS = 3;

function wholeNumber(flag: string, written: string): number {
  const value = Number(written);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${flag} ${written}: a whole number from 1 is wanted`);
  return value;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: "boolean", default: false },
    runs: { type: "string" },
    count: { type: "string" },
    corpus: { type: "string" },
    json: { type: "string" },
    measure: { type: "boolean", default: false },
    program: { type: "string", default: builtHere },
  },
});

const settings: Settings = {
  runs: values.runs === undefined ? RUNS : wholeNumber("runs", values.runs),
  count: values.count === undefined ? null : wholeNumber("count", values.count),
  corpus: values.corpus ?? null,
  measure: values.measure,
  program: resolve(values.program),
};

if (values.list) {
  const width = Math.max(...cases.map(({ name }) => name.length)) + 2;
  for (const { name, summary } of cases) process.stdout.write(`${name.padEnd(width)}${summary}\n`);
} else {
  const unknown = positionals.filter((name) => cases.every((known) => known.name !== name));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(", ")} (see --list)`);
  const results: CaseResult[] = [];
  for (const { name, run } of cases) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    results.push({ case: name, figures: await run(settings) });
  }
  const machine = { node: process.version, processors: cpus().map(({ model }) => model), system: release() };
  const json = `${JSON.stringify({ machine, settings, results }, null, 2)}\n`;
  if (values.json !== undefined && values.json !== "-") writeFileSync(values.json, json);
  process.stdout.write(values.json === "-" ? json : `${table(results)}\n`);
}
