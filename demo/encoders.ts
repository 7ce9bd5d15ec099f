// Text into legacy encodings, by turning TextDecoder around: every one- and two-byte sequence is decoded once and the answer kept.
// Made on first use; a character that an encoding lacks is a mistake in the demonstration's own text and throws.

/** Hangul beyond KS X 1001 (windows-949's extension), which Node's decoder does not know. */
const windows949: readonly (readonly [string, number])[] = [
  ["똠", 0x8c63],
  ["펲", 0xbc84],
  ["쌰", 0x9b58],
  ["믜", 0x92de],
  ["햏", 0xc164],
  ["뷁", 0x94ee],
];

const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

function tableOf(charset: string): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(charset);
  if (known !== undefined) return known;
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(charset, { fatal: true });
  const learn = (bytes: readonly number[]): void => {
    try {
      const char = decoder.decode(Uint8Array.from(bytes));
      if ([...char].length === 1 && !table.has(char)) table.set(char, bytes);
    } catch (error) {
      // Not a sequence of this encoding: nothing to learn.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  for (let byte = 0x20; byte < 0x7f; byte++) table.set(String.fromCharCode(byte), [byte]);
  for (const byte of [0x09, 0x0a, 0x0d]) table.set(String.fromCharCode(byte), [byte]);
  for (let byte = 0xa0; byte < 0x100; byte++) learn([byte]);
  if (isDoubleByte(charset)) {
    for (let lead = 0x81; lead < 0xff; lead++)
      for (let trail = 0x40; trail < 0xff; trail++) learn([lead, trail]);
  } else for (let byte = 0x80; byte < 0xa0; byte++) learn([byte]);
  if (charset === "euc-kr") for (const [char, code] of windows949) table.set(char, [code >> 8, code & 0xff]);
  tables.set(charset, table);
  return table;
}

const isDoubleByte = (charset: string): boolean =>
  ["euc-kr", "shift_jis", "euc-jp", "gbk", "big5"].includes(charset);

/** `charset` is a lower-case Encoding Standard name; "iso-8859-1" is read, as everywhere on the web, as windows-1252. */
export function encode(text: string, charset: string): Buffer {
  switch (charset) {
    case "utf-8":
      return Buffer.from(text, "utf8");
    case "utf-16le":
      return Buffer.from(`\ufeff${text}`, "utf16le");
    case "utf-16be":
      return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    case "iso-2022-jp":
      return iso2022jp(text);
    default: {
      const table = tableOf(charset);
      const bytes: number[] = [];
      for (const char of text) bytes.push(...sequence(table, char, charset));
      return Buffer.from(bytes);
    }
  }
}

function sequence(
  table: ReadonlyMap<string, readonly number[]>,
  char: string,
  charset: string,
): readonly number[] {
  const bytes = table.get(char);
  if (bytes === undefined) throw new Error(`${charset} has no ${JSON.stringify(char)}`);
  return bytes;
}

/** The same grid as EUC-JP in seven bits, between escape sequences (RFC 1468). */
function iso2022jp(text: string): Buffer {
  const table = tableOf("euc-jp");
  const bytes: number[] = [];
  let wide = false;
  for (const char of text) {
    const pair = sequence(table, char, "iso-2022-jp");
    if (pair.length > 1 !== wide) {
      wide = !wide;
      bytes.push(0x1b, ...(wide ? [0x24, 0x42] : [0x28, 0x42]));
    }
    for (const byte of pair) bytes.push(byte & 0x7f);
  }
  if (wide) bytes.push(0x1b, 0x28, 0x42);
  return Buffer.from(bytes);
}
