// What the router asks the extraction pass to look for, as data: extraction knows no scores, the router no markup.

/**
 * Several markers may share an id: the id is found when any of them is. All but `literal` ignore ASCII case. With
 * `visibleBelow` a marker is looked for only on a page whose visible text is shorter: what few pages can hold costs the others
 * nothing.
 */
export type RouteMarker =
  /** The exact text, case kept, in an inline script that is code (not JSON data) or in an element's `id`. */
  | {
      readonly id: string;
      readonly kind: "literal";
      readonly text: string;
      readonly visibleBelow?: number;
    }
  /** An element bears the attribute, also with the prefix `data-` or `x-`. */
  | {
      readonly id: string;
      readonly kind: "attribute";
      readonly name: string;
      readonly visibleBelow?: number;
    }
  /** A start tag of this name; when `attributesContain` is given, with that text in a name or value of its attributes. */
  | {
      readonly id: string;
      readonly kind: "tag";
      readonly name: string;
      readonly attributesContain?: string;
      readonly visibleBelow?: number;
    }
  /**
   * A class or id holds one of the words, where words are parted by spaces, hyphens, underscores and humps ("appLoader"); not
   * when the same class or id also holds a word of `unless`, and not on the elements named in `notOn`.
   */
  | {
      readonly id: string;
      readonly kind: "word";
      readonly words: readonly string[];
      readonly unless: readonly string[];
      readonly notOn: readonly string[];
      readonly visibleBelow?: number;
    }
  /** The visible text is shorter than `visibleBelow` and holds one of the phrases as words of their own. */
  | {
      readonly id: string;
      readonly kind: "phrase";
      readonly phrases: readonly string[];
      readonly visibleBelow: number;
    };
