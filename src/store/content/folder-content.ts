// Content in a folder of WARC segments: a batch is one append and one sync, a segment is one file that any WARC tool
// opens. Only the newest segment is ever unfinished. Knows no rows and no search.
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, failpoint, uuidv7 } from "../../base/index.ts";
import type { ProcessedPage, RawLocation, Screenshot } from "../../model/index.ts";
import { bootId } from "../boot-id.ts";
import { DiskFull, isDiskFull, type RecordDamaged } from "../errors.ts";
import type {
  CaptureWithBody,
  ContentStatistics,
  ContentStore,
  RenderedDocument,
  SegmentOf,
  StoredCapture,
  StoredLocations,
} from "../faces.ts";
import { replaceFile, syncPath } from "../sync.ts";
import {
  bytesOf,
  chunksOf,
  decodeCaptureWithBody,
  decodeConversion,
  decodeMarkdown,
  encodeWarcinfo,
  locationsOf,
} from "./page-records.ts";
import { encodePages } from "./rendering-records.ts";
import { decodeScreenshot } from "./screenshot-record.ts";
import { CLOCK_SLACK_MS, oldestOf } from "./segment-age.ts";
import { capturesOf, examine, measure, readMember, readRecord } from "./segment-file.ts";
import { SegmentWriter } from "./segment-writer.ts";

export interface FolderContentOptions {
  readonly segmentBytesMax: number;
  /** 1..9. */
  readonly compressionLevel: number;
  /** For the warcinfo record: "millrace/0.1.0". */
  readonly software: string;
}

const SEGMENT = /^millrace-(\d{8})-(\d{17})\.warc\.gz$/;
/** Names the boot in which the folder was last written to: see boot-id.ts. */
const BOOT_FILE = "boot";
/** A segment whose first record is not whole and that is longer than any such record is not new but damaged. */
const WARCINFO_BYTES_MAX = 4096;

interface SegmentName {
  readonly key: string;
  readonly sequence: number;
  readonly bornAtMs: number;
}

function parseName(key: string): SegmentName | null {
  const match = SEGMENT.exec(key);
  if (match === null) return null;
  const stamp = match[2] ?? "";
  const iso = stamp.replace(/^(....)(..)(..)(..)(..)(..)(...)$/, "$1-$2-$3T$4:$5:$6.$7Z");
  return { key, sequence: Number(match[1]), bornAtMs: Date.parse(iso) };
}

function nameOf(sequence: number, bornAtMs: number): string {
  const stamp = new Date(bornAtMs).toISOString().replace(/\D/g, "");
  return `millrace-${String(sequence).padStart(8, "0")}-${stamp}.warc.gz`;
}

const raise = (damage: RecordDamaged): never => {
  throw damage;
};

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (thrown) {
    // Read before anything was written: an empty store.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  }
}

/** `directory` is made when missing. The folder must have one writer: its lock is the caller's. */
export function folderContent(directory: string, options: FolderContentOptions, clock: Clock): ContentStore {
  return new FolderContent(directory, options, clock);
}

class FolderContent implements ContentStore {
  readonly batch = null;
  readonly #directory: string;
  readonly #options: FolderContentOptions;
  readonly #clock: Clock;
  #writer: SegmentWriter | null = null;
  #connecting: Promise<void> | null = null;
  /** The append under way; the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: string, options: FolderContentOptions, clock: Clock) {
    this.#directory = directory;
    this.#options = options;
    this.#clock = clock;
  }

  connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#connecting ??= this.#open().catch((thrown: unknown) => {
      this.#connecting = null;
      throw isDiskFull(thrown) ? new DiskFull(this.#directory, thrown) : thrown;
    });
    return this.#connecting;
  }

  async append(pages: readonly ProcessedPage[], signal: AbortSignal): Promise<readonly StoredLocations[]> {
    signal.throwIfAborted();
    await this.connect(signal);
    const members = await encodePages(pages, this.#options.compressionLevel);
    const write = async (): Promise<readonly StoredLocations[]> => {
      signal.throwIfAborted();
      const writer = await this.#roomFor(bytesOf(members));
      const offset = await writer.append(chunksOf(members), () => failpoint("segment-written"));
      failpoint("segment-synced");
      return locationsOf(members, writer.key, offset);
    };
    const mine = this.#last.then(write, write);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async readCapture(location: RawLocation): Promise<CaptureWithBody> {
    return decodeCaptureWithBody(await readRecord(this.#directory, location), location);
  }

  async readMarkdown(location: RawLocation): Promise<string> {
    return decodeMarkdown(await readRecord(this.#directory, location), location);
  }

  async readRendered(location: RawLocation): Promise<RenderedDocument | null> {
    return decodeConversion(await readRecord(this.#directory, location), location);
  }

  async readScreenshot(location: RawLocation): Promise<Screenshot> {
    return decodeScreenshot(await readRecord(this.#directory, location), location);
  }

  readMember(location: RawLocation): Promise<Uint8Array> {
    return readMember(this.#directory, location);
  }

  async recover(captureIds: ReadonlySet<string>): Promise<Map<string, StoredCapture>> {
    const found = new Map<string, StoredCapture>();
    // A capture that cannot be read counts as not there: it is fetched again.
    const unreadable = (): void => undefined;
    if (captureIds.size === 0) return found;
    const oldestMs = oldestOf(captureIds);
    const segments = await this.#segments();
    for (let at = segments.length - 1; at >= 0 && found.size < captureIds.size; at--) {
      const segment = segments[at];
      if (segment === undefined) break;
      for await (const capture of capturesOf(this.#directory, segment.key, unreadable)) {
        if (captureIds.has(capture.request.captureId)) found.set(capture.request.captureId, capture);
      }
      // Segments before this one were closed when it was born: nothing leased later can lie in them.
      if (segment.bornAtMs < oldestMs - CLOCK_SLACK_MS) break;
    }
    return found;
  }

  async *eachStoredCapture(
    onDamaged: (damage: RecordDamaged) => void = raise,
  ): AsyncGenerator<StoredCapture> {
    const readCapture = (location: RawLocation) => this.readCapture(location);
    for (const { key } of await this.#segments())
      yield* capturesOf(this.#directory, key, onDamaged, readCapture);
  }

  async statistics(): Promise<ContentStatistics> {
    const segments = await this.#segments();
    let bytes = 0;
    for (const { key } of segments) bytes += (await stat(join(this.#directory, key))).size;
    return { segments: segments.length, bytes };
  }

  /** Each was closed when the one after it was born; the newest is written to. */
  async *closedSegments(beforeMs: number): AsyncGenerator<SegmentOf> {
    const segments = await this.#segments();
    for (const [at, { key }] of segments.entries()) {
      const next = segments[at + 1];
      if (next === undefined || next.bornAtMs >= beforeMs) return;
      yield { key, bytes: (await stat(join(this.#directory, key))).size };
    }
  }

  async removeSegment(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (parseName(key) === null) throw new Error(`${key} is not the name of a segment`);
    await rm(join(this.#directory, key), { force: true });
    await syncPath(this.#directory);
  }

  async close(): Promise<void> {
    await this.#last;
    const writer = this.#writer;
    this.#writer = null;
    this.#connecting = null;
    await writer?.close();
  }

  async #open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const boot = await bootId();
    const sameBoot = (await this.#lastBoot()) === boot;
    await this.#mendNewest(sameBoot);
    if (!sameBoot) await replaceFile(join(this.#directory, BOOT_FILE), boot);
  }

  /** The boot in which the folder was last written; null when nothing says so. */
  async #lastBoot(): Promise<string | null> {
    const present = (await entries(this.#directory)).includes(BOOT_FILE);
    return present ? readFile(join(this.#directory, BOOT_FILE), "utf8") : null;
  }

  /** Cuts the newest segment after its last whole page: a crash may have torn what follows. */
  async #mendNewest(sameBoot: boolean): Promise<void> {
    const newest = (await this.#segments()).at(-1);
    if (newest === undefined) return;
    const look = sameBoot ? measure : examine;
    const { wholeBytes, size, damagedInside } = await look(this.#directory, newest.key);
    if (wholeBytes === 0 && size <= WARCINFO_BYTES_MAX) {
      // Not even its first record is whole: it was being born when the process ended and nothing in it was acknowledged.
      await rm(join(this.#directory, newest.key));
      await syncPath(this.#directory);
      return this.#mendNewest(sameBoot);
    }
    // A damaged medium is left as it is: cutting would lose the good pages behind the damage. The next append begins anew.
    if (!damagedInside && wholeBytes > 0)
      this.#writer = await SegmentWriter.resume(this.#directory, newest.key, wholeBytes);
  }

  async #roomFor(bytes: number): Promise<SegmentWriter> {
    const current = this.#writer;
    if (current !== null && current.offset + bytes <= this.#options.segmentBytesMax) return current;
    const sequence = ((await this.#segments()).at(-1)?.sequence ?? 0) + 1;
    const nowMs = this.#clock.nowMs();
    const key = nameOf(sequence, nowMs);
    const info = await encodeWarcinfo(
      key,
      this.#options.software,
      nowMs,
      uuidv7(nowMs),
      this.#options.compressionLevel,
    );
    const next = await SegmentWriter.create(this.#directory, key, info.chunks);
    this.#writer = next;
    await current?.close();
    return next;
  }

  async #segments(): Promise<SegmentName[]> {
    const names: SegmentName[] = [];
    for (const entry of await entries(this.#directory)) {
      const name = parseName(entry);
      if (name !== null) names.push(name);
    }
    return names.sort((a, b) => a.sequence - b.sequence);
  }
}
