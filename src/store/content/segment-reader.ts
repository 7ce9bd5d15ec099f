// Reading a segment file: its members by hopping over their lengths, one member by one ranged read, and how much of a
// file is whole pages. Constant memory: one member at a time. Knows no writing.
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { RawLocation } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import type { StoredCapture } from "../faces.ts";
import { inflateMember, inflatePrefix, MEMBER_HEADER_BYTES, memberLengths } from "./gzip-member.ts";
import { decodeCapture, isResponse } from "./page-records.ts";
import { decodeWarcHead } from "./warc-record.ts";

/** Holds the headers of nearly every record; longer ones are read again with more. */
const PREFIX_BYTES = 16 * 1024;

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The compressed bytes at a location. */
export async function readMember(directory: string, location: RawLocation): Promise<Buffer> {
  const where = `${location.key}:${location.offset}`;
  if (!/^[\w.-]+$/.test(location.key)) throw new RecordDamaged(where, "not a segment's name");
  const file = await open(join(directory, location.key), "r");
  try {
    const member = await readAt(file, location.offset, location.length);
    if (member.byteLength !== location.length) throw new RecordDamaged(where, "the segment ends before it");
    return member;
  } finally {
    await file.close();
  }
}

/** The plain record at a location, its checksum proved. */
export async function readRecord(directory: string, location: RawLocation): Promise<Buffer> {
  const member = await readMember(directory, location);
  const lengths = memberLengths(member);
  const where = `${location.key}:${location.offset}`;
  if (lengths === null || lengths.length !== location.length)
    throw new RecordDamaged(where, "no record begins there");
  try {
    return await inflateMember(member, lengths.plainLength);
  } catch (thrown) {
    throw new RecordDamaged(where, "its compressed bytes are damaged", thrown);
  }
}

interface Hop {
  readonly location: RawLocation;
  readonly plainLength: number;
  /** The member's first bytes, at most PREFIX_BYTES. */
  readonly prefix: Buffer;
}

/** Members from the file's start, until one is not whole. */
async function* hops(file: FileHandle, key: string): AsyncGenerator<Hop> {
  const { size } = await file.stat();
  let offset = 0;
  while (offset + MEMBER_HEADER_BYTES <= size) {
    const prefix = await readAt(file, offset, Math.min(PREFIX_BYTES, size - offset));
    const lengths = memberLengths(prefix);
    if (lengths === null || offset + lengths.length > size) return;
    yield {
      location: { key, offset, length: lengths.length },
      plainLength: lengths.plainLength,
      prefix: prefix.subarray(0, lengths.length),
    };
    offset += lengths.length;
  }
}

/**
 * Every capture of a segment whose two records lie whole in it, in order; bodies are hopped over. A damaged record is told
 * to `onDamaged` and passed over.
 */
export async function* capturesOf(
  directory: string,
  key: string,
  onDamaged: (damage: RecordDamaged) => void,
): AsyncGenerator<StoredCapture> {
  const file = await open(join(directory, key), "r");
  try {
    const { size } = await file.stat();
    for await (const hop of hops(file, key)) {
      try {
        const capture = await captureAt(file, hop);
        if (capture === null || capture.markdown.offset + capture.markdown.length > size) continue;
        yield capture;
      } catch (thrown) {
        if (!(thrown instanceof RecordDamaged)) throw thrown;
        onDamaged(thrown);
      }
    }
  } finally {
    await file.close();
  }
}

async function captureAt(file: FileHandle, hop: Hop): Promise<StoredCapture | null> {
  const where = `${hop.location.key}:${hop.location.offset}`;
  let compressed = hop.prefix;
  for (;;) {
    let plain: Buffer;
    try {
      plain = inflatePrefix(compressed);
    } catch (thrown) {
      throw new RecordDamaged(where, "its compressed bytes are damaged", thrown);
    }
    const head = decodeWarcHead(plain);
    if (head !== null && !isResponse(head)) return null;
    const decoded = head === null ? null : decodeCapture(plain, hop.location);
    if (decoded !== null) return decoded.capture;
    if (compressed.byteLength === hop.location.length)
      throw new RecordDamaged(where, "its headers have no end");
    compressed = await readAt(
      file,
      hop.location.offset,
      Math.min(compressed.byteLength * 8, hop.location.length),
    );
  }
}

export interface Examined {
  /** Bytes up to the end of the last whole page (or of the warcinfo record); 0 when not even that is whole. */
  readonly wholeBytes: number;
  readonly size: number;
  /** A damaged record with readable ones behind it: not a torn tail but a damaged medium. */
  readonly damagedInside: boolean;
}

/**
 * The same where every byte that was written is sure to be there (see boot-id.ts): only an end can be missing, and lengths
 * tell. A segment is a warcinfo record and then pairs of records.
 */
export async function measure(directory: string, key: string): Promise<Examined> {
  const file = await open(join(directory, key), "r");
  try {
    const { size } = await file.stat();
    let wholeBytes = 0;
    let offset = 0;
    let members = 0;
    while (offset + MEMBER_HEADER_BYTES <= size) {
      const lengths = memberLengths(await readAt(file, offset, MEMBER_HEADER_BYTES));
      if (lengths === null || offset + lengths.length > size) break;
      offset += lengths.length;
      members++;
      if (members % 2 === 1) wholeBytes = offset;
    }
    return { wholeBytes, size, damagedInside: false };
  } finally {
    await file.close();
  }
}

/** Proves every member of a segment that was not closed in order: which part of it is whole pages? */
export async function examine(directory: string, key: string): Promise<Examined> {
  const file = await open(join(directory, key), "r");
  try {
    const { size } = await file.stat();
    let wholeBytes = 0;
    let damagedAt = -1;
    let awaited: { offset: number; length: number } | null = null;
    for await (const { location, plainLength } of hops(file, key)) {
      const type = await provenType(file, location, plainLength);
      const end = location.offset + location.length;
      if (type === null) {
        if (damagedAt < 0) damagedAt = location.offset;
        awaited = null;
      } else if (type.kind === "response") {
        awaited = { offset: end, length: type.markdownLength };
      } else if (type.kind === "conversion") {
        if (awaited?.offset === location.offset && awaited.length === location.length) wholeBytes = end;
        awaited = null;
      } else if (location.offset === 0) {
        wholeBytes = end;
      }
    }
    return { wholeBytes, size, damagedInside: damagedAt >= 0 && damagedAt < wholeBytes };
  } finally {
    await file.close();
  }
}

type RecordType = { kind: "response"; markdownLength: number } | { kind: "conversion" } | { kind: "other" };

/** What a member is; null when it is not the bytes that were written. */
async function provenType(
  file: FileHandle,
  location: RawLocation,
  plainLength: number,
): Promise<RecordType | null> {
  const member = await readAt(file, location.offset, location.length);
  try {
    const plain = await inflateMember(member, plainLength);
    const head = decodeWarcHead(plain);
    if (head === null) return null;
    if (isResponse(head)) {
      const decoded = decodeCapture(plain, location);
      return decoded === null ? null : { kind: "response", markdownLength: decoded.capture.markdown.length };
    }
    return head.fields.get("warc-type") === "conversion" ? { kind: "conversion" } : { kind: "other" };
  } catch {
    // A checksum, a length or a header that is wrong: this is what the caller asks about, not a failure.
    return null;
  }
}
