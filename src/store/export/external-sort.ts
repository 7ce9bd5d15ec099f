// Sorts more lines than fit in memory: sorted runs on disk, merged by a heap. Lines are compared by UTF-16 code unit,
// which for ASCII is the byte order that CDXJ asks for.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Heap } from "../../base/index.ts";

export interface SortLimits {
  /** Characters of lines held before they become a run. */
  readonly heldMax: number;
  /** Runs merged at once; more are merged in several rounds. */
  readonly runsMax: number;
}

const LIMITS: SortLimits = { heldMax: 16 * 1024 * 1024, runsMax: 64 };

export class ExternalSort {
  readonly #scratch: string;
  readonly #limits: SortLimits;
  #folder: string | null = null;
  #held: string[] = [];
  #heldSize = 0;
  #runs: string[] = [];
  #runsMade = 0;

  constructor(scratchFolder: string, limits: SortLimits = LIMITS) {
    this.#scratch = scratchFolder;
    this.#limits = limits;
  }

  /** A line without its newline. */
  async add(line: string): Promise<void> {
    this.#held.push(line);
    this.#heldSize += line.length;
    if (this.#heldSize >= this.#limits.heldMax) await this.#spill();
  }

  /** Every line in order, equal ones as often as they came. Once. */
  async *sorted(): AsyncGenerator<string> {
    this.#held.sort(byCodeUnit);
    yield* merged([...this.#runs.map(linesOf), this.#held]);
  }

  async close(): Promise<void> {
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }

  async #spill(): Promise<void> {
    this.#runs.push(await this.#writeRun(this.#held.sort(byCodeUnit)));
    this.#held = [];
    this.#heldSize = 0;
    if (this.#runs.length < this.#limits.runsMax) return;
    const spent = this.#runs;
    this.#runs = [await this.#writeRun(merged(spent.map(linesOf)))];
    for (const run of spent) await rm(run);
  }

  async #writeRun(lines: Iterable<string> | AsyncIterable<string>): Promise<string> {
    this.#folder ??= await mkdtemp(join(this.#scratch, "sort-"));
    const path = join(this.#folder, `run-${this.#runsMade++}`);
    await pipeline(Readable.from(blocks(lines)), createWriteStream(path));
    return path;
  }
}

const BLOCK_CHARACTERS = 64 * 1024;

async function* blocks(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let block = "";
  for await (const line of lines) {
    block += `${line}\n`;
    if (block.length < BLOCK_CHARACTERS) continue;
    yield block;
    block = "";
  }
  if (block !== "") yield block;
}

/** The lines of a file, by "\n" alone: readline would also break at other separators. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 256 * 1024 })) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

async function* merged(
  sources: readonly (AsyncIterable<string> | Iterable<string>)[],
): AsyncGenerator<string> {
  const heap = new Heap<{ line: string; source: AsyncIterator<string> | Iterator<string> }>(
    (a, b) => a.line < b.line,
  );
  const open = sources.map((source) =>
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator](),
  );
  try {
    for (const source of open) {
      const first = await source.next();
      if (first.done !== true) heap.push({ line: first.value, source });
    }
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      yield top.line;
      const next = await top.source.next();
      if (next.done !== true) heap.push({ line: next.value, source: top.source });
    }
  } finally {
    for (const source of open) await source.return?.();
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
