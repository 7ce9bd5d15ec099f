// Which node stands below which: children are a chain, of which their parent knows the first and the last. Knows no rules of any tree.
import { at, FIRST, LAST, NAME, NEXT, PARENT, TEXT } from "./rows";

/** The last child where it is a text; else 0. */
@inline
export function lastText(row: i32): i32 {
  const last = load<i32>(at(row), LAST);
  return last != 0 && load<i32>(at(last), NAME) == TEXT ? last : 0;
}

export function append(parent: i32, child: i32): void {
  const where = at(parent);
  if (load<i32>(at(child), NAME) != TEXT) store<i32>(at(child), parent, PARENT);
  store<i32>(at(child), 0, NEXT);
  const last = load<i32>(where, LAST);
  if (last == 0) store<i32>(where, child, FIRST);
  else store<i32>(at(last), child, NEXT);
  store<i32>(where, child, LAST);
}

/** All that the other one holds; itself it holds nothing yet. */
export function takeChildren(row: i32, from: i32): void {
  const where = at(row);
  const first = load<i32>(at(from), FIRST);
  store<i32>(where, first, FIRST);
  store<i32>(where, load<i32>(at(from), LAST), LAST);
  store<i32>(at(from), 0, FIRST);
  store<i32>(at(from), 0, LAST);
  for (let child = first; child != 0; child = load<i32>(at(child), NEXT))
    if (load<i32>(at(child), NAME) != TEXT) store<i32>(at(child), row, PARENT);
}

/** Takes out the last child. As many steps as there are children. */
export function dropLast(row: i32): void {
  const where = at(row);
  const last = load<i32>(where, LAST);
  let before = 0;
  for (let child = load<i32>(where, FIRST); child != last && child != 0; child = load<i32>(at(child), NEXT)) before = child;
  if (before == 0) store<i32>(where, 0, FIRST);
  else store<i32>(at(before), 0, NEXT);
  store<i32>(where, before, LAST);
}
