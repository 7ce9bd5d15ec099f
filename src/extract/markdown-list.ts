// How finished blocks follow each other, in a document and in a list's item: which may stand on the very next line, what makes a list
// loose, and the markers of items. Knows no element but the list's own start and an item's box.
import { attribute, type Element, find } from "./tree.ts";

export interface Block {
  readonly text: string;
  readonly kind:
    | "text"
    | "paragraph"
    | "heading"
    | "rule"
    | "code"
    | "quote"
    | "table"
    | "note"
    | "ul"
    | "ol";
  /** Of a list: two of one kind in a row would read as one, if their markers were the same. */
  readonly marker: string;
}

export interface Item {
  readonly blocks: readonly Block[];
  /** "[x] ", "[ ] ", or nothing. */
  readonly task: string;
}

export function joined(blocks: readonly Block[]): string {
  return blocks.map((block) => block.text).join("\n\n");
}

/** Blocks where none may stand: in a heading, and in a table's cell. */
export function inOneLine(blocks: readonly Block[], setting: "heading" | "cell"): string {
  const between = setting === "cell" ? "<br>" : " ";
  const text = blocks.map((block) => block.text.replace(/ {2}\n|\n+/g, between)).join(between);
  return setting === "cell" ? text.replace(/(?<!\\)\|/g, "\\|") : text.replace(/^#+ /, "");
}

/** A list of these items behind the block before it; null where there is none. */
export function listBlock(
  kind: "ul" | "ol",
  start: number,
  items: readonly Item[],
  previous: Block | undefined,
): Block | null {
  if (items.length === 0) return null;
  const usual = kind === "ul" ? "-" : ".";
  const other = kind === "ul" ? "*" : ")";
  const marker = previous?.kind === kind && previous.marker === usual ? other : usual;
  const loose = items.some(({ blocks }) => blocks.some((block, at) => parts(block, blocks[at - 1])));
  let number = start;
  const written = items.map(({ blocks, task }) => {
    const lead = kind === "ul" ? `${marker} ` : `${number++}${marker} `;
    const text = blocks.map((block) => block.text).join(loose ? "\n\n" : "\n");
    if (text === "") return (lead + task).trimEnd();
    return lead + task + text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(lead.length)}`);
  });
  return { text: written.join(loose ? "\n\n" : "\n"), kind, marker };
}

/** Whether an empty line must part this block from the one before it in an item, be it that it is a paragraph in the page too. */
function parts(block: Block, before: Block | undefined): boolean {
  if (block.kind === "paragraph" || block.kind === "note") return true;
  if (before === undefined || before.kind === "heading" || before.kind === "rule" || before.kind === "code")
    return false;
  switch (block.kind) {
    // On the next line it would go on what stands there.
    case "text":
    case "table":
      return true;
    case "quote":
      return before.kind === "quote";
    // Neither an empty item nor another number than 1 ends a paragraph.
    case "ul":
    case "ol":
      return !/^(?:[-*]|1[.)]) /.test(block.text);
    default:
      return false;
  }
}

export function startNumber(list: Element): number {
  const start = Number(attribute(list, "start") ?? "1");
  return Number.isSafeInteger(start) && start >= 0 && start <= 900_000_000 ? start : 1;
}

export function taskMark(item: Element): string {
  const box = find(
    item,
    (element) => element.name === "input" || element.name === "ul" || element.name === "ol",
  );
  if (box?.name !== "input" || attribute(box, "type")?.toLowerCase() !== "checkbox") return "";
  return attribute(box, "checked") === null ? "[ ] " : "[x] ";
}
