// Looks for the router's markers while the tree is surveyed; for those of pages with little text in a second walk, which other
// pages are spared. Knows what a marker matches, never what it is worth.

import type { RouteMarker } from "../model/index.ts";
import { CLASS, ID, RARE } from "./attribute-marks.ts";
import { keepShape } from "./kept-shape.ts";
import { holdsWord, type Lookup, type Lookups, lookupsOf, sketchOf } from "./marker-lookup.ts";
import { numberOf } from "./names.ts";
import {
  ATTRIBUTE_NAME_FROM,
  ATTRIBUTE_NAME_TO,
  ATTRIBUTE_WIDTH,
  ATTRIBUTES,
  BITS,
  CLASS_NAME,
  COUNT,
  FIRST,
  FLAGS,
  FOREIGN,
  FROM,
  ID_NAME,
  MARKS,
  NAME,
  NEXT,
  PIECES,
  RARE_NAME,
  TEXT,
  TO,
} from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import type { Watch } from "./scanner/scanner.ts";
import { kindOfScript } from "./script-code.ts";
import { PLAIN_CLASS, PLAIN_ID } from "./spelling.ts";
import type { Element, Tree } from "./tree.ts";

const TEMPLATE = numberOf("template");
const NOSCRIPT = numberOf("noscript");
const SCRIPT = numberOf("script");

/** At most this much of one script is searched for literals; the markers of frameworks stand near a script's beginning. */
const SCRIPT_BYTES_MAX = 2_000_000;
/** Attribute values longer than this hold no class names. */
const WORD_CHARS_MAX = 4_096;

const NONE: readonly number[] = [];

export class Evidence {
  readonly #lookups: Lookups;
  readonly #found = new Set<string>();
  #lookup: Lookup;

  constructor(markers: readonly RouteMarker[]) {
    this.#lookups = lookupsOf(markers);
    this.#lookup = this.#lookups.onAll;
  }

  get watch(): Watch {
    return this.#lookups.watch;
  }

  /** Shown the row of every element outside templates that has anything to look at. */
  element(rows: Rows, row: number): void {
    const lookup = this.#lookup;
    const name = rows.numbers[row + NAME] ?? 0;
    const marks = rows.numbers[row + MARKS] ?? 0;
    if (name === RARE_NAME || (lookup.tagNames[name] ?? 0) !== 0) this.#tags(rows.element(row));
    if ((marks & RARE) !== 0 || !lookup.onlyRare) this.#attributes(rows, row);
    if ((marks & CLASS) !== 0) {
      const spelling = rows.numbers[row + CLASS_NAME] ?? 0;
      if (!this.#isKnown(rows, spelling, PLAIN_CLASS)) this.#wordsOf(rows, row, "class", spelling);
    }
    if ((marks & ID) !== 0) {
      const spelling = rows.numbers[row + ID_NAME] ?? 0;
      if (!this.#isKnown(rows, spelling, PLAIN_ID)) this.#id(rows, row, spelling);
    }
  }

  /** The spelling of that number is known to hold nothing of what is looked for on all pages. */
  #isKnown({ spellings }: Rows, number: number, bit: number): boolean {
    return this.#lookup === this.#lookups.onAll && spellings?.knows(number, bit) === true;
  }

  #id(rows: Rows, row: number, spelling: number): void {
    const value = rows.spelling(spelling)?.text ?? rows.attribute(row, "id") ?? "";
    let held = this.#wordsOf(rows, row, "id", spelling);
    for (const marker of this.#lookup.literals)
      if (value.includes(marker.text)) {
        this.#found.add(marker.id);
        held = true;
      }
    if (spelling !== 0 && !held && this.#lookup === this.#lookups.onAll)
      rows.spellings?.learn(spelling, PLAIN_ID);
  }

  #attributes(rows: Rows, row: number): void {
    const { numbers } = rows;
    const { attributeSketches, attributes, onlyRare } = this.#lookup;
    const { pageBytes } = rows;
    const first = numbers[row + ATTRIBUTES] ?? 0;
    const end = first + ATTRIBUTE_WIDTH * (numbers[row + COUNT] ?? 0);
    for (let at = first; at < end; at += ATTRIBUTE_WIDTH) {
      if (numbers[at] === RARE_NAME) {
        const from = numbers[at + ATTRIBUTE_NAME_FROM] ?? 0;
        const to = numbers[at + ATTRIBUTE_NAME_TO] ?? 0;
        if (attributeSketches[sketchOf(pageBytes, from, to)] === 0) continue;
      } else if (onlyRare) continue;
      const ids = attributes.get(rows.attributeName(at));
      if (ids !== undefined) for (const id of ids) this.#found.add(id);
    }
  }

  #tags(element: Element): void {
    for (const marker of this.#lookup.tags.get(element.name) ?? []) {
      if (this.#found.has(marker.id)) continue;
      const { attributesContain } = marker;
      if (attributesContain === undefined || holdsInAttributes(element, attributesContain.toLowerCase()))
        this.#found.add(marker.id);
    }
  }

  /** Shown every inline script that is code. Looked through where it lies on the page: most scripts are read by no one. */
  script(rows: Rows, row: number): void {
    if (this.#lookup.literals.length === 0) return;
    const { numbers } = rows;
    for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
      if (numbers[child] === TEXT) this.#literals(rows, child);
  }

  #literals(rows: Rows, text: number): void {
    const { literals, scriptLiterals } = this.#lookup;
    const { numbers, scanner } = rows;
    if (scriptLiterals === null || scanner === null || ((numbers[text + BITS] ?? 0) & PIECES) !== 0) {
      const bytes = rows.text(text).bytes(SCRIPT_BYTES_MAX);
      for (const marker of literals) if (bytes.includes(marker.text)) this.#found.add(marker.id);
      return;
    }
    const from = numbers[text + FROM] ?? 0;
    const to = Math.min(numbers[text + TO] ?? 0, from + SCRIPT_BYTES_MAX);
    let held = scanner.literalsIn(scriptLiterals, from, to);
    for (let bit = 0; held !== 0; bit++, held >>= 1) {
      const marker = (held & 1) === 0 ? undefined : literals[scriptLiterals.order[bit] ?? 0];
      if (marker !== undefined) this.#found.add(marker.id);
    }
  }

  /** `visibleText` is asked for only where a phrase may matter. Ids in the order of their names. */
  finish(tree: Tree, visibleLength: number, visibleText: () => string): string[] {
    const thin = this.#lookups.onThin.findLast(([visibleBelow]) => visibleLength < visibleBelow);
    if (thin !== undefined) {
      this.#lookup = thin[1];
      this.#walk(tree.html.rows, tree.html.row);
    }
    this.#lookup = this.#lookups.onAll;
    if (visibleLength < this.#lookup.phrasesBelow) this.#phrases(visibleLength, visibleText().toLowerCase());
    return [...this.#found].sort();
  }

  #phrases(visibleLength: number, written: string): void {
    /** Its words alone, parted by one space each; made once a word of some phrase stands there at all. */
    let words: string | null = null;
    for (const { marker, phrases } of this.#lookup.phrases) {
      if (this.#found.has(marker.id) || visibleLength >= marker.visibleBelow) continue;
      for (const { first, whole } of phrases) {
        if (!written.includes(first)) continue;
        words ??= ` ${written.split(/[^\p{L}\p{N}]+/u).join(" ")} `;
        if (words.includes(whole)) this.#found.add(marker.id);
      }
    }
  }

  /** As the survey goes: no templates, nothing foreign, nothing inside noscript. */
  #walk(rows: Rows, row: number): void {
    const { numbers } = rows;
    const name = numbers[row + NAME];
    if (name === TEMPLATE || ((numbers[row + FLAGS] ?? 0) & FOREIGN) !== 0) return;
    this.element(rows, row);
    if (name === NOSCRIPT) return;
    if (name === SCRIPT) {
      if (kindOfScript(rows, row) === "code") this.script(rows, row);
      return;
    }
    for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
      if (numbers[child] !== TEXT) this.#walk(rows, child);
  }

  /** Whether the class or id of that number holds any of the words. */
  #wordsOf(rows: Rows, row: number, name: "class" | "id", number: number): boolean {
    const lookup = this.#lookup;
    if (lookup.words.length === 0) return false;
    const spelling = rows.spelling(number);
    if (spelling === null) {
      const value = rows.attribute(row, name) ?? "";
      if (value.length <= WORD_CHARS_MAX) this.#add(rows.element(row), this.#judged(value));
      return false;
    }
    if (spelling.markersFor !== this.#lookups) {
      spelling.markersFor = this.#lookups;
      spelling.markers = [];
    }
    let found = spelling.markers[lookup.index];
    if (found === undefined) {
      found = this.#judged(spelling.text);
      spelling.markers[lookup.index] = found;
    }
    if (found.length === 0) return false;
    this.#add(rows.element(row), found);
    return true;
  }

  /** Whether a class of that number has nothing to look at. */
  isPlainClass(rows: Rows, number: number): boolean {
    const spelling = rows.spelling(number);
    if (spelling === null || this.#lookups.onAll.words.length === 0) return spelling !== null;
    return spelling.markersFor === this.#lookups && spelling.markers[this.#lookups.onAll.index]?.length === 0;
  }

  #judged(value: string): readonly number[] {
    const { mayHoldWord, words } = this.#lookup;
    if (!mayHoldWord.test(value)) return NONE;
    return [...words.keys()].filter((at) => words[at] !== undefined && holdsWord(value, words[at]));
  }

  #add(element: Element, held: readonly number[]): void {
    for (const at of held) {
      const entry = this.#lookup.words[at];
      if (entry?.notOn.has(element.name) === false) this.#found.add(entry.marker.id);
    }
  }
}

/** Whether the name or the value of an attribute holds that, which is in lower case. */
function holdsInAttributes(element: Element, wanted: string): boolean {
  for (let at = 0; at < element.attributeCount; at++)
    if (
      element.attributeName(at).includes(wanted) ||
      element.attributeValue(at).toLowerCase().includes(wanted)
    )
      return true;
  return false;
}

keepShape(new Evidence([]));
