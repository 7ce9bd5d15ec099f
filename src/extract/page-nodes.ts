// The nodes of the page that is read, which are those of the pages before: made once, filled anew, so that a tree costs no memory and lies where
// the processor has it at hand. Bounded; what a large page needs beyond, and what is read outside of `withPageNodes`, is made for it alone.
import { assert } from "../base/index.ts";
import { Attributes } from "./attributes.ts";
import type { PageSource } from "./page-source.ts";
import type { Seen } from "./scanner/scanner.ts";
import { Element, Text } from "./tree.ts";

/** Kept for the next page, of each kind: some 5 MB a thread. Of 106 real pages half had 700, the largest 10,000 elements and 14,000 texts. */
const NODES_MAX = 16_384;

/** Nodes of one kind. */
class KeptNodes<Kept extends { forget(): void }> {
  readonly #nodes: Kept[] = [];
  #used = 0;

  /** One that a page before had; null where this page has them all. */
  take(): Kept | null {
    const known = this.#nodes[this.#used];
    if (known === undefined) return null;
    this.#used++;
    return known;
  }

  /** Made for this page when there was none to take; the next page may have it. */
  keep(made: Kept): Kept {
    if (this.#nodes.length < NODES_MAX) {
      this.#nodes.push(made);
      this.#used++;
    }
    return made;
  }

  forget(): void {
    for (let at = 0; at < this.#used; at++) this.#nodes[at]?.forget();
    this.#used = 0;
  }
}

const elements = new KeptNodes<Element>();
const texts = new KeptNodes<Text>();
const attributes = new Attributes(null, 0);
let attributesUsed = false;
let open = false;

/** No node of a tree that is read by `work` may be kept beyond it. */
export function withPageNodes<T>(work: () => T): T {
  assert(!open, "one page is read inside another");
  open = true;
  try {
    return work();
  } finally {
    open = false;
    elements.forget();
    texts.forget();
    attributes.forget();
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
  const known = open ? elements.take() : null;
  if (known !== null) {
    known.renew(name, foreign, kinds);
    return known;
  }
  const made = new Element(name, NO_ATTRIBUTES, foreign, kinds);
  return open ? elements.keep(made) : made;
}

const NO_ATTRIBUTES: readonly string[] = [];

/** `data` where it is more than what stands there. */
export function pageText(
  data: string | null,
  blank: boolean,
  source: PageSource,
  from: number,
  to: number,
  seen: Readonly<Seen>,
): Text {
  const known = open ? texts.take() : null;
  const text = known ?? new Text("", blank);
  text.renew(data, blank, source, from, to, seen);
  return known === null && open ? texts.keep(text) : text;
}
