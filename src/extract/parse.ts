// Markup to light tree in one pass: the scanner makes it. Names in lower case, references undone, attributes capped.
import { type ScanSettings, scannedRows } from "./page-nodes.ts";
import { PageSource } from "./page-source.ts";
import type { Tree } from "./tree.ts";

export type ParseLimits = ScanSettings;

export interface ParseFlavour {
  /** `<a/>` closes and CDATA is text: XHTML served as such. */
  readonly xhtml: boolean;
}

/** Parses a whole document: text, or its bytes in UTF-8. Never throws: every string is a page. */
export function parseHtml(page: string | Uint8Array, limits: ParseLimits, flavour: ParseFlavour): Tree {
  const { rows, scanned } = scannedRows(new PageSource(page), limits, flavour.xhtml);
  const { html, head, body, cut } = scanned;
  return { html: rows.element(html), head: rows.element(head), body: rows.element(body), cut };
}
