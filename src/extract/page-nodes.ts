// The rows and objects of the page that is read, which are those of the pages before: a tree costs no memory of its own and lies where the
// processor has it at hand. Bounded; what a large page needs, and what is read outside of `withPageNodes` or as a second tree of a page, goes with it.
import { assert } from "../base/index.ts";
import type { PageSource } from "./page-source.ts";
import { Rows } from "./rows.ts";
import { type ScanLimits, type Scanned, Scanner } from "./scanner/scanner.ts";

/** A scanner whose memory a page has made larger than this goes with the page. */
const KEPT_BYTES_MAX = 16_777_216;

/** Reads the first tree of each page, in place. */
let first: Scanner | null = null;
/** Reads the others, whose rows are copied. */
let others: Scanner | null = null;
const kept = new Rows();
let keptUsed = false;
let open = false;

/** No node of a tree that is read by `work` may be kept beyond it. */
export function withPageNodes<T>(work: () => T): T {
  assert(!open, "one page is read inside another");
  open = true;
  try {
    return work();
  } finally {
    open = false;
    if (keptUsed) kept.forget();
    keptUsed = false;
    if (first !== null && first.memoryBytes > KEPT_BYTES_MAX) first = null;
  }
}

export interface ScanSettings extends ScanLimits {
  /** Characters kept of one attribute value. */
  readonly attributeCharsMax: number;
}

export function scannedRows(
  source: PageSource,
  limits: ScanSettings,
  xhtml: boolean,
): { readonly rows: Rows; readonly scanned: Scanned } {
  if (open && !keptUsed) {
    keptUsed = true;
    first ??= new Scanner();
    const scanned = first.scan(source, limits, xhtml, true);
    kept.open(first.rows, source, limits.attributeCharsMax, first);
    return { rows: kept, scanned };
  }
  others ??= new Scanner();
  const scanned = others.scan(source, limits, xhtml, false);
  const rows = new Rows();
  rows.open(others.copiedRows(), source, limits.attributeCharsMax, null);
  if (others.memoryBytes > KEPT_BYTES_MAX) others = null;
  return { rows, scanned };
}
