// Where the text of an element that holds no markup ends (HTML standard, 13.2.5.9 to .31): titles, styles, and scripts with their comments.
// Remembers what it has looked for, so that a page of many scripts is read once. Reads no tags.
import type { PageSource } from "./page-source.ts";
import type { PageUnits } from "./page-units.ts";

const TAB = 9;
const LF = 10;
const FF = 12;
const CR = 13;
const SPACE = 32;
const SLASH = 47;
const GREATER = 62;
const NBSP = 0xa0;

export class RawText {
  readonly #bytes: Uint8Array;
  readonly #units: PageUnits;
  /** The first of these at or behind what was last asked for; the page's length where there is none. */
  #scriptEscape = -1;
  #commentEnd = -1;

  constructor(source: PageSource) {
    this.#bytes = source.bytes;
    this.#units = source.units;
  }

  /** Where the end tag of this name begins, or the page's end. */
  end(name: string, from: number): number {
    const units = this.#units;
    const end = units.length;
    let at = units.indexOf("</", from);
    while (at < end && !standsTag(this.#bytes, name, at + 2)) at = units.indexOf("</", at + 2);
    return at;
  }

  /** A script's end tag, but none inside `<!-- <script> … </script> … -->` (the standard's script data double escaped state). */
  scriptEnd(start: number): number {
    const units = this.#units;
    let close = this.end("script", start);
    for (let at = start; ; ) {
      if (close < at) close = this.end("script", at);
      if (this.#scriptEscape < at) this.#scriptEscape = units.indexOf("<!--", at);
      const opened = this.#scriptEscape;
      if (opened >= close) return close;
      // "<!-->" is over at once: its dashes count for both.
      if (this.#commentEnd < opened + 2) this.#commentEnd = units.indexOf("-->", opened + 2);
      const found = this.#escapedScriptEnd(opened + 4, this.#commentEnd);
      if (found !== -1) return found;
      if (this.#commentEnd === units.length) return units.length;
      at = this.#commentEnd + 3;
    }
  }

  /** The end tag of the script in its escaped part, or -1: every `<script` there takes one end tag for itself. */
  #escapedScriptEnd(from: number, to: number): number {
    const units = this.#units;
    const bytes = this.#bytes;
    let double = false;
    for (let at = units.indexOf("<", from); at < to; at = units.indexOf("<", at + 1)) {
      if (bytes[at + 1] === SLASH) {
        if (!standsTag(bytes, "script", at + 2)) continue;
        if (!double) return at;
        double = false;
      } else if (!double && standsTag(bytes, "script", at + 1)) {
        double = true;
      }
    }
    return -1;
  }
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
function standsTag(bytes: Uint8Array, name: string, start: number): boolean {
  for (let at = 0; at < name.length; at++)
    if (((bytes[start + at] ?? 0) | 0x20) !== name.charCodeAt(at)) return false;
  return endsTagName(bytes[start + name.length] ?? 0);
}
