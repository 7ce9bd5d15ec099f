// The `--schema` file of a command, and how often its fields were filled, as lines for people.
import { resolve } from "node:path";
import { err, type Result } from "../base/index.ts";
import { compileSchema, type FieldRate, type FillAlarm, type Schema } from "../extract/index.ts";
import type { Io } from "./io.ts";
import { readBounded } from "./local-page.ts";

/** The error is one line: the file, the place in it, what is wrong. */
export async function readSchema(name: string, io: Pick<Io, "cwd">): Promise<Result<Schema, string>> {
  const bytes = await readBounded(resolve(io.cwd, name), name);
  if (!bytes.ok) return err(`--schema ${bytes.error.message}`);
  const schema = compileSchema(new TextDecoder().decode(bytes.value));
  return schema.ok ? schema : err(`--schema ${name}: ${schema.error.message}`);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A head and one line a field. */
export function fillTable(rates: readonly FieldRate[]): string[] {
  const rows = [
    ["field", "filled", "of", "rate", ""],
    ...rates.map(({ field, filled, pages, rate, recentRate, fallen }) => [
      field,
      String(filled),
      String(pages),
      percent(rate),
      fallen ? `fallen: ${percent(recentRate)} of late` : "",
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map(([field = "", ...cells]) =>
    [
      field.padEnd(widths[0] ?? 0),
      ...cells.map((cell, at) => (at < 3 ? cell.padStart(widths[at + 1] ?? 0) : cell)),
    ]
      .join("  ")
      .trimEnd(),
  );
}

export function alarmLine({ field, rateBefore, recentRate, fallen }: FillAlarm): string {
  const what = fallen ? "is filled less than before" : "is filled again";
  return `field ${field} ${what}: ${percent(rateBefore)} before, ${percent(recentRate)} of late`;
}
