// Markup to light tree in one pass: the scanner's tokens go straight to the builder. Names in lower case, references undone, attributes
// capped.
import { type ScanLimits, scan } from "./scan.ts";
import type { Tree } from "./tree.ts";
import { TreeBuilder, type TreeLimits } from "./tree-builder.ts";

export interface ParseLimits extends TreeLimits, ScanLimits {}

export interface ParseFlavour {
  /** `<a/>` closes and CDATA is text: XHTML served as such. */
  readonly xhtml: boolean;
}

/** Parses a whole document. Never throws: every string is a page. */
export function parseHtml(text: string, limits: ParseLimits, flavour: ParseFlavour): Tree {
  const builder = new TreeBuilder(limits, flavour.xhtml);
  scan(text, builder, limits);
  return builder.tree();
}
