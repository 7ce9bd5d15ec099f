// A page's tokens (HTML standard, section 13.2.5), told one after the other from the rows of the compiled scanner. Cuts out nothing: it says
// where texts and values stand. Undoes references only where an "&" stands. Linear, whatever the page. Knows no tree.
import type { Attributes } from "./attributes.ts";
import { isBlank } from "./blank.ts";
import { kindsOf } from "./element-kinds.ts";
import { lowerCase, usualKinds, usualName } from "./names.ts";
import type { PageSource } from "./page-source.ts";
import {
  BLANK,
  DONE,
  NOTHING_SEEN,
  REFERENCES,
  Scanner,
  type Seen,
  START,
  TEXT,
  type TextMode,
  TOKEN_WIDTH,
} from "./scanner/scanner.ts";

export interface ScanLimits {
  /** Attributes kept of one tag. */
  readonly attributesMax: number;
  /** Characters kept of one attribute value. */
  readonly attributeCharsMax: number;
}

/** A tag's attributes: those of the page from `first` on, the first of a name only. */
export interface Borne {
  first: number;
  count: number;
  /** Bits of attribute-marks.ts. */
  marks: number;
  /** The page's numbers for what stands in class and id, -1 for what has none (see spelling.ts). */
  className: number;
  id: number;
}

export interface Tokens {
  /**
   * Character data from `from` to `to`, or, where references had to be undone, that `data`; and whether it is white space alone. One run
   * of it may come in several calls. `seen` is filled anew for each.
   */
  text(from: number, to: number, data: string | null, blank: boolean, seen: Readonly<Seen>): void;
  /** `kinds` are the bits of the name; `borne` is filled anew for each tag. Says how what follows is to be read, as TEXT_MODES does where nothing is foreign. */
  startTag(name: string, kinds: number, borne: Readonly<Borne>, selfClosing: boolean): TextMode;
  endTag(name: string, kinds: number): void;
  /** `<a/>` closes: a title that does holds no text. */
  readonly xhtml: boolean;
  /** Some element of SVG or MathML is open: what follows a tag is to be asked for. */
  readonly holdsForeign: boolean;
  /** Whether `<![CDATA[` begins text here; elsewhere it is a comment. */
  readsCdata(): boolean;
  /** Nothing more is wanted of the page. */
  readonly full: boolean;
}

const seen: Seen = { bits: 0, chars: 0, letters: 0, sentences: 0 };
const borne: Borne = { first: 0, count: 0, marks: 0, className: -1, id: -1 };

export function scan(source: PageSource, attributes: Attributes, tokens: Tokens, limits: ScanLimits): void {
  const scanner = Scanner.of(source.bytes.length);
  scanner.open(source.bytes, limits.attributesMax, tokens.xhtml);
  let mode: TextMode = "markup";
  for (;;) {
    const state = scanner.scan(mode, tokens.holdsForeign, tokens.readsCdata());
    const first = attributes.count;
    attributes.add(scanner.attributes());
    mode = tell(scanner, source, first, tokens);
    if (state === DONE || tokens.full) return;
  }
}

/** The tokens of one call; how what follows the last is to be read. */
function tell(scanner: Scanner, source: PageSource, firstAttribute: number, tokens: Tokens): TextMode {
  const { numbers, tokensAt, tokenCount } = scanner;
  const end = tokensAt + TOKEN_WIDTH * tokenCount;
  let mode: TextMode = "markup";
  for (let at = tokensAt; at < end && !tokens.full; at += TOKEN_WIDTH) {
    const kind = numbers[at];
    // Of a text its bits, of a tag the number of its name.
    const told = numbers[at + 1] ?? 0;
    const from = numbers[at + 2] ?? 0;
    const to = numbers[at + 3] ?? 0;
    if (kind === TEXT) {
      if ((told & REFERENCES) !== 0) {
        const data = source.text(from, to, false);
        tokens.text(from, to, data, isBlank(data, 0, data.length), NOTHING_SEEN);
        continue;
      }
      seen.bits = told;
      seen.chars = numbers[at + 4] ?? 0;
      seen.letters = numbers[at + 5] ?? 0;
      seen.sentences = numbers[at + 6] ?? 0;
      tokens.text(from, to, null, (told & BLANK) !== 0, seen);
      continue;
    }
    const name = told === -1 ? lowerCase(source.slice(from, to)) : usualName(told);
    const kinds = told === -1 ? kindsOf(name) : usualKinds(told);
    if (kind !== START) {
      tokens.endTag(name, kinds);
      continue;
    }
    borne.first = firstAttribute + (numbers[at + 4] ?? 0);
    borne.count = numbers[at + 5] ?? 0;
    borne.marks = numbers[at + 6] ?? 0;
    borne.className = numbers[at + 8] ?? -1;
    borne.id = numbers[at + 9] ?? -1;
    mode = tokens.startTag(name, kinds, borne, numbers[at + 7] === 1);
  }
  return mode;
}
