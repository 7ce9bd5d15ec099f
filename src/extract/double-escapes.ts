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
const SIGN = 35;
const LETTER_X = 120;

export function withoutDoubleEscapes(text: string): string {
  let out = "";
  let from = 0;
  let end = -1;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    // Looked for once, however many "&" stand before it.
    if (end < at) end = text.indexOf(";", at);
    if (end === -1) break;
    if (end - at - 1 > REFERENCE_CHARS_MAX) continue;
    const meant =
      text.charCodeAt(at + 1) === SIGN
        ? numbered(text, at + 2, end)
        : NAMED.get(text.slice(at + 1, end).toLowerCase());
    if (meant === undefined) continue;
    out += text.slice(from, at) + meant;
    from = end + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** What its digits stand for, undefined where they are none. */
function numbered(text: string, from: number, end: number): string | undefined {
  const isHex = (text.charCodeAt(from) | 32) === LETTER_X;
  const first = isHex ? from + 1 : from;
  if (first === end || end - first > (isHex ? 8 : 10)) return undefined;
  let code = 0;
  for (let at = first; at < end; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit === -1 || (!isHex && digit > 9)) return undefined;
    code = (isHex ? 16 : 10) * code + digit;
  }
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : "\ufffd";
}

/** 0 to 15, or -1. */
function digitOf(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = unit | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
