// A fetched page as a message of raw.page: headers and body as they came, the body itself or the key under which it was
// put aside.
import { createHash } from "node:crypto";
import { z } from "zod";
import { err, ok, type Result } from "../../base/index.ts";
import type { Page } from "../../model/index.ts";
import { type ClaimStore, claimKey } from "../claims.ts";
import { undecodable, type WireFailure } from "../failure.ts";
import type { WireOptions } from "../options.ts";
import { type BodyEncoding, type PackedBody, packBody, unpackBody } from "./body.ts";
import { decodeMessage, encodeMessage, parseMessage } from "./message.ts";
import {
  bin,
  captureId,
  count,
  fromRequestFields,
  requestFields,
  status,
  text,
  timeMs,
  toRequestFields,
  url,
} from "./request.ts";

const pageFields = z.object({
  capture_id: captureId,
  request: requestFields,
  url,
  status,
  status_text: text,
  headers: z.array(z.tuple([text, z.string().max(1_048_576)])).max(10_000),
  protocol: z.enum(["h2", "http/1.1"]),
  remote_address: text.nullable(),
  fetched_at_ms: timeMs,
  elapsed_ms: timeMs,
  truncated: z.boolean(),
  body_encoding: z.string().max(100),
  body_bytes: count,
  body: bin.optional(),
  body_ref: z
    .object({ key: z.string().min(1).max(1_024), bytes: count, sha256: z.string().length(64) })
    .optional(),
});
type PageFields = z.output<typeof pageFields>;

/** A page ready to be sent, and what is needed to put its body aside. */
export interface PackedPage {
  readonly page: Page;
  readonly body: PackedBody;
}

export async function packPage(page: Page): Promise<PackedPage> {
  return { page, body: await packBody(page.body, page.headers) };
}

/** The message with its body in it. */
/** A page as one message, whatever its size: what a dead letter keeps. */
export async function encodePageRecord(page: Page): Promise<Uint8Array<ArrayBuffer>> {
  return encodePage(await packPage(page));
}

export function encodePage({ page, body }: PackedPage): Uint8Array<ArrayBuffer> {
  return encodeMessage({ ...fieldsOf(page, body), body: body.bytes });
}

/** The body is put aside first; then the message that refers to it is handed back. */
export async function encodeClaim(
  { page, body }: PackedPage,
  claims: ClaimStore,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = claimKey(page.request.captureId);
  await claims.put(key, body.bytes, signal);
  return encodeMessage({
    ...fieldsOf(page, body),
    body_ref: { key, bytes: body.bytes.byteLength, sha256: sha256(body.bytes) },
  });
}

function fieldsOf(page: Page, body: PackedBody): z.input<typeof pageFields> {
  return {
    capture_id: page.request.captureId,
    request: toRequestFields(page.request),
    url: page.url,
    status: page.status,
    status_text: page.statusText,
    headers: page.headers.map(([name, value]) => [name, value]),
    protocol: page.protocol,
    remote_address: page.remoteAddress,
    fetched_at_ms: page.fetchedAtMs,
    elapsed_ms: page.elapsedMs,
    truncated: page.truncated,
    body_encoding: body.encoding,
    body_bytes: body.bodyBytes,
  };
}

/** Whatever the bytes are, the answer is a page or a failure. Rejects only as the claim store does: away, or aborted. */
export async function decodePage(
  value: Uint8Array | null,
  limits: Pick<WireOptions, "bodyBytesMax">,
  claims: ClaimStore,
  signal: AbortSignal,
): Promise<Result<Page, WireFailure>> {
  const message = decodeMessage(value, limits.bodyBytesMax);
  if (!message.ok) return message;
  const parsed = parseMessage(pageFields, message.value);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  const encoding = encodingOf(fields);
  if (encoding === null) {
    const said = `body_encoding ${JSON.stringify(fields.body_encoding)}`;
    return err(undecodable("wrong_codec", said, fields.capture_id));
  }
  const bytes = await bodyOf(fields, limits.bodyBytesMax, claims, signal);
  if (!bytes.ok) return bytes;
  const packed = { encoding, bytes: bytes.value, bodyBytes: fields.body_bytes };
  const body = await unpackBody(packed, limits.bodyBytesMax, fields.capture_id);
  return body.ok ? ok(pageOf(fields, body.value)) : body;
}

const encodingOf = ({ body_encoding: said }: PageFields): BodyEncoding | null =>
  said === "zstd" || said === "identity" ? said : null;

async function bodyOf(
  fields: PageFields,
  bytesMax: number,
  claims: ClaimStore,
  signal: AbortSignal,
): Promise<Result<Uint8Array, WireFailure>> {
  const { body, body_ref: reference, capture_id: id } = fields;
  if (body !== undefined) return ok(body);
  if (reference === undefined) return err(undecodable("invalid_field", "neither body nor body_ref", id));
  if (reference.bytes > bytesMax) {
    const said = `body_ref of ${reference.bytes} bytes; at most ${bytesMax} are read`;
    return err(undecodable("too_large", said, id));
  }
  const bytes = await claims.get(reference.key, signal);
  const lost = (message: string): Result<never, WireFailure> =>
    err({
      kind: "claim_missing",
      message,
      key: reference.key,
      captureId: id,
      url: fields.request.url,
      host: fields.request.host,
    });
  if (bytes === null) return lost(`${reference.key} is not in the object store`);
  if (bytes.byteLength !== reference.bytes || sha256(bytes) !== reference.sha256)
    return lost(`${reference.key} is not what was put there`);
  return ok(bytes);
}

function pageOf(fields: PageFields, body: Uint8Array<ArrayBuffer>): Page {
  return {
    request: fromRequestFields(fields.request, fields.capture_id),
    url: fields.url,
    status: fields.status,
    statusText: fields.status_text,
    headers: fields.headers,
    body,
    protocol: fields.protocol,
    remoteAddress: fields.remote_address,
    fetchedAtMs: fields.fetched_at_ms,
    elapsedMs: fields.elapsed_ms,
    truncated: fields.truncated,
  };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
