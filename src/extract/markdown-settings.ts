// What the writing of Markdown is told of the page and its bounds.
import type { Element } from "./tree.ts";

export interface MarkdownSettings {
  readonly base: string;
  /** Deeper lists and quotes are flattened: each level costs a prefix on every line. */
  readonly nestingMax: number;
  readonly cellsMax: number;
  /** A whole document: what is empty, titles and addresses of any kind are kept too. */
  readonly whole: boolean;
  /** There are formulas on the page. */
  readonly math: boolean;
  /** Elements by their id, to which references to notes lead. */
  readonly byId: () => ReadonlyMap<string, Element>;
}
