// Runs of text on pages to lines in reading order: what shares a baseline is one line, gaps are spaces, running heads and page numbers go.
// Knows nothing of PDF beyond places and sizes.
import { collapse } from "../visible-text.ts";
import type { PdfPage, TextRun } from "./read-pdf.ts";

export interface Line {
  readonly text: string;
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  /** Of its largest run, in points. */
  readonly size: number;
}

export function linesOf(pages: readonly PdfPage[]): Line[] {
  const byPage = pages.map(({ runs }, page) => ordered(linesOfPage(runs, page)));
  const repeated = runningHeads(byPage);
  return byPage.flatMap((lines) => lines.filter((line, at) => !repeated(line, at, lines.length)));
}

function linesOfPage(runs: readonly TextRun[], page: number): Line[] {
  const lines: Line[] = [];
  let parts: string[] = [];
  let first: TextRun | null = null;
  let last: TextRun | null = null;
  let size = 0;
  const end = (): void => {
    const text = collapse(parts.join(""));
    if (first !== null && last !== null && text !== "")
      lines.push({
        text,
        page,
        x: first.x,
        y: first.y,
        right: last.x + last.width,
        size: Math.round(size * 2) / 2,
      });
    parts = [];
    [first, last, size] = [null, null, 0];
  };
  for (const run of runs) {
    if (run.text.trim() !== "") {
      if (last !== null && !sharesLine(last, run)) end();
      if (last !== null && run.x - (last.x + last.width) > 0.15 * Math.max(run.size, 1)) parts.push(" ");
      first ??= run;
      last = run;
      size = Math.max(size, run.size);
    }
    parts.push(run.text);
    if (run.endsLine) parts.push(" ");
  }
  end();
  return lines;
}

/** The same baseline (or raised a little, as a footnote's sign), further on. */
function sharesLine(last: TextRun, run: TextRun): boolean {
  const size = Math.max(last.size, run.size, 1);
  return (
    Math.abs(run.y - last.y) < 0.5 * size &&
    run.x > last.x - size &&
    run.x - (last.x + last.width) < 12 * size
  );
}

/** As they came, where that runs down the page; else from the top, left before right. */
function ordered(lines: Line[]): Line[] {
  let upward = 0;
  for (const [at, line] of lines.entries()) {
    const before = lines[at - 1];
    if (before !== undefined && line.y > before.y + 1) upward++;
  }
  // A new column begins at the top again, but a page has few.
  if (upward <= Math.max(3, 0.15 * lines.length)) return lines;
  return lines.toSorted((a, b) => (Math.abs(a.y - b.y) < 1 ? a.x - b.x : b.y - a.y));
}

/** Lines at the top and foot of a page that are looked at. */
const EDGE_LINES = 3;
const PAGES_MIN = 3;

/** What stands at the edge of at least half the pages, figures apart, and bare page numbers. */
function runningHeads(
  pages: readonly (readonly Line[])[],
): (line: Line, at: number, count: number) => boolean {
  const seen = new Map<string, number>();
  const keyOf = (line: Line): string => `${line.text.replace(/\d+/g, "#")}@${Math.round(line.y / 4)}`;
  const isEdge = (at: number, count: number): boolean => at < EDGE_LINES || at >= count - EDGE_LINES;
  for (const lines of pages) {
    const keys = new Set(lines.filter((_, at) => isEdge(at, lines.length)).map(keyOf));
    for (const key of keys) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const filled = pages.filter((lines) => lines.length > 0).length;
  return (line, at, count) => {
    if (filled < PAGES_MIN || !isEdge(at, count)) return false;
    if ((at === 0 || at === count - 1) && /^[-–—\s]*(?:\d{1,4}|[ivxlc]{1,7})[-–—\s]*$/.test(line.text))
      return true;
    return (seen.get(keyOf(line)) ?? 0) >= Math.max(PAGES_MIN, filled / 2);
  };
}
