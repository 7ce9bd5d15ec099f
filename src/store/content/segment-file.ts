// A segment that is a file: opened for one piece of reading, and how much of it is whole pages after a crash. Knows no
// writing.
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { RawLocation } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import type { StoredCapture } from "../faces.ts";
import { inflateMember, MEMBER_HEADER_BYTES, memberLengths } from "./gzip-member.ts";
import { decodeCapture, isResponse } from "./page-records.ts";
import { decodeRendering, isRendering } from "./rendering-records.ts";
import {
  capturesIn,
  checkKey,
  hops,
  plainRecord,
  type ReadCapture,
  type SegmentBytes,
} from "./segment-reader.ts";
import { decodeWarcHead } from "./warc-record.ts";

interface SegmentFile extends SegmentBytes {
  close(): Promise<void>;
}

async function openSegment(directory: string, key: string): Promise<SegmentFile> {
  const file = await open(join(directory, key), "r");
  try {
    const { size } = await file.stat();
    return {
      size,
      async readAt(offset, length) {
        const buffer = Buffer.allocUnsafe(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return buffer.subarray(0, filled);
      },
      close: () => file.close(),
    };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** The compressed bytes at a location. */
export async function readMember(directory: string, location: RawLocation): Promise<Buffer> {
  checkKey(location);
  const file = await openSegment(directory, location.key);
  try {
    const member = await file.readAt(location.offset, location.length);
    if (member.byteLength !== location.length)
      throw new RecordDamaged(`${location.key}:${location.offset}`, "the segment ends before it");
    return member;
  } finally {
    await file.close();
  }
}

/** The plain record at a location, its checksum proved. */
export async function readRecord(directory: string, location: RawLocation): Promise<Buffer> {
  return plainRecord(await readMember(directory, location), location);
}

/** See capturesIn. */
export async function* capturesOf(
  directory: string,
  key: string,
  onDamaged: (damage: RecordDamaged) => void,
  readCapture: ReadCapture | null = null,
): AsyncGenerator<StoredCapture> {
  const file = await openSegment(directory, key);
  try {
    yield* capturesIn(file, key, onDamaged, readCapture);
  } finally {
    await file.close();
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
 * tell. A segment is a warcinfo record and then pairs of records, some with a third ahead of them.
 */
export async function measure(directory: string, key: string): Promise<Examined> {
  const file = await openSegment(directory, key);
  try {
    const { size } = file;
    let wholeBytes = 0;
    let offset = 0;
    let members = 0;
    while (offset + MEMBER_HEADER_BYTES <= size) {
      const lengths = memberLengths(await file.readAt(offset, MEMBER_HEADER_BYTES));
      if (lengths === null || offset + lengths.length > size) break;
      offset += lengths.length;
      if (lengths.isAhead) continue;
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
  const file = await openSegment(directory, key);
  try {
    const { size } = file;
    let wholeBytes = 0;
    let damagedAt = -1;
    let awaited: { offset: number; length: number } | null = null;
    for await (const { location, plainLength } of hops(file, key)) {
      const type = await provenType(file, location, plainLength);
      const end = location.offset + location.length;
      if (type === null) {
        if (damagedAt < 0) damagedAt = location.offset;
        awaited = null;
      } else if (type.kind === "first") {
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

/** `first`: of a pair. */
type RecordType = { kind: "first"; markdownLength: number } | { kind: "conversion" } | { kind: "other" };

/** What a member is; null when it is not the bytes that were written. */
async function provenType(
  file: SegmentBytes,
  location: RawLocation,
  plainLength: number,
): Promise<RecordType | null> {
  const member = await file.readAt(location.offset, location.length);
  try {
    const plain = await inflateMember(member, plainLength);
    const head = decodeWarcHead(plain);
    if (head === null) return null;
    if (isResponse(head)) {
      const decoded = decodeCapture(plain, location);
      return decoded === null ? null : { kind: "first", markdownLength: decoded.capture.markdown.length };
    }
    if (isRendering(head))
      return { kind: "first", markdownLength: decodeRendering(plain, head, location).markdown.length };
    return head.fields.get("warc-type") === "conversion" ? { kind: "conversion" } : { kind: "other" };
  } catch {
    // A checksum, a length or a header that is wrong: this is what the caller asks about, not a failure.
    return null;
  }
}
