// A page's elements by their id, the first of each: made where a leaf asks for one (notes, itemref). Knows no meaning.
import { ID } from "./attribute-marks.ts";
import { numberOf } from "./names.ts";
import { FIRST, FLAGS, FOREIGN, MARKS, NAME, NEXT, TEXT } from "./row-layout.ts";
import type { Element, Tree } from "./tree.ts";

const TEMPLATE = numberOf("template");
const NOSCRIPT = numberOf("noscript");
const SCRIPT = numberOf("script");
/** More are left out. */
const IDS_MAX = 500_000;

/** As the survey goes: no templates, nothing foreign, nothing inside of noscript, and no scripts. */
export function firstById({ html, head, body }: Tree): Map<string, Element> {
  const byId = new Map<string, Element>();
  const { rows } = html;
  const { numbers } = rows;
  const add = (row: number): void => {
    if (((numbers[row + MARKS] ?? 0) & ID) === 0 || byId.size >= IDS_MAX) return;
    const id = rows.attribute(row, "id") ?? "";
    if (!byId.has(id)) byId.set(id, rows.element(row));
  };
  const below = (row: number): void => {
    for (let child = numbers[row + FIRST] ?? 0; child !== 0; child = numbers[child + NEXT] ?? 0)
      if (numbers[child] !== TEXT) visit(child);
  };
  const visit = (row: number): void => {
    const name = numbers[row + NAME];
    if (name === TEMPLATE) return;
    const isForeign = ((numbers[row + FLAGS] ?? 0) & FOREIGN) !== 0;
    if (!isForeign && name === SCRIPT) return;
    if (!isForeign) add(row);
    if (name !== NOSCRIPT) below(row);
  };
  add(html.row);
  add(body.row);
  below(head.row);
  below(body.row);
  return byId;
}
