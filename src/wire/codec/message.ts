// A message value: one msgpack map with the version of its format and snake_case keys. Keys that are not known are left
// alone, so that a newer producer may add some. Knows no record.
import { Decoder, Encoder } from "@msgpack/msgpack";
import { z } from "zod";
import { describe, err, ok, type Result } from "../../base/index.ts";
import { undecodable, type WireFailure } from "../failure.ts";

export const VERSION = 1;

const NAME_BYTES_MAX = 256 * 1024 * 1024;
const ITEMS_MAX = 1_000_000;
/** The encoder keeps its buffer from one message to the next; a larger one is let go. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

/** Of captures and dead letters: tables take nothing else for an id. */
export const uuid = z.uuid();

let encoder = new Encoder({ ignoreUndefined: false });
const decoder = new Decoder({
  maxStrLength: NAME_BYTES_MAX,
  maxBinLength: NAME_BYTES_MAX,
  maxArrayLength: ITEMS_MAX,
  maxMapLength: 10_000,
  maxExtLength: 16,
});

export function encodeMessage(fields: { readonly [key: string]: unknown }): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode({ v: VERSION, ...fields });
  if (bytes.byteLength > KEPT_BYTES_MAX) encoder = new Encoder({ ignoreUndefined: false });
  return bytes;
}

export interface Message {
  readonly [key: string]: unknown;
}

/** The map, its version checked and nothing else. Byte strings in it are views of `value`. Never throws. */
export function decodeMessage(value: Uint8Array | null, bytesMax: number): Result<Message, WireFailure> {
  if (value === null) return err(undecodable("garbage", "the record has no value"));
  if (value.byteLength > bytesMax)
    return err(undecodable("too_large", `${value.byteLength} bytes; at most ${bytesMax} are read`));
  let message: unknown;
  try {
    message = decoder.decode(value);
  } catch (thrown) {
    return err(undecodable("garbage", `not one msgpack value: ${describe(thrown)}`));
  }
  if (!isMessage(message)) return err(undecodable("garbage", "not a msgpack map"));
  if (message.v !== VERSION) {
    const known = typeof message.v === "number";
    const said = known ? `version ${message.v}; this program reads ${VERSION}` : "no version";
    return err(undecodable(known ? "unknown_version" : "garbage", said, captureIdOf(message)));
  }
  return ok(message);
}

/** What the schema makes of the message, or which of its fields is wrong. */
export function parseMessage<T>(schema: z.ZodType<T>, message: Message): Result<T, WireFailure> {
  const parsed = schema.safeParse(message);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join(".") ?? "";
  return err(undecodable("invalid_field", `${where}: ${issue?.message ?? "is wrong"}`, captureIdOf(message)));
}

/** For the dead letter of a record that is otherwise unreadable. */
export function captureIdOf(message: Message): string | null {
  const id = message.capture_id;
  return uuid.safeParse(id).data ?? null;
}

function isMessage(value: unknown): value is Message {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
