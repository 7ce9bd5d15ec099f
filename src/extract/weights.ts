// The weights of a page's blocks (see text-mass.ts) as rows of numbers, found from the rows of their elements. Of what has none all are 0. The room is
// the next page's. Knows no text.
import { keepShape } from "./kept-shape.ts";
import { WEIGHT } from "./row-layout.ts";

// Of a row. Running: what the block sums up while its inline content is walked, in half letters, half letters of links, stops.
const OWN = 0;
const ALL = 1;
const MASS = 2;
const PARAGRAPHS = 3;
const HOLDS_MAIN = 4;
const OWN_SAID = 5;
const SAID = 6;
const LENGTH = 7;
const LINKED = 8;
const SENTENCES = 9;
const WIDTH = 10;

const FIRST_ROWS = 1_024;
/** Kept for the next page: some 1 MB a thread. */
const KEPT_ROWS_MAX = 16_384;
let kept = new Float64Array(WIDTH * FIRST_ROWS);

export class Weights {
  readonly #numbers: Int32Array;
  #values: Float64Array;
  #count = 0;

  constructor(numbers: Int32Array) {
    this.#numbers = numbers;
    this.#values = kept;
    this.#values.fill(0, 0, WIDTH);
  }

  /** A weight for the element of that row, all zeros; its number. */
  add(row: number): number {
    const weight = ++this.#count;
    const from = WIDTH * weight;
    if (from + WIDTH > this.#values.length) {
      const wider = new Float64Array(2 * this.#values.length);
      wider.set(this.#values);
      this.#values = wider;
      if (wider.length <= WIDTH * KEPT_ROWS_MAX) kept = wider;
    }
    this.#values.fill(0, from, from + WIDTH);
    this.#numbers[row + WEIGHT] = weight;
    return weight;
  }

  has(row: number): boolean {
    return this.#numbers[row + WEIGHT] !== 0;
  }

  #of(row: number, what: number): number {
    return this.#values[WIDTH * (this.#numbers[row + WEIGHT] ?? 0) + what] ?? 0;
  }

  /** Score of the running text that is its own, not of a block inside: long sentences count, links and fragments do not. */
  own(row: number): number {
    return this.#of(row, OWN);
  }

  /** The same with all that is below. */
  all(row: number): number {
    return this.#of(row, ALL);
  }

  /** The same less what is apart. */
  mass(row: number): number {
    return this.#of(row, MASS);
  }

  /** Of what weighs. */
  setMass(row: number, mass: number): void {
    const weight = this.#numbers[row + WEIGHT] ?? 0;
    if (weight !== 0) this.#values[WIDTH * weight + MASS] = mass;
  }

  /** Blocks of running text below. */
  paragraphs(row: number): number {
    return this.#of(row, PARAGRAPHS);
  }

  /** Holds the page's headline, main element or declared body. */
  holdsMain(row: number): boolean {
    return this.#of(row, HOLDS_MAIN) !== 0;
  }

  /** Characters of own text, and of all text below, that the page's own sayings hold. */
  ownSaid(row: number): number {
    return this.#of(row, OWN_SAID);
  }

  said(row: number): number {
    return this.#of(row, SAID);
  }

  /** A text of the block: half letters and stops, in a link or not. */
  sumText(weight: number, letters: number, sentences: number, inLink: boolean): void {
    const at = WIDTH * weight;
    const values = this.#values;
    values[at + LENGTH] = (values[at + LENGTH] ?? 0) + letters;
    if (inLink) values[at + LINKED] = (values[at + LINKED] ?? 0) + letters;
    else values[at + SENTENCES] = (values[at + SENTENCES] ?? 0) + sentences;
  }

  /** A block inside of it, whose weight is settled. */
  sumBlock(weight: number, below: number): void {
    const values = this.#values;
    const from = WIDTH * below;
    const to = WIDTH * weight;
    values[to + ALL] = (values[to + ALL] ?? 0) + (values[from + ALL] ?? 0);
    values[to + PARAGRAPHS] = (values[to + PARAGRAPHS] ?? 0) + (values[from + PARAGRAPHS] ?? 0);
    values[to + SAID] = (values[to + SAID] ?? 0) + (values[from + SAID] ?? 0);
    if (values[from + HOLDS_MAIN] !== 0) values[to + HOLDS_MAIN] = 1;
  }

  setHoldsMain(weight: number): void {
    this.#values[WIDTH * weight + HOLDS_MAIN] = 1;
  }

  /** Letters of the block's own text, the share of them in links, and its stops. */
  summed(weight: number): { readonly length: number; readonly density: number; readonly sentences: number } {
    const at = WIDTH * weight;
    const length = this.#values[at + LENGTH] ?? 0;
    const linked = this.#values[at + LINKED] ?? 0;
    return {
      length: length / 2,
      density: length === 0 ? 0 : linked / length,
      sentences: this.#values[at + SENTENCES] ?? 0,
    };
  }

  settle(weight: number, own: number, isParagraph: boolean, ownSaid: number): void {
    const at = WIDTH * weight;
    const values = this.#values;
    values[at + OWN] = own;
    values[at + OWN_SAID] = ownSaid;
    const all = (values[at + ALL] ?? 0) + own;
    values[at + ALL] = all;
    values[at + MASS] = all;
    if (isParagraph) values[at + PARAGRAPHS] = (values[at + PARAGRAPHS] ?? 0) + 1;
    values[at + SAID] = (values[at + SAID] ?? 0) + ownSaid;
  }
}

keepShape(new Weights(new Int32Array(1)));
