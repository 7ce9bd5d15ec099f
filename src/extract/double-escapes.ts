// Text that a page escaped once too often ("Tom &amp;amp; Jerry" in an attribute), as publishing systems leave it in metadata: undone
// once more. Knows the references that occur so, not all of HTML's.

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  quot: '"',
  apos: "'",
  lt: "<",
  gt: ">",
  nbsp: " ",
  lsquo: "\u2018",
  rsquo: "\u2019",
  ldquo: "\u201c",
  rdquo: "\u201d",
  ndash: "\u2013",
  mdash: "\u2014",
  hellip: "\u2026",
};
const REFERENCE =
  /&(?:#(\d{1,10})|#x([0-9a-f]{1,8})|(amp|quot|apos|lt|gt|nbsp|[lr][sd]quo|[nm]dash|hellip));/gi;

export function withoutDoubleEscapes(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (_, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? "";
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? String.fromCodePoint(code) : "\ufffd";
  });
}
