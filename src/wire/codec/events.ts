// Dead letters and storage.saved events as messages, for people and programs that follow those topics.
import { z } from "zod";
import { ok, ownBuffer, type Result } from "../../base/index.ts";
import type { DeadLetter, SavedEvent } from "../../model/index.ts";
import type { WireFailure } from "../failure.ts";
import { decodeMessage, encodeMessage, parseMessage, uuid } from "./message.ts";
import { bin, captureId, count, status, text, timeMs, url } from "./request.ts";

const place = z.object({ key: z.string().min(1).max(1_024), offset: count, length: count });

const savedFields = z.object({
  capture_id: captureId,
  url,
  final_url: url,
  status,
  fetched_at_ms: timeMs,
  title: text.nullable(),
  raw_sha256: z.string().max(128),
  raw: place,
  markdown: place,
});

const letterFields = z.object({
  /** Of whatever died: what has no capture is told without one. */
  capture_id: captureId.nullable().catch(null),
  id: uuid,
  stage: z.string().max(1_024),
  topic: z.string().max(249),
  url: url.nullable(),
  code: z.string().max(1_024),
  message: text,
  died_at_ms: timeMs,
  payload: bin.nullable(),
  payload_omitted: z.boolean().optional(),
  origin: z.string().max(300).nullable().optional(),
  tasks: z
    .object({ ids: z.array(z.string().max(64)).max(100), status: status.nullable(), skipped: z.boolean() })
    .exactOptional(),
});

export function encodeSavedEvent(event: SavedEvent): Uint8Array<ArrayBuffer> {
  return encodeMessage({
    capture_id: event.captureId,
    url: event.url,
    final_url: event.finalUrl,
    status: event.status,
    fetched_at_ms: event.fetchedAtMs,
    title: event.title,
    raw_sha256: event.rawSha256,
    raw: { ...event.raw },
    markdown: { ...event.markdown },
  } satisfies z.input<typeof savedFields>);
}

export function decodeSavedEvent(
  value: Uint8Array | null,
  bytesMax: number,
): Result<SavedEvent, WireFailure> {
  const message = decodeMessage(value, bytesMax);
  if (!message.ok) return message;
  const parsed = parseMessage(savedFields, message.value);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  return ok({
    captureId: fields.capture_id,
    url: fields.url,
    finalUrl: fields.final_url,
    status: fields.status,
    fetchedAtMs: fields.fetched_at_ms,
    title: fields.title,
    rawSha256: fields.raw_sha256,
    raw: fields.raw,
    markdown: fields.markdown,
  });
}

/** A payload over `payloadBytesMax` is left out of the copy; the row has it. */
export function encodeDeadLetter(letter: DeadLetter, payloadBytesMax: number): Uint8Array<ArrayBuffer> {
  const omitted = letter.payload !== null && letter.payload.byteLength > payloadBytesMax;
  return encodeMessage({
    capture_id: letter.captureId,
    id: letter.id,
    stage: letter.stage,
    topic: letter.topic,
    url: letter.url,
    code: letter.code,
    message: letter.message,
    died_at_ms: letter.diedAtMs,
    payload: omitted ? null : letter.payload,
    payload_omitted: omitted,
    origin: letter.origin ?? null,
    ...(letter.tasks === undefined ? {} : { tasks: { ...letter.tasks } }),
  });
}

export function decodeDeadLetter(
  value: Uint8Array | null,
  bytesMax: number,
): Result<DeadLetter, WireFailure> {
  const message = decodeMessage(value, bytesMax);
  if (!message.ok) return message;
  const parsed = parseMessage(letterFields, message.value);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  return ok({
    id: fields.id,
    stage: fields.stage,
    topic: fields.topic,
    captureId: fields.capture_id,
    url: fields.url,
    code: fields.code,
    message: fields.message,
    diedAtMs: fields.died_at_ms,
    payload: fields.payload === null ? null : ownBuffer(fields.payload),
    origin: fields.origin ?? null,
    ...(fields.tasks === undefined ? {} : { tasks: fields.tasks }),
  });
}
