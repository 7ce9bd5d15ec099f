// The inside of one Markdown block: text with escapes, emphasis, links, code, images and breaks, written so that CommonMark with
// GitHub's extensions reads back the same text. Knows no blocks; tables and lists are markdown.ts's.

import { BREAK, type Delimiter, type Mark, type Piece, render, type Setting } from "./markdown-emphasis.ts";
import { codeSpan, destination, escapeText, titled } from "./markdown-escapes.ts";
import { singleSpaced } from "./visible-text.ts";

/** Where a link leads, and its title where that is kept. */
export interface Target {
  readonly url: string;
  readonly title: string;
}

/** `<b>` in `<b>` is all but always an accident; deeper than this it is in a whole document too. */
const SAME_MARKS_MAX = 4;

interface OpenMark {
  readonly mark: Mark;
  readonly delimiter: Delimiter;
}

export class InlineWriter {
  #pieces: Piece[] = [];
  readonly #marks: OpenMark[] = [];
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

  /** Text of the page; white space runs collapse. */
  text(data: string): void {
    this.spaced(singleSpaced(data));
  }

  /** Text whose white space is single. */
  spaced(collapsed: string): void {
    const from = collapsed.charCodeAt(0) === 32 ? 1 : 0;
    const to = collapsed.charCodeAt(collapsed.length - 1) === 32 ? collapsed.length - 1 : collapsed.length;
    if (from === 1) this.#space = true;
    if (to > from) {
      this.#write(escapeText(collapsed.slice(from, to)));
      if (to < collapsed.length) this.#space = true;
    }
  }

  /** White space and nothing else. */
  space(): void {
    this.#space = true;
  }

  break(): void {
    this.#space = false;
    if (this.#content) this.#pieces.push(BREAK);
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
    this.#marks.push({ mark, delimiter });
    if (this.#space && this.#content) this.#pieces.push(" ");
    this.#space = false;
    this.#pieces.push(delimiter);
    return true;
  }

  closeMark(): void {
    const open = this.#marks.pop();
    if (open === undefined) return;
    const { mark, sign } = open.delimiter;
    const delimiter: Delimiter = { mark, sign, opens: false, live: true, partner: open.delimiter };
    open.delimiter.partner = delimiter;
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
    const inside = this.#pieces.slice(this.#linkAt);
    const visible = inside.some((piece) => typeof piece === "string" && piece.trim() !== "");
    if (visible) {
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
    const marks = this.#marks.map((open) => open.mark);
    this.closeLink();
    while (this.#marks.length > 0) this.closeMark();
    const text = this.#content ? render(this.#pieces, setting, this.#whole) : "";
    this.#pieces = [];
    this.#space = false;
    this.#content = false;
    for (const mark of marks) this.openMark(mark);
    if (link !== null) this.openLink(link);
    return text;
  }

  #write(piece: string): void {
    if (this.#space && this.#content && this.#pieces.at(-1) !== BREAK) {
      // A space belongs before the marks and the bracket that open here, never behind them.
      let at = this.#pieces.length;
      while (at > 0 && opens(this.#pieces[at - 1])) at--;
      if (at === this.#pieces.length) this.#pieces.push(" ");
      else this.#pieces.splice(at, 0, " ");
      if (this.#link !== null && this.#linkAt > at) this.#linkAt++;
    }
    this.#space = false;
    this.#content = true;
    this.#pieces.push(piece);
  }
}

/** Text never is a bare bracket: it comes escaped. */
function opens(piece: Piece | undefined): boolean {
  return piece === "[" || (typeof piece === "object" && piece.opens);
}
