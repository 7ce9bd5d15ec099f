// The HTML standard's tokenisation (section 13.2.5) by jumps over a page's bytes: to the next "<", quote, or end of a script. Cuts out
// nothing: it says where texts and values stand. Undoes references only where an "&" stands. Linear, whatever the page. Knows no tree.
import type { Attributes } from "./attributes.ts";
import { kindsOf } from "./element-kinds.ts";
import { hashed, lowerCase, usualAt, usualKinds, usualName } from "./names.ts";
import type { PageSource } from "./page-source.ts";
import type { PageUnits } from "./page-units.ts";
import { endsTagName, isBlank, isSpace, RawText } from "./raw-text.ts";

export interface ScanLimits {
  readonly attributesMax: number;
  /** Characters kept of one attribute value. */
  readonly attributeCharsMax: number;
}

/** How the text inside an element is read. */
export type TextMode = "markup" | "raw" | "references" | "script" | "plain";

export interface Tokens {
  /**
   * Character data from `from` to `to`, or, where references had to be undone, that `data`; and whether it is white space alone. One run
   * of it may come in several calls.
   */
  text(from: number, to: number, data: string | null, blank: boolean): void;
  /**
   * Its attributes are the page's from `firstAttribute` on, the first of a name only; `kinds` and `marks` are the bits of the name and of
   * them. Says how what follows is to be read.
   */
  startTag(
    name: string,
    kinds: number,
    firstAttribute: number,
    marks: number,
    selfClosing: boolean,
  ): TextMode;
  endTag(name: string, kinds: number): void;
  /** Whether `<![CDATA[` begins text here; elsewhere it is a comment. */
  readsCdata(): boolean;
  /** Nothing more is wanted of the page. */
  readonly full: boolean;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const BANG = 33;
const DOUBLE = 34;
const SINGLE = 39;
const DASH = 45;
const SLASH = 47;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 91;
const NBSP_LEAD = 0xc2;
const NBSP_TRAIL = 0xa0;

/** How far is looked step by step before a jump, which is a call. */
const STEPS = 24;

export function scan(source: PageSource, attributes: Attributes, tokens: Tokens, limits: ScanLimits): void {
  new Scanner(source, attributes, tokens, limits).run();
}

class Scanner {
  readonly #source: PageSource;
  readonly #bytes: Uint8Array;
  readonly #units: PageUnits;
  readonly #attributes: Attributes;
  readonly #tokens: Tokens;
  readonly #limits: ScanLimits;
  readonly #rawText: RawText;
  /** The first one at or behind what was last asked for; the page's length where there is none. */
  #ampersand = -1;
  #selfClosing = false;

  constructor(source: PageSource, attributes: Attributes, tokens: Tokens, limits: ScanLimits) {
    this.#source = source;
    this.#bytes = source.bytes;
    this.#units = source.units;
    this.#attributes = attributes;
    this.#tokens = tokens;
    this.#limits = limits;
    this.#rawText = new RawText(source);
  }

  run(): void {
    const bytes = this.#bytes;
    const tokens = this.#tokens;
    const end = bytes.length;
    /** Where text begins that is not yet handed on. */
    let from = 0;
    let at = this.#nextTag(0);
    while (at < end && !tokens.full) {
      const next = bytes[at + 1] ?? 0;
      if (isLetter(next)) {
        if (at > from) this.#characters(from, at);
        from = this.#startTag(at + 1);
      } else if (next === SLASH) {
        if (at + 2 >= end) break;
        if (at > from) this.#characters(from, at);
        from = isLetter(bytes[at + 2] ?? 0) ? this.#endTag(at + 2) : this.#behind(">", at + 2);
      } else if (next === BANG) {
        if (at > from) this.#characters(from, at);
        from = this.#declaration(at + 2);
      } else if (next === QUESTION) {
        if (at > from) this.#characters(from, at);
        from = this.#behind(">", at + 2);
      } else {
        at = this.#nextTag(at + 1);
        continue;
      }
      at = this.#nextTag(from);
    }
    if (from < end && !tokens.full) this.#characters(from, end);
  }

  /** The next "<" at or behind that offset, or the page's end. */
  #nextTag(from: number): number {
    const bytes = this.#bytes;
    const end = bytes.length;
    const steps = Math.min(end, from + STEPS);
    let at = from;
    while (at < steps && bytes[at] !== LESS) at++;
    return at < steps ? at : at === end ? end : this.#units.indexOf("<", at);
  }

  /** Where to go on behind the next one of these, or the page's end. */
  #behind(sign: string, from: number): number {
    return Math.min(this.#units.length, this.#units.indexOf(sign, from) + sign.length);
  }

  #characters(from: number, to: number): void {
    if (this.#ampersand < from) this.#ampersand = this.#units.indexOf("&", from);
    if (this.#ampersand < to) {
      const data = this.#source.text(from, to, false);
      this.#tokens.text(from, to, data, isBlank(data, 0, data.length));
    } else this.#tokens.text(from, to, null, this.#isBlank(from, to));
  }

  /** As `isBlank` has it of text. */
  #isBlank(from: number, to: number): boolean {
    const bytes = this.#bytes;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      if (byte <= SPACE ? isSpace(byte) : byte === NBSP_LEAD && bytes[at + 1] === NBSP_TRAIL && ++at < to)
        continue;
      return false;
    }
    return true;
  }

  /** Behind "<!": a comment, CDATA, a doctype or what is read as a comment. Where to go on. */
  #declaration(from: number): number {
    const bytes = this.#bytes;
    if (bytes[from] === DASH && bytes[from + 1] === DASH) return this.#comment(from + 2);
    if (
      bytes[from] === BRACKET &&
      this.#units.slice(from, from + 7) === "[CDATA[" &&
      this.#tokens.readsCdata()
    ) {
      const start = from + 7;
      const to = this.#units.indexOf("]]>", start);
      if (to > start) this.#tokens.text(start, to, null, this.#isBlank(start, to));
      return Math.min(bytes.length, to + 3);
    }
    return this.#behind(">", from);
  }

  /** Behind "<!--". Ends at "-->" and "--!>", and at once with ">" or "->". */
  #comment(from: number): number {
    const bytes = this.#bytes;
    const end = bytes.length;
    if (bytes[from] === GREATER) return from + 1;
    if (bytes[from] === DASH && bytes[from + 1] === GREATER) return from + 2;
    for (let at = this.#units.indexOf("--", from); at < end; at = this.#units.indexOf("--", at)) {
      at += 2;
      while (bytes[at] === DASH) at++;
      if (bytes[at] === GREATER) return at + 1;
      if (bytes[at] === BANG && bytes[at + 1] === GREATER) return at + 2;
    }
    return end;
  }

  /** Behind "</". A tag that the page's end cuts off is none. */
  #endTag(start: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (endsTagName(byte)) break;
      hash = hashed(hash, byte);
    }
    const nameEnd = at;
    if (bytes[at] === GREATER) at++;
    else {
      const before = this.#attributes.count;
      at = this.#tagRest(at, before, 0);
    }
    if (at === -1) return bytes.length;
    const id = usualAt(bytes, start, nameEnd, hash);
    const name = id === -1 ? lowerCase(this.#source.slice(start, nameEnd)) : usualName(id);
    this.#tokens.endTag(name, id === -1 ? kindsOf(name) : usualKinds(id));
    return at;
  }

  /** Behind "<". Goes on behind the tag, or behind the text inside where no markup is read. */
  #startTag(start: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (endsTagName(byte)) break;
      hash = hashed(hash, byte);
    }
    const nameEnd = at;
    const attributes = this.#attributes;
    const first = attributes.count;
    attributes.begin();
    this.#selfClosing = false;
    if (bytes[at] === GREATER) at++;
    else at = this.#tagRest(at, first, first + this.#limits.attributesMax);
    if (at === -1) return bytes.length;
    const id = usualAt(bytes, start, nameEnd, hash);
    const name = id === -1 ? lowerCase(this.#source.slice(start, nameEnd)) : usualName(id);
    const kinds = id === -1 ? kindsOf(name) : usualKinds(id);
    const mode = this.#tokens.startTag(name, kinds, first, attributes.marks, this.#selfClosing);
    // The line end that begins preformatted text is no part of it.
    if (mode === "markup") return name === "pre" || name === "listing" ? this.#behindLineEnd(at) : at;
    return this.#inside(name, mode, at);
  }

  #behindLineEnd(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at] === LF) return at + 1;
    if (bytes[at] !== CR) return at;
    return bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  /** Reads attributes up to and with the ">", until there are `attributesMax` on the page; -1 where the page ends before. */
  #tagRest(start: number, first: number, attributesMax: number): number {
    const bytes = this.#bytes;
    const end = bytes.length;
    const attributes = this.#attributes;
    let at = start;
    while (at < end) {
      let byte = bytes[at] ?? 0;
      if (byte === SPACE || byte === LF || (byte < SPACE && isSpace(byte))) {
        at++;
        continue;
      }
      if (byte === GREATER) return at + 1;
      if (byte === SLASH) {
        at++;
        if (bytes[at] !== GREATER) continue;
        this.#selfClosing = true;
        return at + 1;
      }
      // A name; an equals sign that begins it belongs to it.
      const nameStart = at;
      let hash = 0;
      do {
        hash = hashed(hash, byte);
        byte = ++at < end ? (bytes[at] ?? 0) : GREATER;
      } while (byte > GREATER || !(byte === EQUALS || byte === GREATER || byte === SLASH || isSpace(byte)));
      const nameEnd = at;
      while (at < end && isSpace(bytes[at] ?? 0)) at++;
      let from = at;
      let to = at;
      if (bytes[at] === EQUALS) {
        at++;
        while (at < end && isSpace(bytes[at] ?? 0)) at++;
        const quote = bytes[at] ?? 0;
        if (quote === DOUBLE || quote === SINGLE) {
          from = at + 1;
          to = this.#closing(quote, from);
          if (to === -1) return -1;
          at = to + 1;
        } else {
          from = at;
          while (at < end && !endsUnquoted(bytes[at] ?? 0)) at++;
          to = at;
        }
      }
      if (attributes.count < attributesMax)
        attributes.add(this.#source, first, nameStart, nameEnd, hash, from, to);
    }
    return -1;
  }

  /** Where a value ends; -1 where the page ends before. */
  #closing(quote: number, from: number): number {
    const bytes = this.#bytes;
    const steps = Math.min(bytes.length, from + STEPS);
    for (let at = from; at < steps; at++) if (bytes[at] === quote) return at;
    const at = this.#units.indexOf(quote === DOUBLE ? '"' : "'", steps);
    return at === bytes.length ? -1 : at;
  }

  /** The text of an element that holds no markup; its end tag is then read like others. */
  #inside(name: string, mode: TextMode, start: number): number {
    const end =
      mode === "plain"
        ? this.#bytes.length
        : mode === "script"
          ? this.#rawText.scriptEnd(start)
          : this.#rawText.end(name, start);
    const from = name === "textarea" ? this.#behindLineEnd(start) : start;
    if (end > from) {
      if (mode === "references") this.#characters(from, end);
      else this.#tokens.text(from, end, null, this.#isBlank(from, end));
    }
    return end;
  }
}

function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 97 && lower <= 122;
}

function endsUnquoted(unit: number): boolean {
  return unit <= GREATER && (unit === GREATER || isSpace(unit));
}
