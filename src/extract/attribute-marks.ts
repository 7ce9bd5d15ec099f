// Bits for which kinds of attributes an element bears at all, so that most questions need no look at them. Knows names only.

/** Bits of `marks`: what an element bears. The scanner knows them by their values (scanner/marks.as). */
export const CLASS = 1;
export const ID = 2;
/** What names an element besides: data-component, data-testid. */
export const NAMED = 4;
export const ROLE = 8;
export const STYLE = 16;
export const HIDDEN_MARK = 32;
export const ITEMPROP = 64;
export const ITEMSCOPE = 128;
export const REL = 256;
/** Some name begins with "on". */
export const HANDLER = 512;
/** Some name begins with "data-". */
export const DATA = 1_024;
export const ARIA_HIDDEN = 2_048;
export const TYPEOF = 4_096;
/** Some name is none of the usual ones. */
export const RARE = 8_192;

const MARKS: Readonly<Record<string, number>> = {
  class: CLASS,
  id: ID,
  "data-component": NAMED,
  "data-testid": NAMED,
  role: ROLE,
  style: STYLE,
  hidden: HIDDEN_MARK,
  itemprop: ITEMPROP,
  itemscope: ITEMSCOPE,
  rel: REL,
  "aria-hidden": ARIA_HIDDEN,
  typeof: TYPEOF,
};

/** Of a usual name in lower case. */
export function marksOf(name: string): number {
  const own = Object.hasOwn(MARKS, name) ? (MARKS[name] ?? 0) : 0;
  return own | begun(name);
}

/** Of a name that is none of the usual ones: those above are all usual. */
export function marksOfRare(name: string): number {
  return RARE | begun(name);
}

function begun(name: string): number {
  return name.startsWith("data-") ? DATA : name.startsWith("on") ? HANDLER : 0;
}
