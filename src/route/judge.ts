// The router's verdict on a page: its evidence against the table, what else it shows, what was learned of its kind; then what
// the operator chose and what is to be had. Pure: the memory it asks is not changed by asking.
import type { Lane, LaneChoice, LaneVerdict, RouteEvidence, RuleHit } from "../model/index.ts";
import { codeMass, FEATURES } from "./features.ts";
import { type Recall, RouteMemory } from "./memory.ts";
import type { RouteOptions, Rule } from "./options.ts";
import { logOdds } from "./prior.ts";

export interface JudgedPage {
  readonly url: string;
  readonly evidence: RouteEvidence;
  /** What was asked for (`--lane`). */
  readonly choice: LaneChoice;
  /** Whether a browser may show it. */
  readonly browserAvailable: boolean;
}

export interface Learned {
  readonly memory: RouteMemory;
  readonly nowMs: number;
}

interface Decision {
  readonly wanted: Lane;
  readonly hits: readonly RuleHit[];
  readonly why: string | null;
  readonly need?: number;
}

/**
 * `score` starts at the table's start and gains each of its rules' points once; it is not clamped. `wanted` is where the page
 * belongs, `lane` where it goes: fast where no browser is to be had. Without `learned` the shipped prior stands for it.
 */
export function judge(page: JudgedPage, options: RouteOptions, learned?: Learned): LaneVerdict {
  const table = tableOf(page.evidence, options);
  const score = table.reduce((sum, hit) => sum + hit.points, options.start);
  const byTable: Lane = score >= options.fastFrom ? "fast" : "rich";
  const { wanted, hits, why, need } = decided(page, score, byTable, options, learned);
  const lane = wanted === "rich" && !page.browserAvailable ? "fast" : wanted;
  const reasons = [...(why === null ? [] : [why]), ...(lane === wanted ? [] : ["no browser available"])];
  return {
    lane,
    wanted,
    score,
    rules: [...table, ...hits],
    reason: reasons.length === 0 ? null : reasons.join("; "),
    ...(need === undefined ? {} : { need }),
  };
}

function decided(
  page: JudgedPage,
  score: number,
  byTable: Lane,
  options: RouteOptions,
  learned: Learned | undefined,
): Decision {
  const { url, evidence, choice } = page;
  const ordered = orderOf(url, choice, options);
  if (ordered !== null) {
    const hit: RuleHit = { rule: ordered.why, points: ordered.lane === "fast" ? 100 : -100, by: "operator" };
    return { wanted: ordered.lane, hits: [hit], why: ordered.lane === byTable ? null : ordered.why };
  }
  if (evidence.scripts === 0) {
    // Without a script the browser's document is the one that was fetched.
    const hit: RuleHit = { rule: "nothing on it runs", points: 100, by: "evidence" };
    return { wanted: "fast", hits: [hit], why: byTable === "rich" ? "no script on it runs" : null };
  }
  if (options.decide === "table") return { wanted: byTable, hits: [], why: null };
  const { memory, nowMs } = learned ?? { memory: new RouteMemory(options), nowMs: 0 };
  const recall = memory.recall({ url, evidence, score }, nowMs);
  const hits = hitsOf(recall);
  const likely: Lane = recall.need >= options.learning.richFrom ? "rich" : "fast";
  const rounded = Math.round(recall.need * 1_000) / 1_000;
  if (likely === "fast" && isThin(evidence) && knownOf(recall) < 0.5 && recall.need >= THIN_FROM)
    return { wanted: "rich", hits, why: thinness(evidence), need: rounded };
  return { wanted: likely, hits, why: likely === byTable ? null : because(recall), need: rounded };
}

/** A lane that was asked for, or that the host was given. */
function orderOf(
  url: string,
  choice: LaneChoice,
  { hosts }: RouteOptions,
): { lane: Lane; why: string } | null {
  if (choice !== "auto") return { lane: choice, why: `lane ${choice} was asked for` };
  if (hosts.length === 0) return null;
  const host = URL.parse(url)?.host ?? "";
  const rule = hosts.find((given) => fits(host, given.host.toLowerCase()));
  return rule === undefined
    ? null
    : { lane: rule.lane, why: `route.hosts gives ${rule.host} to ${rule.lane}` };
}

/** "*.example.com" is the domain and all below it; a pattern without a port fits any. */
function fits(host: string, pattern: string): boolean {
  const bare = /:\d+$/.test(pattern) ? host : host.replace(/:\d+$/, "");
  if (!pattern.startsWith("*.")) return bare === pattern;
  return bare === pattern.slice(2) || bare.endsWith(pattern.slice(1));
}

/** Little text beside much script: what the fast lane read may be all there is, or nothing of it. */
const THIN_WORDS = 40;
const THIN_CODE_PER_CHARACTER = 20;
/** Unless pages like it hardly ever had more. */
const THIN_FROM = 0.2;

const isThin = (evidence: RouteEvidence): boolean =>
  evidence.mainWords < THIN_WORDS &&
  codeMass(evidence) >= THIN_CODE_PER_CHARACTER * Math.max(100, evidence.visibleLength);

const thinness = ({ mainWords, scripts }: RouteEvidence): string =>
  `thin: ${mainWords} words of main text beside ${scripts} ${scripts === 1 ? "script" : "scripts"}`;

const knownOf = ({ ofKind }: Recall): number => ofKind.needed + ofKind.idle;

/** Tenths of log-odds; what hardly counts is left out. */
function hitsOf({ prior, need, contributions }: Recall): RuleHit[] {
  const hits: RuleHit[] = contributions.map((part, at) => ({
    rule: FEATURES[at]?.name ?? "",
    points: -Math.round(10 * part),
    by: "evidence",
  }));
  const memory = -Math.round(10 * (logOdds(need) - logOdds(prior)));
  return [
    ...hits.filter(({ points }) => points !== 0),
    ...(memory === 0 ? [] : [{ rule: "pages like it on this host", points: memory, by: "memory" } as const]),
  ];
}

function because({ prior, need, ofKind, ofClass }: Recall): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const outcomes = ofKind.needed + ofKind.idle > 0 ? ofKind : ofClass;
  const looked = outcomes.needed + outcomes.idle;
  if (looked === 0 || need >= 0.5 === prior >= 0.5)
    return `a browser finds more with a likelihood of ${percent(need)}`;
  const found = need >= 0.5 ? "found more on" : "found no more on";
  return `a browser ${found} pages like it on this host (likelihood ${percent(need)})`;
}

const tableOf = (evidence: RouteEvidence, options: RouteOptions): RuleHit[] =>
  options.rules.filter((rule) => applies(rule, evidence)).map(({ rule, points }) => ({ rule, points }));

function applies(rule: Rule, evidence: RouteEvidence): boolean {
  if ("markers" in rule) return evidence.markers.includes(rule.rule);
  if ("visibleOver" in rule) return evidence.visibleLength > rule.visibleOver;
  return evidence.visibleLength < rule.visibleUnder;
}
