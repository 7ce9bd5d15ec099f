// What is thought of a page before its host is known: a logistic regression over its evidence. Begins with shipped weights
// and moves with every outcome, of whatever host; never far from where it began.
import { FEATURES } from "./features.ts";
import { SHIPPED_WEIGHTS } from "./prior-weights.ts";

/** A weight strays from the shipped one by at most this. */
const STRAY_MAX = 3;

export class Prior {
  readonly #weights: number[];

  /** `weights`: as saved; others than there are features count for nothing. */
  constructor(weights: readonly number[] = SHIPPED_WEIGHTS) {
    this.#weights = weights.length === FEATURES.length ? [...weights] : [...SHIPPED_WEIGHTS];
  }

  get weights(): readonly number[] {
    return this.#weights;
  }

  /** 0..1, as likely as a browser is to find more. */
  need(features: readonly number[]): number {
    return sigmoid(this.contributions(features).reduce((sum, part) => sum + part, 0));
  }

  /** Log-odds that each feature adds to the need. */
  contributions(features: readonly number[]): number[] {
    return features.map((value, at) => value * (this.#weights[at] ?? 0));
  }

  /** One step of gradient descent on the log-loss. */
  learn(features: readonly number[], needed: boolean, rate: number): void {
    const error = (needed ? 1 : 0) - this.need(features);
    features.forEach((value, at) => {
      const shipped = SHIPPED_WEIGHTS[at] ?? 0;
      const moved = (this.#weights[at] ?? 0) + rate * error * value;
      this.#weights[at] = Math.min(shipped + STRAY_MAX, Math.max(shipped - STRAY_MAX, moved));
    });
  }
}

export const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
/** Of a likelihood kept off 0 and 1. */
export const logOdds = (likelihood: number): number => {
  const kept = Math.min(1 - 1e-6, Math.max(1e-6, likelihood));
  return Math.log(kept / (1 - kept));
};
