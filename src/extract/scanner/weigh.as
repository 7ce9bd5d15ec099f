// How much running text every block of a page holds: long sentences weigh, links and fragments do not; see text-mass.ts, which is asked for what
// only an attribute's words and the page's sayings tell. One walk over what the survey has counted.
import { A, ARTICLE, BLOCK, BLOCKQUOTE, DD, DT, H1, HEADINGS, LI, MAIN, P, PRE, TD } from "./known";
import { ITEMPROP, ROLE } from "./marks";
import {
  charsOf, clearBehind, firstOf, kindsOfElement, lettersOf, marksOfElement, nameOf, nextOf, sentencesOf, TEXT, weight,
} from "./rows";

/** Whether the element's attributes say that it is the page's main part or its declared body: bits. */
@external("page", "mainBits")
declare function mainBits(row: i32): i32;
/** Whether the page says elsewhere what the block says itself. */
@external("page", "isSaid")
declare function isSaid(row: i32): bool;

// Of a weight, which weights.ts reads: numbers of 64 bits.
export const OWN: usize = 0;
export const ALL: usize = 8;
export const MASS: usize = 16;
const PARAGRAPHS: usize = 24;
export const HOLDS_MAIN: usize = 32;
const OWN_SAID: usize = 40;
const SAID: usize = 48;

/** Of those bits. */
const IS_MAIN_PART: i32 = 1;

/** Letters of a block that is compared with the page's sayings. */
const SAID_LETTERS_MIN: f64 = 40;

/** The page says something of itself. */
let compares: bool = false;
// Of the block that is weighed, up to the blocks inside: half letters, those of them in links, stops in none.
let halves: i32 = 0;
let linked: i32 = 0;
let stops: i32 = 0;

/** The first main or article element with text; 0 where there is none. */
export let mainPart: i32 = 0;

export function mainRow(): i32 { return mainPart; }

/** All that is shown in the element, and that itself. Rows behind all others, until something else is said there. */
export function weigh(row: i32, hasSayings: bool): void {
  compares = hasSayings;
  mainPart = 0;
  clearBehind();
  weighBlock(row, false);
}

/** Where its weight stands. `inside`: it stands in what is weighed. */
function weighBlock(row: i32, inside: bool): usize {
  const where = weight(row);
  const name = nameOf(row);
  const asked = (marksOfElement(row) & (ROLE | ITEMPROP)) != 0 ? mainBits(row) : 0;
  if (name == MAIN || name == H1 || asked != 0) store<f64>(where, 1, HOLDS_MAIN);
  if (inside) lookForMain(row, name, asked);
  const outerHalves = halves;
  const outerLinked = linked;
  const outerStops = stops;
  halves = 0;
  linked = 0;
  stops = 0;
  add(row, name == A, where);
  const length: f64 = <f64>halves / 2;
  const density: f64 = halves == 0 ? 0 : <f64>linked / <f64>halves;
  const own: f64 =
    length < 25 ? 0 : (1 + <f64>stops + min<f64>(length / 100, 4)) * (1 - density) * factor(name, kindsOfElement(row));
  const all: f64 = load<f64>(where, ALL) + own;
  store<f64>(where, own, OWN);
  store<f64>(where, all, ALL);
  store<f64>(where, all, MASS);
  if (length >= 60 && density < 0.4) store<f64>(where, load<f64>(where, PARAGRAPHS) + 1, PARAGRAPHS);
  if (compares && length >= SAID_LETTERS_MIN && isSaid(row)) {
    store<f64>(where, length, OWN_SAID);
    store<f64>(where, load<f64>(where, SAID) + length, SAID);
  }
  halves = outerHalves;
  linked = outerLinked;
  stops = outerStops;
  return where;
}

/** What stands in the element, up to the blocks inside and with the weights of those. */
function add(row: i32, inLink: bool, where: usize): void {
  for (let node = firstOf(row); node != 0; node = nextOf(node)) {
    const name = nameOf(node);
    if (name == TEXT) {
      const letters = lettersOf(node);
      halves += letters;
      if (inLink) linked += letters;
      else if (letters != 0) stops += sentencesOf(node);
      // The survey counted nothing in what is hidden.
    } else if (charsOf(node) == 0) continue;
    else if ((kindsOfElement(node) & BLOCK) != 0) addBlock(where, weighBlock(node, true));
    else {
      lookForMain(node, name, mainPart == 0 && (marksOfElement(node) & ROLE) != 0 ? mainBits(node) : 0);
      add(node, inLink || name == A, where);
    }
  }
}

@inline
function lookForMain(row: i32, name: i32, asked: i32): void {
  if (mainPart == 0 && (name == MAIN || name == ARTICLE || (asked & IS_MAIN_PART) != 0)) mainPart = row;
}

function addBlock(to: usize, from: usize): void {
  store<f64>(to, load<f64>(to, ALL) + load<f64>(from, ALL), ALL);
  store<f64>(to, load<f64>(to, PARAGRAPHS) + load<f64>(from, PARAGRAPHS), PARAGRAPHS);
  store<f64>(to, load<f64>(to, SAID) + load<f64>(from, SAID), SAID);
  if (load<f64>(from, HOLDS_MAIN) != 0) store<f64>(to, 1, HOLDS_MAIN);
}

/** How much of running text is expected in it; 0.8 where nothing else is said. */
@inline
function factor(name: i32, kinds: i32): f64 {
  if (name == P || name == PRE || name == BLOCKQUOTE) return 1;
  if (name == LI || name == DD || name == DT) return 0.4;
  if (name == TD) return 0.7;
  return (kinds & HEADINGS) != 0 ? 0.2 : 0.8;
}
