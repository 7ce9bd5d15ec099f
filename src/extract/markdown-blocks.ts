// The blocks of a document, written from elements: headings, paragraphs, nested lists, quotes, code, tables, formulas and notes, each by the
// rules of its own file, and the inline elements inside of them handed to the inline writer. Decides nothing about what is content.
import { BLOCK, HEADINGS, WRITTEN } from "./element-kinds.ts";
import { imageAlt, imageUrl } from "./images.ts";
import { linkAddress } from "./markdown-address.ts";
import { codeBlock, codeText, isCode } from "./markdown-code.ts";
import { MARKS, type Mark } from "./markdown-emphasis.ts";
import { destination } from "./markdown-escapes.ts";
import { InlineWriter } from "./markdown-inline.ts";
import { definitionsOf, itemsOf, noteBlocks } from "./markdown-items.ts";
import { type Block, type Item, inOneLine, joined, listBlock, startNumber } from "./markdown-list.ts";
import { leadsBack, type Notes } from "./markdown-notes.ts";
import type { MarkdownSettings } from "./markdown-settings.ts";
import { isDataTable, tableMarkdown } from "./markdown-table.ts";
import { formulaOf, inDollars } from "./math.ts";
import { attribute, type Element, type Node } from "./tree.ts";
import { shownOf } from "./visible-text.ts";

const HASH = 35;
const TITLE_CHARS_MAX = 1_000;

export class BlockWriter {
  readonly #skip: (element: Element) => boolean;
  readonly #settings: MarkdownSettings;
  readonly #nesting: number;
  readonly #notes: Notes;
  /** What only leads back from a note to its reference is left out. */
  #inNote = false;
  readonly #blocks: Block[] = [];
  readonly #inline: InlineWriter;
  #breaks = 0;
  #textKind: "text" | "paragraph" = "text";

  constructor(
    skip: (element: Element) => boolean,
    settings: MarkdownSettings,
    notes: Notes,
    nesting: number,
  ) {
    this.#skip = skip;
    this.#notes = notes;
    this.#settings = settings;
    this.#nesting = nesting;
    this.#inline = new InlineWriter(settings.whole);
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
    for (let child = element.first; child !== null; child = child.next) this.node(child);
  }

  term(element: Element): void {
    this.#emphasised(element, "**");
  }

  node(node: Node): void {
    if (node.kind === 3) {
      if (node.blank) {
        this.#inline.space();
        return;
      }
      if (this.#breaks > 0 && /[^\s\u00a0]/.test(node.data)) this.#settleBreaks();
      this.#inline.text(shownOf(node), node.spaceBefore, node.spaceBehind);
    } else {
      if (this.#settings.math && this.#formula(node)) return;
      if (this.#inNote && node.name === "span" && leadsBack(node)) return;
      if (!this.#skip(node)) this.#element(node);
    }
  }

  #element(element: Element): void {
    const { kinds } = element;
    if ((kinds & WRITTEN) !== 0) this.#written(element, kinds);
    else if ((kinds & BLOCK) !== 0) this.#container(element);
    else this.children(element);
  }

  #written(element: Element, kinds: number): void {
    if ((kinds & HEADINGS) !== 0) {
      this.#heading(element);
      return;
    }
    const { name } = element;
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
      case "dl":
        this.#definitions(element);
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
    }
    if (isCode(element)) {
      this.#settleBreaks();
      this.#inline.code(codeText(element, this.#skip));
      return;
    }
    const mark = MARKS.get(name);
    if (mark === undefined) this.children(element);
    else this.#emphasised(element, mark);
  }

  #emphasised(element: Element, mark: Mark): void {
    this.#settleBreaks();
    const opened = this.#inline.openMark(mark);
    this.children(element);
    if (opened) this.#inline.closeMark();
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
    return inOneLine(this.#blocks, setting);
  }

  #image(element: Element): void {
    const url = imageUrl(element, this.#settings.base);
    if (url === null) return;
    this.#settleBreaks();
    this.#inline.image(url, imageAlt(element), this.#title(element));
  }

  #link(element: Element): void {
    const href = attribute(element, "href");
    if (href?.charCodeAt(0) === HASH && this.#noteLink(element, href)) return;
    const url = href === null ? null : linkAddress(href, this.#settings.base, this.#settings.whole);
    this.#settleBreaks();
    if (this.#settings.whole && url !== null && element.first === null) {
      this.#inline.verbatim(`[](${destination(url)})`);
      return;
    }
    const opened = url !== null && this.#inline.openLink({ url, title: this.#title(element) });
    this.children(element);
    if (opened) this.#inline.closeLink();
  }

  /** A reference to a note, or the way back from one: no link. */
  #noteLink(element: Element, href: string): boolean {
    if (this.#inNote && leadsBack(element)) return true;
    const label = this.#notes.referred(element, href);
    if (label === null) return false;
    this.#inline.note(label);
    return true;
  }

  #formula(element: Element): boolean {
    const formula = formulaOf(element);
    if (formula === null) return false;
    if (formula === "shown") return true;
    if (formula.display) {
      this.#flush();
      this.#add(inDollars(formula), "text");
    } else {
      this.#settleBreaks();
      this.#inline.verbatim(inDollars(formula));
    }
    return true;
  }

  /** On the web a title mostly repeats the text it belongs to. */
  #title(element: Element): string {
    return this.#settings.whole ? (attribute(element, "title") ?? "").slice(0, TITLE_CHARS_MAX) : "";
  }

  /** 10<sup>6</sup> is not 106; but the number of a note is a link, and says what it is by itself. */
  #raised(element: Element): void {
    if (this.#inline.link !== null || !isPlain(element)) {
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
    const code = codeBlock(element, this.#skip, this.#settings.whole);
    if (code !== null) this.#add(code, "code");
  }

  #quote(element: Element): void {
    if (this.#nesting >= this.#settings.nestingMax) {
      this.#container(element);
      return;
    }
    this.#flush();
    const inner = this.#within();
    inner.children(element);
    const text = joined(inner.blocks());
    if (text !== "" || this.#settings.whole)
      this.#add(text.replace(/^(?=[^\n])/gm, "> ").replace(/^$/gm, ">"), "quote");
  }

  /** A writer for what is inside; a link that is open here goes on in it. */
  #within(nesting = this.#nesting + 1, inNote = this.#inNote): BlockWriter {
    const writer = new BlockWriter(this.#skip, this.#settings, this.#notes, nesting);
    writer.#inNote = inNote;
    if (this.#inline.link !== null) writer.#inline.openLink(this.#inline.link);
    return writer;
  }

  #list(element: Element): void {
    if (this.#nesting >= this.#settings.nestingMax) {
      this.#container(element);
      return;
    }
    this.#flush();
    const notes = noteBlocks(element, this.#notes, this.#skip, () => this.#within(this.#nesting + 1, true));
    if (notes !== null) {
      this.#blocks.push(...notes);
      return;
    }
    const kind = element.name === "ol" ? "ol" : "ul";
    const items = itemsOf(element, this.#skip, () => this.#within(), this.#settings.whole);
    this.#addList(kind, startNumber(element), items);
  }

  #definitions(element: Element): void {
    const items =
      this.#nesting >= this.#settings.nestingMax
        ? null
        : definitionsOf(element, this.#skip, () => this.#within());
    if (items === null) {
      this.#container(element);
      return;
    }
    this.#flush();
    this.#addList("ul", 1, items);
  }

  #addList(kind: "ul" | "ol", start: number, items: readonly Item[]): void {
    const list = listBlock(kind, start, items, this.#blocks.at(-1));
    if (list !== null) this.#blocks.push(list);
  }

  #table(element: Element): void {
    this.#flush();
    if (isDataTable(element, this.#skip)) {
      const text = tableMarkdown(element, this.#skip, this.#settings.cellsMax, (cell) => {
        const writer = this.#within();
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

/** Holds text and nothing else, all of it shown. */
function isPlain(element: Element): boolean {
  for (let child = element.first; child !== null; child = child.next)
    if (child.kind !== 3 || child.data.trim() === "") return false;
  return element.first !== null;
}
