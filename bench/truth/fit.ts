// Weights of the router's prior, fitted to pages of the table of truth: logistic regression with a ridge, by Newton's method. How much
// ridge is decided inside the pages that may be learned from, each family in turn left out.

import { featuresOf } from "../../src/route/features.ts";
import { judge, routeOptionsSchema } from "../../src/route/index.ts";
import { SHIPPED_WEIGHTS } from "../../src/route/prior-weights.ts";
import { needs, type TruthRow } from "./table.ts";

const RIDGES = [0.1, 0.3, 1, 3, 10] as const;
const STEPS_MAX = 50;
const SMALL = 1e-6;

interface Sample {
  readonly features: readonly number[];
  readonly needed: number;
  readonly family: string;
}

const table = routeOptionsSchema.parse({ decide: "table" });

function sampleOf(row: TruthRow): Sample {
  const page = {
    url: `http://${row.host}${row.path}`,
    evidence: row.evidence,
    choice: "auto",
    browserAvailable: true,
  } as const;
  return {
    features: featuresOf(row.evidence, judge(page, table).score),
    needed: needs(row) ? 1 : 0,
    family: row.family,
  };
}

/** Pages on which nothing runs are none of the prior's: the router knows them. */
const samplesOf = (rows: readonly TruthRow[]): Sample[] =>
  rows.filter(({ evidence }) => evidence.scripts > 0).map(sampleOf);

/**
 * In the order of the features; rounded to thousandths. A feature that none of the pages shows keeps the weight it has: nothing was
 * learned about it. `given`: the ridge, where it is already decided.
 */
export function fit(rows: readonly TruthRow[], given?: number): { weights: number[]; ridge: number } {
  const samples = samplesOf(rows);
  const isShown = SHIPPED_WEIGHTS.map((_, at) => samples.some(({ features }) => features[at] !== 0));
  const ridge = given ?? bestRidge(samples);
  const weights = regression(samples, ridge).map((weight, at) =>
    isShown[at] === true ? Math.round(weight * 1_000) / 1_000 : (SHIPPED_WEIGHTS[at] ?? 0),
  );
  return { weights, ridge };
}

function bestRidge(samples: readonly Sample[]): number {
  const families = [...new Set(samples.map(({ family }) => family))];
  const lossOf = (ridge: number): number =>
    families.reduce((sum, left) => {
      const weights = regression(
        samples.filter(({ family }) => family !== left),
        ridge,
      );
      return (
        sum +
        samples
          .filter(({ family }) => family === left)
          .reduce((loss, sample) => loss + logLoss(sample, weights), 0)
      );
    }, 0);
  const losses = RIDGES.map((ridge) => ({ ridge, loss: lossOf(ridge) }));
  return losses.reduce((best, one) => (one.loss < best.loss ? one : best)).ridge;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
const likelihood = (features: readonly number[], weights: readonly number[]): number =>
  Math.min(1 - SMALL, Math.max(SMALL, 1 / (1 + Math.exp(-dot(features, weights)))));

const logLoss = ({ features, needed }: Sample, weights: readonly number[]): number => {
  const p = likelihood(features, weights);
  return -(needed * Math.log(p) + (1 - needed) * Math.log(1 - p));
};

/** The first feature is the constant and is not held back. */
function regression(samples: readonly Sample[], ridge: number): number[] {
  const size = samples[0]?.features.length ?? 0;
  let weights = new Array<number>(size).fill(0);
  for (let step = 0; step < STEPS_MAX; step++) {
    const gradient = weights.map((weight, at) => (at === 0 ? 0 : -ridge * weight));
    const hessian = weights.map((_, row) =>
      weights.map((_, column) => (row === column ? (row === 0 ? SMALL : ridge) : 0)),
    );
    for (const { features, needed } of samples) {
      const p = likelihood(features, weights);
      features.forEach((value, row) => {
        gradient[row] = (gradient[row] ?? 0) + (needed - p) * value;
        const line = hessian[row];
        if (line === undefined || value === 0) return;
        features.forEach((other, column) => {
          line[column] = (line[column] ?? 0) + p * (1 - p) * value * other;
        });
      });
    }
    const change = solved(hessian, gradient);
    weights = weights.map((weight, at) => weight + (change[at] ?? 0));
    if (Math.max(...change.map(Math.abs)) < SMALL) break;
  }
  return weights;
}

/** Gaussian elimination with pivots; the matrix is positive definite. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const size = rows.length;
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(cell(row, column)) > Math.abs(cell(pivot, column))) pivot = row;
    const [own, other] = [rows[column] ?? [], rows[pivot] ?? []];
    rows[column] = other;
    rows[pivot] = own;
    for (let row = column + 1; row < size; row++) {
      const factor = cell(row, column) / cell(column, column);
      const line = rows[row] ?? [];
      for (let at = column; at <= size; at++) line[at] = (line[at] ?? 0) - factor * cell(column, at);
    }
  }
  const result = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let sum = cell(row, size);
    for (let at = row + 1; at < size; at++) sum -= cell(row, at) * (result[at] ?? 0);
    result[row] = sum / cell(row, row);
  }
  return result;
}
