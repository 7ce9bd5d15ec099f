// What is counted and hashed of a page's text, in one pass that is compiled (see words.as): its characters and words, a simhash, by which
// near texts are known, and a hash of each line, by which a host's repeated ones are. Knows nothing of pages.
import { z } from "zod";
import { searchTerms, TERM_POSITION_MAX, TERM_SEAM, type Term } from "../../base/index.ts";
import type { TextBlocks } from "../../model/index.ts";
import { compiledMemory, compiledModule, exported, instanceOf } from "../compiled-module.ts";
import { kindOf } from "./unit-kinds.ts";

export interface TextFigures {
  /** Code points. */
  readonly characters: number;
  /** By letters and digits, each Han or Kana character a word of its own. */
  readonly words: number;
  /**
   * 64 bits (Charikar 2002; Manku et al. 2007) as 16 hex digits; all zero for a text without words. Features are runs of three search
   * terms, each as heavy as it stands often. In a text of 300 words one word changed moves about 3 bits, one sentence in ten about 9;
   * unrelated texts differ in 32 ± 4.
   */
  readonly simhash: string;
  /**
   * The lines of at least 40 units (paragraphs, items, rows of tables), the first 256 of them. Two different ones have equal hashes once in
   * four thousand million.
   */
  readonly blocks: TextBlocks;
}

/** What is hashed at most; a longer text is judged by its beginning. Keeps the cost linear and below some 10 ms. */
const LIMITS = { termsMax: 20_000, termBytesMax: 64 };
/** Where a text has more terms than search knows positions, the last ones before are repeated: these are hashed beside them. */
const FOUND_MAX = LIMITS.termsMax - TERM_SEAM;

/** UTF-16 units that are read at a time. */
const PIECE_UNITS = 8_192;

const exportsSchema = z.object({
  memory: compiledMemory,
  textAt: exported<() => number>(),
  blocksAt: exported<() => number>(),
  lowsAt: exported<() => number>(),
  highsAt: exported<() => number>(),
  figuresAt: exported<() => number>(),
  read: exported<(units: number, isFirst: boolean, isLast: boolean) => number>(),
  simhash: exported<(terms: number) => void>(),
});

/** The compiled module with its memory, which is as large for a long text as for a short one. */
class Words {
  readonly #wasm: z.infer<typeof exportsSchema>;
  readonly #bytes: Buffer;
  readonly #numbers: Int32Array;
  readonly #textAt: number;
  readonly #blocksAt: number;
  readonly #lowsAt: number;
  readonly #highsAt: number;
  readonly #figuresAt: number;
  #text = "";

  constructor() {
    const addTerms = (from: number, to: number, terms: number): number =>
      this.#addTerms(searchTerms(this.#text.slice(from, to), LIMITS), terms);
    const module = compiledModule(new URL("./words.wasm", import.meta.url));
    this.#wasm = instanceOf(module, { words: { kindOf, addTerms } }, exportsSchema);
    this.#bytes = Buffer.from(this.#wasm.memory.buffer);
    this.#numbers = new Int32Array(this.#wasm.memory.buffer);
    this.#textAt = this.#wasm.textAt();
    this.#blocksAt = this.#wasm.blocksAt() / 4;
    this.#lowsAt = this.#wasm.lowsAt() / 4;
    this.#highsAt = this.#wasm.highsAt() / 4;
    this.#figuresAt = this.#wasm.figuresAt() / 4;
  }

  figuresOf(text: string): TextFigures {
    this.#text = text;
    const terms = this.#read(text);
    if (terms === -1) this.#wasm.simhash(this.#hash(searchTerms(text, LIMITS), 0));
    else if (terms > TERM_POSITION_MAX) this.#wasm.simhash(this.#withSeam(terms));
    this.#text = "";
    const numbers = this.#numbers;
    const at = this.#figuresAt;
    return {
      characters: numbers[at] ?? 0,
      words: numbers[at + 1] ?? 0,
      simhash: terms === 0 ? NO_WORDS : hexOf(numbers[at + 3] ?? 0) + hexOf(numbers[at + 4] ?? 0),
      blocks: this.#blocks(numbers[at + 2] ?? 0),
    };
  }

  #read(text: string): number {
    const { length } = text;
    if (length <= PIECE_UNITS) {
      this.#bytes.write(text, this.#textAt, "utf16le");
      return this.#wasm.read(length, true, true);
    }
    let terms = 0;
    for (let from = 0; from < length; ) {
      const to = pieceEnd(text, from);
      this.#bytes.write(text.slice(from, to), this.#textAt, "utf16le");
      terms = this.#wasm.read(to - from, from === 0, to === length);
      from = to;
    }
    return terms;
  }

  #blocks(count: number): number[] {
    const blocks: number[] = [];
    const to = this.#blocksAt + 2 * count;
    for (let at = this.#blocksAt; at < to; at++) blocks.push(this.#numbers[at] ?? 0);
    return blocks;
  }

  /** The terms of a part of the text, behind so many; how many there are then. -1 where search repeats some of this part alone. */
  #addTerms(found: readonly Term[], before: number): number {
    if (found.length > TERM_POSITION_MAX) return -1;
    return this.#hash(found.slice(0, FOUND_MAX - before), before);
  }

  /** The search terms of a text of so many terms, of which search repeats some. */
  #withSeam(terms: number): number {
    for (const hashesAt of [this.#lowsAt, this.#highsAt]) {
      const seam = hashesAt + TERM_POSITION_MAX;
      this.#numbers.copyWithin(seam + TERM_SEAM, seam, hashesAt + terms);
      this.#numbers.copyWithin(seam, seam - TERM_SEAM, seam);
    }
    return terms + TERM_SEAM;
  }

  /** Two independent halves of each, of FNV-1a steps, as words.as has them; they are finalised there. How many terms there are then. */
  #hash(found: readonly Term[], before: number): number {
    let terms = before;
    for (const { term } of found) {
      let low = 0x811c9dc5;
      let high = 0x9747b28c;
      for (let at = 0; at < term.length; at++) {
        const unit = term.charCodeAt(at);
        low = Math.imul(low ^ unit, 0x01000193);
        high = Math.imul(high ^ unit, 0x5bd1e995);
        high ^= high >>> 15;
      }
      this.#numbers[this.#lowsAt + terms] = low;
      this.#numbers[this.#highsAt + terms] = high;
      terms++;
    }
    return terms;
  }
}

const NO_WORDS = "0".repeat(16);

/** No pair of surrogates is parted. */
function pieceEnd(text: string, from: number): number {
  const to = from + PIECE_UNITS;
  if (to >= text.length) return text.length;
  return (text.charCodeAt(to - 1) & 0xfc00) === 0xd800 ? to - 1 : to;
}

function hexOf(half: number): string {
  return (half >>> 0).toString(16).padStart(8, "0");
}

let words: Words | null = null;

/** Linear. */
export function textFigures(text: string): TextFigures {
  words ??= new Words();
  return words.figuresOf(text);
}
