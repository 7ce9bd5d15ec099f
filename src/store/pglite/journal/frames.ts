// Records as framed bytes, and framed bytes as records: whatever was cut off, torn or changed is noticed, and what stands whole
// behind it is found again. Knows no file and no row.
import { crc32 } from "node:zlib";

/**
 * A frame, little-endian: magic (4 bytes; the first never stands in UTF-8), length of the payload in bytes (4), CRC-32 of the payload (4),
 * CRC-32 of these twelve bytes (4), payload (UTF-8).
 */
const MAGIC = Buffer.from([0xff, 0x4d, 0x52, 0x4a]);
const HEADER_BYTES = 16;
/** Payload of one frame: what is longer is damage. */
const PAYLOAD_BYTES_MAX = 1024 * 1024 * 1024;

export type Found =
  | { readonly kind: "record"; readonly atByte: number; readonly payload: string }
  /** Bytes with whole records behind them (`damaged`), or at the end (`torn`). */
  | { readonly kind: "damaged" | "torn"; readonly atByte: number; readonly bytes: number };

export function frameOf(payload: string): Buffer {
  const bytes = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  MAGIC.copy(frame);
  frame.write(payload, HEADER_BYTES);
  frame.writeUInt32LE(bytes, 4);
  frame.writeUInt32LE(crc32(frame.subarray(HEADER_BYTES)), 8);
  frame.writeUInt32LE(crc32(frame.subarray(0, 12)), 12);
  return frame;
}

/** Null where no header stands. */
function payloadBytesAt(buffer: Buffer, at: number): number | null {
  if (buffer.compare(MAGIC, 0, 4, at, at + 4) !== 0) return null;
  if (buffer.readUInt32LE(at + 12) !== crc32(buffer.subarray(at, at + 12))) return null;
  const bytes = buffer.readUInt32LE(at + 4);
  return bytes > PAYLOAD_BYTES_MAX ? null : bytes;
}

/** Fed with chunks in their order, however they were cut; holds at most one frame and one chunk. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #chunkBytes = 0;
  /** So many bytes are needed before there is anything to find. */
  #wantedBytes = HEADER_BYTES;
  /** Of the first byte held. */
  #atByte = 0;
  #badFromByte: number | null = null;

  push(chunk: Buffer): Found[] {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
    return this.#chunkBytes < this.#wantedBytes ? [] : this.#look();
  }

  /** After the last chunk. */
  end(): Found[] {
    const from = this.#badFromByte ?? this.#atByte;
    const bytes = this.#atByte + this.#chunkBytes - from;
    return bytes === 0 ? [] : [{ kind: "torn", atByte: from, bytes }];
  }

  #look(): Found[] {
    const buffer = Buffer.concat(this.#chunks, this.#chunkBytes);
    const found: Found[] = [];
    let at = 0;
    this.#wantedBytes = HEADER_BYTES;
    while (buffer.length - at >= HEADER_BYTES) {
      const bytes = payloadBytesAt(buffer, at);
      if (bytes === null) {
        this.#badFromByte ??= this.#atByte + at;
        const next = buffer.indexOf(MAGIC, at + 1);
        at = next === -1 ? buffer.length - (MAGIC.length - 1) : next;
        continue;
      }
      const end = at + HEADER_BYTES + bytes;
      if (end > buffer.length) {
        this.#wantedBytes = end - at;
        break;
      }
      const payload = buffer.subarray(at + HEADER_BYTES, end);
      const frameAtByte = this.#atByte + at;
      at = end;
      if (crc32(payload) !== buffer.readUInt32LE(end - bytes - HEADER_BYTES + 8)) {
        this.#badFromByte ??= frameAtByte;
        continue;
      }
      if (this.#badFromByte !== null) {
        found.push({ kind: "damaged", atByte: this.#badFromByte, bytes: frameAtByte - this.#badFromByte });
        this.#badFromByte = null;
      }
      found.push({ kind: "record", atByte: frameAtByte, payload: payload.toString("utf8") });
    }
    const rest = Buffer.from(buffer.subarray(at));
    this.#chunks = [rest];
    this.#chunkBytes = rest.length;
    this.#atByte += at;
    return found;
  }
}
