// The attributes of all elements of a page, one after the other: names, and where the values stand; a value is read when someone asks for
// it. Also which kinds of attributes an element bears at all, so that most questions need no look at them.
import { isUsual, lowerCase, usualAt, usualName } from "./names.ts";
import type { PageSource } from "./page-source.ts";
import { type Spelling, spellingAt } from "./spelling.ts";

/** Bits of `marks`: what an element bears. */
export const CLASS = 1;
export const ID = 2;
/** What names an element besides: data-component, data-testid. */
export const NAMED = 4;
export const ROLE = 8;
export const STYLE = 16;
export const HIDDEN_MARK = 32;
export const ITEMPROP = 64;
export const ITEMSCOPE = 128;
export const REL = 256;
/** Some name begins with "on". */
export const HANDLER = 512;
/** Some name begins with "data-". */
export const DATA = 1_024;
export const ARIA_HIDDEN = 2_048;
export const TYPEOF = 4_096;

const MARKS: Readonly<Record<string, number>> = {
  class: CLASS,
  id: ID,
  "data-component": NAMED,
  "data-testid": NAMED,
  role: ROLE,
  style: STYLE,
  hidden: HIDDEN_MARK,
  itemprop: ITEMPROP,
  itemscope: ITEMSCOPE,
  rel: REL,
  "aria-hidden": ARIA_HIDDEN,
  typeof: TYPEOF,
};

function marksOf(name: string): number {
  let marks = Object.hasOwn(MARKS, name) ? (MARKS[name] ?? 0) : 0;
  if (name.startsWith("data-")) marks |= DATA;
  else if (name.startsWith("on")) marks |= HANDLER;
  return marks;
}

/** Some name is none of the usual ones. */
export const RARE = 8_192;

/** Of a name that is none of the usual ones: those above are all usual. */
function marksOfRare(name: string): number {
  return RARE | (name.startsWith("data-") ? DATA : name.startsWith("on") ? HANDLER : 0);
}

/** By the number of a usual name, as they are met; -1 before. */
const marksOfUsual = new Int16Array(1_024).fill(-1);

/** Longer names are cut: no one asks for such. */
const NAME_BYTES_MAX = 256;

const NO_SPANS = new Int32Array(0);
/** Two for each attribute: half of the pages have as many. */
const FIRST_SPANS = 2_048;
/** Attributes whose room is kept for the next page: some 2 MB. */
const KEPT_MAX = 65_536;

export class Attributes {
  #source: PageSource | null;
  /** Characters kept of one value. */
  #charsMax: number;
  /** How many there are; the lists may be longer. */
  count = 0;
  /** In lower case. */
  readonly names: string[] = [];
  /** Where each value begins and ends. */
  #spans = NO_SPANS;
  readonly #values: (string | undefined)[] = [];
  /** Bits of the names added since `begin`, and what stands in class and id, where that has a record. */
  marks = 0;
  className: Spelling | null = null;
  id: Spelling | null = null;

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
    if (this.count > KEPT_MAX) {
      this.names.length = 0;
      this.#values.length = 0;
      this.#spans = NO_SPANS;
    } else {
      this.names.fill("", 0, this.count);
      this.#values.fill(undefined, 0, this.count);
    }
    this.count = 0;
  }

  /** The next tag's. */
  begin(): void {
    this.marks = 0;
    this.className = null;
    this.id = null;
  }

  /** `list`: name, value, name, value … */
  static of(list: readonly string[]): Attributes {
    const made = new Attributes(null, 0);
    for (let at = 0; at < list.length; at += 2) {
      const name = list[at] ?? "";
      made.names.push(name);
      made.#values.push(list[at + 1] ?? "");
      made.count++;
      made.marks |= isUsual(name) ? marksOf(name) : marksOfRare(name);
    }
    return made;
  }

  /** The name and the value that stand there, unless an attribute from `first` on bears the name. */
  add(
    source: PageSource,
    first: number,
    start: number,
    end: number,
    hash: number,
    from: number,
    to: number,
  ): void {
    const { names, count } = this;
    const id = end - start < NAME_BYTES_MAX ? usualAt(source.bytes, start, end, hash) : -1;
    const name =
      id === -1
        ? lowerCase(source.slice(start, source.boundary(Math.min(end, start + NAME_BYTES_MAX))))
        : usualName(id);
    for (let at = first; at < count; at++) if (names[at] === name) return;
    let marks = id === -1 ? marksOfRare(name) : (marksOfUsual[id] ?? -1);
    if (marks === -1) {
      marks = marksOf(name);
      marksOfUsual[id] = marks;
    }
    this.marks |= marks;
    if (2 * count === this.#spans.length) this.#widen();
    names[count] = name;
    this.#spans[2 * count] = from;
    this.#spans[2 * count + 1] = to;
    this.#values[count] =
      (marks & (CLASS | ID)) === 0 ? undefined : this.#spelled(spellingAt(source, from, to), marks);
    this.count = count + 1;
  }

  #widen(): void {
    const wider = new Int32Array(Math.max(FIRST_SPANS, 2 * this.#spans.length));
    wider.set(this.#spans);
    this.#spans = wider;
  }

  #spelled(spelling: Spelling | null, marks: number): string | undefined {
    if (marks === CLASS) this.className = spelling;
    else this.id = spelling;
    return spelling?.text;
  }

  value(at: number): string {
    const known = this.#values[at];
    if (known !== undefined) return known;
    const read = this.#read(this.#spans[2 * at] ?? 0, this.#spans[2 * at + 1] ?? 0);
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
}
