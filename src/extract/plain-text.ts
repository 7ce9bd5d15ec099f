// Content as plain text: paragraphs parted by an empty line, items and rows by a line end, cells by a tab, code as it stands.
import { BLOCK, LINE, LISTS } from "./element-kinds.ts";
import type { Content } from "./main-content.ts";
import { formulaOf } from "./math.ts";
import type { Element, Node } from "./tree.ts";
import { spacedOf } from "./visible-text.ts";

/**
 * `without` is left out beside what the content leaves out: the heading that repeats the title. `math`: there are formulas, which are
 * written once, as TeX.
 */
export function toPlainText(content: Content, without: Element | null = null, math = false): string {
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
  const visit = (node: Node): void => {
    if (node.kind === 3) {
      if (node.blank) {
        space = true;
        return;
      }
      const collapsed = spacedOf(node);
      const from = collapsed.charCodeAt(0) === 32 ? 1 : 0;
      const to = collapsed.charCodeAt(collapsed.length - 1) === 32 ? collapsed.length - 1 : collapsed.length;
      if (from === 1) space = true;
      if (to > from) {
        write(to - from === collapsed.length ? collapsed : collapsed.slice(from, to));
        if (to < collapsed.length) space = true;
      }
      return;
    }
    const formula = math ? formulaOf(node) : null;
    if (formula !== null) {
      if (formula !== "shown") write(formula.tex);
      return;
    }
    if (node === without || content.skip(node)) return;
    const { name, kinds } = node;
    if ((kinds & BLOCK) === 0) {
      if (name === "br") {
        gap = Math.min(gap + 1, 2);
        return;
      }
      if (name === "q") {
        write("\u201c");
        for (let child = node.first; child !== null; child = child.next) visit(child);
        space = false;
        write("\u201d");
        return;
      }
      for (let child = node.first; child !== null; child = child.next) visit(child);
      return;
    }
    if (name === "hr") {
      gap = Math.min(gap + 1, 2);
      return;
    }
    if (name === "pre") {
      const text = preformatted(node, content.skip).replace(/^\n+|\s+$/g, "");
      gap = 2;
      ragged = true;
      if (text !== "") write(text);
      gap = 2;
      return;
    }
    if (name === "td" || name === "th") {
      if (started && gap === 0) {
        ragged = true;
        out += "\t";
        space = false;
      }
      for (let child = node.first; child !== null; child = child.next) visit(child);
      return;
    }
    // How strongly an element parts what is around it: 2 = empty line, 1 = line end.
    const inItem = (kinds & LISTS) !== 0 && node.parent?.name === "li";
    const strength = inItem || (kinds & LINE) !== 0 ? 1 : 2;
    gap = Math.max(gap, strength);
    for (let child = node.first; child !== null; child = child.next) visit(child);
    gap = Math.max(gap, strength);
  };
  for (const root of content.roots) {
    gap = 2;
    if (root.name === "br") continue;
    for (let child = root.first; child !== null; child = child.next) visit(child);
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
