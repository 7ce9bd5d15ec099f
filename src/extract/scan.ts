// The HTML standard's tokenisation (section 13.2.5) by jumps over a page's string: to the next "<", quote, or end of a script. Cuts out
// only what is kept, undoes references only where an "&" stands. Linear, whatever the page. Knows tags and text, no tree.
import { withoutReferences } from "./character-references.ts";
import { hashed, nameAt } from "./names.ts";
import { endsTagName, isBlank, isSpace, orEnd, RawText } from "./raw-text.ts";

export interface ScanLimits {
  readonly attributesMax: number;
  /** Characters kept of one attribute value. */
  readonly attributeCharsMax: number;
}

/** How the text inside an element is read. */
export type TextMode = "markup" | "raw" | "references" | "script" | "plain";

export interface Tokens {
  /** Character data, references undone, and whether it is white space alone; one run of it may come in several calls. */
  text(data: string, blank: boolean): void;
  /** `attributes`: name, value, name, value …, the first of a name only. Says how what follows is to be read. */
  startTag(name: string, attributes: readonly string[], selfClosing: boolean): TextMode;
  endTag(name: string): void;
  /** Whether `<![CDATA[` begins text here; elsewhere it is a comment. */
  readsCdata(): boolean;
  /** Nothing more is wanted of the page. */
  readonly full: boolean;
}

const LF = 10;
const BANG = 33;
const DOUBLE = 34;
const SINGLE = 39;
const DASH = 45;
const SLASH = 47;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;

const NO_ATTRIBUTES: readonly string[] = [];
/** Longer names of attributes are cut: no one asks for such. */
const NAME_CHARS_MAX = 256;

export function scan(page: string, tokens: Tokens, limits: ScanLimits): void {
  // The standard's preprocessing of the input stream: a line ends with LF.
  const text = page.includes("\r") ? page.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : page;
  new Scanner(text, tokens, limits).run();
}

class Scanner {
  readonly #text: string;
  readonly #tokens: Tokens;
  readonly #limits: ScanLimits;
  readonly #rawText: RawText;
  /** The first one at or behind what was last asked for; the page's length where there is none. */
  #ampersand = -1;
  #attributes: readonly string[] = NO_ATTRIBUTES;
  /** The tag's attributes while it is read; copied out once their number is known. */
  readonly #list: string[] = [];
  #selfClosing = false;

  constructor(text: string, tokens: Tokens, limits: ScanLimits) {
    this.#text = text;
    this.#tokens = tokens;
    this.#limits = limits;
    this.#rawText = new RawText(text);
  }

  run(): void {
    const text = this.#text;
    const tokens = this.#tokens;
    const end = text.length;
    /** Where text begins that is not yet handed on. */
    let from = 0;
    let at = text.indexOf("<");
    while (at !== -1 && !tokens.full) {
      const next = text.charCodeAt(at + 1);
      if (isLetter(next)) {
        if (at > from) this.#characters(from, at);
        from = this.#startTag(at + 1);
      } else if (next === SLASH) {
        const third = text.charCodeAt(at + 2);
        if (at + 2 >= end) break;
        if (at > from) this.#characters(from, at);
        from = isLetter(third) ? this.#endTag(at + 2) : this.#behind(">", at + 2);
      } else if (next === BANG) {
        if (at > from) this.#characters(from, at);
        from = this.#declaration(at + 2);
      } else if (next === QUESTION) {
        if (at > from) this.#characters(from, at);
        from = this.#behind(">", at + 2);
      } else {
        at = text.indexOf("<", at + 1);
        continue;
      }
      at = text.indexOf("<", from);
    }
    if (from < end && !tokens.full) this.#characters(from, end);
  }

  /** Where to go on behind the next one of these, or the page's end. */
  #behind(sign: string, from: number): number {
    const at = this.#text.indexOf(sign, from);
    return at === -1 ? this.#text.length : at + sign.length;
  }

  #characters(from: number, to: number): void {
    const data = this.#withoutReferences(from, to, false);
    this.#tokens.text(
      data,
      data.length === to - from ? isBlank(this.#text, from, to) : isBlank(data, 0, data.length),
    );
  }

  #withoutReferences(from: number, to: number, inAttribute: boolean): string {
    if (this.#ampersand < from) this.#ampersand = orEnd(this.#text, this.#text.indexOf("&", from));
    const piece = this.#text.slice(from, to);
    return this.#ampersand >= to ? piece : withoutReferences(piece, this.#ampersand - from, inAttribute);
  }

  /** Behind "<!": a comment, CDATA, a doctype or what is read as a comment. Where to go on. */
  #declaration(from: number): number {
    const text = this.#text;
    if (text.startsWith("--", from)) return this.#comment(from + 2);
    if (text.startsWith("[CDATA[", from) && this.#tokens.readsCdata()) {
      const start = from + 7;
      const close = text.indexOf("]]>", start);
      const to = close === -1 ? text.length : close;
      if (to > start) this.#tokens.text(text.slice(start, to), isBlank(text, start, to));
      return close === -1 ? to : close + 3;
    }
    return this.#behind(">", from);
  }

  /** Behind "<!--". Ends at "-->" and "--!>", and at once with ">" or "->". */
  #comment(from: number): number {
    const text = this.#text;
    if (text.charCodeAt(from) === GREATER) return from + 1;
    if (text.charCodeAt(from) === DASH && text.charCodeAt(from + 1) === GREATER) return from + 2;
    for (let at = text.indexOf("--", from); at !== -1; at = text.indexOf("--", at)) {
      at += 2;
      while (text.charCodeAt(at) === DASH) at++;
      if (text.charCodeAt(at) === GREATER) return at + 1;
      if (text.charCodeAt(at) === BANG && text.charCodeAt(at + 1) === GREATER) return at + 2;
    }
    return text.length;
  }

  /** Behind "</". A tag that the page's end cuts off is none. */
  #endTag(start: number): number {
    const text = this.#text;
    let hash = 0;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (endsTagName(unit)) break;
      hash = hashed(hash, unit);
    }
    const nameEnd = at;
    if (text.charCodeAt(at) === GREATER) at++;
    else at = this.#tagRest(at, 0);
    if (at === -1) return text.length;
    this.#tokens.endTag(nameAt(text, start, nameEnd, hash));
    return at;
  }

  /** Behind "<". Goes on behind the tag, or behind the text inside where no markup is read. */
  #startTag(start: number): number {
    const text = this.#text;
    let hash = 0;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (endsTagName(unit)) break;
      hash = hashed(hash, unit);
    }
    const nameEnd = at;
    this.#attributes = NO_ATTRIBUTES;
    this.#selfClosing = false;
    if (text.charCodeAt(at) === GREATER) at++;
    else at = this.#tagRest(at, this.#limits.attributesMax);
    if (at === -1) return text.length;
    const name = nameAt(text, start, nameEnd, hash);
    const mode = this.#tokens.startTag(name, this.#attributes, this.#selfClosing);
    if (mode === "markup") {
      // The line end that begins preformatted text is no part of it.
      return text.charCodeAt(at) === LF && (name === "pre" || name === "listing") ? at + 1 : at;
    }
    return this.#inside(name, mode, at);
  }

  /** Reads attributes up to and with the ">"; -1 where the page ends before. */
  #tagRest(start: number, attributesMax: number): number {
    const text = this.#text;
    const end = text.length;
    const list = this.#list;
    let length = 0;
    let at = start;
    while (at < end) {
      let unit = text.charCodeAt(at);
      if (unit === SLASH) {
        at++;
        if (text.charCodeAt(at) !== GREATER) continue;
        this.#selfClosing = true;
        if (length > 0) this.#attributes = list.slice(0, length);
        return at + 1;
      }
      if (isSpace(unit)) {
        at++;
        continue;
      }
      if (unit === GREATER) {
        if (length > 0) this.#attributes = list.slice(0, length);
        return at + 1;
      }
      // A name; an equals sign that begins it belongs to it.
      const nameStart = at;
      let hash = 0;
      do {
        hash = hashed(hash, unit);
        unit = text.charCodeAt(++at);
      } while (
        at < end &&
        (unit > GREATER || !(isSpace(unit) || unit === SLASH || unit === EQUALS || unit === GREATER))
      );
      const nameEnd = at;
      while (at < end && isSpace(text.charCodeAt(at))) at++;
      let from = at;
      let to = at;
      if (text.charCodeAt(at) === EQUALS) {
        at++;
        while (at < end && isSpace(text.charCodeAt(at))) at++;
        const quote = text.charCodeAt(at);
        if (quote === DOUBLE || quote === SINGLE) {
          from = at + 1;
          to = text.indexOf(quote === DOUBLE ? '"' : "'", from);
          if (to === -1) return -1;
          at = to + 1;
        } else {
          from = at;
          while (at < end && !endsUnquoted(text.charCodeAt(at))) at++;
          to = at;
        }
      }
      if (length >= 2 * attributesMax) continue;
      const name = nameAt(text, nameStart, Math.min(nameEnd, nameStart + NAME_CHARS_MAX), hash);
      if (holds(list, length, name)) continue;
      list[length++] = name;
      list[length++] = to === from ? "" : this.#value(from, to);
    }
    return -1;
  }

  #value(from: number, to: number): string {
    const { attributeCharsMax } = this.#limits;
    if (to - from <= attributeCharsMax) return this.#withoutReferences(from, to, true);
    return this.#withoutReferences(from, Math.min(to, from + 8 * attributeCharsMax), true).slice(
      0,
      attributeCharsMax,
    );
  }

  /** The text of an element that holds no markup; its end tag is then read like others. */
  #inside(name: string, mode: TextMode, start: number): number {
    const text = this.#text;
    const end =
      mode === "plain"
        ? text.length
        : mode === "script"
          ? this.#rawText.scriptEnd(start)
          : this.#rawText.end(name, start);
    const from = name === "textarea" && text.charCodeAt(start) === LF ? start + 1 : start;
    if (end > from) {
      if (mode === "references") this.#characters(from, end);
      else this.#tokens.text(text.slice(from, end), isBlank(text, from, end));
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

function holds(list: readonly string[], length: number, name: string): boolean {
  for (let at = 0; at < length; at += 2) if (list[at] === name) return true;
  return false;
}
