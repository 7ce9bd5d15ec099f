// A verdict in words, for people: what it started from, what changed it, what came of it. Decides nothing.
import type { LaneVerdict, RuleHit } from "../model/index.ts";
import type { RouteOptions } from "./options.ts";

/** One line for each rule that counted, those of the table first. */
export function explain(verdict: LaneVerdict, options: RouteOptions): string {
  const { rules, score, need } = verdict;
  const width = Math.max(8, ...rules.map((hit) => hit.rule.length));
  const line = (label: string, value: string): string => `${label.padEnd(width)}  ${value.padStart(5)}`;
  const by = (origin: RuleHit["by"]): string[] =>
    rules.filter((hit) => (hit.by ?? "table") === origin).map((hit) => line(hit.rule, signed(hit.points)));
  const beside = [...by("evidence"), ...by("memory"), ...by("operator")];
  const lines = [
    line("start", String(options.start)),
    ...by("table"),
    line("score", String(score)),
    ...(beside.length === 0 ? [] : ["beside the table (above 0 speaks for the fast lane)", ...beside]),
    ...(need === undefined
      ? []
      : [line("likelihood that a browser finds more", `${Math.round(100 * need)} %`)]),
  ];
  const reason = verdict.reason === null ? "" : ` (${verdict.reason})`;
  const wanted = verdict.lane === verdict.wanted ? "" : `, wanted ${verdict.wanted}`;
  return `${lines.join("\n")}\nlane ${verdict.lane}${wanted}${reason}; fast from ${options.fastFrom}\n`;
}

const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));
