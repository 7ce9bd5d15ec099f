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
import { concat } from "./bytes.ts";
import {
  beginsMark,
  type Coding,
  contentCodings,
  GZIP_TRAILER_BYTES,
  gzipHeaderBytes,
  type InflateLimits,
  isZlib,
  looksPlain,
  sniffCoding,
} from "./inflate.ts";
import { err, ok, type Result } from "./result.ts";

export interface InflateStreamFailure {
  /** `truncated`: the stream ended before its end mark; all that came before is good. */
  readonly code: "decode" | "too_large" | "truncated";
  readonly message: string;
}

export interface InflateStreamOptions extends InflateLimits {
  /** The Content-Encoding value; null for none. */
  readonly contentEncoding: string | null;
  /** Undo a gzip or zstd that the label does not name but the first bytes show, as with a `.gz` file. */
  readonly sniff: boolean;
}

type Chunk = Result<Uint8Array, InflateStreamFailure>;

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

async function* wrapped(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) if (chunk.length > 0) yield ok(chunk);
}

/** A place in a stream of chunks: bytes read ahead can be put back. A failure of the layer outside ends it. */
class Cursor {
  readonly #source: AsyncGenerator<Chunk>;
  #ahead: Uint8Array | null = null;
  failure: InflateStreamFailure | null = null;

  constructor(source: AsyncGenerator<Chunk>) {
    this.#source = source;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#ahead !== null) {
      const chunk = this.#ahead;
      this.#ahead = null;
      return chunk;
    }
    if (this.failure !== null) return null;
    const { value, done } = await this.#source.next();
    if (done) return null;
    if (value.ok) return value.value;
    this.failure = value.error;
    return null;
  }

  putBack(bytes: Uint8Array): void {
    if (bytes.length > 0)
      this.#ahead =
        this.#ahead === null ? bytes : concat([bytes, this.#ahead], bytes.length + this.#ahead.length);
  }

  /** What lies ahead, at least `lengthBytes` of it unless the stream ends before. Nothing is consumed. */
  async peek(lengthBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let foundBytes = 0;
    while (foundBytes < lengthBytes) {
      const chunk = await this.next();
      if (chunk === null) break;
      parts.push(chunk);
      foundBytes += chunk.length;
    }
    const [first] = parts;
    const head = parts.length === 1 && first !== undefined ? first : concat(parts, foundBytes);
    this.putBack(head);
    return head;
  }

  async skip(lengthBytes: number): Promise<void> {
    const head = await this.peek(lengthBytes);
    this.#ahead = null;
    this.putBack(head.subarray(lengthBytes));
  }

  async close(): Promise<void> {
    await this.#source.return(undefined);
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
    else if (coding !== null) yield* oneStream(cursor, decoderFor(coding, head), coding);
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

const DECODER_OPTIONS = {
  chunkSize: 65_536,
  // With a mark of one byte the decoder stops at each chunk it could not hand on, so none is lost to a later error.
  readableHighWaterMark: 1,
};

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
    for await (const chunk of oneStream(cursor, inflate, "gzip")) {
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
    for await (const chunk of oneStream(cursor, createZstdDecompress(DECODER_OPTIONS), "zstd")) {
      yield chunk;
      if (!chunk.ok) return;
    }
    const head = await cursor.peek(4);
    if (head.length < 4 || (sniffCoding(head) !== "zstd" && !beginsMark(head, "zstd"))) return;
  }
}

const QUEUE_BYTES_MAX = 1 << 20;

/**
 * Feeds a decoder and hands on what it gives, never holding more than `QUEUE_BYTES_MAX` and a chunk. What it leaves unread
 * behind its end mark goes back to the cursor.
 */
async function* oneStream(
  cursor: Cursor,
  decoder: Transform,
  coding: Coding,
): AsyncGenerator<Chunk, void, undefined> {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let state: "open" | "ended" | Error = "open";
  let wake: () => void = () => {};
  decoder.on("data", (chunk: Buffer) => {
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes > QUEUE_BYTES_MAX) decoder.pause();
    wake();
  });
  decoder.on("end", () => {
    if (state === "open") state = "ended";
    wake();
  });
  decoder.on("error", (error: Error) => {
    state = error;
    wake();
  });
  const current = (): "open" | "ended" | Error => state;
  /** Runs `start` and yields what comes of it until it has called back or the decoder is done. */
  async function* pump(start: (done: () => void) => void): AsyncGenerator<Chunk> {
    let isDone = false;
    start(() => {
      isDone = true;
      wake();
    });
    for (;;) {
      for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
        queuedBytes -= chunk.length;
        yield ok(chunk);
      }
      if (isDone || current() !== "open") return;
      decoder.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || isDone || current() !== "open") resolve();
      });
    }
  }
  try {
    let fedBytes = 0;
    for (;;) {
      const chunk = await cursor.next();
      if (chunk === null) {
        if (cursor.failure === null) yield* pump((done) => decoder.once("end", done).end());
        break;
      }
      fedBytes += chunk.length;
      yield* pump((done) => decoder.write(chunk, () => done()));
      if (current() === "open") continue;
      if (current() === "ended")
        cursor.putBack(chunk.subarray(chunk.length - (fedBytes - consumedBytes(decoder, fedBytes))));
      break;
    }
    const ended = current();
    if (ended instanceof Error) yield err(problemOf(ended, coding));
  } finally {
    decoder.destroy();
  }
}

/** Node counts what the decoder took; the declaration of a plain Transform does not know it. */
function consumedBytes(decoder: Transform, fedBytes: number): number {
  return "bytesWritten" in decoder && typeof decoder.bytesWritten === "number"
    ? decoder.bytesWritten
    : fedBytes;
}

function problemOf(error: Error, coding: Coding): InflateStreamFailure {
  if ("code" in error && error.code === "Z_BUF_ERROR") {
    return { code: "truncated", message: `${coding}: ends before its end mark` };
  }
  return { code: "decode", message: `${coding}: ${error.message}` };
}
