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
export const MARKS: Readonly<Record<string, Mark>> = {
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

/** A hard line break; `<br>` of the page. */
export const BREAK = Symbol("break");
export type Piece = string | Delimiter | typeof BREAK;

/** Where the text will stand: what ends a line and what must be escaped differ. */
export type Setting = "paragraph" | "heading" | "cell";

const PUNCTUATION = /[\p{P}\p{S}]/u;

/** Delimiters that CommonMark would not take as such (flanking rules, section 6.2) are left out, their text kept. */
export function render(pieces: readonly Piece[], setting: Setting, whole: boolean): string {
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
      const apart = isApart(outer);
      const touching = piece.opens ? adjacent(list, at, -1) : adjacent(list, at, 1);
      const flanks =
        inner !== "" && !/\s/.test(inner) && (apart || (!PUNCTUATION.test(inner) && piece.sign[0] !== "_"));
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
  if (whole) keepOrder(list);
  const lines: string[] = [];
  let line = "";
  for (const piece of list) {
    if (piece === BREAK) {
      lines.push(line);
      line = "";
    } else if (typeof piece === "string") line += piece;
    else if (piece.live) line += piece.sign;
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

/** Three stars read as strong emphasis in emphasis; where it is the other way round, one of the signs is another. */
function keepOrder(list: readonly Piece[]): void {
  for (const [at, outer] of list.entries()) {
    const inner = list[at + 1];
    if (typeof outer !== "object" || typeof inner !== "object" || outer.sign !== "**" || inner.sign !== "*")
      continue;
    if (!outer.live || !outer.opens || !inner.live || !inner.opens || inner.partner === null) continue;
    const end = list.indexOf(inner.partner);
    if (end === -1 || list[end + 1] !== outer.partner) continue;
    if (!isApart(charBefore(list, at)) || !isApart(charAfter(list, end + 1))) continue;
    inner.sign = "_";
    inner.partner.sign = "_";
  }
}

/** What stands beside an underscore that opens or closes. */
function isApart(char: string): boolean {
  return char === "" || /\s/.test(char) || PUNCTUATION.test(char);
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

/** Signs of the same kind in a row are one run, which is looked beyond; another kind's sign is a neighbour like any punctuation. */
function charBefore(list: readonly Piece[], at: number): string {
  for (let index = at - 1; index >= 0; index--) {
    const piece = list[index];
    if (piece === BREAK) return "\n";
    if (typeof piece === "string") {
      if (piece !== "") return [...piece.slice(-2)].at(-1) ?? "";
    } else if (isOtherSign(piece, list[at])) return piece?.sign[0] ?? "";
  }
  return "";
}

function charAfter(list: readonly Piece[], at: number): string {
  for (let index = at + 1; index < list.length; index++) {
    const piece = list[index];
    if (piece === BREAK) return "\n";
    if (typeof piece === "string") {
      if (piece !== "") return String.fromCodePoint(piece.codePointAt(0) ?? 32);
    } else if (isOtherSign(piece, list[at])) return piece?.sign[0] ?? "";
  }
  return "";
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
