// What came of pages of one kind, as two fading counts: those that needed the browser and those that did not. Few outcomes
// change an opinion, old ones give way.

const DAY_MS = 86_400_000;

export interface Outcomes {
  readonly needed: number;
  readonly idle: number;
  /** Of the last one, ms since 1970. */
  readonly atMs: number;
}

export const noOutcomes: Outcomes = { needed: 0, idle: 0, atMs: 0 };

export interface Fading {
  readonly outcomesMax: number;
  readonly halfLifeDays: number;
}

export function faded(outcomes: Outcomes, nowMs: number, { halfLifeDays }: Fading): Outcomes {
  const ageDays = Math.max(0, nowMs - outcomes.atMs) / DAY_MS;
  const share = 0.5 ** (ageDays / halfLifeDays);
  return { needed: outcomes.needed * share, idle: outcomes.idle * share, atMs: outcomes.atMs };
}

export function withOutcome(outcomes: Outcomes, needed: boolean, nowMs: number, fading: Fading): Outcomes {
  const before = faded(outcomes, nowMs, fading);
  const room = Math.max(0, fading.outcomesMax - 1);
  const sum = before.needed + before.idle;
  const share = sum > room ? room / sum : 1;
  return {
    needed: before.needed * share + (needed ? 1 : 0),
    idle: before.idle * share + (needed ? 0 : 1),
    atMs: Math.max(nowMs, outcomes.atMs),
  };
}

/** Mean of a Beta distribution that was at `before`, worth `weight` outcomes, and has seen these. */
export function likelihood({ needed, idle }: Outcomes, before: number, weight: number): number {
  return (needed + weight * before) / (needed + idle + weight);
}
