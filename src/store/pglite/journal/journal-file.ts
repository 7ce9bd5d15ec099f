// The journal as a file: what is appended is on the disk when its promise resolves, many appends with one sync; it can be written anew
// while appends go on, and then takes the old one's place at once. After a sync the disk has a rest, so that who cannot wait finds it
// free. Knows bytes alone.
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, systemClock } from "../../../base/index.ts";
import { DiskFull, isDiskFull } from "../../errors.ts";
import { syncPath } from "../../sync.ts";

export interface JournalFileParts {
  readonly path: string;
  /** Of what is good; what lies behind is cut off. 0: there is no file, or none that counts. */
  readonly goodBytes: number;
  /** What every file begins with. */
  readonly head: Buffer;
  readonly clock?: Clock;
  /** After an append that failed: everything since the last one that did not, the failed ones too. */
  missed(): Promise<readonly Buffer[]>;
}

/** After a sync the next one waits so many times as long as it took, unless somebody hurries it. */
const REST_PER_SYNC = 1;
const REST_MS_MAX = 50;

interface Rewriting {
  readonly handle: FileHandle;
  /** Rows and changes in the order in which they came. */
  queue: Buffer[];
  bytes: number;
  isComplete: boolean;
}

export class JournalFile {
  readonly #parts: JournalFileParts;
  #handle: FileHandle | null = null;
  #bytes: number;
  #queue: Buffer[] = [];
  /** What waits for the next sync, and what is in it. */
  #next: PromiseWithResolvers<void> | null = null;
  #syncing: Promise<void> | null = null;
  #loop: Promise<void> | null = null;
  readonly #clock: Clock;
  /** Monotonic. */
  #restsUntilMs = 0;
  #isHurried = false;
  #endRest = (): void => {};
  #hasMissed = false;
  #rewriting: Rewriting | null = null;

  constructor(parts: JournalFileParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#bytes = parts.goodBytes;
  }

  /** On the disk. */
  get bytes(): number {
    return this.#bytes;
  }

  append(frames: readonly Buffer[]): void {
    if (frames.length === 0) return;
    this.#queue.push(...frames);
    this.#rewriting?.queue.push(...frames);
    this.#wake();
  }

  /**
   * When everything appended until now is on the disk; null when it is. Rejects with what kept it from there. `isHurried`: the disk has
   * no rest before that.
   */
  durable(isHurried = false): Promise<void> | null {
    if (isHurried) this.#hurry();
    return this.#next?.promise ?? this.#syncing;
  }

  /** From now on rows are gathered for a new file, and changes go into both. */
  async beginRewrite(): Promise<void> {
    const handle = await open(this.#newPath, "w");
    this.#rewriting = { handle, queue: [this.#parts.head], bytes: 0, isComplete: false };
  }

  /** Rows as they stand after every change appended until now. Written when it resolves, not synced. */
  async addRows(frames: readonly Buffer[]): Promise<void> {
    const rewriting = this.#rewriting;
    if (rewriting === null) return;
    rewriting.queue.push(...frames);
    await writeQueue(rewriting);
  }

  /** The new file is in the old one's place, with every change, when it resolves. */
  async endRewrite(): Promise<void> {
    if (this.#rewriting === null) return;
    this.#rewriting.isComplete = true;
    this.#wake();
    await this.durable(true);
  }

  /** The old file stays. */
  async dropRewrite(): Promise<void> {
    const rewriting = this.#rewriting;
    this.#rewriting = null;
    await rewriting?.handle.close();
    await rm(this.#newPath, { force: true });
  }

  async close(): Promise<void> {
    this.#hurry();
    while (this.#loop !== null) await this.#loop;
    if (this.#rewriting !== null) await this.dropRewrite();
    await this.#handle?.close();
    this.#handle = null;
  }

  get #newPath(): string {
    return `${this.#parts.path}.new`;
  }

  #wake(): void {
    if (this.#next === null) {
      this.#next = Promise.withResolvers();
      // Who appended may not wait.
      this.#next.promise.catch(() => undefined);
    }
    this.#loop ??= this.#run();
  }

  async #run(): Promise<void> {
    for (let group = this.#next; group !== null; group = this.#next) {
      await this.#rest();
      this.#isHurried = false;
      const startMs = this.#clock.monotonicMs();
      const frames = this.#queue;
      this.#queue = [];
      this.#next = null;
      this.#syncing = group.promise;
      try {
        if (this.#rewriting?.isComplete === true) await this.#replace(this.#rewriting);
        else await this.#write(frames);
        group.resolve();
      } catch (thrown) {
        this.#hasMissed = true;
        group.reject(isDiskFull(thrown) ? new DiskFull(this.#parts.path, thrown) : thrown);
      }
      this.#syncing = null;
      const endMs = this.#clock.monotonicMs();
      this.#restsUntilMs = endMs + Math.min(REST_MS_MAX, REST_PER_SYNC * (endMs - startMs));
    }
    this.#loop = null;
  }

  /** What waits to be written has no rest before it. */
  #hurry(): void {
    if (this.#next === null) return;
    this.#isHurried = true;
    this.#endRest();
  }

  async #rest(): Promise<void> {
    const restMs = this.#restsUntilMs - this.#clock.monotonicMs();
    if (this.#isHurried || restMs <= 0) return;
    const over = new AbortController();
    this.#endRest = () => over.abort();
    await this.#clock.sleep(restMs, over.signal).catch(() => undefined);
    this.#endRest = () => {};
  }

  async #write(frames: readonly Buffer[]): Promise<void> {
    const handle = this.#handle ?? (await this.#open());
    // What a failed write left behind.
    if (this.#hasMissed) await handle.truncate(this.#bytes);
    const all = Buffer.concat(this.#hasMissed ? [...(await this.#parts.missed())] : [...frames]);
    await writeAt(handle, all, this.#bytes);
    await handle.datasync();
    this.#bytes += all.length;
    this.#hasMissed = false;
  }

  async #open(): Promise<FileHandle> {
    const { path, head } = this.#parts;
    const isNew = this.#bytes === 0;
    const handle = await open(path, isNew ? "w" : "r+");
    try {
      await handle.truncate(this.#bytes);
      if (isNew) {
        await writeAt(handle, head, 0);
        await handle.sync();
        await syncPath(dirname(path));
        this.#bytes = head.length;
      }
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
    this.#handle = handle;
    return handle;
  }

  /** The frames of this turn are in the new file's queue too. */
  async #replace(rewriting: Rewriting): Promise<void> {
    this.#rewriting = null;
    try {
      if (this.#hasMissed) rewriting.queue.push(...(await this.#parts.missed()));
      await writeQueue(rewriting);
      await rewriting.handle.datasync();
      await rename(this.#newPath, this.#parts.path);
    } catch (thrown) {
      await rewriting.handle.close();
      await rm(this.#newPath, { force: true });
      throw thrown;
    }
    await this.#handle?.close();
    this.#handle = rewriting.handle;
    this.#bytes = rewriting.bytes;
    this.#hasMissed = false;
    await syncPath(dirname(this.#parts.path));
  }
}

async function writeQueue(rewriting: Rewriting): Promise<void> {
  const bytes = Buffer.concat(rewriting.queue);
  rewriting.queue = [];
  const at = rewriting.bytes;
  rewriting.bytes += bytes.length;
  await writeAt(rewriting.handle, bytes, at);
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
