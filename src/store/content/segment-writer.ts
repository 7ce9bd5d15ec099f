// The one open segment: appends that are durable when they resolve, and a file that never keeps half of one. Everything
// before `offset` is synced; a failed append is cut away again. Knows no records.
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { DiskFull, isDiskFull } from "../errors.ts";
import { syncPath } from "../sync.ts";

/** Buffers of one writev; the system's own limit is 1024. */
const BUFFERS_MAX = 1000;

export class SegmentWriter {
  readonly key: string;
  readonly #path: string;
  readonly #file: FileHandle;
  #offset: number;
  /** A failed append may have left bytes behind `offset`. */
  #dirty = false;

  private constructor(key: string, path: string, file: FileHandle, offset: number) {
    this.key = key;
    this.#path = path;
    this.#file = file;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  /** A new segment with its first record, durable together with its name. */
  static async create(directory: string, key: string, first: readonly Uint8Array[]): Promise<SegmentWriter> {
    const path = join(directory, key);
    try {
      const file = await open(path, "wx");
      const writer = new SegmentWriter(key, path, file, 0);
      try {
        await writer.append(first);
        await syncPath(directory);
        return writer;
      } catch (thrown) {
        await file.close();
        await rm(path, { force: true });
        throw thrown;
      }
    } catch (thrown) {
      throw isDiskFull(thrown) ? new DiskFull(path, thrown) : thrown;
    }
  }

  /** Goes on with a segment of which the first `wholeBytes` are whole pages; the rest is cut away. */
  static async resume(directory: string, key: string, wholeBytes: number): Promise<SegmentWriter> {
    const path = join(directory, key);
    const file = await open(path, "r+");
    try {
      await file.truncate(wholeBytes);
      await file.sync();
      return new SegmentWriter(key, path, file, wholeBytes);
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  /** Resolves once the chunks are synced at the offset it returns. */
  async append(chunks: readonly Uint8Array[], beforeSync?: () => void): Promise<number> {
    const start = this.#offset;
    try {
      if (this.#dirty) await this.#cut();
      this.#dirty = true;
      const written = await this.#write(chunks, start);
      beforeSync?.();
      await this.#file.datasync();
      this.#offset = start + written;
      this.#dirty = false;
      return start;
    } catch (thrown) {
      // If even cutting fails, the next append tries it first, and an opening after a crash cuts the torn tail.
      await this.#cut().catch(() => undefined);
      throw isDiskFull(thrown) ? new DiskFull(this.#path, thrown) : thrown;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #cut(): Promise<void> {
    await this.#file.truncate(this.#offset);
    await this.#file.datasync();
    this.#dirty = false;
  }

  async #write(chunks: readonly Uint8Array[], start: number): Promise<number> {
    let at = start;
    for (let from = 0; from < chunks.length; from += BUFFERS_MAX) {
      let rest = chunks.slice(from, from + BUFFERS_MAX);
      while (rest.length > 0) {
        const { bytesWritten } = await this.#file.writev(rest, at);
        at += bytesWritten;
        rest = dropBytes(rest, bytesWritten);
      }
    }
    return at - start;
  }
}

/** What is left of the chunks after their first `count` bytes: a write may be short. */
function dropBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  for (let at = 0; at < chunks.length; at++) {
    const chunk = chunks[at];
    if (chunk === undefined) break;
    if (left < chunk.byteLength) return [chunk.subarray(left), ...chunks.slice(at + 1)];
    left -= chunk.byteLength;
  }
  return [];
}
