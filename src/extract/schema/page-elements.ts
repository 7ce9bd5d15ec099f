// The elements of one page as selectors ask for them: by tag name, by place among their siblings, below an element. Filled on demand and
// kept for all the fields of a page; counts the steps, of which a page has so many.
import { type Element, elements, walk } from "../tree.ts";
import type { CompiledSelector, MatchContext } from "./selector.ts";

interface Places {
  readonly child: number;
  readonly lastChild: number;
  readonly ofType: number;
  readonly lastOfType: number;
}

export class PageElements {
  readonly root: Element;
  #steps: number;
  #all: Element[] | null = null;
  #byTag: Map<string, Element[]> | null = null;
  readonly #siblings = new Map<Element, readonly Element[]>();
  readonly #places = new Map<Element, Places>();

  /** `stepsMax`: how many tests of elements all selectors together may cost; a handful a microsecond. */
  constructor(root: Element, stepsMax: number) {
    this.root = root;
    this.#steps = stepsMax;
  }

  /** False once the page's steps are spent: whoever asks gives up. */
  step(): boolean {
    return --this.#steps >= 0;
  }

  get spent(): boolean {
    return this.#steps < 0;
  }

  /** What the selector names below `scope` (or in the whole page, where it is the root), in document order; at most `max`. */
  select(selector: CompiledSelector, scope: Element, max: number): Element[] {
    const context: MatchContext = { page: this, scope };
    const found: Element[] = [];
    if (scope === this.root) {
      if (selector.matches(scope, context)) found.push(scope);
      const among = selector.tag === null ? this.#everything() : this.#tagged(selector.tag);
      for (const element of among) {
        if (found.length >= max || this.spent) break;
        if (selector.matches(element, context)) found.push(element);
      }
      return found;
    }
    const below = (top: Element): void =>
      walk(top, (element) => {
        if (found.length >= max || this.spent) return false;
        if (selector.matches(element, context)) found.push(element);
        return true;
      });
    if (!selector.beside) below(scope);
    else {
      for (let other = this.sibling(scope, 1); other !== null; other = this.sibling(other, 1)) {
        if (found.length >= max || this.spent) break;
        if (selector.matches(other, context)) found.push(other);
        below(other);
      }
    }
    return found;
  }

  someBelow(element: Element, passes: (below: Element) => boolean): boolean {
    let found = false;
    walk(element, (below) => {
      if (found || !this.step()) return false;
      found = passes(below);
      return !found;
    });
    return found;
  }

  /** The element sibling before (-1) or behind (1). */
  sibling(element: Element, direction: 1 | -1): Element | null {
    const { parent } = element;
    if (parent === null) return null;
    const siblings = this.#siblingsOf(parent);
    return siblings[(this.#placesOf(element, siblings)?.child ?? 0) - 1 + direction] ?? null;
  }

  /** Place among the siblings from 1, among those of the same name only, or from the end. */
  place(element: Element, ofType: boolean, fromEnd: boolean): number {
    if (element.parent === null) return 1;
    const places = this.#placesOf(element, this.#siblingsOf(element.parent));
    if (places === undefined) return 0;
    if (fromEnd) return ofType ? places.lastOfType : places.lastChild;
    return ofType ? places.ofType : places.child;
  }

  #siblingsOf(parent: Element): readonly Element[] {
    let siblings = this.#siblings.get(parent);
    if (siblings === undefined) {
      siblings = elements(parent);
      this.#siblings.set(parent, siblings);
    }
    return siblings;
  }

  #placesOf(element: Element, siblings: readonly Element[]): Places | undefined {
    const known = this.#places.get(element);
    if (known !== undefined) return known;
    const counts = new Map<string, number>();
    for (const { name } of siblings) counts.set(name, (counts.get(name) ?? 0) + 1);
    const met = new Map<string, number>();
    for (const [at, sibling] of siblings.entries()) {
      const ofType = (met.get(sibling.name) ?? 0) + 1;
      met.set(sibling.name, ofType);
      this.#places.set(sibling, {
        child: at + 1,
        lastChild: siblings.length - at,
        ofType,
        lastOfType: (counts.get(sibling.name) ?? 0) - ofType + 1,
      });
    }
    return this.#places.get(element);
  }

  #everything(): readonly Element[] {
    if (this.#all === null) {
      const all: Element[] = [];
      walk(this.root, (element) => {
        all.push(element);
        return true;
      });
      this.#all = all;
    }
    return this.#all;
  }

  #tagged(name: string): readonly Element[] {
    if (this.#byTag === null) {
      const byTag = new Map<string, Element[]>();
      for (const element of this.#everything()) {
        const list = byTag.get(element.name);
        if (list === undefined) byTag.set(element.name, [element]);
        else list.push(element);
      }
      this.#byTag = byTag;
    }
    return this.#byTag.get(name) ?? [];
  }
}
