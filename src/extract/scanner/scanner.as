// The HTML standard's tokenisation (section 13.2.5) over the bytes of a page, sixteen at a time: AssemblyScript, compiled to scanner.wasm by
// `npm run scanner`. Writes where tags, attributes and texts stand as rows of numbers for scan.ts; knows no strings, no tree and no page
// but the one that lies in its memory. Linear, whatever the page.

// Where things lie in the memory. The tables are filled once through `addName`; rows are read by scan.ts between two calls.
const BUCKETS: usize = 0x1000; // i16 each, 4,096 of them: the first name of that hash
const LETTERS: usize = 0x3000; // 32 bytes for each name, zeros behind its end
const LENGTHS: usize = 0x7000; // u8 each
const NEXT: usize = 0x7200; // i16 each: the next name in the bucket
const MARKS: usize = 0x7800; // i32 each: what an attribute of that name marks
const MODES: usize = 0x8000; // u8 each: how the text inside an element of that name is read
const SEEN: usize = 0x8400; // i32 each: the last tag that bore an attribute of that name
const TOKENS: usize = 0x10000;
const ATTRIBUTES: usize = 0x50000;
const SPELLINGS: usize = 0x90000; // 16 bytes for each slot: page, hash, where it stands, its number << 8 | its length
const PAGE: usize = 0xa0000;

const BUCKET_MASK: u32 = 4095;
const TOKEN_BYTES: usize = 40;
const TOKENS_MAX: i32 = 4096;
const ATTRIBUTE_BYTES: usize = 20;
const ATTRIBUTES_MAX: i32 = 13000;
const SLOT_MASK: u32 = 4095;
const SPELLING_BYTES_MAX: i32 = 128;
const NAME_BYTES_MAX: i32 = 256;

// What a call of `scan` ends with.
const DONE: i32 = 0;
const MORE: i32 = 1;
/** How to go on behind the last tag is to be said. */
const ASKS: i32 = 2;

// Kinds of tokens.
const TEXT: i32 = 0;
const START: i32 = 1;
const END: i32 = 2;

// Bits of a text.
const BLANK: i32 = 1;
const REFERENCES: i32 = 2;
/** ASCII without carriage returns. */
const PLAIN: i32 = 4;
/** No white space but single spaces; said of plain ones alone. */
const SINGLE: i32 = 8;
const COUNTED: i32 = 16;
const SPACE_BEFORE: i32 = 32;
const SPACE_BEHIND: i32 = 64;

// Bits of an attribute's name.
const CLASS_OR_ID: i32 = 3;
const DATA: i32 = 1024;
const HANDLER: i32 = 512;
const RARE: i32 = 8192;

// How text is read; bits beside them.
const MARKUP: i32 = 0;
const RAW: i32 = 1;
const TEXT_REFERENCES: i32 = 2;
const SCRIPT: i32 = 3;
const PLAINTEXT: i32 = 4;
const MODE: i32 = 7;
/** The line end behind the tag is no part of the text. */
const SKIPS_LINE_END: i32 = 8;
/** Text inside is read otherwise: from here on the tree is asked. */
const FOREIGN: i32 = 16;

let names: i32 = 0;

let end: usize = 0;
let at: usize = 0;
/** Where text begins that is not yet written. */
let from: usize = 0;
let tokens: i32 = 0;
let attributes: i32 = 0;
let attributesMax: i32 = 0;
let tag: i32 = 0;
let page: i32 = 0;
let spellings: i32 = 0;
let isXhtml: bool = false;
let readsCdata: bool = false;
/** Every start tag is asked for. */
let watched: bool = false;
/** The name of the last tag, which waits for its answer; -1 where none does, or where none is needed. */
let asked: i32 = -1;
let selfClosing: bool = false;
let marks: i32 = 0;
let classSpelling: i32 = -1;
let idSpelling: i32 = -1;
/** The first one at or behind what was last asked for; the page's end where there is none. */
let ampersand: usize = 0;
let scriptEscape: usize = 0;
let commentEnd: usize = 0;

export function tokensAt(): usize { return TOKENS; }
export function attributesAt(): usize { return ATTRIBUTES; }
export function lettersAt(): usize { return LETTERS + (<usize>names << 5); }
export function pageAt(): usize { return PAGE; }
export function tokenCount(): i32 { return tokens; }
export function attributeCount(): i32 { return attributes; }

/** The name whose letters, at most 32, were written at `lettersAt`. */
export function addName(length: i32, nameMarks: i32, mode: i32): void {
  const letters = LETTERS + (<usize>names << 5);
  store<u8>(LENGTHS + names, <u8>length);
  store<i32>(MARKS + (<usize>names << 2), nameMarks);
  store<u8>(MODES + names, <u8>mode);
  const bucket = BUCKETS + (<usize>hashOf(v128.load(letters), length) << 1);
  const first = load<i16>(bucket);
  store<i16>(NEXT + (<usize>names << 1), first);
  names++;
  store<i16>(bucket, <i16>names);
}

/** Of the first sixteen letters, lower case, and the length. */
function hashOf(letters: v128, length: i32): u32 {
  const mixed = (v128.extract_lane<u64>(letters, 0) ^ <u64>length) * 0x9e3779b97f4a7c15 + v128.extract_lane<u64>(letters, 1) * 0xc2b2ae3d27d4eb4f;
  return <u32>(mixed >> 52) & BUCKET_MASK;
}

/** The letters of the first `length` bytes that stand there in lower case, zeros behind them. */
function lowerAt(start: usize, length: i32): v128 {
  const bytes = v128.load(start);
  const upper = v128.and(i8x16.gt_s(bytes, i8x16.splat(64)), i8x16.lt_s(bytes, i8x16.splat(91)));
  const lower = v128.or(bytes, v128.and(upper, i8x16.splat(0x20)));
  if (length >= 16) return lower;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(lower, i8x16.lt_s(lanes, i8x16.splat(<i8>length)));
}

/** The number of the usual name that stands there, ASCII case ignored; -1 for any other. */
function usualAt(start: usize, length: i32): i32 {
  if (length > 32) return -1;
  const first = lowerAt(start, length);
  let id = <i32>load<i16>(BUCKETS + (<usize>hashOf(first, length) << 1)) - 1;
  while (id >= 0) {
    const letters = LETTERS + (<usize>id << 5);
    if (
      <i32>load<u8>(LENGTHS + id) == length &&
      i8x16.all_true(i8x16.eq(v128.load(letters), first)) &&
      (length <= 16 || i8x16.all_true(i8x16.eq(v128.load(letters, 16), lowerAt(start + 16, length - 16))))
    )
      return id;
    id = <i32>load<i16>(NEXT + (<usize>id << 1)) - 1;
  }
  return -1;
}

/** A page of so many bytes lies at `pageAt`, with 64 zeros behind it. `watches`: asks from the start on. */
export function open(length: i32, most: i32, xhtml: bool): void {
  end = PAGE + length;
  attributesMax = most;
  isXhtml = xhtml;
  watched = false;
  asked = -1;
  from = PAGE;
  at = PAGE;
  ampersand = 0;
  scriptEscape = 0;
  commentEnd = 0;
  spellings = 0;
  page++;
}

/** Reads on until the rows are full, the page ends, or a tag asks. `mode`: the answer to what was asked; `watch`: goes on asking. */
export function scan(mode: i32, watch: bool, cdata: bool): i32 {
  tokens = 0;
  attributes = 0;
  watched = watch;
  readsCdata = cdata;
  if (asked != -1) {
    goOn(asked, mode);
    asked = -1;
  }
  at = find(60, at);
  while (at < end) {
    if (tokens >= TOKENS_MAX - 4 || attributes + attributesMax >= ATTRIBUTES_MAX) return MORE;
    const next = load<u8>(at + 1);
    if (isLetter(next)) {
      if (at > from) characters(from, at);
      if (startTag(at + 1)) return ASKS;
    } else if (next == 47) {
      if (at + 2 >= end) break;
      if (at > from) characters(from, at);
      if (isLetter(load<u8>(at + 2))) {
        endTag(at + 2);
        if (watched) {
          at = from;
          return MORE;
        }
      } else from = behind(find(62, at + 2), 1);
    } else if (next == 33) {
      if (at > from) characters(from, at);
      from = declaration(at + 2);
    } else if (next == 63) {
      if (at > from) characters(from, at);
      from = behind(find(62, at + 2), 1);
    } else {
      at = find(60, at + 1);
      continue;
    }
    at = find(60, from);
  }
  if (from < end) characters(from, end);
  return DONE;
}

@inline
function isLetter(byte: u32): bool {
  return (byte | 0x20) - 97 < 26;
}

@inline
function isSpace(byte: u32): bool {
  return byte == 32 || byte == 10 || byte == 9 || byte == 12 || byte == 13;
}

@inline
function endsTagName(byte: u32): bool {
  return byte == 62 || byte == 47 || isSpace(byte);
}

@inline
function behind(where: usize, length: usize): usize {
  return min(end, where + length);
}

/** Where that byte stands at or behind `start`, or the page's end. */
function find(byte: i32, start: usize): usize {
  const wanted = i8x16.splat(<i8>byte);
  for (let block = start; block < end; block += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(block), wanted));
    if (found != 0) return min(end, block + ctz(found));
  }
  return end;
}

/** The same of two, one behind the other. */
function findTwo(one: i32, two: i32, start: usize): usize {
  let where = find(one, start);
  while (where < end && load<u8>(where + 1) != two) where = find(one, where + 1);
  return where < end ? where : end;
}

function row(kind: i32): usize {
  const where = TOKENS + <usize>tokens * TOKEN_BYTES;
  tokens++;
  store<i32>(where, kind);
  return where;
}

/** Text with references from one place up to another. */
function characters(start: usize, to: usize): void {
  if (ampersand < start) ampersand = find(38, start);
  if (ampersand < to) {
    const where = row(TEXT);
    store<i32>(where, REFERENCES, 4);
    store<i32>(where, <i32>(start - PAGE), 8);
    store<i32>(where, <i32>(to - PAGE), 12);
  } else counted(start, to);
}

/** Text without references that may be shown: how much it says is counted, as text-count.ts has it. */
function counted(start: usize, to: usize): void {
  let chars: i32 = 0;
  let words: i32 = 0;
  let more: i32 = 0;
  let sentences: i32 = 0;
  let space = true;
  let flags = BLANK | PLAIN | SINGLE | COUNTED;
  let before: u32 = 0;
  for (let place = start; place < to; place++) {
    const byte = <u32>load<u8>(place);
    if (byte <= 32) {
      if (byte == 32) {
        if (before == 32) flags &= ~SINGLE;
        space = true;
        before = byte;
        continue;
      }
      if (byte - 9 < 5) {
        flags &= byte == 13 ? ~(SINGLE | PLAIN) : byte == 11 ? ~(SINGLE | BLANK) : ~SINGLE;
        space = true;
        before = byte;
        continue;
      }
    } else if (byte >= 0x80) {
      flags &= ~(PLAIN | SINGLE);
      const point = pointAt(place, to);
      if (point == 0) {
        flags &= ~(COUNTED | BLANK);
        break;
      }
      place += point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
      if (point == 0xa0) {
        space = true;
        continue;
      }
      if (point >= 0x0600) {
        if (point >= 0x10000) more += 2;
        else if (point >= 0x2e80 && isDense(point)) more += 3;
        if (isStop(point)) sentences++;
      }
    } else if (byte == 44 || (byte == 46 && (place + 1 == to || load<u8>(place + 1) <= 32))) sentences++;
    before = byte;
    flags &= ~BLANK;
    if (space) {
      words++;
      space = false;
    }
    chars++;
  }
  const first = <u32>load<u8>(start);
  if (first == 32 || first - 9 < 5 || (first == 0xc2 && load<u8>(start + 1) == 0xa0)) flags |= SPACE_BEFORE;
  if (space) flags |= SPACE_BEHIND;
  const where = row(TEXT);
  store<i32>(where, flags, 4);
  store<i32>(where, <i32>(start - PAGE), 8);
  store<i32>(where, <i32>(to - PAGE), 12);
  store<i32>(where, max(0, chars + words - 1), 16);
  store<i32>(where, 2 * (chars + (space ? words : words - 1)) + more, 20);
  store<i32>(where, sentences, 24);
}

/** The character beyond ASCII that begins there; 0 for what is none. */
function pointAt(place: usize, to: usize): u32 {
  const lead = <u32>load<u8>(place);
  const size: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || place + size > to) return 0;
  const second = <u32>load<u8>(place + 1) ^ 0x80;
  if (second > 0x3f) return 0;
  if (size == 2) return ((lead & 0x1f) << 6) | second;
  const third = <u32>load<u8>(place + 2) ^ 0x80;
  if (third > 0x3f) return 0;
  if (size == 3) {
    const point = ((lead & 0x0f) << 12) | (second << 6) | third;
    return point < 0x800 || (point >= 0xd800 && point <= 0xdfff) ? 0 : point;
  }
  const fourth = <u32>load<u8>(place + 3) ^ 0x80;
  const point = ((lead & 0x07) << 18) | (second << 12) | (third << 6) | fourth;
  return fourth > 0x3f || point < 0x10000 || point > 0x10ffff ? 0 : point;
}

@inline
function isStop(point: u32): bool {
  return point == 0x3001 || point == 0xff0c || point == 0x060c || point == 0x3002;
}

@inline
function isDense(point: u32): bool {
  return (
    (point >= 0x3041 && point <= 0x9fff) || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff)
  );
}

/** Text that stands as it is and is counted by no one. */
function raw(start: usize, to: usize): void {
  const where = row(TEXT);
  store<i32>(where, isBlank(start, to) ? BLANK : 0, 4);
  store<i32>(where, <i32>(start - PAGE), 8);
  store<i32>(where, <i32>(to - PAGE), 12);
}

function isBlank(start: usize, to: usize): bool {
  for (let place = start; place < to; place++) {
    const byte = <u32>load<u8>(place);
    if (isSpace(byte)) continue;
    if (byte == 0xc2 && load<u8>(place + 1) == 0xa0 && place + 1 < to) {
      place++;
      continue;
    }
    return false;
  }
  return true;
}

/** Behind "<!": a comment, CDATA, a doctype or what is read as a comment. Where to go on. */
function declaration(start: usize): usize {
  if (load<u16>(start) == 0x2d2d) return comment(start + 2);
  // "[CDATA["
  if (readsCdata && load<u8>(start) == 91 && load<u32>(start + 1) == 0x54414443 && load<u16>(start + 5) == 0x5b41) {
    const text = start + 7;
    let to = findTwo(93, 93, text);
    while (to < end && load<u8>(to + 2) != 62) to = findTwo(93, 93, to + 1);
    if (to > text) counted(text, to);
    return behind(to, 3);
  }
  return behind(find(62, start), 1);
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
  const rest = load<u8>(to) == 62 && to < end ? to + 1 : tagRest(to, 0);
  if (rest == 0) {
    from = end;
    return;
  }
  const where = row(END);
  store<i32>(where, usualAt(start, <i32>(to - start)), 4);
  store<i32>(where, <i32>(start - PAGE), 8);
  store<i32>(where, <i32>(to - PAGE), 12);
  from = rest;
}

/** Behind "<". Goes on behind the tag, or behind the text inside where no markup is read; true where that is to be asked. */
function startTag(start: usize): bool {
  const to = nameEnd(start);
  const first = attributes;
  tag++;
  marks = 0;
  classSpelling = -1;
  idSpelling = -1;
  selfClosing = false;
  const rest = load<u8>(to) == 62 && to < end ? to + 1 : tagRest(to, attributesMax);
  if (rest == 0) {
    attributes = first;
    from = end;
    return false;
  }
  const name = usualAt(start, <i32>(to - start));
  const where = row(START);
  store<i32>(where, name, 4);
  store<i32>(where, <i32>(start - PAGE), 8);
  store<i32>(where, <i32>(to - PAGE), 12);
  store<i32>(where, first, 16);
  store<i32>(where, attributes - first, 20);
  store<i32>(where, marks, 24);
  store<i32>(where, selfClosing ? 1 : 0, 28);
  store<i32>(where, classSpelling, 32);
  store<i32>(where, idSpelling, 36);
  from = rest;
  at = rest;
  const mode = name == -1 ? 0 : <i32>load<u8>(MODES + name);
  if (watched || (mode & FOREIGN) != 0) {
    asked = name;
    return true;
  }
  if (mode != 0) goOn(name, isXhtml && selfClosing ? MARKUP : mode & MODE);
  return false;
}

/** Behind a tag of that name. */
function goOn(name: i32, mode: i32): void {
  const bits = <i32>load<u8>(MODES + name);
  const letters = LETTERS + (<usize>name << 5);
  if (mode != MARKUP) from = inside(letters, letters + load<u8>(LENGTHS + name), (bits & SKIPS_LINE_END) != 0, mode, from);
  else if ((bits & (SKIPS_LINE_END | MODE)) == SKIPS_LINE_END) from = behindLineEnd(from);
  at = from;
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
  const text = skipsLineEnd ? behindLineEnd(start) : start;
  if (to > text) {
    if (mode == TEXT_REFERENCES) characters(text, to);
    else raw(text, to);
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

/** Reads attributes up to and with the ">"; keeps so many. 0 where the page ends before. */
function tagRest(start: usize, most: i32): usize {
  let place = start;
  const first = attributes;
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
    do {
      place++;
      byte = place < end ? <u32>load<u8>(place) : 62;
    } while (byte > 62 || !(byte == 61 || byte == 62 || byte == 47 || isSpace(byte)));
    const nameTo = place;
    while (place < end && isSpace(load<u8>(place))) place++;
    let value = place;
    let valueTo = place;
    if (load<u8>(place) == 61 && place < end) {
      place++;
      while (place < end && isSpace(load<u8>(place))) place++;
      const quote = <i32>load<u8>(place);
      if ((quote == 34 || quote == 39) && place < end) {
        value = place + 1;
        valueTo = find(quote, value);
        if (valueTo == end) return 0;
        place = valueTo + 1;
      } else {
        value = place;
        while (place < end && !(load<u8>(place) == 62 || isSpace(load<u8>(place)))) place++;
        valueTo = place;
      }
    }
    if (attributes - first < most) add(first, nameStart, nameTo, value, valueTo);
  }
  return 0;
}

/** The name and the value that stand there, unless an attribute from `first` on bears the name. */
function add(first: i32, start: usize, to: usize, value: usize, valueTo: usize): void {
  const id = usualAt(start, <i32>(to - start));
  const where = ATTRIBUTES + <usize>attributes * ATTRIBUTE_BYTES;
  if (id == -1) {
    const length = min(<i32>(to - start), NAME_BYTES_MAX);
    if (isBorne(first, start, length)) return;
    store<i32>(where, <i32>(start - PAGE), 12);
    store<i32>(where, <i32>(to - PAGE), 16);
    marks |= RARE | rareMarks(start, length);
  } else {
    if (load<i32>(SEEN + (<usize>id << 2)) == tag) return;
    store<i32>(SEEN + (<usize>id << 2), tag);
    const own = load<i32>(MARKS + (<usize>id << 2));
    marks |= own;
    let spelling = -1;
    if ((own & CLASS_OR_ID) != 0) {
      spelling = spelled(value, valueTo);
      if ((own & CLASS_OR_ID) == 1) classSpelling = spelling;
      else idSpelling = spelling;
    }
    store<i32>(where, spelling, 12);
  }
  store<i32>(where, id);
  store<i32>(where, <i32>(value - PAGE), 4);
  store<i32>(where, <i32>(valueTo - PAGE), 8);
  attributes++;
}

function rareMarks(start: usize, length: i32): i32 {
  if (length >= 5 && (load<u32>(start) | 0x20202020) == 0x61746164 && load<u8>(start + 4) == 45) return DATA;
  return length >= 2 && (load<u16>(start) | 0x2020) == 0x6e6f ? HANDLER : 0;
}

/** Some attribute from `first` on has the name, which is none of the usual ones. */
function isBorne(first: i32, start: usize, length: i32): bool {
  for (let other = first; other < attributes; other++) {
    const where = ATTRIBUTES + <usize>other * ATTRIBUTE_BYTES;
    if (load<i32>(where) != -1) continue;
    const otherStart = PAGE + load<i32>(where, 12);
    if (min(load<i32>(where, 16) - load<i32>(where, 12), NAME_BYTES_MAX) != length) continue;
    let same = 0;
    while (same < length && lower(load<u8>(start + same)) == lower(load<u8>(otherStart + same))) same++;
    if (same == length) return true;
  }
  return false;
}

@inline
function lower(byte: u32): u32 {
  return byte - 65 < 26 ? byte | 0x20 : byte;
}

/** The page's number for what stands there, which is the same wherever the same stands; -1 where it is empty, long, not ASCII, or holds a reference. */
function spelled(start: usize, to: usize): i32 {
  const length = <i32>(to - start);
  if (length == 0 || length > SPELLING_BYTES_MAX) return -1;
  let hash: u64 = <u64>length;
  let odd: v128 = i8x16.splat(0);
  for (let place = start; place < to; place += 16) {
    let bytes = v128.load(place);
    const left = <i32>(to - place);
    if (left < 16) {
      const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      bytes = v128.and(bytes, i8x16.lt_s(lanes, i8x16.splat(<i8>left)));
    }
    odd = v128.or(odd, v128.or(bytes, v128.or(i8x16.eq(bytes, i8x16.splat(38)), i8x16.eq(bytes, i8x16.splat(13)))));
    hash = (hash ^ v128.extract_lane<u64>(bytes, 0)) * 0x9e3779b97f4a7c15;
    hash = (hash ^ (hash >> 32) ^ v128.extract_lane<u64>(bytes, 1)) * 0xc2b2ae3d27d4eb4f;
    hash ^= hash >> 29;
  }
  if (i8x16.bitmask(odd) != 0) return -1;
  const short = <i32>(hash >> 20);
  const slot = SPELLINGS + (<usize>(<u32>(hash >> 40) & SLOT_MASK) << 4);
  if (load<i32>(slot) == page && load<i32>(slot, 4) == short) {
    const known = load<u32>(slot, 12);
    if (<i32>(known & 255) == length && isSame(start, PAGE + load<i32>(slot, 8), length)) return <i32>(known >> 8);
  }
  const number = spellings++;
  store<i32>(slot, page);
  store<i32>(slot, short, 4);
  store<i32>(slot, <i32>(start - PAGE), 8);
  store<i32>(slot, (number << 8) | length, 12);
  return number;
}

function isSame(one: usize, other: usize, length: i32): bool {
  let done = 0;
  for (; done + 8 <= length; done += 8) if (load<u64>(one + done) != load<u64>(other + done)) return false;
  for (; done < length; done++) if (load<u8>(one + done) != load<u8>(other + done)) return false;
  return true;
}
