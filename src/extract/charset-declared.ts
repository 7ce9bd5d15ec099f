// What a transport header, a byte order mark or an XML declaration says about a page's encoding. Looks at bytes only; decodes nothing and guesses
// nothing.

import { labelToName } from "@exodus/bytes/encoding.js";

/** By any of its labels; null for what is none. */
export const encodingOf = (label: string): string | null => labelToName(label)?.toLowerCase() ?? null;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** One MIME type, parsed as the MIME Sniffing Standard does; null when it is none. Only the first of equal parameters counts. */
function mimeType(text: string): { essence: string; charset: string | null } | null {
  const input = text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  const semicolon = input.indexOf(";");
  const essence = (semicolon < 0 ? input : input.slice(0, semicolon))
    .replace(/[\t\n\r ]+$/, "")
    .toLowerCase();
  const [type = "", subtype = "", more] = essence.split("/");
  if (more !== undefined || !token.test(type) || !token.test(subtype)) return null;
  let at = semicolon < 0 ? input.length : semicolon;
  while (at < input.length) {
    at++;
    while (/[\t\n\r ]/.test(input.charAt(at))) at++;
    const nameFrom = at;
    while (at < input.length && input[at] !== ";" && input[at] !== "=") at++;
    const name = input.slice(nameFrom, at).toLowerCase();
    if (input[at] !== "=") continue;
    at++;
    let value = "";
    const quoted = input[at] === '"';
    if (quoted) {
      for (at++; at < input.length && input[at] !== '"'; at++) {
        if (input[at] === "\\" && at + 1 < input.length) at++;
        value += input.charAt(at);
      }
      while (at < input.length && input[at] !== ";") at++;
    } else {
      const end = input.indexOf(";", at);
      value = input.slice(at, end < 0 ? input.length : end).replace(/[\t\n\r ]+$/, "");
      at = end < 0 ? input.length : end;
    }
    if (name === "charset" && (quoted || value !== "")) return { essence, charset: value };
  }
  return { essence, charset: null };
}

/** Commas that part list members, not those inside quotes. */
function members(header: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < header.length; at++) {
    const char = header[at];
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) {
      parts.push(header.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(header.slice(from));
  return parts;
}

export interface DeclaredType {
  readonly essence: string | null;
  readonly encoding: string | null;
}

/** The last header and what it says: a site's pages all bear the same. */
let lastHeader: string | null = null;
let lastType: DeclaredType = { essence: null, encoding: null };

/** Type and charset of a Content-Type header, joined repetitions included (Fetch Standard, "extract a MIME type"). */
export function contentType(header: string | null): DeclaredType {
  if (header !== lastHeader) {
    lastType = typeIn(header);
    lastHeader = header;
  }
  return lastType;
}

function typeIn(header: string | null): DeclaredType {
  let essence: string | null = null;
  let charset: string | null = null;
  for (const member of members((header ?? "").slice(0, 1000))) {
    const parsed = mimeType(member);
    if (parsed === null || parsed.essence === "*/*") continue;
    if (parsed.essence !== essence) charset = null;
    essence = parsed.essence;
    charset = parsed.charset ?? charset;
  }
  return { essence, encoding: charset === null ? null : encodingOf(charset) };
}

/** A byte order mark outweighs everything else. */
export function bomEncoding(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return null;
}

/** `<?x` in UTF-16 without a mark, else the encoding an XML declaration names ("get an XML encoding"). `head` is isomorphic. */
export function utf16Declaration(head: string): "utf-16le" | "utf-16be" | null {
  if (head.startsWith("<\0?\0x\0")) return "utf-16le";
  if (head.startsWith("\0<\0?\0x")) return "utf-16be";
  return null;
}

export function xmlEncoding(head: string): string | null {
  if (!head.startsWith("<?xml")) return null;
  const end = head.indexOf(">");
  const name = head.indexOf("encoding");
  if (end < 0 || name < 0 || name + 8 > end) return null;
  const value = /^[\0-\x20]*=[\0-\x20]*(?:"([^"]*)"|'([^']*)')/.exec(head.slice(name + 8));
  const label = value?.[1] ?? value?.[2];
  if (label === undefined || /[\0-\x20]/.test(label)) return null;
  const encoding = encodingOf(label);
  return encoding === "utf-16le" || encoding === "utf-16be" ? "utf-8" : encoding;
}
