// A batch cut into turns of bounded work: what brings thousands of links neither holds up the process nor fills its memory.

const LINKS_PER_TURN = 500;

/** In their order. A turn may exceed the bound by its last item. */
export function* turnsOf<T>(items: readonly T[], linksOf: (item: T) => number): Generator<T[]> {
  let turn: T[] = [];
  let links = 0;
  for (const item of items) {
    turn.push(item);
    links += linksOf(item);
    if (links < LINKS_PER_TURN) continue;
    yield turn;
    turn = [];
    links = 0;
  }
  if (turn.length > 0) yield turn;
}
