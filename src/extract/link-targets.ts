// Which links of a page lead to the same place. The scanner tells most of them apart by their bytes and gives each target a slot
// (scanner/targets.as): no string is made of a link that was there before. Knows nothing of what links mean.
import { hostOf, target } from "./addresses.ts";
import { keepShape } from "./kept-shape.ts";
import { numberOf } from "./names.ts";
import { NAME } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { NOWHERE, SLOT_SHIFT, TARGET_FROM, TARGET_PLACE, TARGET_TO } from "./scanner/scanner.ts";

const FRAME = numberOf("frame");

/** Those of a page, each with its place among the page's links. What is read last is what is asked of. */
export class LinkTargets {
  readonly #rows: Rows;
  readonly #base: string;
  /** Bits of what was read last. */
  bits = 0;
  #slot = 0;
  #key: string | null = null;
  /** Places of those that have no slot. */
  readonly #others = new Map<string, number>();

  constructor(rows: Rows, base: string) {
    this.#rows = rows;
    this.#base = base;
    rows.scanner?.openTargets(hostOf(base));
  }

  /** Of an element with an address. False where it leads nowhere, or nowhere new: within the page. */
  readLink(row: number): boolean {
    const told = this.#rows.scanner?.link(row) ?? 0;
    this.bits = told;
    if ((told & NOWHERE) !== 0) return false;
    this.#slot = told >> SLOT_SHIFT;
    this.#key = null;
    return this.#slot !== 0 || this.#readOther(row);
  }

  #readOther(row: number): boolean {
    const href = this.#rows.attribute(row, this.#rows.numbers[row + NAME] === FRAME ? "src" : "href") ?? "";
    const reference = href.trim();
    return reference !== "" && !reference.startsWith("#") && this.read(href);
  }

  /** Of a reference. False where it leads nowhere. */
  read(reference: string): boolean {
    const key = target(reference, this.#base);
    if (key === null) return false;
    this.#key = key;
    this.#slot = this.#rows.scanner?.targetSlot(key) ?? 0;
    return true;
  }

  /** As `target` has it. */
  get key(): string {
    this.#key ??= this.#standing();
    return this.#key;
  }

  #standing(): string {
    const numbers = this.#numbers();
    const from = numbers[this.#slot + TARGET_FROM] ?? 0;
    const to = numbers[this.#slot + TARGET_TO] ?? 0;
    return from < 0 ? (this.#rows.scanner?.written(from, to) ?? "") : this.#rows.standing(from, to);
  }

  /** Below 0 where it has none yet. */
  get place(): number {
    const place = this.#slot === 0 ? 0 : (this.#numbers()[this.#slot + TARGET_PLACE] ?? 0);
    return place !== 0 || this.#others.size === 0 ? place - 1 : (this.#others.get(this.key) ?? -1);
  }

  set place(place: number) {
    if (this.#slot === 0) this.#others.set(this.key, place);
    else this.#numbers()[this.#slot + TARGET_PLACE] = place + 1;
  }

  #numbers(): Int32Array {
    return this.#rows.scanner?.numbers ?? NO_NUMBERS;
  }
}

const NO_NUMBERS = new Int32Array(0);

keepShape(new LinkTargets(new Rows(), ""));
