// Where the links in a container stand, as link-place.ts has it: told from what is known of names and spellings, kept on the containers' rows.
// Where the words of an attribute decide it does not tell.
import { ARTICLE, BODY, FOOTER, HEADER, MAIN, MENU, NAV } from "./known";
import { CLASS, ID, ROLE } from "./marks";
import { classOf, idOf, linkPlaceOf, marksOfElement, nameOf, parentOf, setLinkPlace } from "./rows";
import { knownOf } from "./spellings";

// Of link-place.ts, each one more: 0 where it is not known.
const NAVIGATION: i32 = 1;
const CONTENT: i32 = 2;
const PAGINATION: i32 = 3;

// Of what is known of a spelling (spelling.ts): whether it is, and what a container says by it.
const TOLD: i32 = 16;
const NAVIGATES: i32 = 1 << 16;
const PAGINATES: i32 = 2 << 16;

/** One more than the place of the links in a container; 0 where it is not known. */
export function placeIn(row: i32): i32 {
  if (row == 0) return CONTENT;
  let place = linkPlaceOf(row);
  if (place != 0) return place;
  const name = nameOf(row);
  const marks = marksOfElement(row);
  if (name == NAV || name == MENU || (marks & ROLE) != 0) return 0;
  let said = 0;
  if ((marks & CLASS) != 0) {
    said = knownOf(classOf(row));
    if ((said & TOLD) == 0) return 0;
  }
  if ((marks & ID) != 0) {
    const known = knownOf(idOf(row));
    if ((known & TOLD) == 0) return 0;
    said |= known;
  }
  const parent = parentOf(row);
  if ((said & PAGINATES) != 0) place = PAGINATION;
  else if ((name == HEADER || name == FOOTER) && parent != 0 && nameOf(parent) == BODY) place = NAVIGATION;
  else if (name != BODY && (said & NAVIGATES) != 0) place = NAVIGATION;
  else if (name == MAIN || name == ARTICLE) place = CONTENT;
  else place = placeIn(parent);
  setLinkPlace(row, place);
  return place;
}
