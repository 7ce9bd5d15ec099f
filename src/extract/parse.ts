// Markup to light tree in one pass: the scanner's tokens go straight to the builder. Names in lower case, references undone, attributes
// capped.
import { pageAttributes } from "./page-nodes.ts";
import { PageSource } from "./page-source.ts";
import { type ScanLimits, scan } from "./scan.ts";
import type { Tree } from "./tree.ts";
import { TreeBuilder, type TreeLimits } from "./tree-builder.ts";

export interface ParseLimits extends TreeLimits, ScanLimits {}

export interface ParseFlavour {
  /** `<a/>` closes and CDATA is text: XHTML served as such. */
  readonly xhtml: boolean;
}

/** Parses a whole document: text, or its bytes in UTF-8. Never throws: every string is a page. */
export function parseHtml(page: string | Uint8Array, limits: ParseLimits, flavour: ParseFlavour): Tree {
  const source = new PageSource(page);
  const attributes = pageAttributes(source, limits.attributeCharsMax);
  const builder = new TreeBuilder(source, attributes, limits, flavour.xhtml);
  scan(source, attributes, builder, limits);
  return builder.tree();
}
