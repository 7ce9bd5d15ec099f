// Text that a page escaped once too often ("Tom &amp;amp; Jerry" in an attribute), as publishing systems leave it in metadata: undone
// once more. Knows the references that occur so, not all of HTML's.

const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
  ["lt", "<"],
  ["gt", ">"],
  ["nbsp", " "],
  ["lsquo", "\u2018"],
  ["rsquo", "\u2019"],
  ["ldquo", "\u201c"],
  ["rdquo", "\u201d"],
  ["ndash", "\u2013"],
  ["mdash", "\u2014"],
  ["hellip", "\u2026"],
]);
/** Between "&" and ";": a sign and ten digits. */
const REFERENCE_CHARS_MAX = 11;
const DIGITS_MAX = 10;
const HEX_DIGITS_MAX = 8;
/** "#", "x". */
const SIGN = 35;
const HEX = 120;

export function withoutDoubleEscapes(text: string): string {
  let out = "";
  let from = 0;
  let end = -1;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    // Looked for once, however many "&" stand before it.
    if (end < at) end = text.indexOf(";", at);
    if (end === -1) break;
    if (end - at - 1 > REFERENCE_CHARS_MAX) continue;
    const meant = meantBy(text, at + 1, end);
    if (meant === undefined) continue;
    out += text.slice(from, at) + meant;
    from = end + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** What stands for the reference between "&" and ";", undefined where it is none. */
function meantBy(text: string, from: number, to: number): string | undefined {
  if (text.charCodeAt(from) !== SIGN) return NAMED.get(text.slice(from, to).toLowerCase());
  const isHex = (text.charCodeAt(from + 1) | 0x20) === HEX;
  const first = from + (isHex ? 2 : 1);
  if (first === to || to - first > (isHex ? HEX_DIGITS_MAX : DIGITS_MAX)) return undefined;
  let code = 0;
  for (let at = first; at < to; at++) {
    const digit = digitOf(text.charCodeAt(at), isHex);
    if (digit === -1) return undefined;
    code = code * (isHex ? 16 : 10) + digit;
  }
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : "\ufffd";
}

/** -1 for what is none. */
function digitOf(unit: number, isHex: boolean): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = (unit | 0x20) - 97;
  return isHex && letter >= 0 && letter < 6 ? letter + 10 : -1;
}
