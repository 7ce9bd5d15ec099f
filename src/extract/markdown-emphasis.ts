// The pieces of one Markdown block to its text: which signs of emphasis CommonMark would take as such (flanking rules, section 6.2), and
// which must go or be others so that what is read back is what was meant. Knows no page.
import { escapeClosingHashes, escapeLineStart } from "./markdown-escapes.ts";

export type Mark = "*" | "**" | "~~";

export interface Delimiter {
  readonly mark: Mark;
  /** What is written for it: emphasis inside the same emphasis takes the other sign. */
  sign: string;
  readonly opens: boolean;
  live: boolean;
  partner: Delimiter | null;
}

/** Elements that are emphasis. */
export const MARKS: ReadonlyMap<string, Mark> = new Map([
  ["b", "**"],
  ["strong", "**"],
  ["em", "*"],
  ["i", "*"],
  ["cite", "*"],
  ["dfn", "*"],
  ["var", "*"],
  ["del", "~~"],
  ["s", "~~"],
  ["strike", "~~"],
]);

/** A hard line break; `<br>` of the page. */
export const BREAK = Symbol("break");
export type Piece = string | Delimiter | typeof BREAK;

/** Where the text will stand: what ends a line and what must be escaped differ. */
export type Setting = "paragraph" | "heading" | "cell";

/**
 * The text of a block; the pieces are used up. `isPlain`: they are strings alone, as most blocks' are. Delimiters that CommonMark would not
 * take as such (flanking rules, section 6.2) are left out, their text kept.
 */
export function render(pieces: Piece[], isPlain: boolean, setting: Setting, whole: boolean): string {
  if (!isPlain) {
    tidy(pieces);
    takeUnfit(pieces);
    if (whole) keepOrder(pieces);
  }
  let lines = isPlain ? [pieces.join("").trim()] : linesOf(pieces);
  if (lines.some((line) => line.includes("~")) && undoLoneTilde(pieces)) lines = linesOf(pieces);
  if (setting === "heading") return escapeClosingHashes(oneLine(lines, " "));
  if (setting === "cell") return oneLine(lines, "<br>").replaceAll("|", "\\|");
  const [first] = lines;
  if (first !== undefined && lines.length === 1) return escapeLineStart(first);
  return lines
    .map((line) => escapeLineStart(line))
    .join("  \n")
    .trim();
}

function linesOf(pieces: readonly Piece[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (piece === BREAK) {
      lines.push(line.trim());
      line = "";
    } else if (typeof piece === "string") line += piece;
    else if (piece.live) line += piece.sign;
  }
  lines.push(line.trim());
  return lines;
}

function oneLine(lines: readonly string[], between: string): string {
  const [first] = lines;
  if (first !== undefined && lines.length === 1) return first;
  return lines.filter((line) => line !== "").join(between);
}

/** Takes the life of what would be read as mere signs. */
function takeUnfit(list: readonly Piece[]): void {
  for (let round = 0; round < 3; round++) {
    let changed = false;
    for (let at = 0; at < list.length; at++) {
      const piece = list[at];
      if (piece === undefined || typeof piece !== "object" || !piece.live) continue;
      const before = kindBefore(list, at);
      const after = kindAfter(list, at);
      const inner = piece.opens ? after : before;
      const outer = piece.opens ? before : after;
      const touching = piece.opens ? adjacent(list, at, -1) : adjacent(list, at, 1);
      const flanks =
        inner >= SIGN && (outer !== WORD || (inner === WORD && piece.sign.charCodeAt(0) !== UNDERSCORE));
      if (!flanks || (touching !== null && touching.opens !== piece.opens)) {
        piece.live = false;
        if (piece.partner !== null) piece.partner.live = false;
        if (touching !== null && touching.opens !== piece.opens && touching.sign === piece.sign)
          rejoin(piece, touching);
        changed = true;
      }
    }
    if (!changed) break;
  }
}

/** Three stars read as strong emphasis in emphasis; where it is the other way round, one of the signs is another. */
function keepOrder(list: readonly Piece[]): void {
  for (const [at, outer] of list.entries()) {
    const inner = list[at + 1];
    if (typeof outer !== "object" || typeof inner !== "object" || outer.sign !== "**" || inner.sign !== "*")
      continue;
    if (!outer.live || !outer.opens || !inner.live || !inner.opens || inner.partner === null) continue;
    const end = list.indexOf(inner.partner);
    if (end === -1 || list[end + 1] !== outer.partner) continue;
    // What stands beside an underscore that opens or closes.
    if (kindBefore(list, at) === WORD || kindAfter(list, end + 1) === WORD) continue;
    inner.sign = "_";
    inner.partner.sign = "_";
  }
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

/** Empty emphasis goes, and breaks at the end. */
function tidy(pieces: Piece[]): void {
  let kept = 0;
  for (const piece of pieces) {
    if (kept > 0 && typeof piece === "object" && !piece.opens && pieces[kept - 1] === piece.partner) kept--;
    else pieces[kept++] = piece;
  }
  while (kept > 0 && pieces[kept - 1] === BREAK) kept--;
  pieces.length = kept;
}

/** One tilde alone strikes nothing ("10~20"): its escape is noise. Whether there was one. */
function undoLoneTilde(list: Piece[]): boolean {
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
  if (tildes !== 1 || typeof lone !== "string" || /^(?:`|!\[|\]\()/.test(lone)) return false;
  list[place] = lone.replace("\\~", "~");
  return true;
}

const UNDERSCORE = 95;

// What stands beside a delimiter.
const EDGE = 0;
const SPACE = 1;
const SIGN = 2;
const WORD = 3;
type Kind = typeof EDGE | typeof SPACE | typeof SIGN | typeof WORD;

const PUNCTUATION = /[\p{P}\p{S}]/u;

function kindOfChar(char: string): Kind {
  return /\s/.test(char) ? SPACE : PUNCTUATION.test(char) ? SIGN : WORD;
}

const asciiKinds = Array.from({ length: 128 }, (_, code) => kindOfChar(String.fromCharCode(code)));

function kindOf(code: number): Kind {
  return asciiKinds[code] ?? kindOfChar(String.fromCodePoint(code));
}

/** Signs of the same kind in a row are one run, which is looked beyond; another kind's sign is a neighbour like any punctuation. */
function kindBefore(list: readonly Piece[], at: number): Kind {
  for (let index = at - 1; index >= 0; index--) {
    const piece = list[index];
    if (piece === BREAK) return SPACE;
    if (typeof piece === "string") {
      const { length } = piece;
      if (length === 0) continue;
      const unit = piece.charCodeAt(length - 1);
      // The second half of a pair.
      return kindOf(unit >= 0xdc00 && unit < 0xe000 ? (piece.codePointAt(length - 2) ?? unit) : unit);
    }
    if (isOtherSign(piece, list[at])) return SIGN;
  }
  return EDGE;
}

function kindAfter(list: readonly Piece[], at: number): Kind {
  for (let index = at + 1; index < list.length; index++) {
    const piece = list[index];
    if (piece === BREAK) return SPACE;
    if (typeof piece === "string") {
      const code = piece.codePointAt(0);
      if (code !== undefined) return kindOf(code);
    } else if (isOtherSign(piece, list[at])) return SIGN;
  }
  return EDGE;
}

function isOtherSign(piece: Delimiter | undefined, than: Piece | undefined): boolean {
  return piece?.live === true && typeof than === "object" && piece.sign[0] !== than.sign[0];
}

function adjacent(list: readonly Piece[], at: number, step: 1 | -1): Delimiter | null {
  for (let index = at + step; index >= 0 && index < list.length; index += step) {
    const piece = list[index];
    if (typeof piece !== "object") return null;
    if (piece.live) return piece;
  }
  return null;
}
