// The attributes of all elements of a page, one after the other: rows of numbers as the scanner writes them, which say what each is called
// and where its value stands. Names and values are read when someone asks for them.
import { marksOf, marksOfRare } from "./attribute-marks.ts";
import { isUsual, lowerCase, usualName } from "./names.ts";
import type { PageSource } from "./page-source.ts";
import { ATTRIBUTE_WIDTH } from "./scanner/scanner.ts";
import { type Spelling, spellingAt } from "./spelling.ts";

/** Longer names are cut: no one asks for such. */
const NAME_BYTES_MAX = 256;

const NO_ROWS = new Int32Array(0);
/** Half of the pages have as many. */
const FIRST_ROWS = 1_024;
/** Attributes whose room is kept for the next page: some 3 MB. */
const KEPT_MAX = 65_536;

// Of a row: the number of its name, -1 where it is none of the usual ones; the value; then the page's number for what stands in class or id
// (-1 where it has none), or where the rare name stands.
const FROM = 1;
const TO = 2;
const SPELLED = 3;
const NAME_FROM = 3;
const NAME_TO = 4;

export class Attributes {
  #source: PageSource | null;
  /** Characters kept of one value. */
  #charsMax: number;
  /** How many there are; the lists may be longer. */
  count = 0;
  #rows = NO_ROWS;
  readonly #values: (string | undefined)[] = [];
  /** Names that are none of the usual ones, as they are asked for; all names of a list that was given. */
  readonly #names: (string | undefined)[] = [];
  /** By the page's number for it. */
  readonly #spellings: (Spelling | undefined)[] = [];
  /** Bits of a list that was given. */
  marks = 0;

  constructor(source: PageSource | null, charsMax: number) {
    this.#source = source;
    this.#charsMax = charsMax;
  }

  /** As new, for another page: the room for its attributes is there. */
  renew(source: PageSource, charsMax: number): void {
    this.#source = source;
    this.#charsMax = charsMax;
    this.count = 0;
  }

  /** Holds nothing of its page in memory. */
  forget(): void {
    this.#source = null;
    this.#spellings.length = 0;
    this.#names.length = 0;
    if (this.count > KEPT_MAX) {
      this.#values.length = 0;
      this.#rows = NO_ROWS;
    } else this.#values.fill(undefined, 0, this.count);
    this.count = 0;
  }

  /** `list`: name, value, name, value … */
  static of(list: readonly string[]): Attributes {
    const made = new Attributes(null, 0);
    made.#room(list.length / 2);
    for (let at = 0; at < list.length; at += 2) {
      const name = list[at] ?? "";
      made.#rows[ATTRIBUTE_WIDTH * made.count] = -1;
      made.#names.push(name);
      made.#values.push(list[at + 1] ?? "");
      made.count++;
      made.marks |= isUsual(name) ? marksOf(name) : marksOfRare(name);
    }
    return made;
  }

  /** More of the page's, as the scanner wrote them. */
  add(rows: Int32Array): void {
    const more = rows.length / ATTRIBUTE_WIDTH;
    this.#room(more);
    this.#rows.set(rows, ATTRIBUTE_WIDTH * this.count);
    this.count += more;
    // Elements ask by index: the list has no holes.
    while (this.#values.length < this.count) this.#values.push(undefined);
  }

  #room(more: number): void {
    const needed = ATTRIBUTE_WIDTH * (this.count + more);
    if (needed <= this.#rows.length) return;
    const wider = new Int32Array(Math.max(ATTRIBUTE_WIDTH * FIRST_ROWS, needed, 2 * this.#rows.length));
    wider.set(this.#rows.subarray(0, ATTRIBUTE_WIDTH * this.count));
    this.#rows = wider;
  }

  /** In lower case. */
  name(at: number): string {
    const id = this.#rows[ATTRIBUTE_WIDTH * at] ?? -1;
    return id === -1 ? (this.#names[at] ?? this.#rareName(at)) : usualName(id);
  }

  #rareName(at: number): string {
    const source = this.#source;
    const from = this.#rows[ATTRIBUTE_WIDTH * at + NAME_FROM] ?? 0;
    const to = this.#rows[ATTRIBUTE_WIDTH * at + NAME_TO] ?? 0;
    if (source === null) return "";
    const name = lowerCase(source.slice(from, source.boundary(Math.min(to, from + NAME_BYTES_MAX))));
    while (this.#names.length <= at) this.#names.push(undefined);
    this.#names[at] = name;
    return name;
  }

  value(at: number): string {
    const known = this.#values[at];
    if (known !== undefined) return known;
    const row = ATTRIBUTE_WIDTH * at;
    const read = this.#read(this.#rows[row + FROM] ?? 0, this.#rows[row + TO] ?? 0);
    this.#values[at] = read;
    return read;
  }

  #read(from: number, to: number): string {
    const source = this.#source;
    if (source === null || from === to) return "";
    if (to - from <= this.#charsMax) return source.text(from, to, true);
    const end = source.boundary(Math.min(to, from + 8 * this.#charsMax));
    return source.text(from, end, true).slice(0, this.#charsMax);
  }

  /** The record of that number, which stands in class or id of the element whose attributes begin there; null for -1. */
  spelling(number: number, first: number, count: number): Spelling | null {
    if (number === -1) return null;
    return this.#spellings[number] ?? this.#spelled(number, first, count);
  }

  #spelled(number: number, first: number, count: number): Spelling | null {
    const source = this.#source;
    for (let at = first; at < first + count; at++) {
      const row = ATTRIBUTE_WIDTH * at;
      if (this.#rows[row] === -1 || this.#rows[row + SPELLED] !== number || source === null) continue;
      const found = spellingAt(source.bytes, this.#rows[row + FROM] ?? 0, this.#rows[row + TO] ?? 0);
      while (this.#spellings.length <= number) this.#spellings.push(undefined);
      this.#spellings[number] = found;
      return found;
    }
    return null;
  }
}
