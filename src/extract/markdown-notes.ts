// Footnotes as pages show them (GitHub, Pandoc, Markdown Extra, Wikipedia and the like): which links refer to a note, which items of lists are
// the notes, under which label, and what inside of a note only leads back. Writes no Markdown.

import { CLASS, REL, ROLE } from "./attribute-marks.ts";
import { keepShape } from "./kept-shape.ts";
import type { Content } from "./main-content.ts";
import { attribute, type Element } from "./tree.ts";
import { textOf } from "./visible-text.ts";

const NUMBER = /^[[(]?\s*((?:note\s+)?[\p{L}\p{N}*†‡§¶]{1,4})\s*[\])]?$/iu;
const REFERENCE =
  /(?:^|[\s_-])(?:footnotes?|fn-?ref|note-?ref|citation|cite_ref|reference|doc-noteref)(?:$|[\s_:-])/i;
const BACK = /back-?ref|back-?link|reversefootnote|footnote-return|doc-backlink/i;
const LABEL_CHARS_MAX = 40;
/** A note's item is this near to the element that bears the name. */
const NEAR = 2;

export class Notes {
  readonly #byId: () => ReadonlyMap<string, Element>;
  readonly #content: Content;
  readonly #labels = new Map<Element, string>();
  readonly #taken = new Set<string>();

  constructor(content: Content, byId: () => ReadonlyMap<string, Element>) {
    this.#content = content;
    this.#byId = byId;
  }

  /** The label of the note that a link to this fragment ("#fn1") refers to, or null where it is no reference to a note that is kept. */
  referred(link: Element, fragment: string): string | null {
    const number = NUMBER.exec(textOf(link, 20))?.[1];
    if (number === undefined || !isReference(link)) return null;
    const item = this.#item(fragment.slice(1));
    return item === null ? null : this.label(item, number);
  }

  /** References have led to some item. */
  get some(): boolean {
    return this.#labels.size > 0;
  }

  /** Whether references have led to this item. */
  isNote(item: Element): boolean {
    return this.#labels.has(item);
  }

  label(item: Element, number: string): string {
    const known = this.#labels.get(item);
    if (known !== undefined) return known;
    const plain = number.replace(/\s+/g, "-");
    let label = plain;
    for (let more = 2; this.#taken.has(label); more++) label = `${plain}-${more}`;
    this.#taken.add(label);
    this.#labels.set(item, label.slice(0, LABEL_CHARS_MAX));
    return label;
  }

  #item(id: string): Element | null {
    const named = this.#byId().get(id) ?? this.#byId().get(decoded(id));
    let item: Element | null = named ?? null;
    for (let step = 0; item !== null && item.name !== "li"; step++) {
      if (step >= NEAR) return null;
      item = item.parent;
    }
    return item !== null && this.#isKept(item) ? item : null;
  }

  #isKept(item: Element): boolean {
    const { roots, skip } = this.#content;
    for (let at: Element | null = item; at !== null; at = at.parent) {
      if (skip(at)) return false;
      if (roots.includes(at)) return true;
    }
    return false;
  }
}

/** A raised number, or one that is called a reference. */
function isReference(link: Element): boolean {
  if (link.children.some((child) => child.kind === 1 && child.name === "sup")) return true;
  for (let at: Element | null = link, step = 0; at !== null && step < 3; at = at.parent, step++) {
    if (at.name === "sup") return true;
    if ((at.marks & (CLASS | ROLE | REL)) === 0) continue;
    const naming = `${attribute(at, "class") ?? ""} ${attribute(at, "role") ?? ""} ${attribute(at, "rel") ?? ""}`;
    if (naming.length < 300 && REFERENCE.test(naming)) return true;
  }
  return false;
}

/** Inside of a note: what leads back to where it is referred to. */
export function leadsBack(element: Element): boolean {
  if ((element.marks & (CLASS | ROLE)) !== 0) {
    const naming = `${attribute(element, "class") ?? ""} ${attribute(element, "role") ?? ""}`;
    if (naming.length < 300 && BACK.test(naming)) return true;
  }
  if (element.name !== "a" || attribute(element, "href")?.startsWith("#") !== true) return false;
  return !/[\p{L}\p{N}]/u.test(textOf(element, 20));
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

keepShape(new Notes({ roots: [], skip: () => false, titleHeading: null }, () => new Map()));
