// Content to GitHub-flavoured Markdown (CommonMark 0.31 with GFM tables, task lists and strikethrough), straight from the tree: headings,
// nested lists, tables on a resolved grid, code with its language, quotes, images, absolute links. What is content is decided elsewhere.
import { resolve } from "./addresses.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { imageOf } from "./images.ts";
import type { Content } from "./main-content.ts";
import { codeLanguage, codeText } from "./markdown-code.ts";
import { InlineWriter } from "./markdown-inline.ts";
import { type Block, startNumber, taskMark, tightJoined } from "./markdown-list.ts";
import { isDataTable, tableMarkdown } from "./markdown-table.ts";
import { attribute, type Element, type Node } from "./tree.ts";

export interface MarkdownSettings {
  readonly base: string;
  /** Deeper lists and quotes are flattened: each level costs a prefix on every line. */
  readonly nestingMax: number;
  readonly cellsMax: number;
}

export function toMarkdown(content: Content, settings: MarkdownSettings): string {
  const writer = new BlockWriter(content.skip, settings, 0);
  for (const root of content.roots) writer.block(root);
  return writer.finish();
}

const MARKS: Readonly<Record<string, "*" | "**" | "~~">> = {
  b: "**",
  strong: "**",
  em: "*",
  i: "*",
  cite: "*",
  dfn: "*",
  var: "*",
  del: "~~",
  s: "~~",
  strike: "~~",
};
const CODE = new Set(["code", "kbd", "samp", "tt"]);

class BlockWriter {
  readonly #skip: (element: Element) => boolean;
  readonly #settings: MarkdownSettings;
  readonly #nesting: number;
  readonly #blocks: Block[] = [];
  readonly #inline = new InlineWriter();
  #breaks = 0;

  constructor(skip: (element: Element) => boolean, settings: MarkdownSettings, nesting: number) {
    this.#skip = skip;
    this.#settings = settings;
    this.#nesting = nesting;
  }

  finish(): string {
    return joined(this.blocks());
  }

  blocks(): readonly Block[] {
    this.#flush();
    return this.#blocks;
  }

  /** An element as a block of its own, whatever it is. */
  block(element: Element): void {
    this.#flush();
    this.#element(element);
    this.#flush();
  }

  children(element: Element): void {
    for (const child of element.children) this.#node(child);
  }

  node(node: Node): void {
    this.#node(node);
  }

  #node(node: Node): void {
    if (node.kind === 3) {
      if (node.blank) {
        this.#inline.space();
        return;
      }
      if (this.#breaks > 0 && /[^\s\u00a0]/.test(node.data)) this.#settleBreaks();
      this.#inline.text(node.data);
    } else if (!this.#skip(node)) {
      this.#element(node);
    }
  }

  #element(element: Element): void {
    const { name } = element;
    if ((element.kinds & HEADINGS) !== 0) {
      this.#heading(element);
      return;
    }
    switch (name) {
      case "br":
        this.#breaks++;
        return;
      case "hr":
        this.#flush();
        this.#add("---");
        return;
      case "img":
      case "amp-img":
        this.#image(element);
        return;
      case "a":
        this.#link(element);
        return;
      case "pre":
      case "listing":
      case "xmp":
        this.#codeBlock(element);
        return;
      case "blockquote":
        this.#quote(element);
        return;
      case "ul":
      case "ol":
      case "menu":
      case "dir":
        this.#list(element);
        return;
      case "table":
        this.#table(element);
        return;
      case "q":
        this.#inline.text("\u201c");
        this.children(element);
        this.#inline.text("\u201d");
        return;
      case "sup":
      case "sub":
        this.#raised(element);
        return;
      case "input":
      case "wbr":
        return;
      case "td":
      case "th":
      case "dt":
      case "dd":
        this.#container(element);
        return;
    }
    if (CODE.has(name) && element.children.every((child) => child.kind === 3 || child.name !== "pre")) {
      this.#settleBreaks();
      this.#inline.code(codeText(element, this.#skip));
      return;
    }
    const mark = Object.hasOwn(MARKS, name) ? MARKS[name] : undefined;
    if (mark !== undefined) {
      this.#settleBreaks();
      const opened = this.#inline.openMark(mark);
      this.children(element);
      if (opened) this.#inline.closeMark();
      return;
    }
    if ((element.kinds & BLOCK) !== 0) {
      this.#container(element);
      return;
    }
    this.children(element);
  }

  #container(element: Element): void {
    this.#flush();
    this.children(element);
    this.#flush();
  }

  #heading(element: Element): void {
    this.#flush();
    const writer = this.#within(this.#nesting);
    writer.children(element);
    const text = writer.inlineText("heading");
    if (text !== "") this.#add(`${"#".repeat(Number(element.name.slice(1)))} ${text}`);
  }

  /** Everything written so far as one line, blocks parted by a space. */
  inlineText(setting: "heading" | "cell"): string {
    if (this.#blocks.length === 0) {
      this.#breaks = 0;
      return this.#inline.take(setting).trim();
    }
    this.#flush();
    const parts = this.#blocks.map((block) =>
      block.text.replace(/ {2}\n|\n+/g, setting === "cell" ? "<br>" : " "),
    );
    const text = parts.join(setting === "cell" ? "<br>" : " ");
    return setting === "cell" ? text.replace(/(?<!\\)\|/g, "\\|") : text.replace(/^#+ /, "");
  }

  #image(element: Element): void {
    const image = imageOf(element, this.#settings.base);
    if (image === null) return;
    this.#settleBreaks();
    this.#inline.image(image.url, image.alt);
  }

  #link(element: Element): void {
    const href = attribute(element, "href");
    const url = href === null || href.trim() === "" ? null : resolve(href, this.#settings.base);
    this.#settleBreaks();
    const opened = url !== null && this.#inline.openLink(url);
    this.children(element);
    if (opened) this.#inline.closeLink();
  }

  /** 10<sup>6</sup> is not 106; but the number of a note is a link, and says what it is by itself. */
  #raised(element: Element): void {
    const plain = element.children.every((child) => child.kind === 3 && child.data.trim() !== "");
    if (!plain || element.children.length === 0 || this.#inline.link !== null) {
      this.children(element);
      return;
    }
    this.#settleBreaks();
    this.#inline.tag(element.name);
    this.children(element);
    this.#inline.tag(`/${element.name}`);
  }

  #codeBlock(element: Element): void {
    this.#flush();
    const text = codeText(element, this.#skip).replace(/^\n/, "").replace(/\s+$/, "");
    if (text.trim() === "") return;
    let longest = 2;
    for (const run of text.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
    const fence = "`".repeat(longest + 1);
    this.#add(`${fence}${codeLanguage(element)}\n${text}\n${fence}`);
  }

  #quote(element: Element): void {
    if (this.#nesting >= this.#settings.nestingMax) {
      this.#container(element);
      return;
    }
    this.#flush();
    const inner = this.#nested();
    inner.children(element);
    const text = inner.finish();
    if (text !== "") this.#add(text.replace(/^(?=[^\n])/gm, "> ").replace(/^$/gm, ">"));
  }

  #nested(): BlockWriter {
    return this.#within(this.#nesting + 1);
  }

  /** A writer for what is inside; a link that is open here goes on in it. */
  #within(nesting: number): BlockWriter {
    const writer = new BlockWriter(this.#skip, this.#settings, nesting);
    if (this.#inline.link !== null) writer.#inline.openLink(this.#inline.link);
    return writer;
  }

  #list(element: Element): void {
    if (this.#nesting >= this.#settings.nestingMax) {
      this.#container(element);
      return;
    }
    this.#flush();
    const kind = element.name === "ol" ? "ol" : "ul";
    const items: { writer: BlockWriter; task: string; fromItem: boolean }[] = [];
    for (const child of element.children) {
      const isItem = child.kind === 1 && child.name === "li";
      if (child.kind === 1 && this.#skip(child)) continue;
      if (child.kind === 3 && child.data.trim() === "") continue;
      const last = items.at(-1);
      // What stands in a list outside of items (a nested list, stray text) belongs to the item before.
      if (!isItem && last !== undefined) {
        last.writer.node(child);
        continue;
      }
      const writer = this.#nested();
      items.push({ writer, task: isItem ? taskMark(child) : "", fromItem: isItem });
      if (isItem) writer.children(child);
      else writer.node(child);
    }
    const previous = this.#blocks.at(-1);
    const alternate = previous !== undefined && previous.list === kind;
    const marker =
      kind === "ul"
        ? alternate && previous.marker === "-"
          ? "*"
          : "-"
        : alternate && previous.marker === "."
          ? ")"
          : ".";
    let number = startNumber(element);
    const rendered: string[] = [];
    let loose = false;
    for (const item of items) {
      const blocks = item.writer.blocks();
      if (blocks.length === 0) continue;
      if (blocks.some((block, at) => at > 0 && (block.list === null || blocks[at - 1]?.list !== null)))
        loose = true;
      const lead = kind === "ul" ? `${marker} ` : `${number++}${marker} `;
      const text = tightJoined(blocks);
      const indented = text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(lead.length)}`);
      rendered.push(lead + item.task + indented);
    }
    if (rendered.length > 0)
      this.#blocks.push({ text: rendered.join(loose ? "\n\n" : "\n"), list: kind, marker });
  }

  #table(element: Element): void {
    this.#flush();
    if (isDataTable(element, this.#skip)) {
      const text = tableMarkdown(element, this.#skip, this.#settings.cellsMax, (cell) => {
        const writer = this.#nested();
        writer.children(cell);
        return writer.inlineText("cell");
      });
      if (text.before !== null) this.#container(text.before);
      if (text.table !== "") this.#add(text.table);
      return;
    }
    this.#container(element);
  }

  /** Two breaks part paragraphs, one breaks the line. */
  #settleBreaks(): void {
    if (this.#breaks === 0) return;
    if (this.#breaks === 1) this.#inline.break();
    else this.#flush();
    this.#breaks = 0;
  }

  #flush(): void {
    this.#breaks = 0;
    const text = this.#inline.take("paragraph");
    if (text !== "") this.#add(text);
  }

  #add(text: string): void {
    this.#blocks.push({ text, list: null, marker: "" });
  }
}

function joined(blocks: readonly Block[]): string {
  return blocks.map((block) => block.text).join("\n\n");
}
