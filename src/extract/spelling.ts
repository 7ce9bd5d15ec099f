// What pages write in class and id, each spelling once: a site writes the same ones in page after page, and what a leaf makes of one is kept. The
// scanner knows them again by their bytes and gives them numbers on each page (scanner/spellings.as). Knows no meaning of any word.

export class Spelling {
  /** A string of its own: it holds no page in memory. */
  readonly text: string;
  /** Whether survey.ts takes it for a byline's; null until it is asked. */
  isByline: boolean | null = null;
  /** What evidence.ts found in it, by what it looked for, and for whom it did. */
  markers: (readonly number[] | undefined)[] = [];
  markersFor: object | null = null;

  constructor(text: string) {
    this.text = text;
  }
}

/** Numbers of a set in the scanner's memory: four spellings' hashes, lengths, pages and bits. */
const SET_WIDTH = 16;
const LENGTHS = 4;
const KNOWN = 12;
const BYTES_MAX = 128;
const SETS = 8_192;

// What is known of a spelling: bits that the scanner clears where another spelling takes its place.
/** Its record is that of this spelling. */
const RECORDED = 1;
/** As a class, as an id the survey has nothing to look at in it. */
export const PLAIN_CLASS = 2;
export const PLAIN_ID = 4;
/** What a leaf makes of a spelling: the bit that says it is known, and where its own bits stand. */
interface Told {
  readonly known: number;
  readonly shift: number;
  readonly mask: number;
}

/** What boilerplate.ts, what link-place.ts makes of one; scanner/places.as knows the latter by these numbers. */
export const NAMING_OF_SPELLING: Told = { known: 8, shift: 8, mask: 63 };
export const PLACES_OF_SPELLING: Told = { known: 16, shift: 16, mask: 3 };

/** Where the scanner keeps them, in its memory. */
export interface SpellingsMemory {
  /** The whole memory. */
  readonly numbers: Int32Array;
  readonly bytes: Buffer;
  readonly setsAt: number;
  readonly slotsAt: number;
  readonly writtenAt: number;
}

/** Those of one scanner by their numbers on the page that is read; at most 32,768 are kept, some 10 MB a thread. */
export class Spellings {
  readonly #memory: SpellingsMemory;
  /** By their slots. */
  readonly #records: (Spelling | undefined)[] = [];

  constructor(memory: SpellingsMemory) {
    this.#memory = memory;
  }

  /** Of a number that is not 0. */
  #slotOf(number: number): number {
    return (this.#memory.numbers[(this.#memory.slotsAt >> 2) + number] ?? 1) - 1;
  }

  #at(slot: number, what: number): number {
    return (this.#memory.setsAt >> 2) + (slot >> 2) * SET_WIDTH + what + (slot & 3);
  }

  /** The bits above. */
  known(number: number): number {
    return this.#memory.numbers[this.#at(this.#slotOf(number), KNOWN)] ?? 0;
  }

  /** Adds bits. */
  learn(number: number, bits: number): void {
    const at = this.#at(this.#slotOf(number), KNOWN);
    this.#memory.numbers[at] = (this.#memory.numbers[at] ?? 0) | bits;
  }

  /** Some of those bits are known of it; of 0, which stands for none, nothing is. */
  knows(number: number, bits: number): boolean {
    return number !== 0 && (this.known(number) & bits) !== 0;
  }

  /** What a leaf makes of its text, which it is asked once. */
  told(number: number, { known, shift, mask }: Told, bitsOf: (text: string) => number): number {
    const bits = this.known(number);
    if ((bits & known) !== 0) return (bits >> shift) & mask;
    const made = bitsOf(this.record(number).text);
    this.learn(number, known | (made << shift));
    return made;
  }

  record(number: number): Spelling {
    const known = this.#records[this.#slotOf(number)];
    return known !== undefined && (this.known(number) & RECORDED) !== 0 ? known : this.#read(number);
  }

  #read(number: number): Spelling {
    const { numbers, bytes, writtenAt } = this.#memory;
    const slot = this.#slotOf(number);
    const length = numbers[this.#at(slot, LENGTHS)] ?? 0;
    const from = writtenAt + slot * BYTES_MAX;
    const made = new Spelling(bytes.toString("latin1", from, from + length));
    while (this.#records.length <= slot) this.#records.push(undefined);
    this.#records[slot] = made;
    this.learn(number, RECORDED);
    return made;
  }

  /** Other markers are looked for from now on. */
  forgetPlain(): void {
    const { numbers, setsAt } = this.#memory;
    const first = setsAt >> 2;
    for (let set = first; set < first + SETS * SET_WIDTH; set += SET_WIDTH)
      for (let at = set + KNOWN; at < set + SET_WIDTH; at++)
        numbers[at] = (numbers[at] ?? 0) & ~(PLAIN_CLASS | PLAIN_ID);
  }
}
