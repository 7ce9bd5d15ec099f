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

let letters: i32 = 0;
let told: i32 = 0;
let last: u32 = 0;
let digit: bool = false;
let nodes: i32 = 0;
let left: i32 = 0;

/** -1 where it takes the text itself to tell. */
export function lineStart(row: i32): i32 {
  letters = 0;
  told = 0;
  digit = false;
  nodes = 0;
  left = BYTES_MAX;
  if (!add(row)) return -1;
  return letters | (digit ? DIGIT : 0);
}

function add(row: i32): bool {
  for (let node = firstOf(row); node != 0; node = nextOf(node)) {
    if (++nodes > NODES_MAX) return false;
    if (nameOf(node) == TEXT) {
      if (!addText(node)) return false;
    } else if (charsOf(node) == 0) {
      // It is hidden, or white space that parts two letters.
      if (told > 0 && told < LETTERS) return false;
    } else {
      const parting = (kindsOfElement(node) & BLOCK) != 0 || nameOf(node) == BR;
      if (parting) push(32);
      if (!add(node)) return false;
      if (parting) push(32);
    }
  }
  return true;
}

/** False where its bytes do not tell what it begins with. */
function addText(text: i32): bool {
  const bits = bitsOf(text);
  if ((bits & BLANK) != 0) {
    push(32);
    return true;
  }
  if ((bits & PIECES) != 0) return false;
  const to = toOf(text);
  for (let place = fromOf(text); place < to; place++) {
    if (--left < 0) return false;
    const byte = <u32>load<u8>(place);
    if (byte - 48 < 10) digit = true;
    if (told == LETTERS) continue;
    if (byte >= 0x80 || (byte == 38 && (bits & REFERENCES) != 0)) return false;
    push(isSpace(byte) || byte == 11 ? 32 : byte);
  }
  return true;
}

/** One more; of white space one, and none at first. */
function push(byte: u32): void {
  if (told == LETTERS || (byte == 32 && (told == 0 || last == 32))) return;
  letters |= byte << (8 * told);
  told++;
  last = byte;
}
