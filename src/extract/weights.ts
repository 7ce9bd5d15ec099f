// The weights of a page's blocks as the scanner has found them (scanner/weigh.as, see text-mass.ts), read by the rows of their elements. Of what
// has none all are 0. Knows no text.
import { keepShape } from "./kept-shape.ts";
import { WEIGHT } from "./row-layout.ts";

// Of a weight, numbers of 64 bits.
const OWN = 0;
const ALL = 1;
const MASS = 2;
const PARAGRAPHS = 3;
const HOLDS_MAIN = 4;
const OWN_SAID = 5;
const SAID = 6;

export class Weights {
  readonly #numbers: Int32Array;
  readonly #values: Float64Array;

  /** The page's first main or article element with text; 0 where there is none. */
  readonly main: number;

  /** The same memory as numbers of 32 and of 64 bits. */
  constructor(numbers: Int32Array, values: Float64Array, main: number) {
    this.main = main;
    this.#numbers = numbers;
    this.#values = values;
  }

  has(row: number): boolean {
    return this.#numbers[row + WEIGHT] !== 0;
  }

  #of(row: number, what: number): number {
    const weight = this.#numbers[row + WEIGHT] ?? 0;
    return weight === 0 ? 0 : (this.#values[weight + what] ?? 0);
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
}

keepShape(new Weights(new Int32Array(1), new Float64Array(1), 0));
