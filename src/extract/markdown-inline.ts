// The inside of one Markdown block: text with escapes, emphasis, links, code, images and breaks, written so that CommonMark with
// GitHub's extensions reads back the same text. Knows no blocks; tables and lists are markdown.ts's.
import { keepShape } from "./kept-shape.ts";

import { BREAK, type Delimiter, type Mark, type Piece, render, type Setting } from "./markdown-emphasis.ts";
import { codeSpan, destination, escapeText, titled } from "./markdown-escapes.ts";

/** Where a link leads, and its title where that is kept. */
export interface Target {
  readonly url: string;
  readonly title: string;
}

/** `<b>` in `<b>` is all but always an accident; deeper than this it is in a whole document too. */
const SAME_MARKS_MAX = 4;

const NO_MARKS: readonly Delimiter[] = [];

export class InlineWriter {
  #pieces: Piece[] = [];
  /** They are strings alone. */
  #plain = true;
  readonly #marks: Delimiter[] = [];
  #link: Target | null = null;
  #linkAt = 0;
  readonly #whole: boolean;
  /** A space is owed before the next text. */
  #space = false;
  /** Anything but breaks and delimiters has been written. */
  #content = false;

  /** Of a whole document emphasis in the same emphasis is kept, and the spaces inside of code. */
  constructor(whole: boolean) {
    this.#whole = whole;
  }

  /** Text whose white space is single, and whether some stands before and behind it. */
  text(shown: string, spaceBefore = false, spaceBehind = false): void {
    if (spaceBefore) this.#space = true;
    if (shown === "") return;
    this.#write(escapeText(shown));
    if (spaceBehind) this.#space = true;
  }

  /** White space and nothing else. */
  space(): void {
    this.#space = true;
  }

  break(): void {
    this.#space = false;
    if (!this.#content) return;
    this.#pieces.push(BREAK);
    this.#plain = false;
  }

  code(text: string): void {
    if (this.#whole && text !== "") {
      this.#write(codeSpan(text.replace(/[\n\r]/g, " ")));
      return;
    }
    const content = text.replace(/[\s\u00a0]+/g, " ");
    if (content.trim() === "") {
      this.#space = true;
      return;
    }
    if (content.startsWith(" ")) this.#space = true;
    this.#write(codeSpan(content.trim()));
    if (content.endsWith(" ")) this.#space = true;
  }

  /** A tag that Markdown has no sign for. */
  tag(name: string): void {
    if (name.startsWith("/")) this.#space = false;
    this.#write(`<${name}>`);
  }

  /** A reference to a note stands at the word before it. */
  note(label: string): void {
    this.#space = false;
    this.#write(`[^${label}]`);
  }

  /** Markdown that is to stand as it is. */
  verbatim(markdown: string): void {
    this.#write(markdown);
  }

  image(url: string, alt: string, title: string): void {
    this.#write(`![${escapeText(alt.replaceAll("\n", " "))}](${destination(url)}${titled(title)})`);
  }

  openMark(mark: Mark): boolean {
    let same = 0;
    for (const open of this.#marks) if (open.mark === mark) same++;
    if (same > 0 && (!this.#whole || mark === "~~" || same >= SAME_MARKS_MAX)) return false;
    const sign = same % 2 === 0 ? mark : mark.replaceAll("*", "_");
    const delimiter: Delimiter = { mark, sign, opens: true, live: true, partner: null };
    this.#marks.push(delimiter);
    this.#plain = false;
    if (this.#space && this.#content) this.#pieces.push(" ");
    this.#space = false;
    this.#pieces.push(delimiter);
    return true;
  }

  closeMark(): void {
    const open = this.#marks.pop();
    if (open === undefined) return;
    const { mark, sign } = open;
    const delimiter: Delimiter = { mark, sign, opens: false, live: true, partner: open };
    open.partner = delimiter;
    this.#pieces.push(delimiter);
  }

  /** Target of the link that is open here, for a block written inside it. */
  get link(): Target | null {
    return this.#link;
  }

  openLink(target: Target): boolean {
    if (this.#link !== null) return false;
    if (this.#space && this.#content) this.#pieces.push(" ");
    this.#space = false;
    this.#link = target;
    const last = this.#pieces.at(-1);
    // Before a bracket it would make an image of the link.
    if (typeof last === "string" && last.endsWith("!"))
      this.#pieces[this.#pieces.length - 1] = `${last.slice(0, -1)}\\!`;
    this.#pieces.push("[");
    this.#linkAt = this.#pieces.length;
    return true;
  }

  closeLink(): void {
    if (this.#link === null) return;
    if (isShown(this.#pieces, this.#linkAt)) {
      while (this.#pieces.at(-1) === BREAK) this.#pieces.pop();
      this.#pieces.push(`](${destination(this.#link.url)}${titled(this.#link.title)})`);
    } else {
      this.#pieces.splice(this.#linkAt - 1, 1);
      if (this.#pieces.at(-1) === " ") {
        this.#pieces.pop();
        this.#space = true;
      }
    }
    this.#link = null;
  }

  /** The block's text, and a fresh start with the same marks and link still open: a block inside a link is a link of its own. */
  take(setting: Setting): string {
    if (this.#pieces.length === 0) {
      // Between two blocks, as most are.
      this.#space = false;
      this.#content = false;
      return "";
    }
    const link = this.#link;
    const marks = this.#marks.length === 0 ? NO_MARKS : [...this.#marks];
    this.closeLink();
    while (this.#marks.length > 0) this.closeMark();
    const text = this.#content ? render(this.#pieces, this.#plain, setting, this.#whole) : "";
    this.#pieces = [];
    this.#plain = true;
    this.#space = false;
    this.#content = false;
    for (const { mark } of marks) this.openMark(mark);
    if (link !== null) this.openLink(link);
    return text;
  }

  #write(piece: string): void {
    if (this.#space && this.#content) this.#writeSpace();
    this.#space = false;
    this.#content = true;
    this.#pieces.push(piece);
  }

  /** It belongs before the marks and the bracket that open here, never behind them. */
  #writeSpace(): void {
    const pieces = this.#pieces;
    const { length } = pieces;
    if (pieces[length - 1] === BREAK) return;
    let at = length;
    while (at > 0 && opens(pieces[at - 1])) at--;
    if (at === length) pieces.push(" ");
    else pieces.splice(at, 0, " ");
    if (this.#link !== null && this.#linkAt > at) this.#linkAt++;
  }
}

/** More than white space is written from there on. */
function isShown(pieces: readonly Piece[], from: number): boolean {
  for (let at = from; at < pieces.length; at++) {
    const piece = pieces[at];
    if (typeof piece === "string" && piece.trim() !== "") return true;
  }
  return false;
}

/** Text never is a bare bracket: it comes escaped. */
function opens(piece: Piece | undefined): boolean {
  return piece === "[" || (typeof piece === "object" && piece.opens);
}

keepShape(new InlineWriter(false));
