// A verdict in words, for people: what it started from, what changed it, what came of it. Decides nothing.
import type { LaneVerdict, RuleHit } from "../model/index.ts";
import type { Recall } from "./memory.ts";
import type { RouteOptions } from "./options.ts";
import type { Outcomes } from "./outcomes.ts";

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

/** What is remembered of pages like it on its host; outcomes fade, so they are no whole numbers. */
export function explainRecall({ pattern, prior, ofKind, ofClass }: Recall): string {
  const counts = ({ needed, idle }: Outcomes): string =>
    needed + idle === 0
      ? "never shown to a browser"
      : `needed the browser ${needed.toFixed(1)} times of ${(needed + idle).toFixed(1)}`;
  return [
    `on this host: pages like ${pattern} ${counts(ofKind)}`,
    `              pages with such markup ${counts(ofClass)}`,
    `elsewhere: likely by ${Math.round(100 * prior)} % by its markup alone`,
    "",
  ].join("\n");
}

const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));
