// A page as it is scanned: its bytes in UTF-8, the same bytes as strings of one unit a byte, and the text that
// stands between two offsets, decoded only where someone asks for it. Offsets are those of bytes and never part a character.

import { isAscii } from "node:buffer";
import { bufferOf } from "./bytes-at-hand.ts";
import { withoutReferences } from "./character-references.ts";
import { keepShape } from "./kept-shape.ts";
import { PageUnits } from "./page-units.ts";

const CR = 13;
const AMPERSAND = 38;
/** Shorter ranges are looked through here: a call costs more. */
const CALL_BYTES_MIN = 64;

export class PageSource {
  readonly bytes: Uint8Array;
  readonly units: PageUnits;
  readonly #buffer: Buffer;
  /** Every range of it is its text as it stands. */
  readonly #isPlain: boolean;
  readonly #hasReturns: boolean;

  /** `page`: text, or its bytes in UTF-8, which may be broken. */
  constructor(page: string | Uint8Array) {
    const buffer = typeof page === "string" ? Buffer.from(page, "utf8") : bufferOf(page);
    this.#buffer = buffer;
    this.bytes = buffer;
    this.units = new PageUnits(buffer);
    this.#hasReturns = buffer.includes(CR);
    this.#isPlain = !this.#hasReturns && isAscii(buffer);
  }

  /** The text that stands there, line ends as the standard's preprocessing of the input stream has them. */
  slice(from: number, to: number): string {
    return this.isPlain(from, to) ? this.units.slice(from, to) : this.#decoded(from, to);
  }

  /** The same with its character references undone. */
  text(from: number, to: number, inAttribute: boolean): string {
    const { bytes } = this;
    if (to - from < CALL_BYTES_MIN) {
      let at = from;
      for (; at < to; at++) {
        const byte = bytes[at] ?? 0;
        if (byte >= 0x80 || byte === AMPERSAND || byte === CR) break;
      }
      if (at === to) return this.units.slice(from, to);
    }
    const piece = this.slice(from, to);
    const first = piece.indexOf("&");
    return first === -1 ? piece : withoutReferences(piece, first, inAttribute);
  }

  /** The bytes that stand there, not copied. */
  range(from: number, to: number): Buffer {
    return this.#buffer.subarray(from, to);
  }

  /** UTF-16 units of the text that stands there. */
  length(from: number, to: number): number {
    return this.isPlain(from, to) ? to - from : this.#decoded(from, to).length;
  }

  /** ASCII without carriage returns: its bytes are its units. */
  isPlain(from: number, to: number): boolean {
    if (this.#isPlain) return true;
    const { bytes } = this;
    if (to - from < CALL_BYTES_MIN) {
      for (let at = from; at < to; at++) {
        const byte = bytes[at] ?? 0;
        if (byte >= 0x80 || byte === CR) return false;
      }
      return true;
    }
    const range = bytes.subarray(from, to);
    return isAscii(range) && !(this.#hasReturns && range.includes(CR));
  }

  /** The last offset up to there that parts no character. */
  boundary(offset: number): number {
    let at = offset;
    while (at > 0 && ((this.bytes[at] ?? 0) & 0xc0) === 0x80) at--;
    return at;
  }

  #decoded(from: number, to: number): string {
    const text = this.#buffer.toString("utf8", from, to);
    return this.#hasReturns && text.includes("\r") ? withLineFeeds(text) : text;
  }
}

function withLineFeeds(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

keepShape(new PageSource(""));
