// Where the text of an element that holds no markup ends (HTML standard, 13.2.5.9 to .31): titles, styles, and scripts with their comments.
// Remembers what it has looked for, so that a page of many scripts is read once. Reads no tags.

const TAB = 9;
const LF = 10;
const FF = 12;
const CR = 13;
const SPACE = 32;
const SLASH = 47;
const GREATER = 62;
const NBSP = 0xa0;

export class RawText {
  readonly #text: string;
  /** The first of these at or behind what was last asked for; the page's length where there is none. */
  #scriptEscape = -1;
  #commentEnd = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the end tag of this name begins, or the page's end. */
  end(name: string, from: number): number {
    const text = this.#text;
    for (let at = text.indexOf("</", from); at !== -1; at = text.indexOf("</", at + 2))
      if (standsTag(text, name, at + 2)) return at;
    return text.length;
  }

  /** A script's end tag, but none inside `<!-- <script> … </script> … -->` (the standard's script data double escaped state). */
  scriptEnd(start: number): number {
    const text = this.#text;
    let close = this.end("script", start);
    for (let at = start; ; ) {
      if (close < at) close = this.end("script", at);
      if (this.#scriptEscape < at) this.#scriptEscape = orEnd(text, text.indexOf("<!--", at));
      const opened = this.#scriptEscape;
      if (opened >= close) return close;
      // "<!-->" is over at once: its dashes count for both.
      if (this.#commentEnd < opened + 2) this.#commentEnd = orEnd(text, text.indexOf("-->", opened + 2));
      const found = this.#escapedScriptEnd(opened + 4, this.#commentEnd);
      if (found !== -1) return found;
      if (this.#commentEnd === text.length) return text.length;
      at = this.#commentEnd + 3;
    }
  }

  /** The end tag of the script in its escaped part, or -1: every `<script` there takes one end tag for itself. */
  #escapedScriptEnd(from: number, to: number): number {
    const text = this.#text;
    let double = false;
    for (let at = text.indexOf("<", from); at !== -1 && at < to; at = text.indexOf("<", at + 1)) {
      if (text.charCodeAt(at + 1) === SLASH) {
        if (!standsTag(text, "script", at + 2)) continue;
        if (!double) return at;
        double = false;
      } else if (!double && standsTag(text, "script", at + 1)) {
        double = true;
      }
    }
    return -1;
  }
}

export function orEnd(text: string, at: number): number {
  return at === -1 ? text.length : at;
}

/** A carriage return too: it is a line's end. */
export function isSpace(unit: number): boolean {
  return unit === SPACE || unit === LF || unit === TAB || unit === FF || unit === CR;
}

/** Nothing but white space there, no-break spaces included. Asked of the page's own string, where a step is cheapest. */
export function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== SPACE && unit !== LF && unit !== TAB && unit !== CR && unit !== FF && unit !== NBSP)
      return false;
  }
  return true;
}

export function endsTagName(unit: number): boolean {
  return unit <= GREATER && (unit === GREATER || unit === SLASH || isSpace(unit));
}

/** The name of a tag stands here, whole. */
function standsTag(text: string, name: string, start: number): boolean {
  for (let at = 0; at < name.length; at++)
    if ((text.charCodeAt(start + at) | 0x20) !== name.charCodeAt(at)) return false;
  return endsTagName(text.charCodeAt(start + name.length));
}
