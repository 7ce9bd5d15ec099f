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

export function withoutDoubleEscapes(text: string): string {
  let out = "";
  let from = 0;
  let end = -1;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    // Looked for once, however many "&" stand before it.
    if (end < at) end = text.indexOf(";", at);
    if (end === -1) break;
    if (end - at - 1 > REFERENCE_CHARS_MAX) continue;
    const meant = meantBy(text.slice(at + 1, end));
    if (meant === undefined) continue;
    out += text.slice(from, at) + meant;
    from = end + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** What stands for the reference, undefined where it is none. */
function meantBy(reference: string): string | undefined {
  if (reference.charCodeAt(0) !== SIGN) return NAMED.get(reference.toLowerCase());
  const digits = reference.slice(1);
  const code = /^\d{1,10}$/.test(digits)
    ? Number(digits)
    : /^x[0-9a-f]{1,8}$/i.test(digits)
      ? Number.parseInt(digits.slice(1), 16)
      : null;
  if (code === null) return undefined;
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : "\ufffd";
}
