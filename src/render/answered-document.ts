// The answer with which a browser is given a document that was fetched already: decoded, in the charset that the fast lane
// found, with the headers that matter to it. Pure.
import { err, type InflateLimits, inflateBody, ok, type Result } from "../base/index.ts";
import { type Failure, type Headers, header } from "../model/index.ts";
import type { AnswerFields } from "./paused-request.ts";

export interface FetchedDocument {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** With the recipe that was asked for, where one was. */
  readonly request?: { readonly recipe?: string };
}

export interface AnsweredDocument {
  readonly status: number;
  readonly fields: AnswerFields;
  readonly body: Buffer;
}

/**
 * Not handed on: what speaks of the bytes on the wire, what leads elsewhere by itself, and what would change how later
 * requests are made.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "alt-svc",
  "refresh",
  "location",
  "link",
  "report-to",
  "nel",
  "strict-transport-security",
]);

/** `charset`: of the document, as the Encoding Standard names it. */
export function answeredDocument(
  { status, headers, body }: FetchedDocument,
  charset: string,
  limits: InflateLimits,
): Result<AnsweredDocument, Failure> {
  const inflated = inflateBody(body, header(headers, "content-encoding"), limits);
  if (!inflated.ok) return err({ code: inflated.error.code, message: inflated.error.message });
  const { bytes } = inflated.value;
  const kept = headers.filter(([name]) => !LEFT_OUT.has(name)).map(([name, value]) => ({ name, value }));
  const type = header(headers, "content-type") ?? "text/html";
  const isXhtml = /^\s*application\/xhtml\+xml/i.test(type);
  const shown = `${isXhtml ? "application/xhtml+xml" : "text/html"}; charset=${charset}`;
  return ok({
    status,
    fields: [...kept, { name: "content-type", value: shown }],
    body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  });
}
