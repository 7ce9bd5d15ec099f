// Which part of the page is its content.
import type { Tree } from "./parse.ts";
import { type Element, find } from "./tree.ts";
import { isHidden } from "./visible-text.ts";

export interface Content {
  /** Parts of the content in document order, none inside another. */
  readonly roots: readonly Element[];
  /** True for what is left out below the roots. */
  readonly skip: (element: Element) => boolean;
}

export function wholeBody(tree: Tree): Content {
  return { roots: [tree.body], skip: isHidden };
}

const BOILERPLATE = new Set(["nav", "footer", "aside", "form", "button", "select"]);

export function mainContent(tree: Tree): Content {
  const main =
    find(tree.body, (element) => element.name === "article" || element.name === "main") ?? tree.body;
  return { roots: [main], skip: (element) => isHidden(element) || BOILERPLATE.has(element.name) };
}
