// The items of lists, of definition lists and of footnotes: which elements make one item, each written by a writer of its own. Joins nothing
// into a list and escapes nothing.
import { type Block, type Item, joined, taskMark } from "./markdown-list.ts";
import type { Notes } from "./markdown-notes.ts";
import type { Element, Node } from "./tree.ts";

/** What writes an item. */
export interface ItemWriter {
  readonly children: (element: Element) => void;
  readonly node: (node: Node) => void;
  /** The children as emphasised text. */
  readonly term: (element: Element) => void;
  readonly blocks: () => readonly Block[];
}

type Skip = (element: Element) => boolean;

/** What stands in a list outside of items (a nested list, stray text) belongs to the item before. Empty items only where they are kept. */
export function itemsOf(list: Element, skip: Skip, writer: () => ItemWriter, empty: boolean): Item[] {
  const items: { writer: ItemWriter; task: string }[] = [];
  for (let child = list.first; child !== null; child = child.next) {
    if (child.kind === 1 ? skip(child) : child.blank) continue;
    const item = child.kind === 1 && child.name === "li" ? child : null;
    const last = items.at(-1);
    if (item === null && last !== undefined) {
      last.writer.node(child);
      continue;
    }
    const own = writer();
    items.push({ writer: own, task: item === null ? "" : taskMark(item) });
    if (item === null) own.node(child);
    else own.children(item);
  }
  const written = items.map((item) => ({ blocks: item.writer.blocks(), task: item.task }));
  return empty ? written : written.filter(({ blocks }) => blocks.length > 0);
}

/** An item for each term with what defines it; a short definition stands on the line below its term. Null where there are no terms. */
export function definitionsOf(list: Element, skip: Skip, writer: () => ItemWriter): Item[] | null {
  const items: { terms: Block[]; blocks: Block[] }[] = [];
  const collect = (parent: Element): void => {
    for (let child = parent.first; child !== null; child = child.next) {
      if (child.kind !== 1 || skip(child)) continue;
      if (child.name === "div") {
        collect(child);
        continue;
      }
      const own = writer();
      const last = items.at(-1);
      if (child.name === "dt") {
        own.term(child);
        if (last === undefined || last.blocks.length > 0)
          items.push({ terms: [...own.blocks()], blocks: [] });
        else last.terms.push(...own.blocks());
      } else {
        own.children(child);
        if (last === undefined) items.push({ terms: [], blocks: [...own.blocks()] });
        else last.blocks.push(...own.blocks());
      }
    }
  };
  collect(list);
  if (items.every(({ terms }) => terms.length === 0)) return null;
  return items.flatMap(({ terms, blocks }) => {
    const lines = terms.map(({ text }) => text);
    const [first] = blocks;
    const isShort = blocks.length === 1 && (first?.kind === "text" || first?.kind === "paragraph");
    if (isShort && first !== undefined) return [{ blocks: [block([...lines, first.text])], task: "" }];
    if (lines.length === 0 && blocks.length === 0) return [];
    return [{ blocks: lines.length === 0 ? blocks : [block(lines), ...blocks], task: "" }];
  });
}

const block = (lines: readonly string[]): Block => ({ text: lines.join("  \n"), kind: "text", marker: "" });

/** Each item as the definition of a footnote, what follows its first line indented; null where no reference led to any item. */
export function noteBlocks(
  list: Element,
  notes: Notes,
  skip: Skip,
  writer: () => ItemWriter,
): Block[] | null {
  if (!notes.some) return null;
  const items = list.children.filter((child): child is Element => child.kind === 1 && child.name === "li");
  if (!items.some((item) => notes.isNote(item))) return null;
  const blocks: Block[] = [];
  for (const [at, item] of items.entries()) {
    if (skip(item)) continue;
    const own = writer();
    own.children(item);
    const text = joined(own.blocks());
    if (text === "") continue;
    const lead = `[^${notes.label(item, String(at + 1))}]: `;
    blocks.push({ text: lead + text.replace(/\n(?=[^\n])/g, "\n    "), kind: "note", marker: "" });
  }
  return blocks;
}
