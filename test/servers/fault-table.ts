// The table that the fault suite prints at its end: what was done and what was found.
import type { Found } from "./fault-equality.ts";

export interface FaultRow extends Found {
  readonly fault: string;
  readonly times: number;
  /** Records at the broker and not committed when the fault came; the most, where it came more than once. */
  readonly inFlight: number;
  readonly lag: number;
}

const COLUMNS = ["fault", "times", "inFlight", "pages", "captures", "doubles", "lost", "lag"] as const;
const TITLES = ["fault", "times", "in flight", "pages", "captures", "doubles", "lost", "lag"];

export function faultTable(rows: readonly FaultRow[]): string {
  const cells = [TITLES, ...rows.map((row) => COLUMNS.map((column) => String(row[column])))];
  const widths = TITLES.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
