// A text of the light tree: the object for a row of numbers that say where it stands on its page and what the scanner counted of it. Read when
// someone asks. Knows no element.
import { isBlank } from "./blank.ts";
import {
  BITS,
  BLANK,
  CHARACTERS,
  COUNTED,
  LETTERS,
  NEXT,
  SENTENCES,
  SPACE_BEFORE,
  SPACE_BEHIND,
} from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import type { Node } from "./tree.ts";

export class Text {
  readonly kind = 3;
  readonly rows: Rows;
  row = 0;
  /** What it shows, and whether white space stands before and behind that, once someone asked (see visible-text.ts). */
  shown: string | null = null;
  spaceBefore = false;
  spaceBehind = false;
  #data: string | null = null;

  constructor(rows: Rows) {
    this.rows = rows;
  }

  /** For that row from now on. */
  stand(row: number): void {
    this.row = row;
    this.shown = null;
    this.#data = null;
  }

  /** Holds nothing of its page in memory. */
  forget(): void {
    this.shown = null;
    this.#data = null;
  }

  /** The sibling behind it. */
  get next(): Node | null {
    return this.rows.node(this.rows.numbers[this.row + NEXT] ?? 0);
  }

  /** Bits of row-layout.ts. */
  get bits(): number {
    return this.rows.numbers[this.row + BITS] ?? 0;
  }

  /** Nothing but white space, no-break spaces included: most texts of a page part its tags. */
  get blank(): boolean {
    return (this.bits & BLANK) !== 0;
  }

  get data(): string {
    this.#data ??= this.rows.data(this.row);
    return this.#data;
  }

  /** UTF-16 units. */
  get length(): number {
    return this.#data === null ? this.rows.dataLength(this.row) : this.#data.length;
  }

  /** The first bytes of it as they stand on the page; of a text that was said or is in pieces, of what it says. */
  bytes(most: number): Buffer {
    return this.rows.dataBytes(this.row, most) ?? Buffer.from(this.data.slice(0, most));
  }

  /** Is that text and none of the page. */
  say(data: string): void {
    this.#data = data;
    this.rows.numbers[this.row + BITS] = isBlank(data, 0, data.length) ? BLANK : 0;
  }

  /** Of a text that was said. */
  append(data: string): void {
    this.#data = this.data + data;
    this.rows.numbers[this.row + BITS] = this.blank && isBlank(data, 0, data.length) ? BLANK : 0;
  }

  /** What was counted of it: code points, its letters twice, commas and full stops, white space at its ends. */
  count(chars: number, letters: number, sentences: number, before: boolean, behind: boolean): void {
    const { numbers } = this.rows;
    numbers[this.row + CHARACTERS] = chars;
    numbers[this.row + LETTERS] = letters;
    numbers[this.row + SENTENCES] = sentences;
    const ends = (before ? SPACE_BEFORE : 0) | (behind ? SPACE_BEHIND : 0);
    numbers[this.row + BITS] = (this.bits & ~(SPACE_BEFORE | SPACE_BEHIND)) | COUNTED | ends;
  }
}
