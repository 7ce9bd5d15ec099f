// The nodes of a tree and their attributes as rows of 32-bit numbers, one behind the other, as rows.ts reads them. A row is known by where it
// begins, in numbers from the first row on; 0 is none. Knows no rules of any tree.

import { BLANK, COUNTED, PIECES, SPACE_BEFORE, SPACE_BEHIND } from "./texts";

/** What stands in place of a name's number. */
export const RARE_NAME: i32 = -1;
export const TEXT: i32 = -2;

// Bytes from a row's beginning. Of both kinds of nodes.
export const NAME: usize = 0;
export const NEXT: usize = 4;
// Of elements; what is not named here is JavaScript's.
export const FIRST: usize = 12;
export const LAST: usize = 68;
export const PARENT: usize = 64;
const KINDS: usize = 16;
const MARKS: usize = 24;
const ATTRIBUTES: usize = 56;
const COUNT: usize = 60;
const CLASS: usize = 44;
const ID: usize = 48;
const FLAGS: usize = 28;
const LINK_PLACE: usize = 72;
const NAME_FROM: usize = 76;
const NAME_TO: usize = 80;
export const ELEMENT_BYTES: usize = 96;
// Of texts.
const BITS: usize = 12;
const FROM: usize = 16;
const TO: usize = 20;
const CHARACTERS: usize = 24;
const LETTERS: usize = 28;
const SENTENCES: usize = 32;
/** The next piece of a text in pieces, and its last. */
const MORE: usize = 36;
const END: usize = 40;
const TEXT_BYTES: usize = 48;
// Of elements, filled by the survey.
const CHARS: usize = 20;
const LINK_CHARS: usize = 40;
const WEIGHT: usize = 32;
const LEFT_OUT: usize = 36;
const NAMING: usize = 52;
// Of attributes.
const VALUE_FROM: usize = 4;
const VALUE_TO: usize = 8;
export const ATTRIBUTE_BYTES: usize = 28;
export const NOTE_BYTES: usize = 8;
export const WEIGHT_BYTES: usize = 64;

// Flags of an element.
export const FOREIGN: i32 = 1;
/** Where only tags are told: it closed itself; it is an end tag. */
export const CLOSED: i32 = 2;
export const ENDS: i32 = 4;

const MEMORY_PAGE_BITS: usize = 16;

let base: usize = 0;
let page: usize = 0;
/** Where the next row begins. */
let top: usize = 0;
let limit: usize = 0;
/** Where all rows end and what is said of them begins. */
let behind: usize = 0;

/** Rows begin at `start`, which is a multiple of 16; offsets on the page count from `pageStart`. */
export function openRows(start: usize, pageStart: usize): void {
  base = start;
  page = pageStart;
  // No row is 0.
  top = start + 16;
  limit = <usize>memory.size() << MEMORY_PAGE_BITS;
}

/** 32-bit numbers from the first row on. */
export function rowsEnd(): i32 {
  return <i32>((top - base) >> 2);
}

/** There is room for so many bytes more; false where the memory cannot be had. */
export function reserve(bytes: usize): bool {
  if (top + bytes <= limit) return true;
  const missing = (top + bytes - limit) >> MEMORY_PAGE_BITS;
  const wanted = max(missing + 1, (top - base) >> (MEMORY_PAGE_BITS + 1));
  if (memory.grow(<i32>wanted) == -1 && memory.grow(<i32>missing + 1) == -1) return false;
  limit = <usize>memory.size() << MEMORY_PAGE_BITS;
  return true;
}

/** No row follows. With room for a note, and after that a weight, of each element behind them: neither makes the memory grow. */
export function closeRows(): bool {
  align();
  behind = top;
  return reserve(((top - base) / ELEMENT_BYTES + 1) * max(NOTE_BYTES, WEIGHT_BYTES));
}

/** What was said behind all rows is no more. */
export function clearBehind(): void {
  top = behind;
}

/** Where a row begins in memory. */
@inline
export function at(row: i32): usize {
  return base + (<usize>row << 2);
}

function added(bytes: usize): i32 {
  const where = top;
  for (let to = where; to < where + bytes; to += 16) v128.store(to, i64x2.splat(0));
  top = where + bytes;
  return <i32>((where - base) >> 2);
}

/** An element without attributes, whose name stands there. */
export function element(name: i32, kinds: i32, flags: i32, from: usize, to: usize): i32 {
  const row = added(ELEMENT_BYTES);
  const where = at(row);
  store<i32>(where, name, NAME);
  store<i32>(where, kinds, KINDS);
  store<i32>(where, flags, FLAGS);
  if (name == RARE_NAME) {
    store<i32>(where, <i32>(from - page), NAME_FROM);
    store<i32>(where, <i32>(to - page), NAME_TO);
  }
  return row;
}

export function text(bits: i32, from: usize, to: usize, characters: i32, letters: i32, sentences: i32): i32 {
  const row = added(TEXT_BYTES);
  const where = at(row);
  store<i32>(where, TEXT, NAME);
  store<i32>(where, bits, BITS);
  store<i32>(where, <i32>(from - page), FROM);
  store<i32>(where, <i32>(to - page), TO);
  store<i32>(where, characters, CHARACTERS);
  store<i32>(where, letters, LETTERS);
  store<i32>(where, sentences, SENTENCES);
  return row;
}

/**
 * The text goes on with the piece, which is a text of its own until then. What was counted of it counts no longer, unless the piece is white space: as
 * behind the last text of nearly every page, where `</body>` parts the two.
 */
export function join(row: i32, piece: i32): void {
  const where = at(row);
  const own = load<i32>(where, BITS);
  const both = own & load<i32>(at(piece), BITS) & BLANK;
  // Behind a full stop a no-break space is none, as text-count.ts has it.
  const isSpace = (load<i32>(at(piece), BITS) & BLANK) != 0 && load<u8>(fromOf(piece)) <= 32;
  const isCounted = isSpace && (own & (COUNTED | BLANK)) == COUNTED;
  if ((load<i32>(where, BITS) & PIECES) == 0) {
    // The first piece is a row of its own: the bits of the whole are no piece's.
    const first = text(load<i32>(where, BITS), page + load<i32>(where, FROM), page + load<i32>(where, TO), 0, 0, 0);
    store<i32>(where, first, MORE);
    store<i32>(where, first, END);
  }
  store<i32>(at(load<i32>(where, END)), piece, MORE);
  store<i32>(where, piece, END);
  store<i32>(where, PIECES | both | (isCounted ? (own & SPACE_BEFORE) | COUNTED | SPACE_BEHIND : 0), BITS);
  // White space is one letter, however much of it there is; letters are counted twice (text-count.ts).
  if (isCounted && (own & SPACE_BEHIND) == 0) store<i32>(where, load<i32>(where, LETTERS) + 2, LETTERS);
}

/** Attributes that begin at `attributes`, which are as many as were written there. */
export function bear(row: i32, attributes: i32, count: i32, marks: i32, className: i32, id: i32): void {
  const where = at(row);
  store<i32>(where, attributes, ATTRIBUTES);
  store<i32>(where, count, COUNT);
  store<i32>(where, marks, MARKS);
  store<i32>(where, className, CLASS);
  store<i32>(where, id, ID);
}

export function bearAsMuchAs(row: i32, other: i32): void {
  const from = at(other);
  bear(row, load<i32>(from, ATTRIBUTES), load<i32>(from, COUNT), load<i32>(from, MARKS), load<i32>(from, CLASS), load<i32>(from, ID));
}

/** Where the next attribute is written. */
@inline
export function attributesEnd(): usize {
  return top;
}

/** What was written up to there is kept, or, with what was the end before, is no more. */
@inline
export function setAttributesEnd(end: usize): void {
  top = end;
}

/** Rows begin at multiples of 16. */
@inline
export function align(): void {
  top = (top + 15) & ~15;
}

@inline
export function rowAt(where: usize): i32 {
  return <i32>((where - base) >> 2);
}

@inline
export function attributesOf(row: i32): usize {
  return at(load<i32>(at(row), ATTRIBUTES));
}

/** From the page's first byte on; what lies before the page has offsets below 0. */
@inline
export function offsetOf(where: usize): i32 { return <i32>(where - page); }
@inline
export function placeOn(offset: i32): usize { return page + offset; }

/** Where the value stands of the attribute there. */
@inline
export function valueFrom(attribute: usize): usize { return page + load<i32>(attribute, VALUE_FROM); }
@inline
export function valueTo(attribute: usize): usize { return page + load<i32>(attribute, VALUE_TO); }

@inline
export function bitsOf(row: i32): i32 { return load<i32>(at(row), BITS); }
@inline
export function fromOf(row: i32): usize { return page + load<i32>(at(row), FROM); }
@inline
export function toOf(row: i32): usize { return page + load<i32>(at(row), TO); }
@inline
export function charactersOf(row: i32): i32 { return load<i32>(at(row), CHARACTERS); }
@inline
export function charsOf(row: i32): i32 { return load<i32>(at(row), CHARS); }
@inline
export function linkCharsOf(row: i32): i32 { return load<i32>(at(row), LINK_CHARS); }
@inline
export function nextOf(row: i32): i32 { return load<i32>(at(row), NEXT); }
@inline
export function flagsOf(row: i32): i32 { return load<i32>(at(row), FLAGS); }
@inline
export function setFlags(row: i32, flags: i32): void { store<i32>(at(row), flags, FLAGS); }
@inline
export function classOf(row: i32): i32 { return load<i32>(at(row), CLASS); }
@inline
export function idOf(row: i32): i32 { return load<i32>(at(row), ID); }

export function setSpellings(row: i32, className: i32, id: i32): void {
  store<i32>(at(row), className, CLASS);
  store<i32>(at(row), id, ID);
}

@inline
export function linkPlaceOf(row: i32): i32 { return load<i32>(at(row), LINK_PLACE); }
@inline
export function setLinkPlace(row: i32, place: i32): void { store<i32>(at(row), place, LINK_PLACE); }

@inline
export function addChars(row: i32, chars: i32, linkChars: i32): void {
  const where = at(row);
  store<i32>(where, load<i32>(where, CHARS) + chars, CHARS);
  store<i32>(where, load<i32>(where, LINK_CHARS) + linkChars, LINK_CHARS);
}

/** Where the attribute of that usual name stands; 0 where the element bears none. */
export function attributeNamed(row: i32, name: i32): usize {
  const first = attributesOf(row);
  const end = first + <usize>countOf(row) * ATTRIBUTE_BYTES;
  for (let attribute = first; attribute < end; attribute += ATTRIBUTE_BYTES) if (load<i32>(attribute) == name) return attribute;
  return 0;
}

/** Two numbers behind all rows. */
export function note(one: i32, other: i32): void {
  store<i32>(top, one);
  store<i32>(top, other, 4);
  top += 8;
}

/** A weight of the element behind all rows, all zeros; where it stands. The row tells it in numbers of 64 bits from the first row on. */
export function weight(row: i32): usize {
  const where = top;
  for (let to = where; to < where + WEIGHT_BYTES; to += 16) v128.store(to, i64x2.splat(0));
  top = where + WEIGHT_BYTES;
  store<i32>(at(row), <i32>((where - base) >> 3), WEIGHT);
  return where;
}

/** Where the weight of the element stands; 0 of what has none. */
@inline
export function weightOf(row: i32): usize {
  const weight = load<i32>(at(row), WEIGHT);
  return weight == 0 ? 0 : base + (<usize>weight << 3);
}

@inline
export function leaveOut(row: i32, bits: i32): void { store<i32>(at(row), load<i32>(at(row), LEFT_OUT) | bits, LEFT_OUT); }
@inline
export function namingOf(row: i32): i32 { return load<i32>(at(row), NAMING); }
@inline
export function setNaming(row: i32, naming: i32): void { store<i32>(at(row), naming, NAMING); }
@inline
export function lettersOf(row: i32): i32 { return load<i32>(at(row), LETTERS); }
@inline
export function sentencesOf(row: i32): i32 { return load<i32>(at(row), SENTENCES); }
@inline
export function countOf(row: i32): i32 { return load<i32>(at(row), COUNT); }
@inline
export function marksOfElement(row: i32): i32 { return load<i32>(at(row), MARKS); }
@inline
export function nameOf(row: i32): i32 { return load<i32>(at(row), NAME); }
@inline
export function kindsOfElement(row: i32): i32 { return load<i32>(at(row), KINDS); }
@inline
export function isForeign(row: i32): bool { return (load<i32>(at(row), FLAGS) & FOREIGN) != 0; }
@inline
export function firstOf(row: i32): i32 { return load<i32>(at(row), FIRST); }
@inline
export function parentOf(row: i32): i32 { return load<i32>(at(row), PARENT); }
@inline
export function nameFrom(row: i32): usize { return page + load<i32>(at(row), NAME_FROM); }
@inline
export function nameTo(row: i32): usize { return page + load<i32>(at(row), NAME_TO); }
