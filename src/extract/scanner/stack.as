// The elements that are open while a page is read, and which of them a tag ends: implied ends and scopes (HTML standard, 13.2.4.2 and 13.2.6.4).
// Makes no element.
import {
  ADDRESS, BUTTON, CAPTION, COLGROUP, DIV, P, SCOPE, SPECIAL, TABLE, TABLE_PARTS, TD, TEMPLATE, TH, TR,
} from "./known";
import { kindsOfElement, nameOf } from "./rows";

/** Open elements, rows of 32 bits: at most 1,000 and what holds text alone. */
const STACK: usize = 0xb000;
export let current: i32 = 0;
/** How many are open; the first is head or body. */
export let open: i32 = 0;
/** Of them those that are paragraphs. */
export let paragraphs: i32 = 0;

/** That element alone is open. */
export function begin(row: i32): void {
  store<i32>(STACK, row);
  open = 1;
  current = row;
  paragraphs = 0;
}

@inline
export function openAt(index: i32): i32 {
  return load<i32>(STACK + (<usize>index << 2));
}

/** An item ends the open item of its list, not one of an outer list. */
export function closeItem(one: i32, other: i32): void {
  for (let index = open - 1; index > 0; index--) {
    const row = openAt(index);
    const name = nameOf(row);
    if (name == one || name == other) {
      popTo(index);
      return;
    }
    if ((kindsOfElement(row) & SPECIAL) != 0 && name != ADDRESS && name != DIV && name != P) return;
  }
}

export function closeTablePart(starting: i32): void {
  for (let index = open - 1; index > 0; index--) {
    const row = openAt(index);
    const name = nameOf(row);
    if (name == TABLE || name == TEMPLATE) return;
    if ((kindsOfElement(row) & TABLE_PARTS) != 0 && endsPart(starting, name)) {
      popTo(index);
      return;
    }
  }
}

/** The open `part`, of the same table, ends where a tag `starting` begins (HTML standard, sections 13.2.6.4.9 to .15). */
function endsPart(starting: i32, part: i32): bool {
  if (starting == TD || starting == TH) return part == TD || part == TH || part == CAPTION || part == COLGROUP;
  if (starting == TR) return part == TR || part == CAPTION || part == COLGROUP;
  return part != TABLE && part != TD && part != TH && part != TR;
}

export function closeInScope(name: i32, buttonScope: bool): void {
  for (let index = open - 1; index > 0; index--) {
    const row = openAt(index);
    if (nameOf(row) == name) {
      popTo(index);
      return;
    }
    if ((kindsOfElement(row) & SCOPE) != 0 || (buttonScope && nameOf(row) == BUTTON)) return;
  }
}

export function push(row: i32): void {
  if (nameOf(row) == P) paragraphs++;
  store<i32>(STACK + (<usize>open << 2), row);
  open++;
  current = row;
}

export function pop(): void {
  popTo(open - 1);
}

export function popTo(index: i32): void {
  while (open > index) closed(openAt(--open));
  if (open > 0) current = openAt(open - 1);
}

@inline
export function closed(row: i32): void {
  if (nameOf(row) == P) paragraphs--;
}

/** Those from `from` up to `to` are open no longer; what is open above them is. */
export function takeOut(from: i32, to: i32): void {
  for (let gone = from; gone < to; gone++) closed(openAt(gone));
  for (let kept = to; kept < open; kept++) store<i32>(STACK + (<usize>(from + kept - to) << 2), openAt(kept));
  open -= to - from;
}
