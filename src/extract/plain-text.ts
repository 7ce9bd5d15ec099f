// Content as plain text: paragraphs parted by an empty line, items and rows by a line end, cells by a tab, code as it stands.
import { BLOCK } from "./element-kinds.ts";
import type { Content } from "./main-content.ts";
import type { Element, Node } from "./tree.ts";
import { singleSpaced } from "./visible-text.ts";

/** How strongly an element parts what is around it: 2 = empty line, 1 = line end. */
const LINE = new Set("li tr dt dd option caption figcaption thead tbody tfoot".split(" "));
const LISTS = new Set(["ul", "ol", "menu", "dir"]);

/** `without` is left out beside what the content leaves out: the heading that repeats the title. */
export function toPlainText(content: Content, without: Element | null = null): string {
  const out: string[] = [];
  let gap = 0;
  let space = false;
  let started = false;

  const write = (data: string): void => {
    if (gap > 0) {
      if (started) out.push(gap === 2 ? "\n\n" : "\n");
    } else if (space && started) out.push(" ");
    gap = 0;
    space = false;
    started = true;
    out.push(data);
  };
  const visit = (node: Node): void => {
    if (node.kind === 3) {
      if (node.blank) {
        space = true;
        return;
      }
      const collapsed = singleSpaced(node.data);
      const from = collapsed.startsWith(" ") ? 1 : 0;
      const to = collapsed.endsWith(" ") ? collapsed.length - 1 : collapsed.length;
      if (from === 1) space = true;
      if (to > from) {
        write(collapsed.slice(from, to));
        if (to < collapsed.length) space = true;
      }
      return;
    }
    if (node === without || content.skip(node)) return;
    const { name } = node;
    if (name === "br" || name === "hr") {
      gap = Math.min(gap + 1, 2);
      return;
    }
    if (name === "q") {
      write("\u201c");
      for (const child of node.children) visit(child);
      space = false;
      write("\u201d");
      return;
    }
    if (name === "pre") {
      const text = preformatted(node, content.skip).replace(/^\n+|\s+$/g, "");
      gap = 2;
      if (text !== "") write(text);
      gap = 2;
      return;
    }
    if (name === "td" || name === "th") {
      if (started && gap === 0) {
        out.push("\t");
        space = false;
      }
      for (const child of node.children) visit(child);
      return;
    }
    const inItem = LISTS.has(name) && node.parent?.name === "li";
    const strength = inItem || LINE.has(name) ? 1 : (node.kinds & BLOCK) !== 0 ? 2 : 0;
    gap = Math.max(gap, strength);
    for (const child of node.children) visit(child);
    gap = Math.max(gap, strength);
  };
  for (const root of content.roots) {
    gap = 2;
    if (root.name === "br") continue;
    for (const child of root.children) visit(child);
    gap = 2;
  }
  return out
    .join("")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

function preformatted(element: Element, skip: (element: Element) => boolean): string {
  let text = "";
  for (const child of element.children) {
    if (child.kind === 3) text += child.data.replace(/\r\n?/g, "\n");
    else if (child.name === "br") text += "\n";
    else if (!skip(child)) text += preformatted(child, skip);
  }
  return text;
}
