// The nodes of the page that is read, which are those of the pages before: made once, filled anew, so that a tree costs no memory and lies where
// the processor has it at hand. Bounded; what a large page needs beyond, and what is read outside of `withPageNodes`, is made for it alone.
import { assert } from "../base/index.ts";
import { Attributes } from "./attributes.ts";
import type { PageSource } from "./page-source.ts";
import { Element, Text } from "./tree.ts";

/** Kept for the next page, of each kind: some 5 MB a thread. Of 106 real pages half had 700, the largest 10,000 elements and 14,000 texts. */
const NODES_MAX = 16_384;

const elements: Element[] = [];
const texts: Text[] = [];
const attributes = new Attributes(null, 0);
let attributesUsed = false;
let elementsUsed = 0;
let textsUsed = 0;
let open = false;

/** No node of a tree that is read by `work` may be kept beyond it. */
export function withPageNodes<T>(work: () => T): T {
  assert(!open, "one page is read inside another");
  open = true;
  try {
    return work();
  } finally {
    open = false;
    for (let at = 0; at < elementsUsed; at++) elements[at]?.forget();
    for (let at = 0; at < textsUsed; at++) texts[at]?.forget();
    attributes.forget();
    elementsUsed = 0;
    textsUsed = 0;
    attributesUsed = false;
  }
}

/** Those of the first markup that is read for a page; a feed has more of it. */
export function pageAttributes(source: PageSource, charsMax: number): Attributes {
  if (!open || attributesUsed) return new Attributes(source, charsMax);
  attributesUsed = true;
  attributes.renew(source, charsMax);
  return attributes;
}

export function pageElement(name: string, foreign: boolean, kinds: number): Element {
  if (open) {
    const known = elements[elementsUsed];
    if (known !== undefined) {
      elementsUsed++;
      known.renew(name, foreign, kinds);
      return known;
    }
  }
  const made = new Element(name, NO_ATTRIBUTES, foreign, kinds);
  if (open && elements.length < NODES_MAX) {
    elements.push(made);
    elementsUsed++;
  }
  return made;
}

const NO_ATTRIBUTES: readonly string[] = [];

/** `data` where it is more than what stands there. */
export function pageText(
  data: string | null,
  blank: boolean,
  source: PageSource,
  from: number,
  to: number,
): Text {
  if (open) {
    const known = texts[textsUsed];
    if (known !== undefined) {
      textsUsed++;
      known.renew(data, blank, source, from, to);
      return known;
    }
  }
  const made = data === null ? new Text(null, blank, source, from, to) : new Text(data, blank);
  if (open && texts.length < NODES_MAX) {
    texts.push(made);
    textsUsed++;
  }
  return made;
}
