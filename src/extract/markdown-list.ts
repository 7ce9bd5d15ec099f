// What lists need beside their items' text: the first number, the task's box, and how blocks inside an item are joined.
import { attribute, type Element, find } from "./tree.ts";

/** A finished block; lists are told apart because two of the same kind in a row would read as one. */
export interface Block {
  readonly text: string;
  readonly list: "ul" | "ol" | null;
  readonly marker: string;
}

/** Inside an item a list follows its paragraph on the next line. */
export function tightJoined(blocks: readonly Block[]): string {
  let text = "";
  for (const [at, block] of blocks.entries()) {
    const tight = block.list !== null && blocks[at - 1]?.list === null;
    text += (at === 0 ? "" : tight ? "\n" : "\n\n") + block.text;
  }
  return text;
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
