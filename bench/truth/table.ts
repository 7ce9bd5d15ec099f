// The table of truth: what each page had for the router to see, and what either lane read of it. A line a page, kept beside the bench, so
// that routers are judged without a browser and without the pages.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { noEvidence, type RouteEvidence } from "../../src/model/index.ts";

const file = fileURLToPath(new URL("truth.jsonl", import.meta.url));

const PARTS = ["learned", "other hosts", "other frameworks"] as const;
export type Part = (typeof PARTS)[number];

const count = z.number().min(0);
const evidence = z
  .strictObject({
    markers: z.array(z.string()),
    visibleLength: count,
    scriptBytes: count,
    scripts: count,
    externalScripts: count,
    codeBytes: count,
    dataBytes: count,
    mainLength: count,
    mainWords: count,
    hiddenLength: count,
    noscriptLength: count,
    emptyMounts: count,
    isShell: z.boolean(),
    links: count,
    fields: count,
    passwords: count,
  })
  .partial();

const rowSchema = z.object({
  host: z.string(),
  path: z.string(),
  family: z.string(),
  variant: z.string(),
  part: z.enum(PARTS),
  /** The author's opinion; null: none. */
  expected: z.enum(["fast", "rich"]).nullable(),
  /** Words of the main text as each lane stores it. */
  fast: count,
  rich: count,
  /** What is nothing is left out. */
  evidence,
});

/** CPU seconds of a page, of the whole process tree. */
const costSchema = z.object({ fastCpuS: z.number(), richCpuS: z.number() });

export interface TruthRow extends Omit<z.output<typeof rowSchema>, "evidence"> {
  readonly evidence: RouteEvidence;
}

export interface Truth {
  readonly cost: z.output<typeof costSchema>;
  readonly rows: readonly TruthRow[];
}

/** The definition: what the browser shows has at least a fifth more words. */
export const needs = ({ fast, rich }: Pick<TruthRow, "fast" | "rich">): boolean =>
  rich > fast && rich >= 1.2 * fast;

export function readTruth(): Truth {
  const [head = "", ...lines] = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const rows = lines.map((line): TruthRow => {
    const row = rowSchema.parse(JSON.parse(line));
    const told = Object.fromEntries(Object.entries(row.evidence).filter(([, value]) => value !== undefined));
    return { ...row, evidence: { ...noEvidence, ...told } };
  });
  return { cost: costSchema.parse(JSON.parse(head)), rows };
}

export function writeTruth({ cost, rows }: Truth): void {
  const lines = rows.map((row) => {
    // In one order, whoever made it.
    const all = Object.entries({ ...noEvidence, ...row.evidence });
    const told = all.filter(([, value]) => value !== 0 && value !== false);
    return JSON.stringify({ ...row, evidence: Object.fromEntries(told) });
  });
  writeFileSync(file, `${[JSON.stringify(cost), ...lines].join("\n")}\n`);
}
