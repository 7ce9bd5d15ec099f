// Content as plain text: paragraphs parted by an empty line, items and rows by a line end, cells by a tab, code as it stands.
import { BLOCK, LINE, LISTS, TABLE_PARTS, WRITTEN } from "./element-kinds.ts";
import type { Content } from "./main-content.ts";
import { formulaOf } from "./math.ts";
import type { Element, Text } from "./tree.ts";
import { spacedOf } from "./visible-text.ts";

/**
 * `without` is left out beside what the content leaves out: the heading that repeats the title. `math`: there are formulas, which are
 * written once, as TeX.
 */
export function toPlainText(content: Content, without: Element | null = null, math = false): string {
  const { skip } = content;
  let out = "";
  let gap = 0;
  let space = false;
  let started = false;
  /** Something was written whose lines may end in spaces: nothing else's do. */
  let ragged = math;

  const write = (data: string): void => {
    if (gap > 0) {
      if (started) out += gap === 2 ? "\n\n" : "\n";
    } else if (space && started) out += " ";
    gap = 0;
    space = false;
    started = true;
    out += data;
  };
  const text = (node: Text): void => {
    const collapsed = spacedOf(node);
    const from = collapsed.charCodeAt(0) === 32 ? 1 : 0;
    const to = collapsed.charCodeAt(collapsed.length - 1) === 32 ? collapsed.length - 1 : collapsed.length;
    if (from === 1) space = true;
    if (to <= from) return;
    write(to - from === collapsed.length ? collapsed : collapsed.slice(from, to));
    if (to < collapsed.length) space = true;
  };
  const children = (parent: Element): void => {
    for (let node = parent.first; node !== null; node = node.next) {
      if (node.kind === 3) {
        if (node.blank) space = true;
        else text(node);
        continue;
      }
      const formula = math ? formulaOf(node) : null;
      if (formula !== null) {
        if (formula !== "shown") write(formula.tex);
        continue;
      }
      if (node === without || skip(node)) continue;
      const { kinds } = node;
      // Most elements are neither, and not asked for their name.
      if ((kinds & (WRITTEN | TABLE_PARTS)) !== 0 && own(node)) continue;
      if ((kinds & BLOCK) === 0) {
        children(node);
        continue;
      }
      // How strongly an element parts what is around it: 2 = empty line, 1 = line end.
      const inItem = (kinds & LISTS) !== 0 && node.parent?.name === "li";
      const strength = inItem || (kinds & LINE) !== 0 ? 1 : 2;
      if (gap < strength) gap = strength;
      children(node);
      if (gap < strength) gap = strength;
    }
  };
  /** Whether the element is written as no other. */
  const own = (element: Element): boolean => {
    switch (element.name) {
      case "br":
      case "hr":
        gap = Math.min(gap + 1, 2);
        return true;
      case "q":
        write("\u201c");
        children(element);
        space = false;
        write("\u201d");
        return true;
      case "pre": {
        const text = preformatted(element, skip).replace(/^\n+|\s+$/g, "");
        gap = 2;
        ragged = true;
        if (text !== "") write(text);
        gap = 2;
        return true;
      }
      case "td":
      case "th":
        if (started && gap === 0) {
          ragged = true;
          out += "\t";
          space = false;
        }
        children(element);
        return true;
      default:
        return false;
    }
  };
  for (const root of content.roots) {
    gap = 2;
    if (root.name === "br") continue;
    children(root);
    gap = 2;
  }
  return (ragged ? out.replace(/[ \t]+$/gm, "") : out).trim();
}

function preformatted(element: Element, skip: (element: Element) => boolean): string {
  let text = "";
  for (let child = element.first; child !== null; child = child.next) {
    if (child.kind === 3) text += child.data.replace(/\r\n?/g, "\n");
    else if (child.name === "br") text += "\n";
    else if (!skip(child)) text += preformatted(child, skip);
  }
  return text;
}
