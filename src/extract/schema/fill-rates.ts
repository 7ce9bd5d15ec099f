// How often the fields of a schema are filled, over a run, and the alarm when one falls: a site that changed shows here first, as the same
// number of records with an empty column. Pure: no clock, no page.
import type { DeclaredFields, JsonValue } from "../../model/index.ts";
import { isObject } from "./path.ts";

export interface FillRatesOptions {
  /** Pages (or rows, for a row's field) by which the recent rate is told; 1..10,000. */
  readonly windowPages?: number;
  /** Pages before the window that make the rate it is held against. */
  readonly pagesMin?: number;
  /** How far the recent rate may lie below the one before, as a share 0..1 of all pages. */
  readonly marginShare?: number;
}

export interface FieldRate {
  /** "price", or "offers[].seller" of rows. */
  readonly field: string;
  /** Pages (rows) seen, those of them with a value, and the share. */
  readonly pages: number;
  readonly filled: number;
  readonly rate: number;
  /** The share within the window. */
  readonly recentRate: number;
  /** The recent rate lies below the long one by more than the margin. */
  readonly fallen: boolean;
}

export interface FillAlarm {
  readonly field: string;
  readonly rateBefore: number;
  readonly recentRate: number;
  /** False when the rate has come back. */
  readonly fallen: boolean;
}

const FIELDS_MAX = 1_000;

class Field {
  pages = 0;
  filled = 0;
  recentFilled = 0;
  /** Of pages that have left the window while all was well. */
  pagesBefore = 0;
  filledBefore = 0;
  fallen = false;
  readonly window: Uint8Array;

  constructor(windowPages: number) {
    this.window = new Uint8Array(windowPages);
  }

  get recentPages(): number {
    return Math.min(this.pages, this.window.length);
  }

  get recentRate(): number {
    return this.pages === 0 ? 0 : this.recentFilled / this.recentPages;
  }

  get rateBefore(): number {
    return this.pagesBefore === 0 ? 0 : this.filledBefore / this.pagesBefore;
  }

  add(isFilled: boolean): void {
    const at = this.pages % this.window.length;
    const leaving = this.window[at] ?? 0;
    if (this.pages >= this.window.length) {
      this.recentFilled -= leaving;
      // While it has fallen the rate before stays what it was: what is missing must not become the rule.
      if (!this.fallen) {
        this.pagesBefore++;
        this.filledBefore += leaving;
      }
    }
    this.window[at] = isFilled ? 1 : 0;
    this.recentFilled += isFilled ? 1 : 0;
    this.pages++;
    this.filled += isFilled ? 1 : 0;
  }
}

export class FillRates {
  readonly #fields = new Map<string, Field>();
  readonly #windowPages: number;
  readonly #pagesMin: number;
  readonly #marginShare: number;

  constructor({ windowPages = 100, pagesMin = 100, marginShare = 0.2 }: FillRatesOptions = {}) {
    this.#windowPages = Math.min(10_000, Math.max(1, Math.trunc(windowPages)));
    this.#pagesMin = Math.max(1, Math.trunc(pagesMin));
    this.#marginShare = marginShare;
  }

  /** Counts one page; gives the alarms that begin or end with it. */
  add({ values, sources }: Pick<DeclaredFields, "values" | "sources">): FillAlarm[] {
    const alarms: FillAlarm[] = [];
    this.#addValues(values, sources, "", alarms);
    return alarms;
  }

  /** In the order the fields are declared. */
  rates(): FieldRate[] {
    return [...this.#fields].map(([name, field]) => ({
      field: name,
      pages: field.pages,
      filled: field.filled,
      rate: field.pages === 0 ? 0 : field.filled / field.pages,
      recentRate: field.recentRate,
      fallen: field.fallen,
    }));
  }

  #addValues(
    values: { readonly [field: string]: JsonValue },
    declared: DeclaredFields["sources"],
    prefix: string,
    alarms: FillAlarm[],
  ): void {
    for (const [key, value] of Object.entries(values)) {
      const name = prefix + key;
      this.#count(name, value !== null && value !== false, alarms);
      if (!Array.isArray(value)) continue;
      for (const row of value as readonly JsonValue[]) {
        // A price in a list is an object as well; a row's fields are declared.
        const isRow =
          isObject(row) && Object.keys(row).every((below) => Object.hasOwn(declared, `${name}[].${below}`));
        if (isRow) this.#addValues(row, declared, `${name}[].`, alarms);
      }
    }
  }

  #count(name: string, isFilled: boolean, alarms: FillAlarm[]): void {
    let field = this.#fields.get(name);
    if (field === undefined) {
      if (this.#fields.size >= FIELDS_MAX) return;
      field = new Field(this.#windowPages);
      this.#fields.set(name, field);
    }
    field.add(isFilled);
    if (field.pagesBefore < this.#pagesMin) return;
    const { rateBefore, recentRate } = field;
    // Half way back ends an alarm, so that a rate at the margin does not ring each page.
    const isLow = recentRate < rateBefore - this.#marginShare * (field.fallen ? 0.5 : 1);
    if (isLow === field.fallen) return;
    field.fallen = isLow;
    alarms.push({ field: name, rateBefore, recentRate, fallen: isLow });
  }
}
