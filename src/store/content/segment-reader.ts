// Reading a segment: its members by hopping over their lengths, and one member's plain record. Constant memory: one member
// at a time. Knows neither files nor buckets, only bytes at a place.
import type { RawLocation } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import type { StoredCapture } from "../faces.ts";
import { inflateMember, inflatePrefix, MEMBER_HEADER_BYTES, memberLengths } from "./gzip-member.ts";
import { decodeCapture, isResponse } from "./page-records.ts";
import { decodeRendering, isRendering } from "./rendering-records.ts";
import { decodeWarcHead } from "./warc-record.ts";

/** A segment's bytes. */
export interface SegmentBytes {
  readonly size: number;
  /** Fewer than asked for at the end alone. */
  readAt(offset: number, length: number): Promise<Buffer>;
}

/** Holds the headers of nearly every record; longer ones are read again with more. */
const PREFIX_BYTES = 16 * 1024;

/** Anyone may send a location: a key is a bare name. */
export function checkKey(location: RawLocation): void {
  if (!/^[\w.-]+$/.test(location.key))
    throw new RecordDamaged(`${location.key}:${location.offset}`, "not a segment's name");
}

/** The plain record of a whole member, its checksum proved. */
export async function plainRecord(member: Buffer, location: RawLocation): Promise<Buffer> {
  const where = `${location.key}:${location.offset}`;
  if (member.byteLength !== location.length) throw new RecordDamaged(where, "the segment ends before it");
  const lengths = memberLengths(member);
  if (lengths === null || lengths.length !== location.length)
    throw new RecordDamaged(where, "no record begins there");
  try {
    return await inflateMember(member, lengths.plainLength);
  } catch (thrown) {
    throw new RecordDamaged(where, "its compressed bytes are damaged", thrown);
  }
}

export interface Hop {
  readonly location: RawLocation;
  readonly plainLength: number;
  /** The member's first bytes, at most PREFIX_BYTES. */
  readonly prefix: Buffer;
}

/** Members from the segment's start, until one is not whole. */
export async function* hops(segment: SegmentBytes, key: string): AsyncGenerator<Hop> {
  const { size } = segment;
  let offset = 0;
  while (offset + MEMBER_HEADER_BYTES <= size) {
    const prefix = await segment.readAt(offset, Math.min(PREFIX_BYTES, size - offset));
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

/** The capture at a location, in whichever segment. */
export type ReadCapture = (location: RawLocation) => Promise<StoredCapture>;

/**
 * Every capture of a segment whose two records lie whole in it, in order; bodies are hopped over. A damaged record is told
 * to `onDamaged` and passed over. With `readCapture` also the captures of earlier segments that a browser showed later, each
 * with what it showed; without, those are passed over.
 */
export async function* capturesIn(
  segment: SegmentBytes,
  key: string,
  onDamaged: (damage: RecordDamaged) => void,
  readCapture: ReadCapture | null = null,
): AsyncGenerator<StoredCapture> {
  for await (const hop of hops(segment, key)) {
    try {
      const capture = (await captureAt(segment, hop)) ?? (await renderedAt(hop, readCapture));
      if (capture === null || capture.markdown.offset + capture.markdown.length > segment.size) continue;
      yield capture;
    } catch (thrown) {
      if (!(thrown instanceof RecordDamaged)) throw thrown;
      onDamaged(thrown);
    }
  }
}

/** Such a record is short: it lies in the first bytes. */
async function renderedAt(hop: Hop, readCapture: ReadCapture | null): Promise<StoredCapture | null> {
  if (readCapture === null) return null;
  const plain = inflatePrefix(hop.prefix);
  const head = decodeWarcHead(plain);
  if (head === null || !isRendering(head)) return null;
  const { raw, ...later } = decodeRendering(plain, head, hop.location);
  return { ...(await readCapture(raw)), ...later };
}

async function captureAt(segment: SegmentBytes, hop: Hop): Promise<StoredCapture | null> {
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
    compressed = await segment.readAt(
      hop.location.offset,
      Math.min(compressed.byteLength * 8, hop.location.length),
    );
  }
}
