// The bytes of a page as strings of one unit a byte, for jumps by `indexOf` and for cutting out what is ASCII. In pieces, each made when
// something in it is asked for: a string of more than 128 KiB lies on memory of its own that the system hands out and takes back, which costs
// some nine times the copying.
import { keepShape } from "./kept-shape.ts";

/** A power of two. */
const PIECE_BYTES = 8_192;
/** How far a piece goes into the next one, so that what is looked for, and nearly all that is cut out, is in one piece. */
const OVERLAP_BYTES = 1_024;

export class PageUnits {
  readonly #buffer: Buffer;
  readonly #pieces: (string | undefined)[] = [];

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get length(): number {
    return this.#buffer.length;
  }

  /** Where the sign, of 1 to 100 ASCII letters, stands at or behind that offset; the page's length where it does not. */
  indexOf(sign: string, from: number): number {
    const { length } = this.#buffer;
    for (let start = from - (from % PIECE_BYTES); start < length; start += PIECE_BYTES) {
      const at = this.#piece(start).indexOf(sign, from - start);
      if (at !== -1) return start + at;
    }
    return length;
  }

  slice(from: number, to: number): string {
    const start = from - (from % PIECE_BYTES);
    if (to - start > PIECE_BYTES + OVERLAP_BYTES) return this.#buffer.toString("latin1", from, to);
    return this.#piece(start).slice(from - start, to - start);
  }

  #piece(start: number): string {
    const index = start / PIECE_BYTES;
    return this.#pieces[index] ?? this.#make(index, start);
  }

  #make(index: number, start: number): string {
    // Jumps may leave pieces out: the list has no holes.
    while (this.#pieces.length <= index) this.#pieces.push(undefined);
    const piece = this.#buffer.toString("latin1", start, start + PIECE_BYTES + OVERLAP_BYTES);
    this.#pieces[index] = piece;
    return piece;
  }
}

keepShape(new PageUnits(Buffer.alloc(0)));
