// Figures as a table for a reader: median, spread, and how each stands to what it is held against. Decides nothing.
import { type Figure, median } from "./case.ts";

export interface CaseResult {
  readonly case: string;
  readonly figures: readonly Figure[];
}

const shown = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));

export function table(results: readonly CaseResult[]): string {
  const rows = [["case", "figure", "median", "unit", "min … max", "against", "wanted"]];
  for (const { case: name, figures } of results) {
    for (const figure of figures) {
      rows.push([
        name,
        figure.name,
        shown(median(figure.samples)),
        figure.unit,
        `${shown(Math.min(...figure.samples))} … ${shown(Math.max(...figure.samples))}`,
        against(figure, figures),
        wanted(figure),
      ]);
    }
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function against(figure: Figure, figures: readonly Figure[]): string {
  const other = figures.find(({ name }) => name === figure.against);
  if (other === undefined) return "";
  return `${(median(figure.samples) / median(other.samples)).toFixed(2)} × ${other.name}`;
}

function wanted({ unit, goal, ratioGoal }: Figure): string {
  const parts = [
    ...(goal === undefined ? [] : [shown(goal)]),
    ...(ratioGoal === undefined ? [] : [`${ratioGoal} ×`]),
  ];
  return parts.length === 0 ? "" : `${unit.includes("/s") ? "≥" : "≤"} ${parts.join(", ")}`;
}
