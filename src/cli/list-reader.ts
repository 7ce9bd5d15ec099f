// A list of URLs or hosts as a stream of lines: one a line, or a CSV of ranks (Tranco, Umbrella, Majestic, CrUX …), plain or
// packed, from a file or a pipe. It tells text from garbage and counts lines; what is a URL is for the frontier to judge.
import { open } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { describe, err, ok, type Result, unpackStream } from "../base/index.ts";
import type { Code, Failure } from "../model/index.ts";

export interface ListOptions {
  /** Lines up to this one (1-based, as reported) are counted and passed over: where an earlier run had come to. */
  readonly afterLine: number;
  /** Longest line, characters; longer ones are reported and passed over without being held. */
  readonly lineLengthMax: number;
  /** Most bytes the list may unpack to. */
  readonly outputBytesMax: number;
  readonly signal: AbortSignal;
}

export const LIST_DEFAULTS: Omit<ListOptions, "signal"> = {
  afterLine: 0,
  lineLengthMax: 65_536,
  outputBytesMax: 1024 ** 4,
};

export interface ListItem {
  /** 1-based line in the unpacked list; entries of a zip count on. */
  readonly line: number;
  /** The URL or host as written, trimmed. Of a problem the beginning, for showing. */
  readonly text: string;
  /** Why the line cannot be used; null for a good one. A problem of the whole stream stands at the last line. */
  readonly problem: Failure | null;
}

/** Opens a list: a path, or a stream such as stdin. Fails with one line for people where the file cannot be opened. */
export async function openList(
  from: string | Readable,
  options: ListOptions,
): Promise<Result<AsyncGenerator<readonly ListItem[], void, undefined>, Failure>> {
  if (typeof from !== "string") return ok(readLines(from, options));
  try {
    const file = await open(from, "r");
    if ((await file.stat()).isDirectory()) {
      await file.close();
      return err({ code: "parse", message: `cannot read list ${from}: it is a folder` });
    }
    return ok(readLines(file.createReadStream({ highWaterMark: READ_BYTES }), options));
  } catch (thrown) {
    return err({ code: "parse", message: `cannot read list ${from}: ${describe(thrown)}`, cause: thrown });
  }
}

const READ_BYTES = 1 << 18;

/** Batches of lines, in order; at most one chunk's worth each. Abort ends it with the signal's reason. */
async function* readLines(
  source: Readable,
  options: ListOptions,
): AsyncGenerator<readonly ListItem[], void, undefined> {
  const lines = new LineReader(options);
  let entry: string | null = null;
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  try {
    addAbortSignal(options.signal, source);
    for await (const chunk of unpackStream(bytesOf(source), options)) {
      options.signal.throwIfAborted();
      if (!chunk.ok) {
        yield lines.end(false);
        yield [lines.problem(chunk.error.code, chunk.error.message)];
        return;
      }
      if (decoder === null || chunk.value.entry !== entry) {
        if (decoder !== null) yield lines.end(true);
        entry = chunk.value.entry;
        if (isNoise(entry)) continue;
        decoder = decoderFor(chunk.value.bytes);
      }
      if (!isNoise(entry)) yield lines.push(decoder.decode(chunk.value.bytes, { stream: true }));
    }
    yield lines.end(true);
  } catch (thrown) {
    options.signal.throwIfAborted();
    yield lines.end(false);
    yield [lines.problem("truncated", `reading stopped: ${describe(thrown)}`)];
  } finally {
    source.destroy();
  }
}

async function* bytesOf(source: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

/** What macOS adds to its archives. */
const isNoise = (entry: string | null): boolean => entry?.startsWith("__MACOSX/") === true;

/** Editors on Windows write UTF-16 with a BOM; all else is UTF-8. The decoder drops the BOM. */
function decoderFor(head: Uint8Array): InstanceType<typeof TextDecoder> {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder("utf-16le");
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder("utf-16be");
  return new TextDecoder();
}

/** Turns decoded text into items. Holds at most one unfinished line. */
class LineReader {
  readonly #options: ListOptions;
  #unfinished = "";
  /** The line in hand grew beyond the limit: its rest is passed over. */
  #isOverlong = false;
  #line = 0;
  /** Column of the URL in a CSV with a header; null without one. */
  #column: number | null = null;
  #isFirst = true;

  constructor(options: ListOptions) {
    this.#options = options;
  }

  push(text: string): readonly ListItem[] {
    const items: ListItem[] = [];
    let at = 0;
    for (;;) {
      const endAt = text.indexOf("\n", at);
      if (endAt === -1) break;
      this.#finish(
        this.#unfinished === "" ? text.slice(at, endAt) : this.#unfinished + text.slice(at, endAt),
        items,
      );
      this.#unfinished = "";
      at = endAt + 1;
    }
    if (!this.#isOverlong) {
      this.#unfinished += text.slice(at);
      if (this.#unfinished.length > this.#options.lineLengthMax) {
        this.#unfinished = this.#unfinished.slice(0, SHOWN_LENGTH);
        this.#isOverlong = true;
      }
    }
    return items;
  }

  /** The end of a file or entry. `isWhole` false: it broke off, and half a line is no line. */
  end(isWhole: boolean): readonly ListItem[] {
    const items: ListItem[] = [];
    if (isWhole && (this.#unfinished !== "" || this.#isOverlong)) this.#finish(this.#unfinished, items);
    this.#unfinished = "";
    this.#isOverlong = false;
    this.#isFirst = true;
    this.#column = null;
    return items;
  }

  problem(code: Code, message: string): ListItem {
    return {
      line: this.#line,
      text: "",
      problem: { code, message: `list after line ${this.#line}: ${message}` },
    };
  }

  #finish(raw: string, items: ListItem[]): void {
    // Old Mac files end lines with a bare carriage return.
    if (raw.includes("\r") && !this.#isOverlong) {
      const parts = raw.split("\r");
      if (parts.at(-1) === "") parts.pop();
      for (const part of parts) this.#one(part, items);
    } else this.#one(raw, items);
    this.#isOverlong = false;
  }

  #one(raw: string, items: ListItem[]): void {
    this.#line++;
    const text = raw.trim();
    const isFirst = this.#isFirst;
    if (text !== "") this.#isFirst = false;
    if (isFirst && text !== "" && this.#readHeader(text)) return;
    if (text === "" || text.startsWith("#") || this.#line <= this.#options.afterLine) return;
    if (this.#isOverlong || text.length > this.#options.lineLengthMax) {
      items.push(this.#bad("policy", `longer than ${this.#options.lineLengthMax} characters`, text));
      return;
    }
    if (CONTROL.test(text)) {
      items.push(this.#bad("parse", "holds control characters; is the list a text file?", text));
      return;
    }
    if (text.includes("\ufffd")) {
      items.push(this.#bad("decode", "is not UTF-8", text));
      return;
    }
    const target = this.#target(text);
    if (target === "") items.push(this.#bad("parse", "names no host", text));
    else items.push({ line: this.#line, text: target, problem: null });
  }

  /** A first line like "origin,rank" or "url" names columns, not a host. */
  #readHeader(text: string): boolean {
    const names = text.toLowerCase().split(",").map(unquoted);
    const column = names.findIndex((name) => COLUMN_NAMES.has(name));
    if (column === -1 || names.some((name) => !/^[a-z][a-z0-9 _-]{0,40}$/.test(name))) return false;
    this.#column = names.length === 1 ? null : column;
    return true;
  }

  #target(text: string): string {
    if (this.#column !== null) return unquoted(text.split(",")[this.#column] ?? "");
    // "rank,domain": a number and a comma are not how a URL begins.
    const ranked = /^"?\d+"?\s*,(.*)$/.exec(text)?.[1];
    return ranked === undefined
      ? text
      : unquoted(ranked.startsWith('"') ? (ranked.split('",', 1)[0] ?? "") : ranked);
  }

  #bad(code: Code, why: string, text: string): ListItem {
    const begin = text.slice(0, SHOWN_LENGTH).replace(CONTROLS, "\ufffd");
    return { line: this.#line, text: begin, problem: { code, message: `list line ${this.#line} ${why}` } };
  }
}

const SHOWN_LENGTH = 100;
const COLUMN_NAMES = new Set([
  "url",
  "domain",
  "origin",
  "host",
  "hostname",
  "site",
  "website",
  "root_domain",
  "root domain",
]);
const CONTROL = /[\x00-\x08\x0e-\x1f\x7f]/;
const CONTROLS = /[\x00-\x1f\x7f]/g;

function unquoted(field: string): string {
  const text = field.trim();
  return text.startsWith('"') ? text.replace(/^"|"$/g, "").trim() : text;
}
