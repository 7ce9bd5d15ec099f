// Names and marks of content codings: what a label says and what the first bytes prove. It decodes nothing.
import { isUtf8 } from "node:buffer";
import { err, ok, type Result } from "./result.ts";

export type Coding = "gzip" | "deflate" | "br" | "zstd";

export interface InflateFailure {
  /** `decode`: unknown coding, too many of them, or broken bytes. `too_large`: more than `outputBytesMax`. */
  readonly code: "decode" | "too_large";
  readonly message: string;
}

/** Labels that servers put into Content-Encoding and that say nothing about it. */
const NO_CODING = new Set([
  "",
  "identity",
  "none",
  "null",
  "binary",
  "8bit",
  "7bit",
  "utf-8",
  "utf8",
  "chunked",
  "aws-chunked",
]);
const CODINGS: Readonly<Record<string, Coding>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  "x-deflate": "deflate",
  br: "br",
  zstd: "zstd",
};

/** The codings of a Content-Encoding value in the order in which they must be undone. */
export function contentCodings(
  contentEncoding: string | null,
  encodingsMax: number,
): Result<readonly Coding[], InflateFailure> {
  if (contentEncoding === null) return ok([]);
  const codings: Coding[] = [];
  for (const part of contentEncoding.split(",", 1000)) {
    const label = (part.split(";", 1)[0] ?? "").trim().toLowerCase();
    if (NO_CODING.has(label)) continue;
    const coding = CODINGS[label];
    if (coding === undefined) {
      return err({
        code: "decode",
        message: `unknown content encoding ${JSON.stringify(label.slice(0, 60))}`,
      });
    }
    codings.push(coding);
    if (codings.length > encodingsMax) {
      return err({ code: "decode", message: `more than ${encodingsMax} content encodings on one body` });
    }
  }
  return ok(codings.reverse());
}

/** The coding that the first bytes prove; null where they prove none (br and raw deflate have no mark). */
export function sniffCoding(bytes: Uint8Array): "gzip" | "zstd" | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08) return "gzip";
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return "zstd";
  return null;
}

/** Whether bytes labelled with a coding are rather text as it is: a lie of the label. */
export function looksPlain(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 256);
  const first = head.find((byte) => byte > 0x20);
  const opens = first === 0x3c || first === 0x7b || first === 0x5b; // < { [
  if (head.length < 24 && !opens) return false;
  if (head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d))
    return false;
  // The cut at 256 may split a character; what precedes the last ASCII byte is whole.
  const wholeTo = head.findLastIndex((byte) => byte < 0x80) + 1;
  return opens || (wholeTo > 0 && isUtf8(head.subarray(0, wholeTo)));
}

/** A stream cut inside its own mark is truncated, not mislabelled; a skippable frame may open a zstd stream. */
export function beginsMark(bytes: Uint8Array, label: "gzip" | "zstd"): boolean {
  const mark = label === "gzip" ? [0x1f, 0x8b, 0x08] : [0x28, 0xb5, 0x2f, 0xfd];
  if (label === "zstd" && ((bytes[0] ?? 0) & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d)
    return true; // skippable frame
  return bytes.length < mark.length && bytes.every((byte, at) => byte === mark[at]);
}

/** RFC 1950 section 2.2: method 8 and a header checksum. */
export const isZlib = (bytes: Uint8Array): boolean => {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0;
};
