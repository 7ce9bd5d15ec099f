// Is this answer a page (or a PDF, which is read as one)? By its declared type and by its first bytes (MIME Sniffing Standard): what plainly is an image,
// an archive or a video is none, whatever the header says; an unknown type is sniffed. Looks at few bytes, never decodes.
import type { Headers } from "../model/index.ts";

/**
 * "page": the extractor takes it; "other": it does not; "unknown": the first bytes decide; "opaque": it is called mere bytes, as
 * PDFs often are, and nothing but a PDF is taken.
 */
export type Kind = "page" | "other" | "unknown" | "opaque";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Essence ("text/html") of the last valid Content-Type, lower case; null when there is none (Fetch, "extract a MIME type"). */
export function essenceOf(headers: Headers): string | null {
  let essence: string | null = null;
  for (const [name, value] of headers) {
    if (name !== "content-type") continue;
    for (const part of value.split(",")) {
      const [bare = ""] = part.split(";", 1);
      const [type = "", subtype = "", more] = bare.trim().toLowerCase().split("/");
      if (more !== undefined || !TOKEN.test(type) || !TOKEN.test(subtype)) continue;
      const found = `${type}/${subtype}`;
      if (found !== "*/*") essence = found;
    }
  }
  return essence;
}

/** Types that servers send when they do not know. */
const UNKNOWN = new Set([
  "unknown/unknown",
  "application/unknown",
  "application/x-unknown",
  "content/unknown",
]);

const OPAQUE = new Set([
  "application/octet-stream",
  "binary/octet-stream",
  "application/x-download",
  "application/force-download",
]);

const NOT_TEXT = new Set(["text/calendar", "text/vcard", "text/css", "text/javascript", "text/ecmascript"]);

export function kindOf(essence: string | null): Kind {
  if (essence === null || UNKNOWN.has(essence)) return "unknown";
  if (OPAQUE.has(essence)) return "opaque";
  if (essence === "application/pdf" || essence === "application/x-pdf") return "page";
  if (
    essence === "application/xhtml+xml" ||
    essence === "application/xml" ||
    essence === "application/json"
  ) {
    return "page";
  }
  if (essence.endsWith("+xml")) return essence === "image/svg+xml" ? "other" : "page";
  if (essence.endsWith("+json")) return "page";
  if (essence.startsWith("text/")) return NOT_TEXT.has(essence) ? "other" : "page";
  return "other";
}

/** The body is still coded: its first bytes are the coding's, and say nothing of the page. */
export function isCoded(headers: Headers): boolean {
  return headers.some(([name, value]) => name === "content-encoding" && !/^\s*(identity)?\s*$/i.test(value));
}

/** Signatures of what no extractor takes (sections 6.1, 6.2, 6.4 and 7.1), with their offset. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string])[] = [
  [0, "%!PS-Adobe-"],
  [0, "\x00\x00\x01\x00"],
  [0, "GIF87a"],
  [0, "GIF89a"],
  [8, "WEBPVP"],
  [0, "\x89PNG\r\n\x1a\n"],
  [0, "\xff\xd8\xff"],
  [8, "WAVE"],
  [8, "AVI "],
  [0, "ID3"],
  [0, "OggS\x00"],
  [0, "MThd\x00\x00\x00\x06"],
  [0, "fLaC"],
  [4, "ftyp"],
  [0, "\x1a\x45\xdf\xa3"],
  [0, "\x1f\x8b\x08"],
  [0, "PK\x03\x04"],
  [0, "PK\x05\x06"],
  [0, "Rar!\x1a\x07"],
  [0, "7z\xbc\xaf\x27\x1c"],
  [0, "\xfd7zXZ\x00"],
  [0, "BZh"],
  [0, "\x28\xb5\x2f\xfd"],
  [0, "wOFF"],
  [0, "wOF2"],
  [0, "OTTO\x00"],
  [0, "\x00\x01\x00\x00"],
  [0, "\x7fELF"],
  [0, "MZ\x90\x00"],
  [0, "\xca\xfe\xba\xbe"],
  [0, "SQLite format 3\x00"],
  [257, "ustar"],
];

/** RIFF containers and ISO media are told by bytes further in; these must stand at the front. */
const FRONTS: Readonly<Record<string, string>> = { WEBPVP: "RIFF", WAVE: "RIFF", "AVI ": "RIFF" };

export function looksLikePdf(head: Uint8Array): boolean {
  return startsWith(head, 0, "%PDF-");
}

/** The first bytes are those of a known binary format. */
export function looksBinary(head: Uint8Array): boolean {
  return SIGNATURES.some(
    ([offset, bytes]) => startsWith(head, offset, bytes) && startsWith(head, 0, FRONTS[bytes] ?? ""),
  );
}

/**
 * A body without a usable type: no known binary format, and no byte that text cannot hold ("binary data byte",
 * section 4), unless a byte order mark says that it is text all the same.
 */
export function looksLikePage(head: Uint8Array): boolean {
  if (
    startsWith(head, 0, "\xfe\xff") ||
    startsWith(head, 0, "\xff\xfe") ||
    startsWith(head, 0, "\xef\xbb\xbf")
  ) {
    return true;
  }
  // A PDF has bytes that no text has, and is read all the same.
  if (looksLikePdf(head)) return true;
  if (looksBinary(head)) return false;
  return !head.some(
    (byte) =>
      byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f),
  );
}

function startsWith(head: Uint8Array, offset: number, bytes: string): boolean {
  if (head.byteLength < offset + bytes.length) return false;
  for (let at = 0; at < bytes.length; at++) if (head[offset + at] !== bytes.charCodeAt(at)) return false;
  return true;
}
