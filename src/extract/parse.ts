// Markup to light tree in one pass over htmlparser2's tokens: names in lower case, entities undone, attributes capped. What the tags mean
// for the tree is the builder's matter.
import { Tokenizer } from "htmlparser2";
import { nameOf } from "./names.ts";
import { type Tree, TreeBuilder, type TreeLimits } from "./tree-builder.ts";

export type { Tree } from "./tree-builder.ts";

export interface ParseLimits extends TreeLimits {
  readonly attributesMax: number;
  /** Characters kept of one attribute value. */
  readonly attributeCharsMax: number;
}

export interface ParseFlavour {
  /** `<a/>` closes and CDATA is text: XHTML served as such. */
  readonly xhtml: boolean;
}

/** Parses a whole document. Never throws: every string is a page. */
export function parseHtml(text: string, limits: ParseLimits, flavour: ParseFlavour): Tree {
  const builder = new TreeBuilder(limits, () => tokenizer.pause());
  const tokenizer = new Tokenizer(
    { recognizeSelfClosing: flavour.xhtml },
    new TokenReader(text, builder, limits, flavour),
  );
  tokenizer.write(text);
  tokenizer.end();
  return builder.tree();
}

/** Puts the tokenizer's slices together to whole tags. */
class TokenReader {
  readonly #source: string;
  readonly #builder: TreeBuilder;
  readonly #limits: ParseLimits;
  readonly #xhtml: boolean;
  #tag = "";
  #attributes: string[] = [];
  #name = "";
  #value = "";

  constructor(source: string, builder: TreeBuilder, limits: ParseLimits, flavour: ParseFlavour) {
    this.#source = source;
    this.#builder = builder;
    this.#limits = limits;
    this.#xhtml = flavour.xhtml;
  }

  isInForeignContext(): boolean {
    return this.#builder.isInForeignContext();
  }

  ontext(start: number, end: number): void {
    this.#builder.text(this.#source.slice(start, end));
  }

  ontextentity(codePoint: number): void {
    this.#builder.text(String.fromCodePoint(codePoint));
  }

  oncdata(start: number, end: number, offset: number): void {
    if (this.#xhtml || this.#builder.isInForeignContext())
      this.#builder.text(this.#source.slice(start, end - offset));
  }

  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  onopentagname(start: number, end: number): void {
    const name = nameOf(this.#source.slice(start, end));
    this.#tag = name === "image" && !this.#builder.isInForeignContext() ? "img" : name;
    this.#attributes = [];
  }

  onattribname(start: number, end: number): void {
    this.#name = nameOf(this.#source.slice(start, Math.min(end, start + 256)));
    this.#value = "";
  }

  onattribdata(start: number, end: number): void {
    const room = this.#limits.attributeCharsMax - this.#value.length;
    if (room > 0) this.#value += this.#source.slice(start, Math.min(end, start + room));
  }

  onattribentity(codePoint: number): void {
    if (this.#value.length < this.#limits.attributeCharsMax) this.#value += String.fromCodePoint(codePoint);
  }

  onattribend(): void {
    const list = this.#attributes;
    if (list.length >= 2 * this.#limits.attributesMax) return;
    for (let at = 0; at < list.length; at += 2) if (list[at] === this.#name) return;
    list.push(this.#name, this.#value);
  }

  onopentagend(): void {
    this.#builder.startTag(this.#tag, this.#attributes, false);
  }

  onselfclosingtag(): void {
    const closed =
      this.#xhtml || this.#builder.isInForeignContext() || this.#tag === "svg" || this.#tag === "math";
    this.#builder.startTag(this.#tag, this.#attributes, closed);
  }

  onclosetag(start: number, end: number): void {
    this.#builder.endTag(nameOf(this.#source.slice(start, end)));
  }
}
