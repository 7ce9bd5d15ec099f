// One walk over the tree: how many characters each element shows, what is hidden, and which elements survey.ts is to look at itself. Knows kinds
// and marks, no meaning; what only an attribute's words tell is asked.
import { A, BLOCK, BR, DIALOG, HIDDEN, HREF, MATH, NOSCRIPT, REL as REL_NAME, SCRIPT, STYLE as STYLE_NAME, SURVEYED, TEMPLATE } from "./known";
import { CLASS, HANDLER, HIDDEN_MARK, ID, ITEMPROP, ITEMSCOPE, RARE, REL, STYLE, TYPEOF } from "./marks";
import {
  addChars,
  attributeNamed,
  bitsOf,
  charactersOf,
  charsOf,
  classOf,
  clearBehind,
  firstOf,
  flagsOf,
  FOREIGN,
  fromOf,
  idOf,
  kindsOfElement,
  linkCharsOf,
  marksOfElement,
  nameOf,
  nextOf,
  note,
  RARE_NAME,
  rowsEnd,
  setFlags,
  TEXT,
  toOf,
  valueFrom,
  valueTo,
} from "./rows";
import { knownOf, PLAIN_CLASS, PLAIN_ID } from "./spellings";
import { BLANK, COUNTED, isSpace, PIECES, PLAIN, SPACE_BEFORE, SPACE_BEHIND } from "./texts";
import { body, head } from "./tree";
import { bearsWatched, isWatched } from "./watch";

/** Whether the element's attributes hide what it holds. */
@external("page", "hides")
declare function hides(row: i32): bool;
/** A text that the scanner has not counted is to be counted now. */
@external("page", "count")
declare function count(row: i32): i32;
/** UTF-16 units of a text. */
@external("page", "length")
declare function lengthOf(row: i32): i32;

const BORNE: i32 = ITEMPROP | ITEMSCOPE | HANDLER | TYPEOF;

// Of row-layout.ts.
const HIDING_KNOWN: i32 = 8;
const HIDES: i32 = 16;

/** A permalink's sign is less than 8 UTF-16 units, written out as references at most. */
const SIGN_BYTES_MAX: usize = 64;

// Beside a row that is noted, for scanner.ts: where it stands, and what of it is to be looked at.
const IN_HEAD: i32 = 1;
const NOT_SHOWN: i32 = 2;
const GATHERED: i32 = 4;
const MARKED: i32 = 8;
const BEARING: i32 = 16;

let visible: i32 = 0;
let linked: i32 = 0;
let hidden: i32 = 0;
let unscripted: i32 = 0;
let math: bool = false;
/** A space is owed before the next visible character. */
let owed: bool = false;
let looksAtAll: bool = false;

export function visibleLength(): i32 { return visible; }
export function linkLength(): i32 { return linked; }
export function hiddenLength(): i32 { return hidden; }
export function noscriptLength(): i32 { return unscripted; }
export function hasMath(): bool { return math; }

/**
 * Notes the rows to look at behind all rows, each with its bits, from the row on that it answers. `all`: every
 * element that bears attributes is to be looked at.
 */
export function survey(all: bool): i32 {
  visible = 0;
  linked = 0;
  hidden = 0;
  unscripted = 0;
  math = false;
  owed = false;
  looksAtAll = all;
  clearBehind();
  const from = rowsEnd();
  for (let child = firstOf(head); child != 0; child = nextOf(child)) if (nameOf(child) != TEXT) visit(child, head, true, true, false, false);
  for (let child = firstOf(body); child != 0; child = nextOf(child)) {
    if (nameOf(child) != TEXT) visit(child, body, false, false, false, false);
    else show(child, body, false);
  }
  return from;
}

/** A text that is shown. */
function show(text: i32, into: i32, inLink: bool): void {
  let bits = bitsOf(text);
  if ((bits & BLANK) != 0) {
    owed = true;
    return;
  }
  if ((bits & COUNTED) == 0) {
    count(text);
    bits = bitsOf(text);
  }
  if ((bits & SPACE_BEFORE) != 0) owed = true;
  const chars = charactersOf(text) + (owed && visible > 0 ? 1 : 0);
  owed = (bits & SPACE_BEHIND) != 0;
  visible += chars;
  if (inLink) linked += chars;
  addChars(into, chars, inLink ? chars : 0);
}

function visit(row: i32, into: i32, inHead: bool, isHidden: bool, inert: bool, inLink: bool): void {
  const name = nameOf(row);
  if (name == TEMPLATE) return;
  if (name == MATH) math = true;
  const kinds = kindsOfElement(row);
  const nowHidden = isHidden || isHiding(row, name, kinds);
  if (!inert && (flagsOf(row) & FOREIGN) == 0) {
    const looks = looksAt(row, name, kinds);
    if (looks != 0) note(row, looks | (inHead ? IN_HEAD : 0) | (nowHidden ? NOT_SHOWN : 0));
    if (name == SCRIPT) return;
  }
  const parting = !nowHidden && ((kinds & BLOCK) != 0 || name == BR);
  if (parting) owed = true;
  const nowInert = inert || name == NOSCRIPT;
  const nowInLink = inLink || name == A;
  for (let child = firstOf(row); child != 0; child = nextOf(child)) {
    if (nameOf(child) != TEXT) visit(child, row, inHead, nowHidden, nowInert, nowInLink);
    else if (!nowHidden && !inHead) show(child, row, nowInLink);
    else if (!inHead && (bitsOf(child) & BLANK) == 0) {
      if (nowInert) unscripted += unitsOf(child);
      else if ((kinds & HIDDEN) == 0) hidden += unitsOf(child);
    }
  }
  if (parting) owed = true;
  addChars(into, charsOf(row), linkCharsOf(row));
}

@inline
function unitsOf(text: i32): i32 {
  return (bitsOf(text) & PLAIN) != 0 ? <i32>(toOf(text) - fromOf(text)) : lengthOf(text);
}

/** What of an element is to be looked at. */
function looksAt(row: i32, name: i32, kinds: i32): i32 {
  const marks = marksOfElement(row);
  let looks = (kinds & SURVEYED) != 0 && (name != A || attributeNamed(row, HREF) != 0) ? GATHERED : 0;
  if (looksAtAll || name == RARE_NAME || isWatched(row, name) || ((marks & RARE) != 0 && bearsWatched(row))) looks |= MARKED;
  if ((marks & CLASS) != 0 && (knownOf(classOf(row)) & PLAIN_CLASS) == 0) looks |= MARKED | BEARING;
  if ((marks & ID) != 0 && (knownOf(idOf(row)) & PLAIN_ID) == 0) looks |= MARKED;
  if ((marks & BORNE) != 0 || ((marks & REL) != 0 && mayHold(row, REL_NAME, AUTH, LICE))) looks |= BEARING;
  // A script is read and no more is asked of it.
  return name == SCRIPT ? looks & ~BEARING : looks;
}

// Letters that no value goes without which names an author or a licence, which hides: "auth", "lice", "none", "hidd".
const AUTH: u32 = 0x68747561;
const LICE: u32 = 0x6563696c;
const NONE: u32 = 0x656e6f6e;
const HIDD: u32 = 0x64646968;

/** The value of its attribute of that name holds the one or the other letters, or what takes JavaScript to read. */
function mayHold(row: i32, attributeName: i32, one: u32, other: u32): bool {
  const attribute = attributeNamed(row, attributeName);
  if (attribute == 0) return false;
  const to = valueTo(attribute);
  for (let place = valueFrom(attribute); place < to; place++) {
    const letters = load<u32>(place);
    if ((letters & 0x80) != 0 || (letters & 0xff) == 38) return true;
    const small = letters | 0x20202020;
    if (small == one || small == other) return true;
  }
  return false;
}

/** As hiding.ts has it, which is asked where an attribute's words decide. */
function isHiding(row: i32, name: i32, kinds: i32): bool {
  const flags = flagsOf(row);
  if ((flags & HIDING_KNOWN) != 0) return (flags & HIDES) != 0;
  let isHidden = (kinds & HIDDEN) != 0;
  if (!isHidden) {
    const marks = marksOfElement(row);
    const mayHide =
      (marks & HIDDEN_MARK) != 0 || name == DIALOG || (name == A && mayBePermalink(row)) ||
      ((marks & STYLE) != 0 && mayHold(row, STYLE_NAME, NONE, HIDD));
    if (mayHide) isHidden = hides(row);
  }
  setFlags(row, flags | HIDING_KNOWN | (isHidden ? HIDES : 0));
  return isHidden;
}

/** One short text that begins with a sign or a reference. */
function mayBePermalink(row: i32): bool {
  const only = firstOf(row);
  if (only == 0 || nameOf(only) != TEXT || nextOf(only) != 0) return false;
  if ((bitsOf(only) & PIECES) != 0) return true;
  const to = toOf(only);
  let place = fromOf(only);
  if (to - place > SIGN_BYTES_MAX) return false;
  while (place < to && (isSpace(load<u8>(place)) || load<u8>(place) == 11)) place++;
  const first = <u32>load<u8>(place);
  return place < to && (first == 35 || first == 38 || (first >= 0x80 && mayBeginSign(place)));
}

/** Beyond ASCII: one of the signs, or white space before it; what most links of the East begin with is neither. */
function mayBeginSign(place: usize): bool {
  const letters = load<u32>(place);
  switch (letters & 0xff) {
    case 0xc2:
    case 0xe1:
    case 0xe2:
    case 0xef:
      return true;
    case 0xe3:
      // U+3000
      return (letters & 0xffff) == 0x80e3;
    case 0xf0:
      return letters == 0x97949ff0;
    default:
      return false;
  }
}
