// The texts that only part tags, most of a page's: each spelling once for all pages, so that neither a node nor a string is made where one
// stands. Found by its bytes in place. Bounded; knows no tree.
import type { PageSource } from "./page-source.ts";
import { Text } from "./tree.ts";

/** Longer ones are nodes of their own. */
const BYTES_MAX = 64;
/** A power of two: some 100 kB. Pages indent in many ways. */
const SLOTS = 1_024;
const CR = 13;
const SPACE = 32;

const texts = new Array<Text | null>(SLOTS).fill(null);
const lengths = new Uint8Array(SLOTS);
const written = new Uint8Array(SLOTS * BYTES_MAX);

/** What stands there as a node; a blank one is other places' too, and not to be written to. */
export function textAt(source: PageSource, from: number, to: number, blank: boolean): Text {
  return (blank ? blankTextAt(source.bytes, from, to) : null) ?? new Text(null, blank, source, from, to);
}

/** Null for what is long or more than ASCII white space. */
function blankTextAt(bytes: Uint8Array, from: number, to: number): Text | null {
  const length = to - from;
  if (length > BYTES_MAX) return null;
  let hash = length;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > SPACE || byte === CR) return null;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const known = texts[slot];
  if (known !== null && known !== undefined && lengths[slot] === length && stands(slot, bytes, from, length))
    return known;
  return newText(slot, bytes.subarray(from, to));
}

function stands(slot: number, bytes: Uint8Array, from: number, length: number): boolean {
  const start = slot * BYTES_MAX;
  for (let at = 0; at < length; at++) if (written[start + at] !== bytes[from + at]) return false;
  return true;
}

function newText(slot: number, own: Uint8Array): Text {
  written.set(own, slot * BYTES_MAX);
  lengths[slot] = own.length;
  const made = new Text(String.fromCharCode(...own), true);
  texts[slot] = made;
  return made;
}
