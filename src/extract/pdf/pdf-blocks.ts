// Lines of a PDF to blocks: headings by the size of their font, paragraphs by gaps and indents, items by their sign. Words parted at a line's
// end are joined. Knows no Markdown.
import type { Line } from "./pdf-lines.ts";

export interface Block {
  readonly kind: "paragraph" | "item" | "heading";
  /** 1..4 for headings, else 0. */
  readonly level: number;
  readonly text: string;
}

const HEADING_CHARS_MAX = 200;
const LEVELS_MAX = 4;
const ITEM = /^(?:[•●▪■◦‣⁃∙·–]|[-*](?=\s))\s*/;
/** The dots and the page number of a table of contents. */
const ENTRY = /(?: ?[.…·]){5,200} ?(?:\d{1,4}|[ivxlc]{1,7})$/;

export function blocksOf(lines: readonly Line[]): Block[] {
  const body = bodySize(lines);
  const levels = headingLevels(lines, body);
  const blocks: { kind: Block["kind"]; level: number; text: string }[] = [];
  const gap = usualGap(lines);
  let last: Line | null = null;
  for (const line of lines) {
    const entry = ENTRY.exec(line.text);
    if (entry !== null) {
      blocks.push({ kind: "item", level: 0, text: line.text.slice(0, entry.index).trim() });
      last = null;
      continue;
    }
    const level = line.text.length <= HEADING_CHARS_MAX ? (levels.get(line.size) ?? 0) : 0;
    const item = ITEM.exec(line.text);
    const block = blocks.at(-1);
    const goesOn =
      block !== undefined &&
      last !== null &&
      block.level === level &&
      item === null &&
      continues(last, line, gap, level);
    if (goesOn) block.text = joined(block.text, line.text);
    else if (item !== null && level === 0)
      blocks.push({ kind: "item", level: 0, text: line.text.slice(item[0].length) });
    else blocks.push({ kind: level > 0 ? "heading" : "paragraph", level, text: line.text });
    last = line;
  }
  return blocks.filter(({ text }) => text !== "");
}

function continues(last: Line, line: Line, gap: number, level: number): boolean {
  const down = last.y - line.y;
  if (level > 0) return line.page === last.page && down > 0 && down < 2 * line.size;
  // Over a page's or column's end a sentence goes on that has not ended.
  if (line.page !== last.page || down < 0)
    return !/[.!?:。！？…]["'”’)]?$/.test(last.text) && /^[\p{Ll}\p{Lo}(]/u.test(line.text);
  if (Math.abs(line.size - last.size) > 0.25 * Math.max(line.size, last.size)) return false;
  if (down > gap * 1.4) return false;
  // An indented first line begins anew, a short last line ends.
  const width = last.right - last.x;
  return !(line.x - last.x > 0.8 * line.size && width > 0 && /[.!?:。！？]["'”’)]?$/.test(last.text));
}

/** Words parted at the line's end; scripts without spaces get none. */
function joined(text: string, next: string): string {
  if (/\p{L}[-\u00ad\u2010]$/u.test(text) && /^\p{Ll}/u.test(next)) return text.slice(0, -1) + next;
  const dense =
    /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]$/.test(text) &&
    /^[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/.test(next);
  return dense ? text + next : `${text} ${next}`;
}

/** The size most characters are set in. */
function bodySize(lines: readonly Line[]): number {
  return mostOf(lines.map(({ size, text }) => [size, text.length]));
}

function usualGap(lines: readonly Line[]): number {
  const gaps = lines.flatMap((line, at): [number, number][] => {
    const before = lines[at - 1];
    const down = before === undefined || before.page !== line.page ? 0 : before.y - line.y;
    return down > 0.5 * line.size && down < 4 * Math.max(line.size, 1) ? [[Math.round(down * 2) / 2, 1]] : [];
  });
  const gap = mostOf(gaps);
  return gap === 0 ? 14 : gap;
}

function mostOf(weighted: readonly (readonly [value: number, weight: number])[]): number {
  const weights = new Map<number, number>();
  for (const [value, weight] of weighted) weights.set(value, (weights.get(value) ?? 0) + weight);
  let [best, most] = [0, 0];
  for (const [value, weight] of weights) if (weight > most) [best, most] = [value, weight];
  return best;
}

/** Sizes clearly above the body's that set little of the text, largest first. */
function headingLevels(lines: readonly Line[], body: number): ReadonlyMap<number, number> {
  const chars = new Map<number, number>();
  let all = 0;
  for (const { size, text } of lines) {
    all += text.length;
    chars.set(size, (chars.get(size) ?? 0) + text.length);
  }
  if (body === 0) return new Map();
  const sizes = [...chars].flatMap(([size, count]) =>
    size >= 1.15 * body && count < 0.3 * all ? [size] : [],
  );
  return new Map(sizes.sort((a, b) => b - a).map((size, at) => [size, Math.min(at + 1, LEVELS_MAX)]));
}
