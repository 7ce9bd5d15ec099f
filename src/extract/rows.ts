// The rows of one tree: where they are read from its page, and the objects that stand for its nodes, made where someone asks for one. Knows no
// rules of any tree and no meaning.
import { marksOf, marksOfRare } from "./attribute-marks.ts";
import { isUsual, lowerCase, numberOf, usualKinds, usualName } from "./names.ts";
import type { PageSource } from "./page-source.ts";
import {
  ATTRIBUTE_NAME,
  ATTRIBUTE_NAME_FROM,
  ATTRIBUTE_NAME_TO,
  ATTRIBUTE_WIDTH,
  ATTRIBUTES,
  BITS,
  BLANK,
  COUNT,
  ELEMENT_WIDTH,
  FACADE,
  FROM,
  KINDS,
  MARKS,
  MORE,
  NAME,
  NAME_FROM,
  NAME_TO,
  PIECES,
  PLAIN,
  PLAIN_VALUE,
  RARE_NAME,
  RARE_NAME_READ,
  REFERENCES,
  SINGLE,
  SPACE_BEFORE,
  SPACE_BEHIND,
  TEXT,
  TEXT_WIDTH,
  TO,
  VALUE,
  VALUE_FROM,
  VALUE_TO,
} from "./row-layout.ts";
import type { Scanner } from "./scanner/scanner.ts";
import type { Spelling, Spellings } from "./spelling.ts";
import { Text } from "./text-node.ts";
import { Element, type Node } from "./tree.ts";

/** Longer names are cut: no one asks for such. */
const NAME_BYTES_MAX = 256;
const STRINGS_MAX = 65_536;
const NO_BYTES = new Uint8Array();
const NO_NUMBERS = new Int32Array(0);
/** Kept for the next page, of each kind of node: some 2 MB a thread. Of 106 real pages half had 700, the largest 10,000 elements and 14,000 texts. */
const OBJECTS_MAX = 16_384;
const FIRST_WIDTH = 1_024;

function isWhite(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

export class Rows {
  /** Where rows begin at index 1 or behind. */
  numbers: Int32Array = NO_NUMBERS;
  #source: PageSource | null = null;
  /** Of what stands in class and id; null where it has no numbers. */
  spellings: Spellings | null = null;
  /** Where it lies as it was scanned; null for a copy. */
  scanner: Scanner | null = null;
  /** Characters kept of one value. */
  #charsMax = 0;
  readonly #elements: Element[] = [];
  readonly #texts: Text[] = [];
  #elementsUsed = 0;
  #textsUsed = 0;
  /** Values and rare names, as they are asked for: rows hold one more than their indexes. */
  readonly #strings: string[] = [];
  #stringsUsed = 0;
  /** Where a row that is made here begins. */
  #end = 1;

  /** Holds that tree from now on; the objects of the one before are used again. */
  open(numbers: Int32Array, source: PageSource, charsMax: number, scanner: Scanner | null): void {
    this.numbers = numbers;
    this.#source = source;
    this.#charsMax = charsMax;
    this.scanner = scanner;
    this.spellings = scanner === null ? null : scanner.spellings;
  }

  /** Holds nothing of its page in memory. */
  forget(): void {
    this.numbers = NO_NUMBERS;
    this.#source = null;
    this.scanner = null;
    this.spellings = null;
    for (let at = 0; at < this.#textsUsed; at++) this.#texts[at]?.forget();
    this.#elementsUsed = 0;
    this.#textsUsed = 0;
    if (this.#elements.length > OBJECTS_MAX) this.#elements.length = OBJECTS_MAX;
    if (this.#texts.length > OBJECTS_MAX) this.#texts.length = OBJECTS_MAX;
    if (this.#strings.length > STRINGS_MAX) this.#strings.length = STRINGS_MAX;
    this.#strings.fill("", 0, this.#stringsUsed);
    this.#stringsUsed = 0;
  }

  /** The object for a row; null for 0. */
  node(row: number): Node | null {
    if (row === 0) return null;
    return this.numbers[row] === TEXT ? this.text(row) : this.element(row);
  }

  element(row: number): Element {
    const facade = this.numbers[row + FACADE] ?? 0;
    // An index below 0 would be looked up as a name is.
    const known = facade === 0 ? undefined : this.#elements[facade - 1];
    return known ?? this.#newElement(row);
  }

  text(row: number): Text {
    const facade = this.numbers[row + FACADE] ?? 0;
    const known = facade === 0 ? undefined : this.#texts[facade - 1];
    return known ?? this.#newText(row);
  }

  #newElement(row: number): Element {
    const used = this.#elementsUsed < this.#elements.length ? this.#elements[this.#elementsUsed] : undefined;
    const made = used ?? new Element(this);
    if (used === undefined) this.#elements.push(made);
    this.numbers[row + FACADE] = ++this.#elementsUsed;
    made.stand(row);
    return made;
  }

  #newText(row: number): Text {
    const used = this.#textsUsed < this.#texts.length ? this.#texts[this.#textsUsed] : undefined;
    const made = used ?? new Text(this);
    if (used === undefined) this.#texts.push(made);
    this.numbers[row + FACADE] = ++this.#textsUsed;
    made.stand(row);
    return made;
  }

  /** Of an element whose name is none of the usual ones. */
  rareName(row: number): string {
    const { numbers } = this;
    const known = numbers[row + RARE_NAME_READ] ?? 0;
    if (known !== 0) return this.#strings[known - 1] ?? "";
    if (this.#source === null) return "";
    const name = lowerCase(this.#source.slice(numbers[row + NAME_FROM] ?? 0, numbers[row + NAME_TO] ?? 0));
    numbers[row + RARE_NAME_READ] = this.#keep(name);
    return name;
  }

  /** In lower case; of an attribute's row. */
  attributeName(row: number): string {
    const id = this.numbers[row] ?? RARE_NAME;
    return id === RARE_NAME ? this.#rareAttributeName(row) : usualName(id);
  }

  #rareAttributeName(row: number): string {
    const { numbers } = this;
    const known = numbers[row + ATTRIBUTE_NAME] ?? 0;
    const source = this.#source;
    if (known !== 0) return this.#strings[known - 1] ?? "";
    if (source === null) return "";
    const from = numbers[row + ATTRIBUTE_NAME_FROM] ?? 0;
    const to = numbers[row + ATTRIBUTE_NAME_TO] ?? 0;
    const name = lowerCase(source.slice(from, source.boundary(Math.min(to, from + NAME_BYTES_MAX))));
    numbers[row + ATTRIBUTE_NAME] = this.#keep(name);
    return name;
  }

  attributeValue(row: number): string {
    const { numbers } = this;
    const kept = numbers[row + VALUE] ?? 0;
    if (kept > 0) return this.#strings[kept - 1] ?? "";
    const read = this.#read(
      numbers[row + VALUE_FROM] ?? 0,
      numbers[row + VALUE_TO] ?? 0,
      kept === PLAIN_VALUE,
    );
    numbers[row + VALUE] = this.#keep(read);
    return read;
  }

  /** One more than its index. */
  #keep(text: string): number {
    if (this.#stringsUsed === this.#strings.length) this.#strings.push(text);
    else this.#strings[this.#stringsUsed] = text;
    return ++this.#stringsUsed;
  }

  #read(from: number, to: number, isPlain: boolean): string {
    const source = this.#source;
    if (source === null || from === to) return "";
    if (isPlain) return source.units.slice(from, Math.min(to, from + this.#charsMax));
    if (to - from <= this.#charsMax) return source.text(from, to, true);
    const end = source.boundary(Math.min(to, from + 8 * this.#charsMax));
    return source.text(from, end, true).slice(0, this.#charsMax);
  }

  /** What the rows' offsets count in. */
  get pageBytes(): Uint8Array {
    return this.#source?.bytes ?? NO_BYTES;
  }

  /** Whether an element bears an attribute of that usual name. */
  bears(row: number, name: number): boolean {
    const { numbers } = this;
    const first = numbers[row + ATTRIBUTES] ?? 0;
    const end = first + ATTRIBUTE_WIDTH * (numbers[row + COUNT] ?? 0);
    for (let at = first; at < end; at += ATTRIBUTE_WIDTH) if (numbers[at] === name) return true;
    return false;
  }

  /** Value of an element's attribute, or null. */
  attribute(row: number, name: string): string | null {
    const { numbers } = this;
    const count = numbers[row + COUNT] ?? 0;
    if (count === 0) return null;
    let at = numbers[row + ATTRIBUTES] ?? 0;
    for (const end = at + ATTRIBUTE_WIDTH * count; at < end; at += ATTRIBUTE_WIDTH) {
      const id = numbers[at] ?? RARE_NAME;
      if (id === RARE_NAME) {
        if (!isUsual(name) && this.#rareAttributeName(at) === name) return this.attributeValue(at);
      } else if (usualName(id) === name) return this.attributeValue(at);
    }
    return null;
  }

  /** Of the number in a row; null for 0. */
  spelling(number: number): Spelling | null {
    return number === 0 || this.spellings === null ? null : this.spellings.record(number);
  }

  /** What a text's row says, as it reads. */
  data(row: number): string {
    const { numbers } = this;
    const source = this.#source;
    if (source === null) return "";
    const bits = numbers[row + BITS] ?? 0;
    if ((bits & PIECES) !== 0) {
      let joined = "";
      for (let piece = numbers[row + MORE] ?? 0; piece !== 0; piece = numbers[piece + MORE] ?? 0)
        joined += this.data(piece);
      return joined;
    }
    const from = numbers[row + FROM] ?? 0;
    const to = numbers[row + TO] ?? 0;
    if ((bits & PLAIN) !== 0) return source.units.slice(from, to);
    return (bits & REFERENCES) === 0 ? source.slice(from, to) : source.text(from, to, false);
  }

  /** What stands on the page from one offset to another, where that is ASCII. */
  standing(from: number, to: number): string {
    return this.#source?.units.slice(from, to) ?? "";
  }

  /** What a text's row shows, cut from the page: without the white space at its ends. Null where that stands not single inside. */
  inside(row: number, unitsMax = Number.POSITIVE_INFINITY): string | null {
    const { numbers } = this;
    const bits = numbers[row + BITS] ?? 0;
    if ((bits & (SINGLE | BLANK)) !== SINGLE || this.#source === null) return null;
    const { bytes, units } = this.#source;
    let from = numbers[row + FROM] ?? 0;
    let to = numbers[row + TO] ?? 0;
    if ((bits & SPACE_BEFORE) !== 0) while (isWhite(bytes[from] ?? 0)) from++;
    if ((bits & SPACE_BEHIND) !== 0) while (isWhite(bytes[to - 1] ?? 0)) to--;
    return units.slice(from, Math.min(to, from + unitsMax));
  }

  /** UTF-16 units of it. */
  dataLength(row: number): number {
    const bits = this.numbers[row + BITS] ?? 0;
    const from = this.numbers[row + FROM] ?? 0;
    const to = this.numbers[row + TO] ?? 0;
    if ((bits & PLAIN) !== 0) return to - from;
    if ((bits & (PIECES | REFERENCES)) !== 0 || this.#source === null) return this.text(row).data.length;
    const units = this.scanner === null ? -1 : this.scanner.units(from, to);
    return units === -1 ? this.#source.length(from, to) : units;
  }

  /** The first bytes of it as they stand on the page; null where it is not one piece of that. */
  dataBytes(row: number, most: number): Buffer | null {
    if (this.#source === null || ((this.numbers[row + BITS] ?? 0) & PIECES) !== 0) return null;
    const from = this.numbers[row + FROM] ?? 0;
    return this.#source.range(from, Math.min(this.numbers[row + TO] ?? 0, from + most));
  }

  /** An element that stands on no page. `attributes`: name, value, name, value … */
  made(name: string, attributes: readonly string[] = []): Element {
    const first = this.#madeAttributes(attributes);
    const row = this.#room(ELEMENT_WIDTH);
    const { numbers } = this;
    const id = numberOf(name);
    numbers[row + NAME] = id;
    if (id === RARE_NAME) numbers[row + RARE_NAME_READ] = this.#keep(name);
    else numbers[row + KINDS] = usualKinds(id);
    numbers[row + ATTRIBUTES] = first;
    numbers[row + COUNT] = attributes.length / 2;
    for (let at = 0; at < attributes.length; at += 2) {
      const own = attributes[at] ?? "";
      numbers[row + MARKS] = (numbers[row + MARKS] ?? 0) | (isUsual(own) ? marksOf(own) : marksOfRare(own));
    }
    return this.element(row);
  }

  #madeAttributes(list: readonly string[]): number {
    const first = this.#room((list.length / 2) * ATTRIBUTE_WIDTH);
    for (let at = 0; at < list.length; at += 2) {
      const row = first + (at / 2) * ATTRIBUTE_WIDTH;
      const name = list[at] ?? "";
      const id = numberOf(name);
      this.numbers[row] = id;
      if (id === RARE_NAME) this.numbers[row + ATTRIBUTE_NAME] = this.#keep(name);
      this.numbers[row + VALUE] = this.#keep(list[at + 1] ?? "");
    }
    return first;
  }

  /** A text that stands on no page. */
  madeText(data: string): Text {
    const row = this.#room(TEXT_WIDTH);
    this.numbers[row + NAME] = TEXT;
    const made = this.text(row);
    made.say(data);
    return made;
  }

  #room(width: number): number {
    const row = this.#end;
    this.#end += width;
    if (this.#end > this.numbers.length) {
      const wider = new Int32Array(Math.max(FIRST_WIDTH, this.#end, 2 * this.numbers.length));
      wider.set(this.numbers);
      this.numbers = wider;
    }
    return row;
  }
}
