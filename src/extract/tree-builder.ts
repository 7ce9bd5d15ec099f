// The HTML standard's tree construction where it changes what text belongs to what: implied ends, scopes, head and body, foreign content
// and the adoption agency. Linear; depth and nodes are capped. Sees tags and text, no characters of markup.
import type { Attributes } from "./attributes.ts";
import {
  CLOSES_IMPLIED,
  CLOSES_P,
  FOREIGN_BREAKOUT,
  FORMATTING,
  HEAD_CONTENT,
  HEADINGS,
  INTEGRATION,
  kindsOf,
  SCOPE,
  SPECIAL,
  TABLE_PARTS,
  TEXT_MODES,
  TEXT_ONLY,
  VOID,
} from "./element-kinds.ts";
import { pageElement, pageText } from "./page-nodes.ts";
import type { PageSource } from "./page-source.ts";
import type { Borne, Tokens } from "./scan.ts";
import type { Seen, TextMode } from "./scanner/scanner.ts";
import { endsPart } from "./table-parts.ts";
import type { Element, Tree } from "./tree.ts";

export interface TreeLimits {
  /** Deepest nesting kept; deeper elements become siblings at the limit, as in browsers. */
  readonly depthMax: number;
  /** Elements and texts kept; the rest of the page is left unread. */
  readonly nodesMax: number;
}

export class TreeBuilder implements Tokens {
  readonly #limits: TreeLimits;
  /** `<a/>` closes and CDATA is text: XHTML served as such. */
  readonly xhtml: boolean;
  readonly #source: PageSource;
  readonly #attributes: Attributes;
  readonly #html: Element;
  readonly #head: Element;
  readonly #body: Element;
  /** Open elements; the first is head or body. */
  #stack: Element[];
  #current: Element;
  #inHead = true;
  #openParagraphs = 0;
  #openForeign = 0;
  /** Elements beyond the depth limit whose end tags must not close others. */
  readonly #beyond = new Map<string, number>();
  #nodes = 0;
  #cut = false;

  constructor(source: PageSource, attributes: Attributes, limits: TreeLimits, xhtml: boolean) {
    this.#source = source;
    this.#attributes = attributes;
    this.#limits = limits;
    this.xhtml = xhtml;
    this.#html = pageElement("html", false, kindsOf("html"));
    this.#head = pageElement("head", false, kindsOf("head"));
    this.#body = pageElement("body", false, kindsOf("body"));
    this.#html.append(this.#head);
    this.#html.append(this.#body);
    this.#stack = [this.#head];
    this.#current = this.#head;
  }

  tree(): Tree {
    return { html: this.#html, head: this.#head, body: this.#body, cut: this.#cut };
  }

  /** The node limit is reached. */
  get full(): boolean {
    return this.#cut;
  }

  get holdsForeign(): boolean {
    return this.#openForeign > 0;
  }

  readsCdata(): boolean {
    return this.xhtml || this.#isInForeignContext();
  }

  #isInForeignContext(): boolean {
    return this.#current.foreign && (this.#current.kinds & INTEGRATION) === 0;
  }

  text(from: number, to: number, data: string | null, blank: boolean, seen: Readonly<Seen>): void {
    const source = this.#source;
    if (this.#inHead && this.#current === this.#head) {
      if (!/[^ \t\n\f\r\ufeff]/.test(data ?? source.slice(from, to))) return;
      this.#leaveHead();
    }
    const { last } = this.#current;
    if (last !== null && last.kind === 3) last.append(data ?? source.slice(from, to), blank);
    else if (this.#room()) this.#current.append(pageText(data, blank, source, from, to, seen));
  }

  #room(): boolean {
    if (++this.#nodes <= this.#limits.nodesMax) return true;
    this.#cut = true;
    return false;
  }

  #leaveHead(): void {
    this.#inHead = false;
    this.#stack = [this.#body];
    this.#current = this.#body;
    this.#openParagraphs = 0;
    this.#openForeign = 0;
    this.#beyond.clear();
  }

  startTag(written: string, kindsOfWritten: number, borne: Readonly<Borne>, selfClosing: boolean): TextMode {
    const image = written === "image" && !this.#isInForeignContext();
    const name = image ? "img" : written;
    const kinds = image ? kindsOf(name) : kindsOfWritten;
    if (name === "html") this.#bear(this.#html, borne);
    if (name === "html" || name === "head") return "markup";
    if (name === "body") {
      if (this.#inHead) this.#leaveHead();
      this.#bear(this.#body, borne);
      return "markup";
    }
    if (this.#inHead && this.#current === this.#head && (kinds & HEAD_CONTENT) === 0) this.#leaveHead();
    if (!this.#room()) return "markup";

    let inForeign = this.#isInForeignContext();
    if (inForeign && (kinds & FOREIGN_BREAKOUT) !== 0) {
      while (inForeign && this.#stack.length > 1) {
        this.#pop();
        inForeign = this.#isInForeignContext();
      }
    }
    const foreign = inForeign || name === "svg" || name === "math";
    if (!foreign) {
      if (this.#openParagraphs > 0 && (kinds & CLOSES_P) !== 0) this.#closeInScope("p", true);
      if ((kinds & HEADINGS) !== 0) {
        if ((this.#current.kinds & HEADINGS) !== 0) this.#pop();
      } else if ((kinds & CLOSES_IMPLIED) !== 0) this.#closeImplied(name);
    }
    const element = pageElement(name, foreign, kinds);
    this.#bear(element, borne);
    this.#current.append(element);
    if ((selfClosing && (foreign || this.xhtml)) || (!foreign && (kinds & VOID) !== 0)) return "markup";
    const mode = foreign || (kinds & TEXT_ONLY) === 0 ? undefined : TEXT_MODES.get(name);
    // What holds text alone is pushed at any depth: a script's text must not become its parent's.
    if (mode === undefined && this.#stack.length >= this.#limits.depthMax) {
      this.#beyond.set(name, (this.#beyond.get(name) ?? 0) + 1);
      return "markup";
    }
    this.#push(element);
    return mode ?? "markup";
  }

  #bear(element: Element, { first, count, marks, className, id }: Readonly<Borne>): void {
    if (count > 0) element.bear(this.#attributes, first, count, marks, className, id);
  }

  #closeImplied(name: string): void {
    switch (name) {
      case "li":
        this.#closeItem("li", "li");
        break;
      case "dd":
      case "dt":
        this.#closeItem("dd", "dt");
        break;
      case "option":
      case "optgroup":
        if (this.#current.name === "option") this.#pop();
        if (name === "optgroup" && this.#current.name === "optgroup") this.#pop();
        break;
      case "rt":
      case "rp":
        if (this.#current.name === "rt" || this.#current.name === "rp") this.#pop();
        break;
      case "button":
        this.#closeInScope("button", false);
        break;
      case "a":
        this.#endFormatting("a");
        break;
      default:
        this.#closeTablePart(name);
    }
  }

  /** An item ends the open item of its list, not one of an outer list. */
  #closeItem(one: string, other: string): void {
    for (let at = this.#stack.length - 1; at > 0; at--) {
      const open = this.#stack[at];
      if (open === undefined) return;
      const { name } = open;
      if (name === one || name === other) {
        this.#popTo(at);
        return;
      }
      if ((open.kinds & SPECIAL) !== 0 && name !== "address" && name !== "div" && name !== "p") return;
    }
  }

  #closeTablePart(starting: string): void {
    for (let at = this.#stack.length - 1; at > 0; at--) {
      const open = this.#stack[at];
      if (open === undefined) return;
      const { name } = open;
      if (name === "table" || name === "template") return;
      if ((open.kinds & TABLE_PARTS) !== 0 && endsPart(starting, name)) {
        this.#popTo(at);
        return;
      }
    }
  }

  #closeInScope(name: string, buttonScope: boolean): void {
    for (let at = this.#stack.length - 1; at > 0; at--) {
      const open = this.#stack[at];
      if (open === undefined) return;
      if (open.name === name) {
        this.#popTo(at);
        return;
      }
      if ((open.kinds & SCOPE) !== 0 || (buttonScope && open.name === "button")) return;
    }
  }

  endTag(name: string, kinds: number): void {
    const beyond = this.#beyond.size === 0 ? undefined : this.#beyond.get(name);
    if (beyond !== undefined && beyond > 0) {
      this.#beyond.set(name, beyond - 1);
      return;
    }
    if (name === "head") {
      if (this.#inHead) this.#leaveHead();
      return;
    }
    if (name === "body" || name === "html") return;
    if (name === "br") {
      if (this.#inHead && this.#current === this.#head) this.#leaveHead();
      if (this.#room()) this.#current.append(pageElement("br", false, kinds));
      return;
    }
    if (name === "p") {
      if (this.#openParagraphs > 0) this.#closeInScope("p", true);
      return;
    }
    if (this.#current.name === name && this.#stack.length > 1) {
      this.#pop();
      return;
    }
    if ((kinds & FORMATTING) !== 0) {
      this.#endFormatting(name);
      return;
    }
    for (let at = this.#stack.length - 1; at > 0; at--) {
      const open = this.#stack[at];
      if (open === undefined) return;
      if (open.name === name || (open.kinds & kinds & HEADINGS) !== 0) {
        this.#popTo(at);
        return;
      }
      if ((kinds & TABLE_PARTS) !== 0) {
        if (open.name === "table" || open.name === "template") return;
      } else if ((kinds & SPECIAL) !== 0) {
        if ((open.kinds & SCOPE) !== 0 || (name === "li" && (open.name === "ul" || open.name === "ol")))
          return;
      } else if ((open.kinds & SPECIAL) !== 0) return;
    }
  }

  /**
   * The adoption agency (HTML standard, 13.2.6.4.7) for one block: `<b><p>x</b>y</p>` becomes `<b></b><p><b>x</b>y</p>`,
   * so that neither the paragraph ends early nor the rest of the page is bold.
   */
  #endFormatting(name: string): void {
    const stack = this.#stack;
    let at = stack.length - 1;
    let blockAt = -1;
    for (; at > 0; at--) {
      const open = stack[at];
      if (open === undefined || open.name === name) break;
      if ((open.kinds & SCOPE) !== 0) return;
      if ((open.kinds & SPECIAL) !== 0) blockAt = at;
    }
    const formatting = stack[at];
    if (at <= 0 || formatting === undefined) return;
    if (blockAt === -1) {
      const crossed = stack
        .slice(at + 1)
        .filter((open) => (open.kinds & FORMATTING) !== 0 && open.name !== "a");
      this.#popTo(at);
      // `<i>x<b>y</i>z</b>`: what was opened inside goes on behind; three at most, as the standard's Noah's Ark clause.
      for (const open of crossed.slice(-3)) {
        if (!this.#room()) return;
        const again = pageElement(open.name, false, open.kinds);
        again.bearAsMuchAs(open);
        this.#current.append(again);
        this.#push(again);
      }
      return;
    }
    const block = stack[blockAt];
    const ancestor = stack[at - 1];
    if (block === undefined || ancestor === undefined) return;
    const inner = pageElement(formatting.name, false, formatting.kinds);
    inner.bearAsMuchAs(formatting);
    inner.takeChildren(block);
    if (inner.first !== null) block.append(inner);
    block.parent?.dropLast();
    ancestor.append(block);
    for (let gone = at; gone < blockAt; gone++) this.#closed(stack[gone]);
    stack.splice(at, blockAt - at);
    const next = stack[at + 1];
    // What is still open inside the block hangs on the wrapped copy; the rest of its text must not.
    if (next !== undefined) this.#popTo(at + 1);
  }

  #push(element: Element): void {
    if (element.name === "p") this.#openParagraphs++;
    if (element.foreign) this.#openForeign++;
    this.#stack.push(element);
    this.#current = element;
  }

  #pop(): void {
    this.#popTo(this.#stack.length - 1);
  }

  #popTo(at: number): void {
    const stack = this.#stack;
    while (stack.length > at) {
      this.#closed(stack.pop());
    }
    this.#current = stack[stack.length - 1] ?? this.#current;
  }

  #closed(gone: Element | undefined): void {
    if (gone === undefined) return;
    if (gone.name === "p") this.#openParagraphs--;
    if (gone.foreign) this.#openForeign--;
  }
}
