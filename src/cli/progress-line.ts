// What a crawl's figures look like as one line, and its end as a summary. Pure: numbers in, text out.
import type { Code, Lane, Outcome } from "../model/index.ts";

export interface ProgressFigures {
  /** URLs that ended, by outcome. */
  readonly ended: Readonly<Record<Outcome, number>>;
  /** Body bytes as they came over the wire. */
  readonly bytes: number;
  /** Pages by the lane that read them. */
  readonly lanes: Readonly<Record<Lane, number>>;
  /** Records waiting before each stage, in the pipeline's order. */
  readonly queues: readonly { readonly name: string; readonly items: number }[];
  /** URLs that are admitted and have not ended. */
  readonly open: number;
  /** True when no more URLs can join `open`: then the time left can be told. */
  readonly openIsAll: boolean;
}

export interface Rates {
  readonly pagesPerS: number;
  readonly bytesPerS: number;
}

/** Pages fetched and stored that a browser is to show: the queue that lies on disk. */
export const BROWSER_QUEUE = "render_queue";

const MB = 1_000_000;
export const endedCount = ({ ended }: ProgressFigures): number => ended.stored + ended.failed + ended.skipped;

export function progressLine(figures: ProgressFigures, rates: Rates, elapsedMs: number): string {
  const { ended, lanes, queues, open, openIsAll } = figures;
  // Empty queues are the rule: only those where something waits are worth the room.
  const waiting = queues
    .filter(({ items }) => items > 0)
    .map(({ name, items }) => `${name} ${count(items)}`)
    .join(" ");
  const left = openIsAll && rates.pagesPerS > 0 ? ` | ${duration((open / rates.pagesPerS) * 1000)} left` : "";
  return [
    `${rates.pagesPerS.toFixed(1)} pages/s ${(rates.bytesPerS / MB).toFixed(2)} MB/s`,
    `stored ${count(ended.stored)} failed ${count(ended.failed)} skipped ${count(ended.skipped)}`,
    `open ${count(open)}${waiting === "" ? "" : ` (${waiting})`}`,
    `fast ${count(lanes.fast)} rich ${count(lanes.rich)}`,
    duration(elapsedMs) + left,
  ].join(" | ");
}

export interface CrawlSummary {
  /** How the run came to its end; `already` when the crawl had been finished before. */
  readonly end: "finished" | "stopped" | "already";
  readonly figures: ProgressFigures;
  /** URLs that ended, by outcome and code. */
  readonly codes: Readonly<Record<"failed" | "skipped", Readonly<Partial<Record<Code, number>>>>>;
  /** Pages that wanted the rich lane and were read in the fast one. */
  readonly richReadFast: number;
  /** Why: there is no browser, or `render.when` keeps it from them. */
  readonly browser: "missing" | "never" | "asked" | "wanted";
  /** Records the program itself could not handle. */
  readonly deadLetters: number;
  readonly elapsedMs: number;
  /** Data folder; null when nothing was stored. */
  readonly data: string | null;
  /** The --out file; null for none, "-" for stdout. */
  readonly out: string | null;
}

const NO_BROWSER: Readonly<Record<CrawlSummary["browser"], string>> = {
  missing: "no browser (see millrace doctor)",
  never: "browser switched off",
  asked: "browser not asked for (--lane rich does)",
  wanted: "browser not used",
};

export function summaryText(summary: CrawlSummary): string {
  const { figures, codes, elapsedMs } = summary;
  const { ended, lanes, bytes } = figures;
  const total = endedCount(figures);
  const lines = [
    heading(summary),
    `  stored   ${count(ended.stored)}`,
    `  failed   ${count(ended.failed)}${byCode(codes, "failed")}`,
    `  skipped  ${count(ended.skipped)}${byCode(codes, "skipped")}`,
    `  lanes    fast ${count(lanes.fast)}, rich ${count(lanes.rich)}`,
    `  bytes    ${size(bytes)} in ${duration(elapsedMs)}, ${perSecond(total, elapsedMs)} pages/s, ` +
      `${perSecond(bytes / MB, elapsedMs)} MB/s`,
  ];
  const { richReadFast, deadLetters, data, out } = summary;
  if (richReadFast > 0) {
    lines.push(
      `  ${NO_BROWSER[summary.browser]}: ${count(richReadFast)} ${richReadFast === 1 ? "page" : "pages"} wanted the rich lane and ` +
        `${richReadFast === 1 ? "was" : "were"} read in the fast lane`,
    );
  }
  if ((codes.failed.blocked_address ?? 0) > 0)
    lines.push("  blocked  loopback and private addresses are not asked: --allow-private permits them");
  if (deadLetters > 0) lines.push(`  dead letters ${count(deadLetters)}: millrace dlq list${dataFlag(data)}`);
  if (data !== null) lines.push(`  data     ${data}`);
  if (out !== null && out !== "-") lines.push(`  lines    ${out}`);
  lines.push(...nextSteps(summary));
  return `${lines.join("\n")}\n`;
}

function heading({ end, figures }: CrawlSummary): string {
  if (end === "already")
    return "this crawl is finished already: --refresh fetches its pages again, --fresh begins anew";
  if (end === "stopped")
    return `stopped with ${count(figures.open)} URLs open${forBrowser(figures)}; the same command goes on from here`;
  const total = endedCount(figures);
  return `finished: ${count(total)} ${total === 1 ? "URL" : "URLs"} ended`;
}

function forBrowser({ queues }: ProgressFigures): string {
  const waiting = queues.find(({ name }) => name === BROWSER_QUEUE)?.items ?? 0;
  return waiting === 0 ? "" : ` (${count(waiting)} wait for the browser)`;
}

function byCode(codes: CrawlSummary["codes"], outcome: "failed" | "skipped"): string {
  const shown = Object.entries(codes[outcome])
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => `${code} ${count(n)}`);
  return shown.length === 0 ? "" : ` (${shown.join(", ")})`;
}

function nextSteps({ data, figures, end }: CrawlSummary): string[] {
  if (data === null || end === "stopped") return [];
  const flag = dataFlag(data);
  const steps = [
    `  next     millrace search WORDS${flag}`,
    `           millrace export --format jsonl --out pages.jsonl${flag}`,
  ];
  if (figures.ended.failed > 0) steps.push(`           millrace why URL${flag}`);
  return steps;
}

function dataFlag(data: string | null): string {
  if (data === null) return "";
  return ` --data ${/^[\w./-]+$/.test(data) ? data : JSON.stringify(data)}`;
}

/** 1234567 → "1,234,567". */
function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = bytes / 1000;
  let at = 0;
  for (; value >= 999.95 && at < units.length - 1; at++) value /= 1000;
  return `${value.toFixed(1)} ${units[at]}`;
}

/** 75,000 ms → "1:15"; with hours "2:03:04". */
export function duration(ms: number): string {
  const all = Math.max(0, Math.round(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

function perSecond(amount: number, elapsedMs: number): string {
  return elapsedMs <= 0 ? "0.0" : ((amount * 1000) / elapsedMs).toFixed(1);
}
