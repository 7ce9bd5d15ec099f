// Takes their numbers from elements whose class or id found no slot (spellings.as): what stands there is then read where it is asked for. Such pages
// have tens of thousands of spellings. Knows nothing of any tag.
import { classOf, firstOf, idOf, nameOf, nextOf, setSpellings, TEXT } from "./rows";
import { hasSlot } from "./spellings";

export function forgetSlotless(row: i32): void {
  const className = classOf(row);
  const id = idOf(row);
  setSpellings(row, hasSlot(className) ? className : 0, hasSlot(id) ? id : 0);
  for (let child = firstOf(row); child != 0; child = nextOf(child)) if (nameOf(child) != TEXT) forgetSlotless(child);
}
