// The HTML standard's tokenisation (section 13.2.5) over the bytes of a page, sixteen at a time: AssemblyScript, compiled to scanner.wasm by
// `npm run assembly`. Tags and texts go straight to the tree (tree.as), whose rows JavaScript reads afterwards. Knows no strings, and no page but
// the one that lies in its memory. Linear, whatever the page.
import { end, find, findTwo, setEnd } from "./find";
import { lengthOf, lettersOf, modeOf, usualAt } from "./names";
import { ATTRIBUTE_BYTES, attributesEnd, closeRows, openRows, reserve, rowsEnd } from "./rows";
import { forgetSlotless } from "./slotless";
import { lacksSlots, nextPage, settleSpellings } from "./spellings";
import { classSpelling, count as attributeCount, idSpelling, marks, openTag, openTags, selfClosing, tagRest } from "./tags";
import { BLANK, count, isBlank, isSpace, REFERENCES, uncounted } from "./texts";
import { cut, endTag as endElement, htmlRow, isInHeadItself, MARKUP, openTree, readsCdata, startTag as startElement, text } from "./tree";

export { setApart } from "./apart";
export { lineStart } from "./line-start";
export { addName, lettersAt } from "./names";
export { literalsAt, literalsIn } from "./literals";
export { setsAt, slotsAt, writtenAt } from "./spellings";
export { hasMath, hiddenLength, linkLength, noscriptLength, survey, visibleLength } from "./survey";
export { units } from "./texts";
export { hostAt, link, openTargets, targetAt, writtenTarget } from "./targets";
export { bodyRow, headRow, htmlRow, isCut } from "./tree";
export { mainRow, weigh } from "./weigh";
export { watchedAt, watchWordsAt } from "./watch";
export { rowsEnd };

/** Whether a text with references, from one offset on the page to another, is white space alone; with `inHead`, such as may stand there. */
@external("page", "isWhite")
declare function isWhite(from: i32, to: i32, inHead: bool): bool;

/** The page lies here; behind the tables of spellings and of targets. */
const PAGE: usize = 0x4e1000;

// How text is read; a bit beside them.
const TEXT_REFERENCES: i32 = 2;
const SCRIPT: i32 = 3;
const PLAINTEXT: i32 = 4;
const MODE: i32 = 7;
/** The line end behind the tag is no part of the text. */
const SKIPS_LINE_END: i32 = 8;

/** Zeros behind the page, which are looked at. */
const PADDING_BYTES: usize = 64;

/** What the rows of one tag need beside its attributes. */
const TAG_BYTES: usize = 4096;

/** Where text begins that is not yet told. */
let from: usize = 0;
let flatCdata: bool = false;
/** The first one at or behind what was last asked for; the page's end where there is none. */
let ampersand: usize = 0;
let scriptEscape: usize = 0;
let commentEnd: usize = 0;

export function pageAt(): usize { return PAGE; }

/**
 * Reads the page of so many bytes that lies at `pageAt`; rows begin at `rowsStart`. `flat`: no tree but tags one after
 * the other, with 2 such that CDATA is text. False where the memory cannot be had.
 */
export function parse(
  length: i32,
  rowsStart: usize,
  attributesMax: i32,
  depthMax: i32,
  nodesMax: i32,
  xhtml: bool,
  spells: bool,
  flat: i32,
): bool {
  setEnd(PAGE + length);
  memory.fill(PAGE + length, 0, PADDING_BYTES);
  from = PAGE;
  ampersand = 0;
  scriptEscape = 0;
  commentEnd = 0;
  flatCdata = flat == 2;
  nextPage();
  openRows(rowsStart, PAGE);
  openTags(PAGE, attributesMax, spells);
  const tagBytes = TAG_BYTES + 3 * <usize>attributesMax * ATTRIBUTE_BYTES;
  if (!reserve(tagBytes)) return false;
  openTree(depthMax, nodesMax, xhtml, flat != 0);
  let at = find(60, from);
  while (at < end && !cut) {
    if (!reserve(tagBytes)) {
      settle();
      return false;
    }
    const next = load<u8>(at + 1);
    if (isLetter(next)) {
      if (at > from) told(at);
      startTag(at + 1);
    } else if (next == 47) {
      if (at + 2 >= end) break;
      if (at > from) told(at);
      if (isLetter(load<u8>(at + 2))) endTag(at + 2);
      else from = behind(find(62, at + 2), 1);
    } else if (next == 33) {
      if (at > from) told(at);
      from = declaration(at + 2);
    } else if (next == 63) {
      if (at > from) told(at);
      from = behind(find(62, at + 2), 1);
    } else {
      at = find(60, at + 1);
      continue;
    }
    at = find(60, from);
  }
  if (from < end && !cut) told(end);
  settle();
  return closeRows();
}

/** Elements have numbers whose slots are known, or none. */
function settle(): void {
  settleSpellings();
  if (lacksSlots) forgetSlotless(htmlRow());
}

@inline
function isLetter(byte: u32): bool {
  return (byte | 0x20) - 97 < 26;
}

@inline
function endsTagName(byte: u32): bool {
  return byte == 62 || byte == 47 || isSpace(byte);
}

@inline
function behind(where: usize, length: usize): usize {
  return min(end, where + length);
}

/** Text with references from where none was told yet. */
function told(to: usize): void {
  if (!cut) referring(from, to);
}

function referring(start: usize, to: usize): void {
  if (ampersand < start) ampersand = find(38, start);
  if (ampersand >= to) {
    count(start, to);
    text(start, to, isInHeadItself() && isHeadSpace(start, to));
    return;
  }
  uncounted(REFERENCES | (isBlankWithReferences(start, to) ? BLANK : 0));
  text(start, to, isInHeadItself() && isWhite(<i32>(start - PAGE), <i32>(to - PAGE), true));
}

/** White space alone, with no-break spaces as references: what stands between the tags of many pages. */
function isBlankWithReferences(start: usize, to: usize): bool {
  for (let place = start; place < to; ) {
    const byte = <u32>load<u8>(place);
    if (isSpace(byte)) place++;
    else if (byte == 0xc2 && load<u8>(place + 1) == 0xa0 && place + 1 < to) place += 2;
    else if (byte != 38) return false;
    // "&nbsp;"
    else if (load<u32>(place + 1) == 0x7073626e && load<u8>(place + 5) == 59 && place + 6 <= to) place += 6;
    else return isWhite(<i32>(start - PAGE), <i32>(to - PAGE), false);
  }
  return true;
}

/** White space as it may stand in a head: also a mark of the byte order, no no-break space. */
function isHeadSpace(start: usize, to: usize): bool {
  for (let place = start; place < to; place++) {
    if (isSpace(load<u8>(place))) continue;
    if (load<u16>(place) != 0xbbef || load<u8>(place + 2) != 0xbf || place + 3 > to) return false;
    place += 2;
  }
  return true;
}

/** Text that stands as it is and is counted by no one. */
function raw(start: usize, to: usize): void {
  uncounted(isBlank(start, to) ? BLANK : 0);
  text(start, to, false);
}

/** Behind "<!": a comment, CDATA, a doctype or what is read as a comment. Where to go on. */
function declaration(start: usize): usize {
  if (load<u16>(start) == 0x2d2d) return comment(start + 2);
  // "[CDATA["
  if ((flatCdata || readsCdata()) && load<u8>(start) == 91 && load<u32>(start + 1) == 0x54414443 && load<u16>(start + 5) == 0x5b41) {
    let to = findTwo(93, 93, start + 7);
    while (to < end && load<u8>(to + 2) != 62) to = findTwo(93, 93, to + 1);
    if (to > start + 7) cdata(start + 7, to);
    return behind(to, 3);
  }
  return behind(find(62, start), 1);
}

function cdata(start: usize, to: usize): void {
  count(start, to);
  text(start, to, isInHeadItself() && isHeadSpace(start, to));
}

/** Behind "<!--". Ends at "-->" and "--!>", and at once with ">" or "->". */
function comment(start: usize): usize {
  if (load<u8>(start) == 62) return start + 1;
  if (load<u16>(start) == 0x3e2d) return start + 2;
  for (let place = findTwo(45, 45, start); place < end; place = findTwo(45, 45, place)) {
    place += 2;
    while (load<u8>(place) == 45) place++;
    if (load<u8>(place) == 62) return place + 1;
    if (load<u16>(place) == 0x3e21) return place + 2;
  }
  return end;
}

@inline
function nameEnd(start: usize): usize {
  let place = start;
  while (place < end && !endsTagName(load<u8>(place))) place++;
  return place;
}

/** Behind "</". A tag that the page's end cuts off is none. */
function endTag(start: usize): void {
  const to = nameEnd(start);
  const rest = load<u8>(to) == 62 && to < end ? to + 1 : tagRest(to, false);
  if (rest == 0) {
    from = end;
    return;
  }
  from = rest;
  endElement(usualAt(start, <i32>(to - start)), start, to);
}

/** Behind "<". Goes on behind the tag, or behind the text inside where no markup is read. */
function startTag(start: usize): void {
  const to = nameEnd(start);
  const attributes = attributesEnd();
  openTag();
  const rest = load<u8>(to) == 62 && to < end ? to + 1 : tagRest(to, true);
  if (rest == 0) {
    from = end;
    return;
  }
  from = rest;
  const name = usualAt(start, <i32>(to - start));
  const mode = startElement(name, start, to, attributes, attributeCount, marks, classSpelling, idSpelling, selfClosing);
  const bits = modeOf(name);
  if (mode != MARKUP) {
    const letters = lettersOf(name);
    from = inside(letters, letters + lengthOf(name), (bits & SKIPS_LINE_END) != 0, mode, from);
  } else if ((bits & (SKIPS_LINE_END | MODE)) == SKIPS_LINE_END) from = behindLineEnd(from);
}

function behindLineEnd(place: usize): usize {
  const byte = load<u8>(place);
  if (place >= end) return place;
  if (byte == 10) return place + 1;
  if (byte != 13) return place;
  return load<u8>(place + 1) == 10 && place + 1 < end ? place + 2 : place + 1;
}

/** The text of an element that holds no markup; its end tag is then read like others. The name stands from `name` to `nameTo`. */
function inside(name: usize, nameTo: usize, skipsLineEnd: bool, mode: i32, start: usize): usize {
  const to = mode == PLAINTEXT ? end : mode == SCRIPT ? scriptEnd(name, nameTo, start) : rawEnd(name, nameTo, start);
  const first = skipsLineEnd ? behindLineEnd(start) : start;
  if (to > first) {
    if (mode == TEXT_REFERENCES) referring(first, to);
    else raw(first, to);
  }
  return to;
}

/** Where the end tag of this name begins, or the page's end. */
function rawEnd(name: usize, nameTo: usize, start: usize): usize {
  let place = findTwo(60, 47, start);
  while (place < end && !standsTag(name, nameTo, place + 2)) place = findTwo(60, 47, place + 2);
  return place;
}

/** The name of a tag stands here, whole. */
function standsTag(name: usize, nameTo: usize, place: usize): bool {
  let where = place;
  for (let letter = name; letter < nameTo; letter++, where++)
    if (where >= end || (load<u8>(where) | 0x20) != (load<u8>(letter) | 0x20)) return false;
  return where < end && endsTagName(load<u8>(where));
}

/** A script's end tag, but none inside `<!-- <script> … </script> … -->` (the standard's script data double escaped state). */
function scriptEnd(name: usize, nameTo: usize, start: usize): usize {
  let close = rawEnd(name, nameTo, start);
  let place = start;
  while (place < end) {
    if (close < place) close = rawEnd(name, nameTo, place);
    if (scriptEscape < place) scriptEscape = findEscape(place);
    const opened = scriptEscape;
    if (opened >= close) return close;
    // "<!-->" is over at once: its dashes count for both.
    if (commentEnd < opened + 2) commentEnd = findCommentEnd(opened + 2);
    const found = escapedScriptEnd(name, nameTo, opened + 4, commentEnd);
    if (found != 0) return found;
    if (commentEnd == end) return end;
    place = commentEnd + 3;
  }
  return end;
}

function findEscape(start: usize): usize {
  let place = findTwo(60, 33, start);
  while (place < end && load<u16>(place + 2) != 0x2d2d) place = findTwo(60, 33, place + 2);
  return place;
}

function findCommentEnd(start: usize): usize {
  let place = findTwo(45, 45, start);
  while (place < end && load<u8>(place + 2) != 62) place = findTwo(45, 45, place + 1);
  return place;
}

/** The end tag of the script in its escaped part, or 0: every `<script` there takes one end tag for itself. */
function escapedScriptEnd(name: usize, nameTo: usize, start: usize, to: usize): usize {
  let isDouble = false;
  for (let place = find(60, start); place < to; place = find(60, place + 1)) {
    if (load<u8>(place + 1) == 47) {
      if (!standsTag(name, nameTo, place + 2)) continue;
      if (!isDouble) return place;
      isDouble = false;
    } else if (!isDouble && standsTag(name, nameTo, place + 1)) isDouble = true;
  }
  return 0;
}

