// Content codings undone chunk by chunk, for what may be larger than memory: lists and sitemaps. What decoded before an
// error is delivered before the error. It knows the decoders' streams, not where the chunks come from.
import type { Transform } from "node:stream";
import {
  crc32,
  createBrotliDecompress,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { beginsMark, type Coding, contentCodings, isZlib, looksPlain, sniffCoding } from "./codings.ts";
import { type Chunk, Cursor, DECODER_OPTIONS, throughDecoder, wrapped } from "./decoder.ts";
import { GZIP_TRAILER_BYTES, gzipHeaderBytes, type InflateLimits } from "./inflate.ts";
import { err, ok } from "./result.ts";

export interface InflateStreamOptions extends InflateLimits {
  /** The Content-Encoding value; null for none. */
  readonly contentEncoding: string | null;
  /** Undo a gzip or zstd that the label does not name but the first bytes show, as with a `.gz` file. */
  readonly sniff: boolean;
}

/**
 * Yields the plain bytes; a failure is the last item. What the source throws is thrown on. At most about a megabyte is
 * held beyond the chunk in hand, whatever the ratio.
 */
export async function* inflateStream(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: InflateStreamOptions,
): AsyncGenerator<Chunk, void, undefined> {
  const codings = contentCodings(options.contentEncoding, options.encodingsMax);
  if (!codings.ok) {
    yield codings;
    return;
  }
  let stream: AsyncGenerator<Chunk> = wrapped(chunks);
  for (const coding of codings.value) stream = layer(stream, coding);
  // A .gz file served with Content-Encoding gzip is gzip twice or once: the bytes tell.
  if (options.sniff) stream = layer(stream, null);
  let lengthBytes = 0;
  for await (const chunk of stream) {
    if (chunk.ok) lengthBytes += chunk.value.length;
    if (lengthBytes > options.outputBytesMax) {
      yield err({ code: "too_large", message: `inflates to more than ${options.outputBytesMax} bytes` });
      return;
    }
    yield chunk;
    if (!chunk.ok) return;
  }
}

/** Bytes looked at before the decoder is chosen. */
const HEAD_BYTES = 64;

/** Undoes one coding where the first bytes allow it; `label` null undoes only what they prove. */
async function* layer(chunks: AsyncGenerator<Chunk>, label: Coding | null): AsyncGenerator<Chunk> {
  const cursor = new Cursor(chunks);
  try {
    const head = await cursor.peek(HEAD_BYTES);
    const coding = codingOf(head, label);
    if (coding === "gzip") yield* members(cursor);
    else if (coding === "zstd") yield* frames(cursor);
    else if (coding !== null) yield* throughDecoder(cursor, decoderFor(coding, head), coding);
    else for (let chunk = await cursor.next(); chunk !== null; chunk = await cursor.next()) yield ok(chunk);
    if (cursor.failure !== null) yield err(cursor.failure);
  } finally {
    await cursor.close();
  }
}

function codingOf(head: Uint8Array, label: Coding | null): Coding | null {
  const sniffed = sniffCoding(head);
  if (sniffed !== null || label === null || head.length === 0) return sniffed;
  if (label === "gzip" || label === "zstd")
    return beginsMark(head, label) ? label : isZlib(head) ? "deflate" : null;
  return looksPlain(head) ? null : label;
}

function decoderFor(coding: "br" | "deflate", head: Uint8Array): Transform {
  if (coding === "br") return createBrotliDecompress(DECODER_OPTIONS);
  return isZlib(head) ? createInflate(DECODER_OPTIONS) : createInflateRaw(DECODER_OPTIONS);
}

/** The optional fields of a member's header may be this long together. */
const GZIP_HEADER_BYTES_MAX = 1 << 18;

/**
 * gzip members one after another (RFC 1952 section 2.2). Node's own gunzip stream loses the last chunk where bytes follow
 * the end, so only the deflated part goes through zlib; length of header and checksum are read here.
 */
async function* members(cursor: Cursor): AsyncGenerator<Chunk> {
  for (;;) {
    let head = await cursor.peek(10);
    let headerBytes = gzipHeaderBytes(head, 0);
    while (headerBytes === null && sniffCoding(head) === "gzip" && head.length < GZIP_HEADER_BYTES_MAX) {
      const longer = await cursor.peek(head.length + 1);
      if (longer.length === head.length) break;
      head = longer;
      headerBytes = gzipHeaderBytes(head, 0);
    }
    if (headerBytes === null) {
      yield err({ code: "truncated", message: "gzip: ends inside its header" });
      return;
    }
    await cursor.skip(headerBytes);
    let checksum = 0;
    const inflate = createInflateRaw(DECODER_OPTIONS);
    for await (const chunk of throughDecoder(cursor, inflate, "gzip")) {
      if (chunk.ok) checksum = crc32(chunk.value, checksum);
      yield chunk;
      if (!chunk.ok) return;
    }
    const trailer = await cursor.peek(GZIP_TRAILER_BYTES);
    if (cursor.failure !== null) return;
    if (trailer.length < GZIP_TRAILER_BYTES) {
      yield err({ code: "truncated", message: "gzip: ends before its checksum" });
      return;
    }
    if (new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true) !== checksum) {
      yield err({ code: "decode", message: "gzip: wrong checksum" });
      return;
    }
    await cursor.skip(GZIP_TRAILER_BYTES);
    // Anything else behind the end is no member: ignored, as browsers do.
    if (sniffCoding(await cursor.peek(10)) !== "gzip") return;
  }
}

/** zstd frames one after another (RFC 8878 section 3.1): Node's stream stops at the end of the first. */
async function* frames(cursor: Cursor): AsyncGenerator<Chunk> {
  for (;;) {
    for await (const chunk of throughDecoder(cursor, createZstdDecompress(DECODER_OPTIONS), "zstd")) {
      yield chunk;
      if (!chunk.ok) return;
    }
    const head = await cursor.peek(4);
    if (head.length < 4 || (sniffCoding(head) !== "zstd" && !beginsMark(head, "zstd"))) return;
  }
}
