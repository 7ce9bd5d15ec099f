// Content in a bucket of WARC segments: an append is one object, put whole and never touched again, which any WARC tool
// opens. A segment of no bytes marks a name as never to be written. Several processes share the bucket. Knows no rows.
import { type Clock, failpoint, uuidv7 } from "../../base/index.ts";
import type { BatchLimits } from "../../engine/index.ts";
import type { ProcessedPage, RawLocation, Screenshot } from "../../model/index.ts";
import { type ClaimedSegments, SegmentTaken } from "../content/claimed-segments.ts";
import {
  chunksOf,
  decodeCaptureWithBody,
  decodeConversion,
  decodeMarkdown,
  encodeWarcinfo,
  locationsOf,
  pageLocations,
} from "../content/page-records.ts";
import { encodePages } from "../content/rendering-records.ts";
import { decodeScreenshot } from "../content/screenshot-record.ts";
import { CLOCK_SLACK_MS, oldestOf } from "../content/segment-age.ts";
import {
  capturesIn,
  checkKey,
  plainRecord,
  type ReadCapture,
  type SegmentBytes,
} from "../content/segment-reader.ts";
import { RecordDamaged } from "../errors.ts";
import type {
  CaptureWithBody,
  ContentStatistics,
  RenderedDocument,
  SegmentOf,
  StoredCapture,
  StoredLocations,
} from "../faces.ts";
import type { StoreOptions } from "../options.ts";
import { Bucket } from "./bucket.ts";
import { isMissing, isOutOfRange } from "./failure.ts";

export interface S3ContentOptions extends Pick<StoreOptions, "s3" | "compressionLevel"> {
  /** For the warcinfo record: "millrace/0.1.0". */
  readonly software: string;
}

/** Every segment's key begins so; a row holds the whole key, for one ranged read by any client. */
const PREFIX = "segments/";
/** Pages of one segment at most: what is gathered in memory besides bytes. */
const ITEMS_MAX = 4_096;
/** What is read at once where a segment is gone through: most are read in two or three steps. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/** Sorts by time of birth, whoever the writer. */
const stampOf = (atMs: number): string => new Date(atMs).toISOString().replace(/\D/g, "");

const raise = (damage: RecordDamaged): never => {
  throw damage;
};

/** Throws StoreRefused when an option is missing; nothing is dialled before `connect`. */
export function s3Content(options: S3ContentOptions, clock: Clock): ClaimedSegments {
  return new S3Content(options, clock);
}

class S3Content implements ClaimedSegments {
  readonly batch: BatchLimits;
  /** Of this process alone, from the random part of a UUIDv7. */
  readonly writer: string;
  readonly #options: S3ContentOptions;
  readonly #bucket: Bucket;
  readonly #clock: Clock;
  #minted = 0;

  constructor(options: S3ContentOptions, clock: Clock) {
    const { segmentBytesMax, lingerMs, putsMax } = options.s3;
    this.batch = { itemsMax: ITEMS_MAX, bytesMax: segmentBytesMax, lingerMs, inFlightMax: putsMax };
    this.writer = uuidv7(clock.nowMs()).slice(-12);
    this.#options = options;
    this.#clock = clock;
    this.#bucket = new Bucket(options.s3, clock);
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#bucket.connect(signal);
  }

  mint(): string {
    this.#minted++;
    const number = String(this.#minted).padStart(8, "0");
    return `${PREFIX}millrace-${stampOf(this.#clock.nowMs())}-${this.writer}-${number}.warc.gz`;
  }

  append(pages: readonly ProcessedPage[], signal: AbortSignal): Promise<readonly StoredLocations[]> {
    return this.appendAs(this.mint(), pages, signal);
  }

  async appendAs(
    name: string,
    pages: readonly ProcessedPage[],
    signal: AbortSignal,
  ): Promise<readonly StoredLocations[]> {
    signal.throwIfAborted();
    const { compressionLevel, software } = this.#options;
    const nowMs = this.#clock.nowMs();
    const file = name.slice(PREFIX.length);
    const info = await encodeWarcinfo(file, software, nowMs, uuidv7(nowMs), compressionLevel);
    const members = await encodePages(pages, compressionLevel);
    failpoint("segment-written");
    const written = await this.#bucket.putNew(name, [...info.chunks, ...chunksOf(members)], signal);
    if (!written) throw new SegmentTaken(`segment ${name} is there already`);
    failpoint("segment-synced");
    return locationsOf(members, name, info.length);
  }

  async conclude(
    name: string,
    captureIds: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Map<string, StoredLocations>> {
    const found = new Map<string, StoredLocations>();
    for (;;) {
      const size = await this.#bucket.size(name, signal);
      if (size === 0) return found;
      if (size === null) {
        // An object of no bytes takes the name: a put that is still on its way is refused when it comes.
        if (await this.#bucket.putNew(name, [], signal)) return found;
        continue;
      }
      for await (const capture of capturesIn(this.#bytesOf(name, size), name, raise)) {
        const { captureId } = capture.request;
        if (captureIds.has(captureId)) found.set(captureId, pageLocations(capture));
      }
      return found;
    }
  }

  async readCapture(location: RawLocation): Promise<CaptureWithBody> {
    return decodeCaptureWithBody(await plainRecord(await this.#member(location), location), location);
  }

  async readMarkdown(location: RawLocation): Promise<string> {
    return decodeMarkdown(await plainRecord(await this.#member(location), location), location);
  }

  async readRendered(location: RawLocation): Promise<RenderedDocument | null> {
    return decodeConversion(await plainRecord(await this.#member(location), location), location);
  }

  async readScreenshot(location: RawLocation): Promise<Screenshot> {
    return decodeScreenshot(await plainRecord(await this.#member(location), location), location);
  }

  readMember(location: RawLocation): Promise<Uint8Array> {
    return this.#member(location);
  }

  async recover(captureIds: ReadonlySet<string>): Promise<Map<string, StoredCapture>> {
    const found = new Map<string, StoredCapture>();
    if (captureIds.size === 0) return found;
    const after = `millrace-${stampOf(Math.max(0, oldestOf(captureIds) - CLOCK_SLACK_MS))}`;
    // A capture that cannot be read counts as not there: it is fetched again.
    for await (const capture of this.#captures(after, () => undefined)) {
      if (captureIds.has(capture.request.captureId)) found.set(capture.request.captureId, capture);
      if (found.size === captureIds.size) break;
    }
    return found;
  }

  eachStoredCapture(onDamaged: (damage: RecordDamaged) => void = raise): AsyncIterable<StoredCapture> {
    return this.#captures("", onDamaged, (location) => this.readCapture(location));
  }

  async statistics(): Promise<ContentStatistics> {
    let segments = 0;
    let bytes = 0;
    for await (const object of this.#bucket.list(PREFIX)) {
      if (object.bytes > 0) segments++;
      bytes += object.bytes;
    }
    return { segments, bytes };
  }

  /** One is put whole, soon after its name was minted; the names taken by no bytes are among them. */
  async *closedSegments(beforeMs: number): AsyncGenerator<SegmentOf> {
    const end = `${PREFIX}millrace-${stampOf(Math.max(0, beforeMs - CLOCK_SLACK_MS))}`;
    for await (const { key, bytes } of this.#bucket.list(PREFIX)) {
      if (key >= end) return;
      if (key.endsWith(".warc.gz")) yield { key, bytes };
    }
  }

  async removeSegment(key: string, signal: AbortSignal): Promise<void> {
    if (!key.startsWith(PREFIX)) throw new Error(`${key} is not the key of a segment`);
    await this.#bucket.remove(key, signal);
  }

  async close(): Promise<void> {
    this.#bucket.close();
  }

  async *#captures(
    after: string,
    onDamaged: (damage: RecordDamaged) => void,
    readCapture: ReadCapture | null = null,
  ): AsyncGenerator<StoredCapture> {
    for await (const { key, bytes } of this.#bucket.list(PREFIX, PREFIX + after)) {
      if (bytes > 0 && key.endsWith(".warc.gz"))
        yield* capturesIn(this.#bytesOf(key, bytes), key, onDamaged, readCapture);
    }
  }

  /** The compressed bytes at a location, by one ranged read. */
  async #member(location: RawLocation): Promise<Buffer> {
    const where = `${location.key}:${location.offset}`;
    if (!location.key.startsWith(PREFIX)) throw new RecordDamaged(where, "not a segment's key");
    checkKey({ ...location, key: location.key.slice(PREFIX.length) });
    if (location.length <= 0 || location.offset < 0)
      throw new RecordDamaged(where, "no record has this length");
    try {
      const member = await this.#bucket.read(location.key, location.offset, location.length);
      if (member.byteLength !== location.length) throw new RecordDamaged(where, "the segment ends before it");
      return member;
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.cause : undefined;
      if (isMissing(cause)) throw new RecordDamaged(where, "there is no such segment", thrown);
      if (isOutOfRange(cause)) throw new RecordDamaged(where, "the segment ends before it", thrown);
      throw thrown;
    }
  }

  /** One window in memory; a record that is longer is read for itself. */
  #bytesOf(name: string, size: number): SegmentBytes {
    let start = 0;
    let window: Buffer = Buffer.alloc(0);
    return {
      size,
      readAt: async (offset, asked) => {
        const length = Math.min(asked, size - offset);
        if (length <= 0) return Buffer.alloc(0);
        if (offset < start || offset + length > start + window.byteLength) {
          start = offset;
          window = await this.#bucket.read(
            name,
            offset,
            Math.min(size - offset, Math.max(length, WINDOW_BYTES)),
          );
        }
        return window.subarray(offset - start, offset - start + length);
      },
    };
  }
}
