// Tables: which are data and which only lay out a page, and a data table's grid with column and row spans resolved, as GFM.
import { attribute, type Element, find } from "./tree.ts";

type Skip = (element: Element) => boolean;

const COLUMNS_MAX = 200;
const CELL_CHARS_LAYOUT = 800;

function rowsOf(table: Element): Element[] {
  const rows: Element[] = [];
  const collect = (parent: Element): void => {
    for (let child = parent.first; child !== null; child = child.next) {
      if (child.kind !== 1) continue;
      if (child.name === "tr") rows.push(child);
      else if (child.name === "thead" || child.name === "tbody" || child.name === "tfoot") collect(child);
    }
  };
  collect(table);
  return rows;
}

function cellsOf(row: Element): Element[] {
  return row.children.filter(
    (child): child is Element => child.kind === 1 && (child.name === "td" || child.name === "th"),
  );
}

/** Rows and columns of short content; a table that nests tables, headings or long text lays out a page. */
export function isDataTable(table: Element, skip: Skip): boolean {
  const role = attribute(table, "role")?.toLowerCase();
  if (role === "presentation" || role === "none") return false;
  const rows = rowsOf(table).filter((row) => !skip(row));
  if (rows.length === 0) return false;
  const widest = Math.max(...rows.slice(0, 1000).map((row) => cellsOf(row).length));
  if (widest < 2) return false;
  const heads = rows.some((row) => cellsOf(row).some((cell) => cell.name === "th"));
  if (rows.length < 2 && !heads) return false;
  const cells = rows.slice(0, 1000).flatMap((row) => cellsOf(row));
  const nests = cells.some(
    (cell) =>
      find(
        cell,
        (element) => /^(?:table|h[1-3]|pre|blockquote|article|section)$/.test(element.name) && !skip(element),
      ) !== null,
  );
  if (nests) return false;
  return (
    heads ||
    cells.reduce((sum, cell) => sum + Math.min(cell.chars, 10_000), 0) / cells.length < CELL_CHARS_LAYOUT
  );
}

export interface TableText {
  readonly table: string;
  /** What stands in the table outside of its cells (a caption): comes before. */
  readonly before: Element | null;
}

export function tableMarkdown(
  table: Element,
  skip: Skip,
  cellsMax: number,
  cellText: (cell: Element) => string,
): TableText {
  const rows = rowsOf(table).filter((row) => !skip(row));
  const grid: string[][] = [];
  /** Rows that a cell above still covers, by column. */
  const covered: number[] = [];
  let budget = cellsMax;
  let width = 0;
  for (const row of rows) {
    if (budget <= 0) break;
    const line: string[] = [];
    let column = 0;
    const skipCovered = (): void => {
      while ((covered[column] ?? 0) > 0) {
        covered[column] = (covered[column] ?? 1) - 1;
        line[column++] = "";
      }
    };
    for (const cell of cellsOf(row)) {
      skipCovered();
      const text = skip(cell) ? "" : cellText(cell);
      if (column >= COLUMNS_MAX) {
        const last = COLUMNS_MAX - 1;
        line[last] = [line[last] ?? "", text].filter((part) => part !== "").join(" ");
        continue;
      }
      const columnSpan = Math.min(span(cell, "colspan"), COLUMNS_MAX - column);
      const rowSpan = span(cell, "rowspan");
      for (let at = 0; at < columnSpan; at++) {
        line[column] = at === 0 ? text : "";
        if (rowSpan > 1) covered[column] = rowSpan - 1;
        column++;
      }
    }
    skipCovered();
    budget -= line.length;
    width = Math.max(width, line.length);
    if (line.some((text) => text !== "")) grid.push(line);
  }
  // Columns that are empty throughout come of wide spans and spacer cells.
  const used = Array.from({ length: width }, (_, column) => grid.some((line) => (line[column] ?? "") !== ""));
  const lines = grid.map((line) => used.flatMap((kept, column) => (kept ? [line[column] ?? ""] : [])));
  const first = rows[0];
  const headed =
    first !== undefined &&
    (first.parent?.name === "thead" || cellsOf(first).every((cell) => cell.name === "th"));
  const columns = used.filter((kept) => kept).length;
  if (columns === 0 || lines.length === 0) return { table: "", before: captionOf(table) };
  const head = headed ? (lines.shift() ?? []) : Array.from({ length: columns }, () => "");
  const aligns = alignments(first, used);
  const written = [head, aligns, ...lines].map((line) => `| ${line.join(" | ")} |`);
  return { table: written.join("\n"), before: captionOf(table) };
}

function captionOf(table: Element): Element | null {
  return (
    table.children.find((child): child is Element => child.kind === 1 && child.name === "caption") ?? null
  );
}

/** Spans are untrusted numbers: 1 to 1000, as browsers clamp them. */
function span(cell: Element, name: "colspan" | "rowspan"): number {
  const value = Number.parseInt(attribute(cell, name) ?? "1", 10);
  return Number.isFinite(value) && value >= 1 ? Math.min(value, 1000) : 1;
}

function alignments(row: Element | undefined, used: readonly boolean[]): string[] {
  const aligns: string[] = [];
  for (const cell of row === undefined ? [] : cellsOf(row)) {
    const style = /text-align\s*:\s*(left|right|center)/i.exec(
      (attribute(cell, "style") ?? "").slice(0, 500),
    )?.[1];
    const align = (attribute(cell, "align") ?? style ?? "").toLowerCase();
    const mark =
      align === "right" ? "---:" : align === "center" ? ":---:" : align === "left" ? ":---" : "---";
    for (let at = 0; at < span(cell, "colspan") && aligns.length < COLUMNS_MAX; at++) aligns.push(mark);
  }
  return used.flatMap((kept, column) => (kept ? [aligns[column] ?? "---"] : []));
}
