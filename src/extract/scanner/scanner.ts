// The compiled scanner and its memory: the page is laid into it, rows of numbers are read out of it (see scanner.as, whose layout this
// follows). One a thread, used for page after page; a large page gets one of its own, so that its memory goes with it. Knows no tree.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { marksOf } from "../attribute-marks.ts";
import { TEXT_MODES } from "../element-kinds.ts";
import { usualNames } from "../names.ts";

/** How the text inside an element is read. */
export type TextMode = "markup" | "raw" | "references" | "script" | "plain";

/** What a call of `scan` ends with where the page is read. */
export const DONE = 0;

/** What a row of a token begins with. */
export const TEXT = 0;
export const START = 1;

/** Bits of a text: see scanner.as. */
export const BLANK = 1;
export const REFERENCES = 2;
export const PLAIN = 4;
export const SINGLE = 8;
export const COUNTED = 16;
export const SPACE_BEFORE = 32;
export const SPACE_BEHIND = 64;

/** What the scanner saw of a text that stands on the page as it is: its bits, and what it counted. */
export interface Seen {
  bits: number;
  chars: number;
  letters: number;
  sentences: number;
}

export const NOTHING_SEEN: Readonly<Seen> = { bits: 0, chars: 0, letters: 0, sentences: 0 };

/** 32-bit numbers of one row. */
export const TOKEN_WIDTH = 10;
export const ATTRIBUTE_WIDTH = 5;

const MODES: readonly TextMode[] = ["markup", "raw", "references", "script", "plain"];
/** Beside the number of a mode: the line end behind the tag is no part of the text; what is inside is asked for. */
const SKIPS_LINE_END = 8;
const FOREIGN = 16;

/** Looked at beyond the page's end. */
const PADDING_BYTES = 64;
const MEMORY_PAGE_BYTES = 65_536;
/** What a thread keeps from page to page; few pages are larger. */
const KEPT_PAGE_BYTES_MAX = 2_097_152;

/** As far as it is used here; the engine's own types know it only in a browser. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const exported = <F>() => z.custom<F>(isFunction);
const exportsSchema = z.object({
  memory: z.custom<Memory>(
    (value) => z.object({ buffer: z.instanceof(ArrayBuffer) }).safeParse(value).success,
  ),
  tokensAt: exported<() => number>(),
  attributesAt: exported<() => number>(),
  lettersAt: exported<() => number>(),
  pageAt: exported<() => number>(),
  tokenCount: exported<() => number>(),
  attributeCount: exported<() => number>(),
  addName: exported<(length: number, marks: number, mode: number) => void>(),
  open: exported<(length: number, attributesMax: number, xhtml: boolean) => void>(),
  scan: exported<(mode: number, watch: boolean, cdata: boolean) => number>(),
});

let code: object | null = null;
let kept: Scanner | null = null;

export class Scanner {
  readonly #wasm: z.infer<typeof exportsSchema>;
  readonly #tokensAt: number;
  readonly #attributesAt: number;
  readonly #pageAt: number;
  #numbers: Int32Array;

  constructor() {
    code ??= new WebAssembly.Module(readFileSync(new URL("./scanner.wasm", import.meta.url)));
    this.#wasm = exportsSchema.parse(new WebAssembly.Instance(code, {}).exports);
    for (const name of usualNames) this.#add(name);
    this.#tokensAt = this.#wasm.tokensAt() / 4;
    this.#attributesAt = this.#wasm.attributesAt() / 4;
    this.#pageAt = this.#wasm.pageAt();
    this.#numbers = new Int32Array(this.#wasm.memory.buffer);
  }

  /** The thread's own; for a large page a new one. */
  static of(pageBytes: number): Scanner {
    if (pageBytes > KEPT_PAGE_BYTES_MAX) return new Scanner();
    kept ??= new Scanner();
    return kept;
  }

  #add(name: string): void {
    const { memory, addName, lettersAt } = this.#wasm;
    new Uint8Array(memory.buffer).set(Buffer.from(name, "latin1"), lettersAt());
    const mode = MODES.indexOf(TEXT_MODES.get(name) ?? "markup");
    const skips = name === "pre" || name === "listing" || name === "textarea" ? SKIPS_LINE_END : 0;
    const foreign = name === "svg" || name === "math" ? FOREIGN : 0;
    addName(name.length, marksOf(name), mode | skips | foreign);
  }

  /** Lays the page into the memory: `attributesMax` are read of one tag. */
  open(page: Uint8Array, attributesMax: number, xhtml: boolean): void {
    const { memory } = this.#wasm;
    const missing = this.#pageAt + page.length + PADDING_BYTES - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / MEMORY_PAGE_BYTES));
      this.#numbers = new Int32Array(memory.buffer);
    }
    const bytes = new Uint8Array(memory.buffer, this.#pageAt, page.length + PADDING_BYTES);
    bytes.set(page);
    bytes.fill(0, page.length);
    this.#wasm.open(page.length, attributesMax, xhtml);
  }

  /** Reads on. `mode` answers for the last tag where that asked; `watch`: every tag is to ask. */
  scan(mode: TextMode, watch: boolean, cdata: boolean): number {
    return this.#wasm.scan(MODES.indexOf(mode), watch, cdata);
  }

  get tokenCount(): number {
    return this.#wasm.tokenCount();
  }

  /** The memory, where rows of tokens begin at `tokensAt`; until the next call. */
  get numbers(): Int32Array {
    return this.#numbers;
  }

  get tokensAt(): number {
    return this.#tokensAt;
  }

  /** The rows of attributes that were read; until the next call. */
  attributes(): Int32Array {
    const from = this.#attributesAt;
    return this.#numbers.subarray(from, from + ATTRIBUTE_WIDTH * this.#wasm.attributeCount());
  }
}
