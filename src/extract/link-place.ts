// What containers say of the links inside: by their names, by what they are to those who hear the page, by what stands in class and id. Kept on each
// container's row. The scanner has the same rules (scanner/places.as) and tells where no attribute's words decide. Follows no link.
import { CLASS, ID, ROLE } from "./attribute-marks.ts";
import { numberOf } from "./names.ts";
import { CLASS_NAME, ID_NAME, LINK_ROLE, MARKS, NAME, PARENT } from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import { PLACES_OF_SPELLING } from "./spelling.ts";

const NAVIGATION =
  /(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|footer|header|topbar|sidebar|toolbar)(?:$|[\s_-])/i;
const PAGINATION =
  /(?:^|[\s_-])(?:pagination|pager|paging|page-numbers|pagenavi|paginator|nav-links)(?:$|[\s_-])/i;

/** What a list of pages is called to those who hear the page. */
const LABELLED_PAGES =
  /paginat|paginier|paginaci|pagina[çc]|paginaz|page navigation|pages? nav|ページ送り|페이지|分页|страниц/i;

/** Find every name that may be one of these, and few others: most are none. */
const MAY_NAVIGATE = /nav|menu|crumb|header|footer|bar/i;
const MAY_PAGINATE = /pag|nav-links/i;

/** The place of the links in a container: bits of what a class or an id says of them, and what follows from all. */
const NAVIGATES = 1;
const PAGINATES = 2;

export const NAVIGATION_PLACE = 0;
export const CONTENT_PLACE = 1;
export const PAGINATION_PLACE = 2;

const MAIN = numberOf("main");
const ARTICLE = numberOf("article");
const NAV = numberOf("nav");
const MENU = numberOf("menu");
const HEADER = numberOf("header");
const FOOTER = numberOf("footer");
const BODY = numberOf("body");

/** Where the links of a container stand, one of the places above, by its row; 0 for none. Asked once up the tree. */
export function placeIn(rows: Rows, row: number): number {
  if (row === 0) return CONTENT_PLACE;
  const { numbers } = rows;
  const known = numbers[row + LINK_ROLE] ?? 0;
  if (known !== 0) return known - 1;
  const name = numbers[row + NAME] ?? 0;
  let place = ownPlace(rows, row, name);
  if (place < 0)
    place = name === MAIN || name === ARTICLE ? CONTENT_PLACE : placeIn(rows, numbers[row + PARENT] ?? 0);
  numbers[row + LINK_ROLE] = place + 1;
  return place;
}

/** Below 0 for a container that says nothing. */
function ownPlace(rows: Rows, row: number, name: number): number {
  const marks = rows.numbers[row + MARKS] ?? 0;
  const places = (marks & (CLASS | ID)) === 0 ? 0 : placesOf(rows, row, marks);
  if ((places & PAGINATES) !== 0) return PAGINATION_PLACE;
  const role = (marks & ROLE) === 0 ? undefined : rows.attribute(row, "role")?.toLowerCase();
  if (name === NAV || name === MENU || role === "navigation")
    return LABELLED_PAGES.test((rows.attribute(row, "aria-label") ?? "").slice(0, 100))
      ? PAGINATION_PLACE
      : NAVIGATION_PLACE;
  if (role === "banner" || role === "contentinfo" || role === "menu" || role === "menubar")
    return NAVIGATION_PLACE;
  const parent = rows.numbers[row + PARENT] ?? 0;
  if ((name === HEADER || name === FOOTER) && parent !== 0 && rows.numbers[parent + NAME] === BODY)
    return NAVIGATION_PLACE;
  return name !== BODY && (places & NAVIGATES) !== 0 ? NAVIGATION_PLACE : -1;
}

/** Class and id, where they are short enough to be names. */
function placesOf(rows: Rows, row: number, marks: number): number {
  const className = rows.numbers[row + CLASS_NAME] ?? 0;
  const id = rows.numbers[row + ID_NAME] ?? 0;
  if ((className === 0) === ((marks & CLASS) === 0) && (id === 0) === ((marks & ID) === 0))
    return spelledPlaces(rows, className) | spelledPlaces(rows, id);
  const naming = `${rows.attribute(row, "class") ?? ""} ${rows.attribute(row, "id") ?? ""}`;
  return naming.length < 500 ? placesIn(naming) : 0;
}

/** Of the number of a spelling; 0 for none. */
function spelledPlaces({ spellings }: Rows, number: number): number {
  return number === 0 || spellings === null ? 0 : spellings.told(number, PLACES_OF_SPELLING, placesIn);
}

function placesIn(naming: string): number {
  const navigates = MAY_NAVIGATE.test(naming) && NAVIGATION.test(naming) ? NAVIGATES : 0;
  return navigates | (MAY_PAGINATE.test(naming) && PAGINATION.test(naming) ? PAGINATES : 0);
}
