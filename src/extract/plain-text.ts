// Content as plain text: paragraphs parted by an empty line, items and rows by a line end, cells by a tab, code as it stands.
import { BLOCK, LINE, LISTS } from "./element-kinds.ts";
import { keepShape } from "./kept-shape.ts";
import type { Content } from "./main-content.ts";
import { formulaOf } from "./math.ts";
import type { Element, Node, Text } from "./tree.ts";
import { shownOf } from "./visible-text.ts";

/**
 * `without` is left out beside what the content leaves out: the heading that repeats the title. `math`: there are formulas, which are
 * written once, as TeX.
 */
export function toPlainText(content: Content, without: Element | null = null, math = false): string {
  const writer = new PlainWriter(content.skip, without, math);
  for (const root of content.roots) writer.root(root);
  return writer.text();
}

class PlainWriter {
  readonly #skip: (element: Element) => boolean;
  readonly #without: Element | null;
  readonly #math: boolean;
  #out = "";
  /** Line ends owed before what is written next. */
  #gap = 0;
  #space = false;
  #started = false;
  /** Something was written whose lines may end in spaces: nothing else's do. */
  #ragged: boolean;

  constructor(skip: (element: Element) => boolean, without: Element | null, math: boolean) {
    this.#skip = skip;
    this.#without = without;
    this.#math = math;
    this.#ragged = math;
  }

  root(root: Element): void {
    this.#gap = 2;
    if (root.name === "br") return;
    this.#children(root);
    this.#gap = 2;
  }

  text(): string {
    return (this.#ragged ? this.#out.replace(/[ \t]+$/gm, "") : this.#out).trim();
  }

  #write(data: string): void {
    if (this.#gap > 0) {
      if (this.#started) this.#out += this.#gap === 2 ? "\n\n" : "\n";
    } else if (this.#space && this.#started) this.#out += " ";
    this.#gap = 0;
    this.#space = false;
    this.#started = true;
    this.#out += data;
  }

  #children(element: Element): void {
    for (let child = element.first; child !== null; child = child.next) this.#node(child);
  }

  #node(node: Node): void {
    if (node.kind === 3) {
      this.#text(node);
      return;
    }
    const formula = this.#math ? formulaOf(node) : null;
    if (formula !== null) {
      if (formula !== "shown") this.#write(formula.tex);
      return;
    }
    if (node === this.#without || this.#skip(node)) return;
    const { name, kinds } = node;
    if ((kinds & BLOCK) === 0) this.#inline(node, name);
    else this.#block(node, name, kinds);
  }

  #text(node: Text): void {
    if (node.blank) {
      this.#space = true;
      return;
    }
    const shown = shownOf(node);
    if (node.spaceBefore) this.#space = true;
    if (shown === "") return;
    this.#write(shown);
    if (node.spaceBehind) this.#space = true;
  }

  #inline(element: Element, name: string): void {
    if (name === "br") {
      this.#gap = Math.min(this.#gap + 1, 2);
      return;
    }
    if (name !== "q") {
      this.#children(element);
      return;
    }
    this.#write("\u201c");
    this.#children(element);
    this.#space = false;
    this.#write("\u201d");
  }

  #block(element: Element, name: string, kinds: number): void {
    if (name === "hr") {
      this.#gap = Math.min(this.#gap + 1, 2);
      return;
    }
    if (name === "pre") {
      const text = preformatted(element, this.#skip).replace(/^\n+|\s+$/g, "");
      this.#gap = 2;
      this.#ragged = true;
      if (text !== "") this.#write(text);
      this.#gap = 2;
      return;
    }
    if (name === "td" || name === "th") {
      if (this.#started && this.#gap === 0) {
        this.#ragged = true;
        this.#out += "\t";
        this.#space = false;
      }
      this.#children(element);
      return;
    }
    // How strongly an element parts what is around it: 2 = empty line, 1 = line end.
    const inItem = (kinds & LISTS) !== 0 && element.parent?.name === "li";
    const strength = inItem || (kinds & LINE) !== 0 ? 1 : 2;
    this.#gap = Math.max(this.#gap, strength);
    this.#children(element);
    this.#gap = Math.max(this.#gap, strength);
  }
}

keepShape(new PlainWriter(() => false, null, false));

function preformatted(element: Element, skip: (element: Element) => boolean): string {
  let text = "";
  for (let child = element.first; child !== null; child = child.next) {
    if (child.kind === 3) text += child.data.replace(/\r\n?/g, "\n");
    else if (child.name === "br") text += "\n";
    else if (!skip(child)) text += preformatted(child, skip);
  }
  return text;
}
