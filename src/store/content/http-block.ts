// The block of a response record: status line and headers as received, so that any WARC reader can replay the body that
// follows, and back again without loss. Received names are lower case, so what this module adds or renames is
// capitalised and can be told apart. Knows no WARC headers.
import type { Headers } from "../../model/index.ts";

export interface HttpHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

const ADDED_LENGTH = "Content-Length";
const RENAMED = "X-Orig-";
/** The body lies de-chunked: a reader that believed this field would look for chunks. */
const renamedAlways = new Set(["transfer-encoding"]);

const oneLine = (text: string): string => text.replace(/[\r\n\0]+/g, " ");

/** Header block with its closing empty line, latin-1. The version is 1.1 whatever was spoken: readers parse no other. */
export function encodeHttpHead(head: HttpHead, bodyBytes: number): Buffer {
  const lines = [`HTTP/1.1 ${head.status} ${oneLine(head.statusText)}`];
  let lengthSaid = false;
  for (const [name, value] of head.headers) {
    const actual = name === "content-length" && !lengthSaid && value.trim() === String(bodyBytes);
    if (actual) lengthSaid = true;
    const rename = renamedAlways.has(name) || (name === "content-length" && !actual);
    lines.push(`${rename ? RENAMED : ""}${oneLine(name)}: ${oneLine(value)}`);
  }
  if (!lengthSaid) lines.push(`${ADDED_LENGTH}: ${bodyBytes}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** What `encodeHttpHead` was given; null when the text is no header block. */
export function decodeHttpHead(text: string): HttpHead | null {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.1 (\d+) (.*)$/s.exec(statusLine);
  if (status === null) return null;
  const headers: (readonly [string, string])[] = [];
  for (const line of lines) {
    if (line === "") continue;
    const colon = line.indexOf(": ");
    if (colon < 0) return null;
    const name = line.slice(0, colon);
    if (name === ADDED_LENGTH) continue;
    headers.push([name.startsWith(RENAMED) ? name.slice(RENAMED.length) : name, line.slice(colon + 2)]);
  }
  return { status: Number(status[1]), statusText: status[2] ?? "", headers };
}
