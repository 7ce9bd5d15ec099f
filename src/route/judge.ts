// The router's verdict on a page: its evidence against the table, then what the operator chose and what is to be had. Pure.
import type { Lane, LaneChoice, LaneVerdict, RouteEvidence, RuleHit } from "../model/index.ts";
import type { RouteOptions, Rule } from "./options.ts";

/**
 * `score` starts at the table's start and gains each rule's points once; it is not clamped. `wanted` is the table's (or the
 * operator's) lane, `lane` where the page goes: fast where no browser is to be had.
 */
export function judge(
  evidence: RouteEvidence,
  options: RouteOptions,
  choice: LaneChoice,
  browserAvailable: boolean,
): LaneVerdict {
  const rules: RuleHit[] = options.rules
    .filter((rule) => applies(rule, evidence))
    .map(({ rule, points }) => ({ rule, points }));
  const score = rules.reduce((sum, hit) => sum + hit.points, options.start);
  const byTable: Lane = score >= options.fastFrom ? "fast" : "rich";
  const wanted = choice === "auto" ? byTable : choice;
  const lane = wanted === "rich" && !browserAvailable ? "fast" : wanted;
  const reasons: string[] = [];
  if (choice !== "auto" && choice !== byTable) reasons.push(`lane ${choice} was asked for`);
  if (lane !== wanted) reasons.push("no browser available");
  return { lane, wanted, score, rules, reason: reasons.length === 0 ? null : reasons.join("; ") };
}

function applies(rule: Rule, evidence: RouteEvidence): boolean {
  if ("markers" in rule) return evidence.markers.includes(rule.rule);
  if ("visibleOver" in rule) return evidence.visibleLength > rule.visibleOver;
  return evidence.visibleLength < rule.visibleUnder;
}

/** The verdict rule by rule, one line each, for people: what it started from, what changed it, what came of it. */
export function explain(verdict: LaneVerdict, options: RouteOptions): string {
  const width = Math.max(8, ...verdict.rules.map((hit) => hit.rule.length));
  const line = (label: string, value: string): string => `${label.padEnd(width)}  ${value.padStart(5)}`;
  const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));
  const lines = [
    line("start", String(options.start)),
    ...verdict.rules.map((hit) => line(hit.rule, signed(hit.points))),
    line("score", String(verdict.score)),
  ];
  const reason = verdict.reason === null ? "" : ` (${verdict.reason})`;
  const wanted = verdict.lane === verdict.wanted ? "" : `, wanted ${verdict.wanted}`;
  return `${lines.join("\n")}\nlane ${verdict.lane}${wanted}${reason}; fast from ${options.fastFrom}\n`;
}
