// Makes the bench's own files: the table of truth by measuring, its evidence alone by extracting again, the router's shipped weights by
// fitting. `node bench/truth/make.ts [--evidence] [--fit] [--measure FAMILY,… [--program main.js]]`: some families are measured again and
// the others kept; all of them by `node bench/run.ts truth --measure`.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FEATURES } from "../../src/route/features.ts";
import { builtHere } from "../program.ts";
import { evidenceOf } from "./evidence.ts";
import { allSites, type PlacedSite } from "./families/index.ts";
import { fit } from "./fit.ts";
import { keyOf, type Measured, measure } from "./measure.ts";
import { readTruth, type Truth, type TruthRow, writeTruth } from "./table.ts";
import { installSites } from "./web/bundle.ts";

const weightsFile = fileURLToPath(new URL("../../src/route/prior-weights.ts", import.meta.url));

/** Renders every page; takes minutes. Throws where a page did not end in both lanes. */
export async function measured(program: string): Promise<Truth> {
  installSites();
  const sites = await allSites();
  const { readings, cost } = await measure(sites, program);
  const rows = rowsOf(sites, wordsOf(readings));
  const perPage = (cpuS: number): number => Math.round((1_000 * cpuS) / rows.length) / 1_000;
  const truth = { cost: { fastCpuS: perPage(cost.fast.cpuS), richCpuS: perPage(cost.rich.cpuS) }, rows };
  writeTruth(truth);
  return truth;
}

/** The others keep what was measured of them, and the costs stay. */
async function measuredAgain(families: readonly string[], program: string): Promise<void> {
  installSites();
  const { cost, rows: known } = readTruth();
  const all = await allSites();
  const unknown = families.filter((name) => all.every(({ family }) => family !== name));
  if (unknown.length > 0) throw new Error(`no such family: ${unknown.join(", ")}`);
  const sites = all.filter(({ family }) => families.includes(family));
  const { readings } = await measure(sites, program);
  const fresh = new Map(rowsOf(sites, wordsOf(readings)).map((row) => [keyOf(row.host, row.path), row]));
  writeTruth({ cost, rows: known.map((row) => fresh.get(keyOf(row.host, row.path)) ?? row) });
}

const wordsOf =
  (readings: Measured["readings"]) =>
  ({ host }: PlacedSite, path: string): { fast: number; rich: number } => {
    const reading = readings.get(keyOf(host, path));
    if (reading === undefined) throw new Error(`${host}${path}: not read by both lanes`);
    for (const { code } of [reading.fast, reading.rich])
      if (code !== null) throw new Error(`${host}${path}: ${code}`);
    return { fast: reading.fast.tokens, rich: reading.rich.tokens };
  };

/** The words as they were measured, beside what the router sees today. */
async function withEvidence(): Promise<void> {
  installSites();
  const { cost, rows: known } = readTruth();
  const words = new Map(known.map((row) => [keyOf(row.host, row.path), row]));
  const rows = rowsOf(await allSites(), ({ host }, path) => {
    const row = words.get(keyOf(host, path));
    if (row === undefined) throw new Error(`${host}${path}: not measured yet`);
    return { fast: row.fast, rich: row.rich };
  });
  writeTruth({ cost, rows });
}

function rowsOf(
  sites: readonly PlacedSite[],
  wordsOf: (site: PlacedSite, path: string) => { fast: number; rich: number },
): TruthRow[] {
  return sites.flatMap((site) =>
    site.pages.map(({ path, expected }): TruthRow => {
      const { host, family, variant, part } = site;
      const { fast, rich } = wordsOf(site, path);
      return { host, path, family, variant, part, expected, fast, rich, evidence: evidenceOf(site, path) };
    }),
  );
}

/** From the learned part alone. */
function writeWeights(): void {
  const { weights, ridge } = fit(readTruth().rows.filter(({ part }) => part === "learned"));
  const lines = FEATURES.map(({ name }, at) => `  ${weights[at] ?? 0}, // ${name}\n`);
  writeFileSync(
    weightsFile,
    `// The weights that a new installation begins with, in the order of FEATURES: log-odds that a browser finds at least a fifth
// more main text, for each unit of a feature. Data: written by bench/truth/make.ts --fit, from the part of the table of truth that
// may be learned from (ridge ${ridge}); nothing here decides.

export const SHIPPED_WEIGHTS: readonly number[] = [
${lines.join("")}];
`,
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      evidence: { type: "boolean", default: false },
      fit: { type: "boolean", default: false },
      measure: { type: "string" },
      program: { type: "string", default: builtHere },
    },
  });
  if (values.measure !== undefined) await measuredAgain(values.measure.split(","), values.program);
  if (values.evidence) await withEvidence();
  if (values.fit) writeWeights();
}
