// What on a page stands apart from its content, by what it is called, by its tag and by how much of the page's running text it holds; and which
// elements may be marked as the content. One walk over what was weighed (weigh.as); judges for content-place.ts.
import { APART_TAG, ARTICLE, BUTTON, LEAF, MAIN, NAV, SELECT } from "./known";
import { CLASS, ID, ITEMPROP, NAMED, ROLE } from "./marks";
import {
  charsOf, classOf, firstOf, flagsOf, idOf, kindsOfElement, leaveOut, marksOfElement, nameOf, namingOf, nextOf, parentOf, setFlags, setNaming, TEXT,
  weightOf,
} from "./rows";
import { knownOf } from "./spellings";
import { ALL, HOLDS_MAIN, mainPart, MASS, OWN } from "./weigh";

/** What the element's names say, where no spellings tell it: bits below. */
@external("page", "naming")
declare function naming(row: i32): i32;
/** The element may be marked as the page's content. */
@external("page", "mark")
declare function mark(row: i32): void;

/** Footers and asides as short as this are never a page's content. */
const FOOTER_CHARS: i32 = 500;
/** A banner that asks for consent is not longer. */
const NOTICE_CHARS: i32 = 1500;

// How strict it is: what sets parts apart.
const BY_TAGS: i32 = 1;
const BY_NAMES: i32 = 2;

// Bits of boilerplate.ts.
const IS_APART: i32 = 1;
const IS_COMMENTS: i32 = 2;
const IS_NOTICE: i32 = 4;
const IS_CONTENT: i32 = 16;
const IS_BODY: i32 = 32;

// Of a spelling, as spelling.ts has it: what boilerplate.ts makes of it is known, and stands there.
const NAMING_KNOWN: i32 = 8;
const NAMING_SHIFT: i32 = 8;
const NAMING_MASK: i32 = 63;

/** Flag of an element: it is the main part or holds it. */
const HOLDS_MAIN_PART: i32 = 32;

let strictness: i32 = 0;
let apart: i32 = 0;
let allMass: f64 = 0;

/** What stands apart below the row bears the bit from now on, and the masses of all that holds it are less by its mass. */
export function setApart(row: i32, how: i32, bit: i32): void {
  strictness = how;
  apart = bit;
  const where = weightOf(row);
  allMass = max<f64>(1e-9, where == 0 ? 0 : load<f64>(where, ALL));
  for (let holder = mainPart; holder != 0; holder = parentOf(holder)) setFlags(holder, flagsOf(holder) | HOLDS_MAIN_PART);
  settle(row);
}

/** Its mass less what is apart. */
function settle(row: i32): f64 {
  const where = weightOf(row);
  let mass: f64 = where == 0 ? 0 : load<f64>(where, OWN);
  for (let child = firstOf(row); child != 0; child = nextOf(child)) {
    if (nameOf(child) == TEXT || charsOf(child) == 0) continue;
    const names = strictness == 0 ? 0 : namesOf(child);
    if (mayBeMarked(child, names)) mark(child);
    if (strictness == 0 || !isApart(child, names)) {
      mass += settle(child);
      continue;
    }
    leaveOut(child, apart);
    const weight = weightOf(child);
    if (weight != 0) store<f64>(weight, 0, MASS);
  }
  if (where != 0) store<f64>(where, mass, MASS);
  return mass;
}

function mayBeMarked(row: i32, names: i32): bool {
  if ((kindsOfElement(row) & LEAF) != 0) return false;
  const name = nameOf(row);
  if (name == ARTICLE || name == MAIN || (marksOfElement(row) & (ROLE | ITEMPROP)) != 0) return true;
  return strictness == BY_NAMES && (names & IS_BODY) != 0;
}

function namesOf(row: i32): i32 {
  const known = namingOf(row);
  if (known != 0) return known - 1;
  const marks = marksOfElement(row) & (CLASS | ID | NAMED | ROLE);
  if (marks == 0) return 0;
  const className = classOf(row);
  const id = idOf(row);
  let spelled = NAMING_KNOWN;
  if ((marks & CLASS) != 0) spelled &= knownOf(className);
  if ((marks & ID) != 0) spelled &= knownOf(id);
  if ((marks & (NAMED | ROLE)) != 0 || spelled == 0) return naming(row);
  let names = ((knownOf(className) | knownOf(id)) >> NAMING_SHIFT) & NAMING_MASK;
  if ((names & IS_COMMENTS) != 0) names = (names | IS_APART) & ~IS_BODY;
  setNaming(row, names + 1);
  return names;
}

function isApart(row: i32, names: i32): bool {
  const chars = charsOf(row);
  const weight = weightOf(row);
  const holdsHeadline = weight != 0 && load<f64>(weight, HOLDS_MAIN) != 0;
  const holdsMain = (flagsOf(row) & HOLDS_MAIN_PART) != 0;
  if ((names & IS_NOTICE) != 0 && chars < NOTICE_CHARS && !holdsMain) return !holdsHeadline;
  const byTag = (kindsOfElement(row) & APART_TAG) != 0;
  if (!byTag && (strictness != BY_NAMES || (names & IS_APART) == 0)) return false;
  const name = nameOf(row);
  // What weighs nothing is no block.
  if (name == NAV || name == BUTTON || name == SELECT || weight == 0) return true;
  // What holds the headline, or most of the page's running text, is its content, whatever it is called.
  const all = load<f64>(weight, ALL);
  if (holdsHeadline && all > 0.1 * allMass) return false;
  if (holdsMain) return false;
  // Beside a main part no footer or notice is content, however short that part is.
  if (byTag && (mainPart != 0 || chars < FOOTER_CHARS)) return true;
  // Where a name says both ("entry-content-read-more"), less of the text is enough to take it for content.
  return (names & IS_COMMENTS) != 0 || all < ((names & IS_CONTENT) != 0 ? 0.35 : 0.6) * allMass;
}
