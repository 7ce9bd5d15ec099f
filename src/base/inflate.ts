// Content codings undone at one go: gzip, deflate in both of its forms, br, zstd and stacks of them, with a cap on what
// comes out. Labels lie, so bytes are believed before labels. It knows neither HTTP nor what the bytes are for.
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
  zstdDecompressSync,
} from "node:zlib";
import { concat } from "./bytes.ts";
import {
  beginsMark,
  type Coding,
  contentCodings,
  type InflateFailure,
  isZlib,
  looksPlain,
  sniffCoding,
} from "./codings.ts";
import { err, ok, type Result } from "./result.ts";

export interface InflateLimits {
  /** Most bytes that may come out, of every coding of a stack. */
  readonly outputBytesMax: number;
  /** Codings that may be stacked. */
  readonly encodingsMax: number;
}

export interface Inflated {
  /** May be the input itself, where nothing had to be undone; never a copy of it. */
  readonly bytes: Uint8Array;
  /** True where the stream ended before its end mark: `bytes` is what decoded until then. */
  readonly truncated: boolean;
  /** The codings that were undone, outermost first; not those that were only claimed. */
  readonly applied: readonly Coding[];
}

/** Undoes what `contentEncoding` (RFC 9110 section 8.4; null for none) says, as far as the bytes agree. */
export function inflateBody(
  body: Uint8Array,
  contentEncoding: string | null,
  limits: InflateLimits,
): Result<Inflated, InflateFailure> {
  const codings = contentCodings(contentEncoding, limits.encodingsMax);
  if (!codings.ok) return codings;
  let bytes = body;
  let truncated = false;
  const applied: Coding[] = [];
  for (const coding of codings.value) {
    const layer = undo(bytes, coding, limits.outputBytesMax);
    if (!layer.ok) return layer;
    if (layer.value.coding === null) continue;
    bytes = layer.value.bytes;
    truncated ||= layer.value.truncated;
    applied.push(layer.value.coding);
  }
  if (bytes.length > limits.outputBytesMax) return err(tooLarge(limits.outputBytesMax));
  return ok({ bytes, truncated, applied });
}

interface Layer {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  /** null where the label lied and `bytes` is the input. */
  readonly coding: Coding | null;
}

function undo(bytes: Uint8Array, label: Coding, outputBytesMax: number): Result<Layer, InflateFailure> {
  const asIs = ok({ bytes, truncated: false, coding: null });
  if (bytes.length === 0) return asIs;
  const sniffed = sniffCoding(bytes);
  if ((label === "gzip" || label === "zstd") && sniffed !== label && !beginsMark(bytes, label)) {
    if (sniffed !== null) return attempt(bytes, sniffed, outputBytesMax);
    // No mark at all: zlib or raw deflate under the name gzip, or (mostly) nothing to undo.
    if (looksPlain(bytes)) return asIs;
    const deflated = isZlib(bytes) ? attempt(bytes, "deflate", outputBytesMax) : null;
    return deflated?.ok === true || deflated?.error.code === "too_large" ? deflated : asIs;
  }
  const decoded = attempt(bytes, label, outputBytesMax);
  if (decoded.ok ? !decoded.value.truncated : decoded.error.code === "too_large") return decoded;
  if (sniffed !== null && sniffed !== label) return attempt(bytes, sniffed, outputBytesMax);
  if (sniffed === null && looksPlain(bytes)) return asIs;
  return decoded;
}

function attempt(bytes: Uint8Array, coding: Coding, outputBytesMax: number): Result<Layer, InflateFailure> {
  const decoder = DECODERS[coding];
  try {
    return ok({ ...decoder(bytes, outputBytesMax), coding });
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === "ERR_BUFFER_TOO_LARGE") return err(tooLarge(outputBytesMax));
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return err({ code: "decode", message: `${coding}: ${message}`.slice(0, 300) });
  }
}

interface Decoded {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
}

/** Each throws zlib's own error on broken bytes and ERR_BUFFER_TOO_LARGE beyond the limit. */
const DECODERS: Readonly<Record<Coding, (bytes: Uint8Array, outputBytesMax: number) => Decoded>> = {
  gzip: gunzip,
  deflate: undeflate,
  br: (bytes, outputBytesMax) =>
    untilEnd(constants.BROTLI_OPERATION_FLUSH, (finishFlush) =>
      brotliDecompressSync(bytes, { ...finishFlush, ...sizes(bytes, outputBytesMax) }),
    ),
  zstd: unzstd,
};

/** Decodes; where the input ends too early, decodes again for what there is. */
function untilEnd(flush: number, decode: (finishFlush: { finishFlush?: number }) => Buffer): Decoded {
  try {
    return { bytes: decode({}), truncated: false };
  } catch (thrown) {
    if (errorCode(thrown) !== "Z_BUF_ERROR") throw thrown;
    return { bytes: decode({ finishFlush: flush }), truncated: true };
  }
}

function gunzip(bytes: Uint8Array, outputBytesMax: number): Decoded {
  try {
    const whole = gunzipSync(bytes, sizes(bytes, outputBytesMax, gzipSizeHint(bytes)));
    return { bytes: whole, truncated: false };
  } catch (thrown) {
    // Cut, bytes after the stream, or a wrong checksum: browsers read such bodies, so take member by member unchecked.
    const code = errorCode(thrown);
    if (code !== "Z_DATA_ERROR" && code !== "Z_BUF_ERROR") throw thrown;
    return gunzipMembers(bytes, outputBytesMax, thrown);
  }
}

function gunzipMembers(bytes: Uint8Array, outputBytesMax: number, checkedError: unknown): Decoded {
  const members: Uint8Array[] = [];
  let lengthBytes = 0;
  let truncated = false;
  let at = 0;
  while (!truncated) {
    const headerBytes = gzipHeaderBytes(bytes, at);
    if (headerBytes === null) break;
    const data = bytes.subarray(at + headerBytes);
    let consumed = 0;
    try {
      const member = untilEnd(constants.Z_SYNC_FLUSH, (finishFlush) => {
        const out = withConsumed(
          inflateRawSync(data, { ...finishFlush, ...sizes(data, outputBytesMax - lengthBytes), info: true }),
        );
        consumed = out.consumed;
        return out.buffer;
      });
      members.push(member.bytes);
      lengthBytes += member.bytes.length;
      truncated = member.truncated;
    } catch (thrown) {
      if (errorCode(thrown) !== "Z_DATA_ERROR" || members.length === 0) throw thrown;
      break; // the tail only looked like a member
    }
    at += headerBytes + consumed + GZIP_TRAILER_BYTES;
    truncated ||= at > bytes.length;
  }
  if (members.length === 0) {
    if (errorCode(checkedError) !== "Z_BUF_ERROR") throw checkedError;
    truncated = true; // cut inside the header
  }
  const [first] = members;
  return {
    bytes: members.length === 1 && first !== undefined ? first : concat(members, lengthBytes),
    truncated,
  };
}

/** Checksum and length after a gzip member (RFC 1952 section 2.3.1). */
export const GZIP_TRAILER_BYTES = 8;

/** Length of a gzip member's header (RFC 1952 section 2.3); null where there is none or it is cut. */
export function gzipHeaderBytes(bytes: Uint8Array, at: number): number | null {
  if (sniffCoding(bytes.subarray(at, at + 3)) !== "gzip" || bytes.length < at + 10) return null;
  const flags = bytes[at + 3] ?? 0;
  let end = at + 10;
  if (flags & 0x04) end += 2 + (bytes[end] ?? 0) + ((bytes[end + 1] ?? 0) << 8);
  for (const flag of [0x08, 0x10]) {
    if (!(flags & flag)) continue;
    const zeroAt = bytes.indexOf(0, end);
    if (zeroAt === -1) return null;
    end = zeroAt + 1;
  }
  if (flags & 0x02) end += 2;
  return end <= bytes.length ? end - at : null;
}

function undeflate(bytes: Uint8Array, outputBytesMax: number): Decoded {
  const raw = (from: Uint8Array): Decoded =>
    untilEnd(constants.Z_SYNC_FLUSH, (finishFlush) =>
      inflateRawSync(from, { ...finishFlush, ...sizes(from, outputBytesMax) }),
    );
  if (!isZlib(bytes)) return raw(bytes);
  try {
    return untilEnd(constants.Z_SYNC_FLUSH, (finishFlush) =>
      inflateSync(bytes, { ...finishFlush, ...sizes(bytes, outputBytesMax) }),
    );
  } catch (thrown) {
    if (errorCode(thrown) !== "Z_DATA_ERROR") throw thrown;
    const isChecksum = thrown instanceof Error && thrown.message.includes("data check");
    return raw(isChecksum ? bytes.subarray(2) : bytes);
  }
}

/** Frame after frame (RFC 8878 section 3.1): the decoder below stops at the end of the first. */
function unzstd(bytes: Uint8Array, outputBytesMax: number): Decoded {
  const frames: Uint8Array[] = [];
  let lengthBytes = 0;
  let truncated = false;
  let rest = bytes;
  while (
    rest.length > 0 &&
    !truncated &&
    (frames.length === 0 || sniffCoding(rest) === "zstd" || beginsMark(rest, "zstd"))
  ) {
    let consumed = 0;
    const from = rest;
    const frame = untilEnd(constants.ZSTD_e_flush, (finishFlush) => {
      const out = withConsumed(
        zstdDecompressSync(from, {
          ...finishFlush,
          ...sizes(from, outputBytesMax - lengthBytes),
          info: true,
        }),
      );
      consumed = out.consumed;
      return out.buffer;
    });
    frames.push(frame.bytes);
    lengthBytes += frame.bytes.length;
    truncated = frame.truncated;
    if (consumed === 0) break;
    rest = rest.subarray(consumed);
  }
  const [first] = frames;
  return {
    bytes: frames.length === 1 && first !== undefined ? first : concat(frames, lengthBytes),
    truncated,
  };
}

const CHUNK_BYTES_MIN = 16_384;
const CHUNK_BYTES_MAX = 1 << 20;

/** One output chunk that holds everything where the size can be guessed: twice as fast as growing by 16 KiB. */
function sizes(
  bytes: Uint8Array,
  outputBytesMax: number,
  hintBytes = bytes.length * 5,
): Required<Pick<ZlibOptions, "chunkSize" | "maxOutputLength">> {
  const guess = Math.min(hintBytes + 64, outputBytesMax + 64, CHUNK_BYTES_MAX);
  return { chunkSize: Math.max(guess, CHUNK_BYTES_MIN), maxOutputLength: Math.max(1, outputBytesMax) };
}

/** ISIZE, the last four bytes of a member (RFC 1952): a hint, since anyone can write anything there. */
function gzipSizeHint(bytes: Uint8Array): number {
  if (bytes.length < 18) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
}

/** With `info`, Node returns the buffer and the engine that read it; the type declarations know only the buffer. */
function withConsumed(output: unknown): { buffer: Buffer; consumed: number } {
  if (
    typeof output === "object" &&
    output !== null &&
    "buffer" in output &&
    Buffer.isBuffer(output.buffer) &&
    "engine" in output &&
    typeof output.engine === "object" &&
    output.engine !== null &&
    "bytesWritten" in output.engine &&
    typeof output.engine.bytesWritten === "number"
  ) {
    return { buffer: output.buffer, consumed: output.engine.bytesWritten };
  }
  throw new TypeError("zlib gave no engine");
}

const errorCode = (thrown: unknown): unknown =>
  typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;

const tooLarge = (outputBytesMax: number): InflateFailure => ({
  code: "too_large",
  message: `inflates to more than ${outputBytesMax} bytes`,
});
