// Which elements show nothing of what they hold: scripts, templates, graphics, and what the page itself hides. Asked once of each, by every leaf.
import { HIDDEN_MARK, STYLE } from "./attribute-marks.ts";
import { HIDDEN } from "./element-kinds.ts";
import { numberOf } from "./names.ts";
import {
  BITS,
  FIRST,
  FLAGS,
  FROM,
  HIDES,
  HIDING_KNOWN,
  KINDS,
  MARKS,
  NAME,
  NEXT,
  PIECES,
  TEXT,
  TO,
} from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import type { Element } from "./tree.ts";

const HIDING_STYLE = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
const A = numberOf("a");
const DIALOG = numberOf("dialog");
/** A permalink's sign is less than 8 UTF-16 units, written out as references at most. */
const SIGN_BYTES_MAX = 64;

export function isHidden(element: Element): boolean {
  return hidesAt(element.rows, element.row);
}

/** Of an element's row. */
export function hidesAt(rows: Rows, row: number): boolean {
  const flags = rows.numbers[row + FLAGS] ?? 0;
  if ((flags & HIDING_KNOWN) !== 0) return (flags & HIDES) !== 0;
  const hides = isHiding(rows, row);
  rows.numbers[row + FLAGS] = flags | HIDING_KNOWN | (hides ? HIDES : 0);
  return hides;
}

function isHiding(rows: Rows, row: number): boolean {
  const { numbers } = rows;
  if (((numbers[row + KINDS] ?? 0) & HIDDEN) !== 0) return true;
  const name = numbers[row + NAME];
  if (name === A && isPermalink(rows, row)) return true;
  const marks = numbers[row + MARKS] ?? 0;
  if ((marks & HIDDEN_MARK) !== 0 && rows.attribute(row, "hidden")?.toLowerCase() !== "until-found")
    return true;
  if ((marks & STYLE) !== 0 && HIDING_STYLE.test((rows.attribute(row, "style") ?? "").slice(0, 1000)))
    return true;
  return name === DIALOG && rows.attribute(row, "open") === null;
}

/** The sign beside a heading that links to itself: shown on hover, no part of what is read. */
function isPermalink(rows: Rows, row: number): boolean {
  const { numbers } = rows;
  const only = numbers[row + FIRST] ?? 0;
  if (only === 0 || numbers[only] !== TEXT || numbers[only + NEXT] !== 0) return false;
  const isLong = (numbers[only + TO] ?? 0) - (numbers[only + FROM] ?? 0) > SIGN_BYTES_MAX;
  if (isLong && ((numbers[only + BITS] ?? 0) & PIECES) === 0) return false;
  const { data } = rows.text(only);
  const isSign = data.length < 8 && /^\s*[#¶§🔗]\ufe0f?\s*$/u.test(data);
  return isSign && rows.attribute(row, "href")?.includes("#") === true;
}
