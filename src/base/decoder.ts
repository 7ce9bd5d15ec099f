// A decoder of node:zlib driven by pull, and the place in a stream of chunks it reads from. It never holds more than about
// a megabyte, loses nothing to a later error, and gives back what it did not need, which Node's own streams do not do.
import type { Transform } from "node:stream";
import { concat } from "./bytes.ts";
import { err, ok, type Result } from "./result.ts";

export interface StreamFailure {
  /** `truncated`: the stream ended before its end mark; all that came before is good. */
  readonly code: "decode" | "too_large" | "truncated";
  readonly message: string;
}

export type Chunk = Result<Uint8Array, StreamFailure>;

export async function* wrapped(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) if (chunk.length > 0) yield ok(chunk);
}

/** A place in a stream of chunks: bytes read ahead can be put back. A failure of the layer outside ends it. */
export class Cursor {
  readonly #source: AsyncGenerator<Chunk>;
  #ahead: Uint8Array | null = null;
  failure: StreamFailure | null = null;

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

  /** The next `lengthBytes` as they are; a stream that ends before gives `truncated`. */
  async *take(lengthBytes: number): AsyncGenerator<Chunk> {
    let left = lengthBytes;
    while (left > 0) {
      const chunk = await this.next();
      if (chunk === null) {
        yield err({ code: "truncated", message: `ends ${left} bytes too early` });
        return;
      }
      const part = chunk.subarray(0, left);
      this.putBack(chunk.subarray(part.length));
      left -= part.length;
      yield ok(part);
    }
  }

  /** All that is left, for a source without failures of its own. */
  async *remaining(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) yield chunk;
  }

  async close(): Promise<void> {
    await this.#source.return(undefined);
  }
}

export const DECODER_OPTIONS = {
  chunkSize: 65_536,
  // With a mark of one byte the decoder stops at each chunk it could not hand on, so none is lost to a later error.
  readableHighWaterMark: 1,
};

const QUEUE_BYTES_MAX = 1 << 20;

/**
 * Feeds a decoder and hands on what it gives, never holding more than `QUEUE_BYTES_MAX` and a chunk. What it leaves unread
 * behind its end mark goes back to the cursor.
 */
export async function* throughDecoder(
  cursor: Cursor,
  decoder: Transform,
  name: string,
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
    if (ended instanceof Error) yield err(problemOf(ended, name));
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

function problemOf(error: Error, name: string): StreamFailure {
  if ("code" in error && error.code === "Z_BUF_ERROR") {
    return { code: "truncated", message: `${name}: ends before its end mark` };
  }
  return { code: "decode", message: `${name}: ${error.message}` };
}
