// Measures the truth: every page through the product's fast lane and through its rich lane, and how many words the main text has
// either way. Nothing is declared here; what an author expects is only written beside it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Lane } from "../../src/model/index.ts";
import { type Cost, costOf } from "../process-tree.ts";
import type { PlacedSite } from "./families/index.ts";
import { serveSites } from "./web/serve.ts";

/** A page's main text as one lane gives it. */
export interface Reading {
  readonly tokens: number;
  /** The failure's code; null where the page was stored. */
  readonly code: string | null;
}

export interface Measured {
  /** By host and path. */
  readonly readings: ReadonlyMap<string, Readonly<Record<Lane, Reading>>>;
  readonly cost: Readonly<Record<Lane, Cost>>;
}

export const keyOf = (host: string, path: string): string => `${host}${path}`;

/**
 * More patience than a crawl has: the truth is what the browser shows in the end, not what it shows in time on a machine that others
 * use too.
 */
const PATIENT = "render:\n  settleMs: 800\n  quietMs: 10000\n  settleMaxMs: 20000\n  pageTimeMs: 60000\n";

const lineSchema = z.object({
  url: z.string(),
  outcome: z.enum(["stored", "failed", "skipped"]),
  error: z.object({ code: z.string() }).nullable(),
  markdown: z.string().nullable(),
});

export async function measure(sites: readonly PlacedSite[], program: string): Promise<Measured> {
  const served = await serveSites(sites);
  const folder = mkdtempSync(join(tmpdir(), "millrace-truth-"));
  try {
    const list = join(folder, "pages.txt");
    const urls = sites.flatMap(({ host, pages }) =>
      pages.map(({ path }) => `http://${host}:${served.port}${path}\n`),
    );
    writeFileSync(list, urls.join(""));
    const config = join(folder, "patient.yaml");
    writeFileSync(config, PATIENT);
    const read = async (lane: Lane): Promise<{ cost: Cost; lines: Map<string, Reading> }> => {
      const out = join(folder, `${lane}.jsonl`);
      const reach = ["--resolve", served.resolve, "--delay", "0", "--no-robots"];
      const kept = ["--config", config, "--no-store", "--data", join(folder, lane), "--out", out, "--quiet"];
      const cost = await costOf(
        process.execPath,
        [program, "crawl", "--list", list, "--lane", lane, ...reach, ...kept],
        folder,
      );
      return { cost, lines: readingsOf(readFileSync(out, "utf8")) };
    };
    const fast = await read("fast");
    const rich = await read("rich");
    const readings = new Map<string, Record<Lane, Reading>>();
    for (const [key, reading] of fast.lines) {
      const other = rich.lines.get(key);
      if (other !== undefined) readings.set(key, { fast: reading, rich: other });
    }
    return { readings, cost: { fast: fast.cost, rich: rich.cost } };
  } finally {
    served.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readingsOf(jsonl: string): Map<string, Reading> {
  const readings = new Map<string, Reading>();
  for (const line of jsonl.split("\n").filter(Boolean)) {
    const { url, error, markdown } = lineSchema.parse(JSON.parse(line));
    const { hostname, pathname } = new URL(url);
    readings.set(keyOf(hostname, pathname), { tokens: tokensOf(markdown ?? ""), code: error?.code ?? null });
  }
  return readings;
}

const words = new Intl.Segmenter("und", { granularity: "word" });

/** Words by Unicode's own rules (UAX 29), addresses of links and images not counted. */
export function tokensOf(markdown: string): number {
  let count = 0;
  for (const { isWordLike } of words.segment(markdown.replaceAll(/\]\([^)]*\)/g, "] ")))
    if (isWordLike) count++;
  return count;
}
