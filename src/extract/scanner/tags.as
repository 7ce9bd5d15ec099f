// The inside of a tag: its attributes, the first of each name, as rows behind the last node's, with bits for what they are. Knows no tree.
import { end } from "./find";
import { CLASS, DATA, HANDLER, ID, RARE } from "./marks";
import { isSameName, marksOf, usualAt } from "./names";
import { ATTRIBUTE_BYTES, attributeNamed, attributesEnd, attributesOf, countOf, bear, marksOfElement, RARE_NAME, rowAt, setAttributesEnd } from "./rows";
import { spelled } from "./spellings";
import { isSpace } from "./texts";

// Bytes from the beginning of an attribute's row: the number of its name, its value, whether that is read yet; of a rare name where it stands, whether it is read.
const FROM: usize = 4;
const TO: usize = 8;
const READ: usize = 12;
const NAME_FROM: usize = 16;
const NAME_TO: usize = 20;
const NAME_READ: usize = 24;

/** i32 each: the last tag that bore an attribute of that usual name. */
const SEEN: usize = 0x8400;
/** A longer name is told by so much of it. */
const NAME_BYTES_MAX: i32 = 256;

const CLASS_OR_ID: i32 = CLASS | ID;

/** In place of where a value is kept: it is ASCII without references and carriage returns. */
const PLAIN_VALUE: i32 = -1;

let page: usize = 0;
/** Of the value that was read last. */
let isPlainValue: bool = true;
let most: i32 = 0;
let spells: bool = false;
let tag: i32 = 0;

// Of the last tag.
export let selfClosing: bool = false;
export let count: i32 = 0;
export let marks: i32 = 0;
export let classSpelling: i32 = 0;
export let idSpelling: i32 = 0;

/** `attributesMax` are read of one tag. `spelling`: what stands in class and id has numbers. */
export function openTags(pageStart: usize, attributesMax: i32, spelling: bool): void {
  page = pageStart;
  most = attributesMax;
  spells = spelling;
}

export function openTag(): void {
  tag++;
  selfClosing = false;
  count = 0;
  marks = 0;
  classSpelling = 0;
  idSpelling = 0;
}

/** Reads attributes up to and with the ">"; keeps them if `keeps`. 0 where the page ends before. */
export function tagRest(start: usize, keeps: bool): usize {
  let place = start;
  while (place < end) {
    let byte = <u32>load<u8>(place);
    if (isSpace(byte)) {
      place++;
      continue;
    }
    if (byte == 62) return place + 1;
    if (byte == 47) {
      place++;
      if (load<u8>(place) != 62 || place >= end) continue;
      selfClosing = true;
      return place + 1;
    }
    // A name; an equals sign that begins it belongs to it.
    const nameStart = place;
    place = attributeNameEnd(place + 1);
    const nameTo = place;
    while (place < end && isSpace(load<u8>(place))) place++;
    let value = place;
    let valueTo = place;
    isPlainValue = true;
    if (load<u8>(place) == 61 && place < end) {
      place++;
      while (place < end && isSpace(load<u8>(place))) place++;
      const quote = <i32>load<u8>(place);
      if ((quote == 34 || quote == 39) && place < end) {
        value = place + 1;
        valueTo = quoteAt(quote, value);
        if (valueTo == end) return 0;
        place = valueTo + 1;
      } else {
        value = place;
        isPlainValue = false;
        while (place < end && !(load<u8>(place) == 62 || isSpace(load<u8>(place)))) place++;
        valueTo = place;
      }
    }
    if (keeps && count < most) add(nameStart, nameTo, value, valueTo);
  }
  return 0;
}

/** Where the quote stands that ends a value, or the page's end. Sees on the way whether the value is plain. */
function quoteAt(quote: i32, start: usize): usize {
  const wanted = i8x16.splat(<i8>quote);
  let odd: v128 = i8x16.splat(0);
  for (let block = start; block < end; block += 16) {
    const bytes = v128.load(block);
    const found: u32 = i8x16.bitmask(i8x16.eq(bytes, wanted));
    const strange = v128.or(bytes, v128.or(i8x16.eq(bytes, i8x16.splat(38)), i8x16.eq(bytes, i8x16.splat(13))));
    if (found != 0) {
      const before: u32 = (found & (0 - found)) - 1;
      isPlainValue = (i8x16.bitmask(odd) | (i8x16.bitmask(strange) & before)) == 0;
      return min(end, block + ctz(found));
    }
    odd = v128.or(odd, strange);
  }
  return end;
}

/** Where an equals sign, an angle bracket, a slash or white space ends the name of an attribute, or the page's end. */
@inline
function attributeNameEnd(start: usize): usize {
  for (let block = start; block < end; block += 16) {
    const bytes = v128.load(block);
    // Tab to carriage return, but for the vertical tab.
    const breaks = v128.andnot(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(5)), i8x16.eq(bytes, i8x16.splat(11)));
    const signs = v128.or(v128.or(i8x16.eq(bytes, i8x16.splat(61)), i8x16.eq(bytes, i8x16.splat(62))), i8x16.eq(bytes, i8x16.splat(47)));
    const found = i8x16.bitmask(v128.or(v128.or(breaks, signs), i8x16.eq(bytes, i8x16.splat(32))));
    if (found != 0) return min(end, block + ctz(found));
  }
  return end;
}

/** The name and the value that stand there, unless the tag bears the name already. */
function add(start: usize, to: usize, value: usize, valueTo: usize): void {
  const id = usualAt(start, <i32>(to - start));
  const where = attributesEnd();
  if (id == RARE_NAME) {
    const length = min(<i32>(to - start), NAME_BYTES_MAX);
    if (isBorne(where - <usize>count * ATTRIBUTE_BYTES, count, start, length)) return;
    store<i32>(where, <i32>(start - page), NAME_FROM);
    store<i32>(where, <i32>(to - page), NAME_TO);
    store<i32>(where, 0, NAME_READ);
    marks |= RARE | rareMarks(start, length);
  } else {
    if (load<i32>(SEEN + (<usize>id << 2)) == tag) return;
    store<i32>(SEEN + (<usize>id << 2), tag);
    const own = marksOf(id);
    marks |= own;
    if ((own & CLASS_OR_ID) != 0 && spells) {
      if ((own & CLASS_OR_ID) == CLASS) classSpelling = spelled(value, valueTo);
      else idSpelling = spelled(value, valueTo);
    }
  }
  store<i32>(where, id);
  store<i32>(where, <i32>(value - page), FROM);
  store<i32>(where, <i32>(valueTo - page), TO);
  store<i32>(where, isPlainValue ? PLAIN_VALUE : 0, READ);
  setAttributesEnd(where + ATTRIBUTE_BYTES);
  count++;
}

/** Where the rare name stands of the attribute there. */
@inline
export function attributeNameFrom(where: usize): usize { return page + load<i32>(where, NAME_FROM); }
@inline
export function attributeNameTo(where: usize): usize { return page + load<i32>(where, NAME_TO); }

function rareMarks(start: usize, length: i32): i32 {
  if (length >= 5 && (load<u32>(start) | 0x20202020) == 0x61746164 && load<u8>(start + 4) == 45) return DATA;
  return length >= 2 && (load<u16>(start) | 0x2020) == 0x6e6f ? HANDLER : 0;
}

/** Some attribute of so many has the name, which is none of the usual ones. */
function isBorne(first: usize, attributes: i32, start: usize, length: i32): bool {
  for (let index = 0; index < attributes; index++) {
    const where = first + <usize>index * ATTRIBUTE_BYTES;
    if (load<i32>(where) != RARE_NAME) continue;
    const from = page + load<i32>(where, NAME_FROM);
    const own = min(load<i32>(where, NAME_TO) - load<i32>(where, NAME_FROM), NAME_BYTES_MAX);
    if (own == length && isSameName(start, from, length)) return true;
  }
  return false;
}

/** Of the tag's attributes those that the element does not bear yet are added to its own, as many as it may have. */
export function merge(row: i32, start: usize, attributes: i32, tagMarks: i32): void {
  const own = countOf(row);
  let first: usize = 0;
  let all = own;
  for (let index = 0; index < attributes && all < most; index++) {
    const where = start + <usize>index * ATTRIBUTE_BYTES;
    if (bears(row, where)) continue;
    if (first == 0) {
      first = attributesEnd();
      memory.copy(first, attributesOf(row), <usize>own * ATTRIBUTE_BYTES);
    }
    memory.copy(first + <usize>all * ATTRIBUTE_BYTES, where, ATTRIBUTE_BYTES);
    all++;
  }
  if (first != 0) setAttributesEnd(first + <usize>all * ATTRIBUTE_BYTES);
  // Its class and id are of two tags: no spelling stands for them.
  bear(row, first == 0 ? rowAt(attributesOf(row)) : rowAt(first), all, marksOfElement(row) | tagMarks, 0, 0);
}

function bears(row: i32, where: usize): bool {
  const id = load<i32>(where);
  if (id != RARE_NAME) return attributeNamed(row, id) != 0;
  const length = min(load<i32>(where, NAME_TO) - load<i32>(where, NAME_FROM), NAME_BYTES_MAX);
  return isBorne(attributesOf(row), countOf(row), page + load<i32>(where, NAME_FROM), length);
}
