// One WARC record as one gzip member (RFC 1952), either deflated or merely framed for bytes that are compressed already.
// Each carries its own length in the "sl" extra field (WARC 1.1, annex D), so that a reader can hop. Knows no WARC.
import { promisify } from "node:util";
import { constants, crc32, deflateRaw, gunzip, gunzipSync } from "node:zlib";

export interface Member {
  /** In order; together the whole member. */
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
}

const deflateRawAsync = promisify(deflateRaw);
const gunzipAsync = promisify(gunzip);

/** Fixed part, extra field's length, subfield id and length, two lengths of four bytes. */
export const MEMBER_HEADER_BYTES = 10 + 2 + 4 + 8;
/** A second subfield, of no bytes: the record belongs to the page that follows it. */
const AHEAD_BYTES = 4;
const TRAILER_BYTES = 8;
/** RFC 1951, section 3.2.4: a stored block holds at most this many bytes. */
const STORED_BLOCK_MAX = 0xffff;
const STORED_HEADER_BYTES = 5;

function checksum(parts: readonly Uint8Array[]): number {
  let crc = 0;
  for (const part of parts) crc = crc32(part, crc);
  return crc;
}

function sizeOf(parts: readonly Uint8Array[]): number {
  let size = 0;
  for (const part of parts) size += part.byteLength;
  return size;
}

function header(memberLength: number, plainLength: number, isAhead: boolean): Uint8Array {
  const bytes = new Uint8Array(MEMBER_HEADER_BYTES + (isAhead ? AHEAD_BYTES : 0));
  // Magic, deflate, FEXTRA; no time, no extra flags, unknown system; 12 bytes of extra field: "sl", length 8.
  bytes.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 12, 0, 0x73, 0x6c, 8, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, memberLength, true);
  view.setUint32(20, plainLength, true);
  if (isAhead) {
    view.setUint16(10, 12 + AHEAD_BYTES, true);
    bytes.set([0x6d, 0x61], MEMBER_HEADER_BYTES); // "ma", length 0
  }
  return bytes;
}

function trailer(crc: number, plainLength: number): Uint8Array {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc, true);
  view.setUint32(4, plainLength, true);
  return bytes;
}

/** The parts framed in stored blocks: a checksum over them, no compression, no copy. `isAhead`: see MemberLengths. */
export function storedMember(parts: readonly Uint8Array[], isAhead = false): Member {
  const plainLength = sizeOf(parts);
  const blocks: Uint8Array[] = [];
  let length = MEMBER_HEADER_BYTES + (isAhead ? AHEAD_BYTES : 0) + TRAILER_BYTES;
  let left = plainLength;
  for (const part of parts) {
    for (let at = 0; at < part.byteLength; at += STORED_BLOCK_MAX) {
      const data = part.subarray(at, at + STORED_BLOCK_MAX);
      left -= data.byteLength;
      const size = data.byteLength;
      blocks.push(
        new Uint8Array([left === 0 ? 1 : 0, size & 0xff, size >>> 8, ~size & 0xff, (~size >>> 8) & 0xff]),
        data,
      );
      length += STORED_HEADER_BYTES + size;
    }
  }
  return {
    chunks: [header(length, plainLength, isAhead), ...blocks, trailer(checksum(parts), plainLength)],
    length,
  };
}

/** The parts deflated on the thread pool. `level` 1..9. */
export async function deflatedMember(parts: readonly Uint8Array[], level: number): Promise<Member> {
  const plain = parts.length === 1 ? parts[0] : Buffer.concat(parts);
  const plainLength = sizeOf(parts);
  const data = await deflateRawAsync(plain ?? new Uint8Array(0), { level });
  const length = MEMBER_HEADER_BYTES + data.byteLength + TRAILER_BYTES;
  return {
    chunks: [header(length, plainLength, false), data, trailer(checksum(parts), plainLength)],
    length,
  };
}

export interface MemberLengths {
  readonly length: number;
  readonly plainLength: number;
  /** The record belongs to the page whose two records follow it: lengths alone tell what is whole. */
  readonly isAhead: boolean;
}

/** The lengths in a member's header; null when these bytes do not begin a member that this module wrote. */
export function memberLengths(bytes: Uint8Array): MemberLengths | null {
  if (bytes.byteLength < MEMBER_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const extra = view.getUint16(10, true);
  const isAhead = extra === 12 + AHEAD_BYTES;
  const known =
    view.getUint32(0) === 0x1f8b0804 && (extra === 12 || isAhead) && view.getUint32(12) === 0x736c0800;
  if (!known) return null;
  const length = view.getUint32(16, true);
  if (length < MEMBER_HEADER_BYTES + TRAILER_BYTES) return null;
  return { length, plainLength: view.getUint32(20, true), isAhead };
}

/** The plain bytes of a whole member; rejects when its checksum or length is wrong. */
export function inflateMember(member: Uint8Array, plainLength: number): Promise<Buffer> {
  return gunzipAsync(member, { maxOutputLength: Math.max(1, plainLength) });
}

/** The plain bytes that the first bytes of a member give. Throws when they are no deflate stream. */
export function inflatePrefix(prefix: Uint8Array): Buffer {
  return gunzipSync(prefix, { finishFlush: constants.Z_SYNC_FLUSH });
}
