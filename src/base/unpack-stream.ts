// A file as people keep lists in: plain, gzip, zstd or zip, told by its first bytes and read forward only, so that a pipe
// will do. Of a zip it reads every stored or deflated entry in order, from the local headers (APPNOTE.TXT section 4.3).
import { createInflateRaw } from "node:zlib";
import { Cursor, DECODER_OPTIONS, type StreamFailure, throughDecoder, wrapped } from "./decoder.ts";
import { inflateStream } from "./inflate-stream.ts";
import { err, ok, type Result } from "./result.ts";

export interface Unpacked {
  /** Name inside a zip; null elsewhere. */
  readonly entry: string | null;
  readonly bytes: Uint8Array;
}

/** Yields plain bytes; a failure is the last item. What the source throws is thrown on. Memory is constant. */
export async function* unpackStream(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: { readonly outputBytesMax: number },
): AsyncGenerator<Result<Unpacked, StreamFailure>, void, undefined> {
  const cursor = new Cursor(wrapped(chunks));
  try {
    const head = await cursor.peek(6);
    const foreign = FOREIGN.find(({ mark }) => mark.every((byte, at) => head[at] === byte));
    if (foreign !== undefined) {
      yield err({ code: "decode", message: `${foreign.name} is not read; unpack it first` });
      return;
    }
    if (signatureAt(head, 0) === LOCAL_HEADER || signatureAt(head, 0) === END_OF_DIRECTORY) {
      yield* zipEntries(cursor, limits.outputBytesMax);
      return;
    }
    const plain = inflateStream(cursor.remaining(), {
      ...limits,
      contentEncoding: null,
      sniff: true,
      encodingsMax: 1,
    });
    for await (const chunk of plain) {
      if (!chunk.ok) yield chunk;
      else yield ok({ entry: null, bytes: chunk.value });
    }
  } finally {
    await cursor.close();
  }
}

const FOREIGN: readonly { readonly name: string; readonly mark: readonly number[] }[] = [
  { name: "xz", mark: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: "bzip2", mark: [0x42, 0x5a, 0x68] },
  { name: "7z", mark: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { name: "rar", mark: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07] },
];

const LOCAL_HEADER = 0x04034b50;
const END_OF_DIRECTORY = 0x06054b50;
const LOCAL_HEADER_BYTES = 30;

interface LocalHeader {
  readonly lengthBytes: number;
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Sizes follow the data; a stored entry's end cannot be told then. */
  readonly hasDescriptor: boolean;
  readonly sizeBytes: number;
}

async function* zipEntries(
  cursor: Cursor,
  outputBytesMax: number,
): AsyncGenerator<Result<Unpacked, StreamFailure>, void, undefined> {
  let outputBytes = 0;
  for (;;) {
    const header = await localHeader(cursor);
    if (header === null) break;
    const name = JSON.stringify(header.name);
    await cursor.skip(header.lengthBytes);
    if (header.isEncrypted) {
      yield err({ code: "decode", message: `zip: entry ${name} is encrypted` });
      return;
    }
    const isStored = header.method === 0 && !(header.hasDescriptor && header.sizeBytes === 0);
    if (!isStored && header.method !== 8) {
      yield err({
        code: "decode",
        message: `zip: entry ${name} is packed by method ${header.method}, only 0 and 8 are read`,
      });
      return;
    }
    const data = isStored
      ? cursor.take(header.sizeBytes)
      : throughDecoder(cursor, createInflateRaw(DECODER_OPTIONS), "zip");
    for await (const chunk of data) {
      if (!chunk.ok) {
        yield chunk;
        return;
      }
      outputBytes += chunk.value.length;
      if (outputBytes > outputBytesMax) {
        yield err({ code: "too_large", message: `unpacks to more than ${outputBytesMax} bytes` });
        return;
      }
      yield ok({ entry: header.name, bytes: chunk.value });
    }
    if (header.hasDescriptor) await skipDescriptor(cursor);
  }
  const end = await cursor.peek(4);
  if (end.length < 4) yield err({ code: "truncated", message: "zip: ends before its directory" });
}

async function localHeader(cursor: Cursor): Promise<LocalHeader | null> {
  const fixed = await cursor.peek(LOCAL_HEADER_BYTES);
  if (fixed.length < LOCAL_HEADER_BYTES || signatureAt(fixed, 0) !== LOCAL_HEADER) return null;
  const view = new DataView(fixed.buffer, fixed.byteOffset, fixed.byteLength);
  const flags = view.getUint16(6, true);
  const nameBytes = view.getUint16(26, true);
  const lengthBytes = LOCAL_HEADER_BYTES + nameBytes + view.getUint16(28, true);
  const method = view.getUint16(8, true);
  const sizeBytes = view.getUint32(18, true);
  const whole = await cursor.peek(lengthBytes);
  return {
    lengthBytes,
    name: new TextDecoder().decode(whole.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameBytes)),
    method,
    isEncrypted: (flags & 1) !== 0,
    hasDescriptor: (flags & 8) !== 0,
    sizeBytes,
  };
}

/** Checksum and sizes behind the data: with or without signature, in 4 or 8 bytes each; the next header shows which. */
async function skipDescriptor(cursor: Cursor): Promise<void> {
  const ahead = await cursor.peek(28);
  for (const lengthBytes of [16, 12, 24, 20]) {
    const signature = signatureAt(ahead, lengthBytes);
    if ((signature & 0xffff) === 0x4b50) {
      await cursor.skip(lengthBytes);
      return;
    }
  }
}

const signatureAt = (bytes: Uint8Array, at: number): number =>
  bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
