// What a short element's line of text begins with, by the bytes of the page: enough to tell nearly all lines that say nothing about the page itself
// from those that may (content-prune.ts). Knows no words.
import { BLOCK, BR } from "./known";
import { bitsOf, charsOf, firstOf, fromOf, kindsOfElement, nameOf, nextOf, TEXT, toOf } from "./rows";
import { BLANK, isSpace, PIECES, REFERENCES } from "./texts";

/** The line has a digit; beside its first three letters, 8 bits each, the first one lowest. */
const DIGIT: i32 = 0x1000000;
/** Looked at, whatever the line is. */
const NODES_MAX: i32 = 100;
const BYTES_MAX: i32 = 1024;
const LETTERS: i32 = 3;
/** Stands for a sign that is neither letter nor digit. */
const SIGN: u32 = 1;

let letters: i32 = 0;
let told: i32 = 0;
let last: u32 = 0;
let digit: bool = false;
/** A digit is looked for in what begins with a letter or digit. */
let looksForDigit: bool = false;
let unknown: bool = false;
let nodes: i32 = 0;
let left: i32 = 0;

/** -1 where it takes the text itself to tell. */
export function lineStart(row: i32, asksForDigit: bool): i32 {
  letters = 0;
  told = 0;
  digit = false;
  looksForDigit = asksForDigit;
  unknown = false;
  nodes = 0;
  left = BYTES_MAX;
  add(row);
  return unknown ? -1 : letters | (digit ? DIGIT : 0);
}

/** False where no more is to be known. */
function add(row: i32): bool {
  for (let node = firstOf(row); node != 0; node = nextOf(node)) {
    if (++nodes > NODES_MAX) return isUnknown();
    if (nameOf(node) == TEXT) {
      if (!addText(node)) return false;
    } else if (charsOf(node) == 0) {
      // It is hidden, or white space that parts two letters.
      if (told > 0 && told < LETTERS) return isUnknown();
    } else {
      const parting = (kindsOfElement(node) & BLOCK) != 0 || nameOf(node) == BR;
      if (parting) push(32);
      if (!add(node)) return false;
      if (parting) push(32);
    }
  }
  return true;
}

function addText(text: i32): bool {
  const bits = bitsOf(text);
  if ((bits & BLANK) != 0) {
    push(32);
    return true;
  }
  if ((bits & PIECES) != 0) return isUnknown();
  const to = toOf(text);
  for (let place = fromOf(text); place < to; place++) {
    if (--left < 0) return isUnknown();
    const byte = <u32>load<u8>(place);
    if (told == LETTERS) {
      if (!looksForDigit) return false;
      if (byte - 48 >= 10) continue;
      digit = true;
      return false;
    }
    if (byte >= 0x80 && isSign(place)) {
      push(SIGN);
      place += 2;
      continue;
    }
    if (byte >= 0x80 || (byte == 38 && (bits & REFERENCES) != 0)) return isUnknown();
    push(isSpace(byte) || byte == 11 ? 32 : byte);
  }
  return true;
}

function isUnknown(): bool {
  unknown = true;
  return false;
}

/** From the hyphen to the ellipsis, U+2010 to U+2026: dashes and quotes. */
@inline
function isSign(place: usize): bool {
  return load<u16>(place) == 0x80e2 && <u32>load<u8>(place + 2) - 0x90 <= 0x16;
}

/** One more; of white space one, and none at first. */
function push(byte: u32): void {
  if (told == LETTERS || (byte == 32 && (told == 0 || last == 32))) return;
  if (byte - 48 < 10) digit = true;
  else if (told == 0 && (byte | 0x20) - 97 >= 26) looksForDigit = false;
  letters |= byte << (8 * told);
  told++;
  last = byte;
}
