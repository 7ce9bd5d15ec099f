// WARC 1.1 (ISO 28500:2017) record headers: building them and reading them. One record is header lines, an empty line,
// the block, and two line ends. Knows no page, no gzip and no file.

export const WARC_VERSION = "WARC/1.1";
const HEAD_END = Buffer.from("\r\n\r\n");

export type WarcFields = readonly (readonly [name: string, value: string])[];

export interface WarcHead {
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes up to the block. */
  readonly headBytes: number;
  /** Bytes of the block, from Content-Length. */
  readonly blockBytes: number;
}

/** Closes a record after its block. */
export const RECORD_END: Uint8Array = HEAD_END;

/** JSON that any header can hold: what is not ASCII is escaped. */
export const ascii = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Header lines with the closing empty line; Content-Length is added. Values must be without line ends. */
export function encodeWarcHead(fields: WarcFields, blockBytes: number): Buffer {
  let text = `${WARC_VERSION}\r\n`;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  return Buffer.from(`${text}Content-Length: ${blockBytes}\r\n\r\n`, "utf8");
}

/** The header at the start of these bytes; null when they are no record or hold only part of the header. Names in lower case. */
export function decodeWarcHead(bytes: Buffer): WarcHead | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const [version, ...lines] = bytes.toString("utf8", 0, end).split("\r\n");
  if (version !== WARC_VERSION) return null;
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const blockBytes = Number(fields.get("content-length"));
  if (!Number.isSafeInteger(blockBytes) || blockBytes < 0) return null;
  return { fields, headBytes: end + HEAD_END.byteLength, blockBytes };
}

export const recordId = (uuid: string): string => `<urn:uuid:${uuid}>`;

export function uuidOf(id: string | undefined): string | null {
  return /^<urn:uuid:([0-9a-f-]{36})>$/.exec(id ?? "")?.[1] ?? null;
}

/** WARC-Date with milliseconds (section 5.4). */
export const warcDate = (atMs: number): string => new Date(atMs).toISOString();
