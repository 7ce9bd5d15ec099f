// Where a page would put what its script makes: containers near the top of the body that hold nothing to see. Judges by
// structure, not by names; reads the counts that the survey has left in the tree.
import { HIDDEN, VOID } from "./element-kinds.ts";
import { type Element, find, type Tree } from "./tree.ts";
import { isHidden } from "./visible-text.ts";

export interface Shell {
  readonly emptyMounts: number;
  readonly isShell: boolean;
}

/** How far a lone container is looked into, and how many of its children are looked at. */
const LEVELS_MAX = 6;
const CHILDREN_MAX = 200;
const SHOWS = new Set(["img", "picture", "video", "input", "textarea", "select", "button"]);

/** `mains`: the page's main elements. */
export function shellOf(tree: Tree, mains: readonly Element[]): Shell {
  const empty = new Set<Element>();
  let isShell = false;
  let at = tree.body;
  for (let level = 0; level < LEVELS_MAX; level++) {
    const { mounts, filled, ownText } = childrenOf(at);
    for (const mount of mounts) empty.add(mount);
    if (level === 0) isShell = filled.length === 0 && !ownText;
    const [only] = filled;
    if (only === undefined || filled.length > 1 || ownText) break;
    at = only;
  }
  for (const main of mains) if (isEmpty(main)) empty.add(main);
  return { emptyMounts: empty.size, isShell };
}

function childrenOf(element: Element): { mounts: Element[]; filled: Element[]; ownText: boolean } {
  const mounts: Element[] = [];
  const filled: Element[] = [];
  let ownText = false;
  for (const child of element.children.slice(0, CHILDREN_MAX)) {
    if (child.kind === 3) ownText ||= !child.blank;
    else if ((child.kinds & HIDDEN) !== 0 || isHidden(child)) continue;
    else if (child.chars > 0 || SHOWS.has(child.name)) filled.push(child);
    else if ((child.kinds & VOID) === 0) (isEmpty(child) ? mounts : filled).push(child);
  }
  return { mounts, filled, ownText };
}

/** Nothing to read and nothing to look at; signs of waiting (graphics that are drawn) count as nothing. */
function isEmpty(element: Element): boolean {
  return element.chars === 0 && find(element, (below) => SHOWS.has(below.name)) === null;
}
