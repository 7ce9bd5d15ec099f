// What was learned, as rows to be kept: one a host, and one for the prior, each a line of JSON. Knows the shape of what is
// kept, not where.
import { z } from "zod";
import type { MemoryRow } from "../model/index.ts";
import type { Host } from "./memory.ts";
import { Prior } from "./prior.ts";

/** No URL's host is empty. */
export const PRIOR_HOST = "";

const count = z.number().min(0);
const hostState = z.object({
  met: count,
  audits: count,
  /** Kind, needed, idle, met, time of the last outcome; in the order of their last use. */
  kinds: z.array(z.tuple([z.string().max(1_000), count, count, count, count])).max(10_000),
});
const priorState = z.object({ weights: z.array(z.number()).max(1_000) });

const short = (value: number): number => Math.round(value * 1e4) / 1e4;

export function rowOfHost(name: string, { met, audits, kinds }: Host): MemoryRow {
  const list = [...kinds].map(([kind, { outcomes, met: seen }]) => [
    kind,
    short(outcomes.needed),
    short(outcomes.idle),
    seen,
    outcomes.atMs,
  ]);
  return { host: name, state: JSON.stringify({ met, audits, kinds: list }) };
}

export const rowOfPrior = (prior: Prior): MemoryRow => ({
  host: PRIOR_HOST,
  state: JSON.stringify({ weights: prior.weights.map(short) }),
});

/** Null when the row cannot be read: what it held is learned again. */
export function parseHost({ state }: MemoryRow, kindsMax: number): Host | null {
  const parsed = hostState.safeParse(jsonOf(state));
  if (!parsed.success) return null;
  const { met, audits, kinds } = parsed.data;
  return {
    met,
    audits,
    kinds: new Map(
      kinds
        .slice(-kindsMax)
        .map(([kind, needed, idle, seen, atMs]) => [kind, { outcomes: { needed, idle, atMs }, met: seen }]),
    ),
  };
}

export function parsePrior({ state }: MemoryRow): Prior | null {
  const parsed = priorState.safeParse(jsonOf(state));
  return parsed.success ? new Prior(parsed.data.weights) : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
