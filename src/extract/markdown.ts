// Content to GitHub-flavoured Markdown (CommonMark 0.31 with GFM tables, task lists and strikethrough), straight from the tree: headings,
// nested lists, tables on a resolved grid, code with its language, quotes, images, absolute links. What is content is decided elsewhere.
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { imageOf } from "./images.ts";
import type { Content } from "./main-content.ts";
import { linkAddress } from "./markdown-address.ts";
import { codeLanguage, codeText, fenced } from "./markdown-code.ts";
import { destination } from "./markdown-escapes.ts";
import { InlineWriter } from "./markdown-inline.ts";
import { type Block, type Item, joined, listBlock, startNumber, taskMark } from "./markdown-list.ts";
import { isDataTable, tableMarkdown } from "./markdown-table.ts";
import { attribute, type Element, type Node } from "./tree.ts";

export interface MarkdownSettings {
  readonly base: string;
  /** Deeper lists and quotes are flattened: each level costs a prefix on every line. */
  readonly nestingMax: number;
  readonly cellsMax: number;
  /** A whole document: what is empty, titles and addresses of any kind are kept too. */
  readonly whole: boolean;
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
const TITLE_CHARS_MAX = 1_000;
const CODE = new Set(["code", "kbd", "samp", "tt"]);

class BlockWriter {
  readonly #skip: (element: Element) => boolean;
  readonly #settings: MarkdownSettings;
  readonly #nesting: number;
  readonly #blocks: Block[] = [];
  readonly #inline: InlineWriter;
  #breaks = 0;
  #textKind: "text" | "paragraph" = "text";

  constructor(skip: (element: Element) => boolean, settings: MarkdownSettings, nesting: number) {
    this.#skip = skip;
    this.#settings = settings;
    this.#nesting = nesting;
    this.#inline = new InlineWriter(settings.whole);
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
        // Behind an item's dash three dashes more would be a rule without the item.
        this.#add(this.#nesting === 0 ? "---" : "___", "rule");
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
    const outer = this.#textKind;
    this.#textKind = element.name === "p" ? "paragraph" : "text";
    this.children(element);
    this.#flush();
    this.#textKind = outer;
  }

  #heading(element: Element): void {
    this.#flush();
    const writer = this.#within(this.#nesting);
    writer.children(element);
    const text = writer.inlineText("heading");
    if (text !== "" || this.#settings.whole)
      this.#add(`${"#".repeat(Number(element.name.slice(1)))} ${text}`.trimEnd(), "heading");
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
    this.#inline.image(image.url, image.alt, this.#title(element));
  }

  #link(element: Element): void {
    const href = attribute(element, "href");
    const url = href === null ? null : linkAddress(href, this.#settings.base, this.#settings.whole);
    this.#settleBreaks();
    if (this.#settings.whole && url !== null && element.children.length === 0) {
      this.#inline.verbatim(`[](${destination(url)})`);
      return;
    }
    const opened = url !== null && this.#inline.openLink({ url, title: this.#title(element) });
    this.children(element);
    if (opened) this.#inline.closeLink();
  }

  /** On the web a title mostly repeats the text it belongs to. */
  #title(element: Element): string {
    return this.#settings.whole ? (attribute(element, "title") ?? "").slice(0, TITLE_CHARS_MAX) : "";
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
    const text = codeText(element, this.#skip);
    const language = codeLanguage(element);
    if (this.#settings.whole) this.#add(fenced(text.replace(/\n$/, ""), language), "code");
    else if (text.trim() !== "") this.#add(fenced(text.replace(/^\n|\s+$/g, ""), language), "code");
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
    if (text !== "" || this.#settings.whole)
      this.#add(text.replace(/^(?=[^\n])/gm, "> ").replace(/^$/gm, ">"), "quote");
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
    const items: { writer: BlockWriter; task: string }[] = [];
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
      items.push({ writer, task: isItem ? taskMark(child) : "" });
      if (isItem) writer.children(child);
      else writer.node(child);
    }
    const kept: Item[] = [];
    for (const { writer, task } of items) {
      const blocks = writer.blocks();
      if (blocks.length > 0 || this.#settings.whole) kept.push({ blocks, task });
    }
    const list = listBlock(kind, startNumber(element), kept, this.#blocks.at(-1));
    if (list !== null) this.#blocks.push(list);
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
      if (text.table !== "") this.#add(text.table, "table");
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
    if (text !== "") this.#add(text, this.#textKind);
  }

  #add(text: string, kind: Block["kind"]): void {
    this.#blocks.push({ text, kind, marker: "" });
  }
}
