// The HTML standard's tree construction where it changes what text belongs to what: implied ends, scopes, head and body, foreign content
// and the adoption agency. Linear; depth and nodes are capped. Sees tags and text, no characters of markup.
import {
  A, BODY, BR, BUTTON, CLOSES_IMPLIED, CLOSES_P, DD, DT, FOREIGN_BREAKOUT, FORMATTING, HEAD, HEAD_CONTENT, HEADINGS, HTML, IMAGE, IMG,
  INTEGRATION, LI, MATH, OL, OPTGROUP, OPTION, P, RP, RT, SCOPE, SPECIAL, SVG, TABLE, TABLE_PARTS, TEMPLATE, UL, VOID,
} from "./known";
import { hashAt, isSameName, kindsOf, modeOf } from "./names";
import { append, dropLast, lastText, takeChildren } from "./kin";
import {
  align, bear, bearAsMuchAs, CLOSED, countOf, element, ENDS, firstOf, FOREIGN, isForeign, join, kindsOfElement, nameFrom, nameOf, nameTo,
  parentOf, RARE_NAME, rowAt, setAttributesEnd, text as textRow,
} from "./rows";
import { begin, closeInScope, closeItem, closeTablePart, current, open, openAt, paragraphs, pop, popTo, push, takeOut } from "./stack";
import { merge } from "./tags";
import { bits, characters, letters, sentences } from "./texts";

/** How the text inside an element is read. */
export const MARKUP: i32 = 0;
const MODE: i32 = 7;

/** How many elements beyond the depth limit are open by each name: 512 usual ones, then others by their hash. */
const BEYOND: usize = 0x9400;
const BEYOND_BYTES: usize = 0x1800;
const RARE_BEYOND: i32 = 512;
const RARE_MASK: u32 = 1023;

let html: i32 = 0;
export let head: i32 = 0;
export let body: i32 = 0;
let inHead: bool = true;
let isBeyond: bool = false;
let nodes: i32 = 0;
let nodesMax: i32 = 0;
let depthMax: i32 = 0;
let isXhtml: bool = false;
/** No tree: every tag and text is one more child of the body. */
let isFlat: bool = false;
/** The node limit is reached. */
export let cut: bool = false;

export function htmlRow(): i32 { return html; }
export function headRow(): i32 { return head; }
export function bodyRow(): i32 { return body; }
export function isCut(): bool { return cut; }

export function openTree(depth: i32, most: i32, xhtml: bool, flat: bool): void {
  depthMax = depth;
  nodesMax = most;
  isXhtml = xhtml;
  isFlat = flat;
  html = element(HTML, kindsOf(HTML), 0, 0, 0);
  head = element(HEAD, kindsOf(HEAD), 0, 0, 0);
  body = element(BODY, kindsOf(BODY), 0, 0, 0);
  append(html, head);
  append(html, body);
  nodes = 0;
  cut = false;
  if (isBeyond) forgetBeyond();
  inHead = !flat;
  begin(flat ? body : head);
}

function forgetBeyond(): void {
  memory.fill(BEYOND, 0, BEYOND_BYTES);
  isBeyond = false;
}

function leaveHead(): void {
  inHead = false;
  begin(body);
  if (isBeyond) forgetBeyond();
}

function room(): bool {
  if (++nodes <= nodesMax) return true;
  cut = true;
  return false;
}

@inline
function isInForeign(): bool {
  return isForeign(current) && (kindsOfElement(current) & INTEGRATION) == 0;
}

export function readsCdata(): bool {
  return isXhtml || isInForeign();
}

/** Text is dropped here where it is white space. */
@inline
export function isInHeadItself(): bool {
  return inHead && current == head;
}

/** What was counted last stands there; `white`: it is no reason to leave the head. */
export function text(from: usize, to: usize, white: bool): void {
  if (isInHeadItself()) {
    if (white) return;
    leaveHead();
  }
  const last = lastText(current);
  if (!room()) return;
  if (last != 0) join(last, textRow(bits, from, to, 0, 0, 0));
  else append(current, textRow(bits, from, to, characters, letters, sentences));
}

/** Of the tag whose attributes were written last; they go where the tag bears none. */
function bearOf(row: i32, start: usize, count: i32, marks: i32, className: i32, id: i32): void {
  if (count > 0) bear(row, rowAt(start), count, marks, className, id);
}

/** How what follows the tag is read: the mode of its name, or as markup. `start`: where its attributes stand, `count` of them. */
export function startTag(
  written: i32,
  from: usize,
  to: usize,
  start: usize,
  count: i32,
  marks: i32,
  className: i32,
  id: i32,
  selfClosing: bool,
): i32 {
  if (isFlat) return flatTag(written, from, to, start, count, marks, className, id, selfClosing);
  const isImage = written == IMAGE && !isInForeign();
  const name = isImage ? IMG : written;
  const kinds = kindsOf(name);
  if (name == HTML || name == BODY) {
    if (name == BODY && inHead) leaveHead();
    const row = name == HTML ? html : body;
    if (count == 0) return MARKUP;
    if (countOf(row) > 0) merge(row, start, count, marks);
    else bear(row, rowAt(start), count, marks, className, id);
    align();
    return MARKUP;
  }
  if (name == HEAD) {
    setAttributesEnd(start);
    return MARKUP;
  }
  if (isInHeadItself() && (kinds & HEAD_CONTENT) == 0) leaveHead();
  if (!room()) return MARKUP;
  // What is made from here on begins behind the attributes.
  align();
  let inForeign = isInForeign();
  if (inForeign && (kinds & FOREIGN_BREAKOUT) != 0)
    while (inForeign && open > 1) {
      pop();
      inForeign = isInForeign();
    }
  const foreign = inForeign || name == SVG || name == MATH;
  if (!foreign) {
    if (paragraphs > 0 && (kinds & CLOSES_P) != 0) closeInScope(P, true);
    if ((kinds & HEADINGS) != 0) {
      if ((kindsOfElement(current) & HEADINGS) != 0) pop();
    } else if ((kinds & CLOSES_IMPLIED) != 0) closeImplied(name);
  }
  const row = element(name, kinds, foreign ? FOREIGN : 0, from, to);
  bearOf(row, start, count, marks, className, id);
  append(current, row);
  if ((selfClosing && (foreign || isXhtml)) || (!foreign && (kinds & VOID) != 0)) return MARKUP;
  const mode = foreign ? MARKUP : modeOf(name) & MODE;
  // What holds text alone is pushed at any depth: a script's text must not become its parent's.
  if (mode == MARKUP && open >= depthMax) {
    const counter = beyondOf(name, from, to);
    store<i32>(counter, load<i32>(counter) + 1);
    isBeyond = true;
    return MARKUP;
  }
  push(row);
  return mode;
}

function flatTag(
  name: i32,
  from: usize,
  to: usize,
  start: usize,
  count: i32,
  marks: i32,
  className: i32,
  id: i32,
  selfClosing: bool,
): i32 {
  align();
  const row = element(name, kindsOf(name), selfClosing ? CLOSED : 0, from, to);
  bearOf(row, start, count, marks, className, id);
  append(body, row);
  return modeOf(name) & MODE;
}

function beyondOf(name: i32, from: usize, to: usize): usize {
  const index = name == RARE_NAME ? RARE_BEYOND + <i32>(hashAt(from, <i32>(to - from)) & RARE_MASK) : name;
  return BEYOND + (<usize>index << 2);
}

function closeImplied(name: i32): void {
  switch (name) {
    case LI:
      closeItem(LI, LI);
      break;
    case DD:
    case DT:
      closeItem(DD, DT);
      break;
    case OPTION:
    case OPTGROUP:
      if (nameOf(current) == OPTION) pop();
      if (name == OPTGROUP && nameOf(current) == OPTGROUP) pop();
      break;
    case RT:
    case RP:
      if (nameOf(current) == RT || nameOf(current) == RP) pop();
      break;
    case BUTTON:
      closeInScope(BUTTON, false);
      break;
    case A:
      endFormatting(A, 0, 0);
      break;
    default:
      closeTablePart(name);
  }
}

/** The element bears that name, which stands there where it is a rare one. */
function isNamed(row: i32, name: i32, from: usize, to: usize): bool {
  if (nameOf(row) != name) return false;
  if (name != RARE_NAME) return true;
  const own = nameFrom(row);
  return nameTo(row) - own == to - from && isSameName(own, from, <i32>(to - from));
}

export function endTag(name: i32, from: usize, to: usize): void {
  if (isFlat) {
    append(body, element(name, kindsOf(name), ENDS, from, to));
    return;
  }
  if (isBeyond) {
    const counter = beyondOf(name, from, to);
    const beyond = load<i32>(counter);
    if (beyond > 0) {
      store<i32>(counter, beyond - 1);
      return;
    }
  }
  if (name == HEAD) {
    if (inHead) leaveHead();
    return;
  }
  if (name == BODY || name == HTML) return;
  const kinds = kindsOf(name);
  if (name == BR) {
    if (isInHeadItself()) leaveHead();
    if (room()) append(current, element(BR, kinds, 0, from, to));
    return;
  }
  if (name == P) {
    if (paragraphs > 0) closeInScope(P, true);
    return;
  }
  if (open > 1 && isNamed(current, name, from, to)) {
    pop();
    return;
  }
  if ((kinds & FORMATTING) != 0) {
    endFormatting(name, from, to);
    return;
  }
  for (let index = open - 1; index > 0; index--) {
    const row = openAt(index);
    const own = kindsOfElement(row);
    if ((own & kinds & HEADINGS) != 0 || isNamed(row, name, from, to)) {
      popTo(index);
      return;
    }
    const openName = nameOf(row);
    if ((kinds & TABLE_PARTS) != 0) {
      if (openName == TABLE || openName == TEMPLATE) return;
    } else if ((kinds & SPECIAL) != 0) {
      if ((own & SCOPE) != 0 || (name == LI && (openName == UL || openName == OL))) return;
    } else if ((own & SPECIAL) != 0) return;
  }
}

/**
 * The adoption agency (HTML standard, 13.2.6.4.7) for one block: `<b><p>x</b>y</p>` becomes `<b></b><p><b>x</b>y</p>`,
 * so that neither the paragraph ends early nor the rest of the page is bold.
 */
function endFormatting(name: i32, from: usize, to: usize): void {
  let index = open - 1;
  let blockAt = -1;
  for (; index > 0; index--) {
    const row = openAt(index);
    if (isNamed(row, name, from, to)) break;
    const kinds = kindsOfElement(row);
    if ((kinds & SCOPE) != 0) return;
    if ((kinds & SPECIAL) != 0) blockAt = index;
  }
  if (index <= 0) return;
  if (blockAt == -1) {
    reopened(index);
    return;
  }
  const formatting = openAt(index);
  const block = openAt(blockAt);
  const ancestor = openAt(index - 1);
  const inner = element(nameOf(formatting), kindsOfElement(formatting), 0, nameFrom(formatting), nameTo(formatting));
  bearAsMuchAs(inner, formatting);
  takeChildren(inner, block);
  if (firstOf(inner) != 0) append(block, inner);
  dropLast(parentOf(block));
  append(ancestor, block);
  takeOut(index, blockAt);
  // What is still open inside the block hangs on the wrapped copy; the rest of its text must not.
  if (index + 1 < open) popTo(index + 1);
}

/** `<i>x<b>y</i>z</b>`: what was opened inside goes on behind; three at most, as the standard's Noah's Ark clause. */
function reopened(index: i32): void {
  let crossed = 0;
  let one = 0;
  let two = 0;
  let three = 0;
  for (let inside = index + 1; inside < open; inside++) {
    const row = openAt(inside);
    if ((kindsOfElement(row) & FORMATTING) == 0 || nameOf(row) == A) continue;
    one = two;
    two = three;
    three = row;
    crossed++;
  }
  popTo(index);
  if (crossed > 2 && !again(one)) return;
  if (crossed > 1 && !again(two)) return;
  if (crossed > 0) again(three);
}

function again(row: i32): bool {
  if (!room()) return false;
  const copy = element(nameOf(row), kindsOfElement(row), 0, nameFrom(row), nameTo(row));
  bearAsMuchAs(copy, row);
  append(current, copy);
  push(copy);
  return true;
}
