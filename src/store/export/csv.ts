// CSV as RFC 4180 has it: CRLF, quotes doubled, a header line. Text that a spreadsheet would run as a formula gets an
// apostrophe before it unless raw cells are asked for: pages are other people's words.
import type { ExportOutput } from "./faces.ts";
import { type Cell, type Column, type TableRow, tableColumns } from "./table.ts";

/** Resolves to the number of rows. */
export async function writeCsv(
  rows: AsyncIterable<TableRow>,
  output: ExportOutput,
  options: { readonly withChanges: boolean; readonly rawCells: boolean },
): Promise<number> {
  const columns = tableColumns(options.withChanges);
  await output.write(`${columns.map(({ name }) => name).join(",")}\r\n`);
  let written = 0;
  for await (const row of rows) {
    const cells = columns.map((column) => csvCell(column, column.of(row), options.rawCells));
    await output.write(`${cells.join(",")}\r\n`);
    written++;
  }
  return written;
}

function csvCell(column: Column, cell: Cell, raw: boolean): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== "string") return String(cell);
  const text = !raw && /^[=+\-@\t\r]/.test(cell) && column.type === "STRING" ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
