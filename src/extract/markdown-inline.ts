// The inside of one Markdown block: text with escapes, emphasis, links, code, images and breaks, written so that CommonMark with
// GitHub's extensions reads back the same text. Knows no blocks; tables and lists are markdown.ts's.

import {
  codeSpan,
  destination,
  escapeClosingHashes,
  escapeLineStart,
  escapeText,
} from "./markdown-escapes.ts";
import { singleSpaced } from "./visible-text.ts";

type Mark = "*" | "**" | "~~";

interface Delimiter {
  readonly mark: Mark;
  readonly opens: boolean;
  live: boolean;
  partner: Delimiter | null;
}

/** A hard line break; `<br>` of the page. */
const BREAK = Symbol("break");
type Piece = string | Delimiter | typeof BREAK;

interface OpenMark {
  readonly mark: Mark;
  readonly delimiter: Delimiter;
}

/** Where the text will stand: what ends a line and what must be escaped differ. */
export type Setting = "paragraph" | "heading" | "cell";

const PUNCTUATION = /[\p{P}\p{S}]/u;

export class InlineWriter {
  #pieces: Piece[] = [];
  readonly #marks: OpenMark[] = [];
  #link: string | null = null;
  #linkAt = 0;
  /** A space is owed before the next text. */
  #space = false;
  /** Anything but breaks and delimiters has been written. */
  #content = false;

  /** Text of the page; white space runs collapse. */
  text(data: string): void {
    const collapsed = singleSpaced(data);
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

  image(url: string, alt: string): void {
    this.#write(`![${escapeText(alt.replaceAll("\n", " "))}](${destination(url)})`);
  }

  openMark(mark: Mark): boolean {
    if (this.#marks.some((open) => open.mark === mark)) return false;
    const delimiter: Delimiter = { mark, opens: true, live: true, partner: null };
    this.#marks.push({ mark, delimiter });
    if (this.#space && this.#content) this.#pieces.push(" ");
    this.#space = false;
    this.#pieces.push(delimiter);
    return true;
  }

  closeMark(): void {
    const open = this.#marks.pop();
    if (open === undefined) return;
    const delimiter: Delimiter = { mark: open.mark, opens: false, live: true, partner: open.delimiter };
    open.delimiter.partner = delimiter;
    this.#pieces.push(delimiter);
  }

  /** Target of the link that is open here, for a block written inside it. */
  get link(): string | null {
    return this.#link;
  }

  openLink(url: string): boolean {
    if (this.#link !== null) return false;
    if (this.#space && this.#content) this.#pieces.push(" ");
    this.#space = false;
    this.#link = url;
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
      this.#pieces.push(`](${destination(this.#link)})`);
    } else {
      this.#pieces.splice(this.#linkAt - 1, 1);
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
    const text = this.#content ? render(this.#pieces, setting) : "";
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
      this.#pieces.splice(at, 0, " ");
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

/** Delimiters that CommonMark would not take as such (flanking rules, section 6.2) are left out, their text kept. */
function render(pieces: readonly Piece[], setting: Setting): string {
  const plain = joinedPlain(pieces);
  if (plain !== null) {
    if (setting === "heading") return escapeClosingHashes(plain);
    return setting === "cell" ? plain.replaceAll("|", "\\|") : escapeLineStart(plain);
  }
  const list = withoutLoneTilde(tidied(pieces));
  for (let round = 0; round < 3; round++) {
    let changed = false;
    for (let at = 0; at < list.length; at++) {
      const piece = list[at];
      if (piece === undefined || typeof piece !== "object" || !piece.live) continue;
      const before = charBefore(list, at);
      const after = charAfter(list, at);
      const inner = piece.opens ? after : before;
      const outer = piece.opens ? before : after;
      const touching = piece.opens ? adjacent(list, at, -1) : adjacent(list, at, 1);
      const flanks =
        inner !== "" &&
        !/\s/.test(inner) &&
        (!PUNCTUATION.test(inner) || outer === "" || /\s/.test(outer) || PUNCTUATION.test(outer));
      if (!flanks || (touching !== null && touching.opens !== piece.opens)) {
        piece.live = false;
        if (piece.partner !== null) piece.partner.live = false;
        if (touching !== null && touching.opens !== piece.opens && touching.mark === piece.mark)
          rejoin(piece, touching);
        changed = true;
      }
    }
    if (!changed) break;
  }
  const lines: string[] = [];
  let line = "";
  for (const piece of list) {
    if (piece === BREAK) {
      lines.push(line);
      line = "";
    } else if (typeof piece === "string") line += piece;
    else if (piece.live) line += piece.mark;
  }
  lines.push(line);
  const trimmed = lines.map((one) => one.trim());
  if (setting === "heading") return escapeClosingHashes(trimmed.filter((one) => one !== "").join(" "));
  if (setting === "cell")
    return trimmed
      .filter((one) => one !== "")
      .join("<br>")
      .replaceAll("|", "\\|");
  return trimmed
    .map((one) => escapeLineStart(one))
    .join("  \n")
    .trim();
}

/** One line without emphasis and tildes, as most blocks are; null where there is more to settle. */
function joinedPlain(pieces: readonly Piece[]): string | null {
  let line = "";
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at];
    if (typeof piece !== "string" || piece.includes("~")) return null;
    line += piece;
  }
  return line.trim();
}

/** `<b>a</b><b>c</b>` would read `**a****c**`: one run of emphasis instead. */
function rejoin(one: Delimiter, other: Delimiter): void {
  const opening = one.opens ? other.partner : one.partner;
  const closing = one.opens ? one.partner : other.partner;
  other.live = false;
  if (opening === null || closing === null) return;
  opening.live = true;
  closing.live = true;
  opening.partner = closing;
  closing.partner = opening;
}

/** Spaces move out of emphasis and links' brackets, empty emphasis goes. */
function tidied(pieces: readonly Piece[]): Piece[] {
  const list: Piece[] = [];
  for (const piece of pieces) {
    const last = list.at(-1);
    if (typeof piece === "object" && !piece.opens && typeof last === "object" && last === piece.partner) {
      list.pop();
      continue;
    }
    list.push(piece);
  }
  while (list.at(-1) === BREAK) list.pop();
  return list;
}

/** One tilde alone strikes nothing ("10~20"): its escape is noise. */
function withoutLoneTilde(list: Piece[]): Piece[] {
  let tildes = 0;
  let place = -1;
  for (let at = 0; at < list.length; at++) {
    const piece = list[at];
    const text = typeof piece === "string" ? piece : typeof piece === "object" ? piece.mark : "";
    const first = text.indexOf("~");
    if (first === -1) continue;
    tildes += first === text.lastIndexOf("~") ? 1 : 2;
    place = at;
  }
  const lone = list[place];
  // A piece is escaped text, a code span, or markup; only in the first does a lone "\~" stand for a tilde.
  if (tildes === 1 && typeof lone === "string" && !/^(?:`|!\[|\]\()/.test(lone))
    list[place] = lone.replace("\\~", "~");
  return list;
}

function charBefore(list: readonly Piece[], at: number): string {
  for (let index = at - 1; index >= 0; index--) {
    const piece = list[index];
    if (piece === BREAK) return "\n";
    if (typeof piece === "string" && piece !== "") return [...piece.slice(-2)].at(-1) ?? "";
  }
  return "";
}

function charAfter(list: readonly Piece[], at: number): string {
  for (let index = at + 1; index < list.length; index++) {
    const piece = list[index];
    if (piece === BREAK) return "\n";
    if (typeof piece === "string" && piece !== "") return String.fromCodePoint(piece.codePointAt(0) ?? 32);
  }
  return "";
}

function adjacent(list: readonly Piece[], at: number, step: 1 | -1): Delimiter | null {
  for (let index = at + step; index >= 0 && index < list.length; index += step) {
    const piece = list[index];
    if (typeof piece !== "object") return null;
    if (piece.live) return piece;
  }
  return null;
}
