// A double-ended queue on a ring of power-of-two size: every operation at either end is amortised O(1), and taken slots
// are cleared so that nothing is kept alive. Unbounded by itself: its owner holds the limits.

export class Deque<T> {
  #ring: (T | undefined)[] = new Array<T | undefined>(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  peek(): T | undefined {
    return this.#ring[this.#head];
  }

  pushBack(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size++;
  }

  pushFront(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#size++;
  }

  popFront(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    return item;
  }

  /** O(n), for the rare waiter that gives up. */
  remove(item: T): boolean {
    const kept: T[] = [];
    let found = false;
    for (let next = this.popFront(); next !== undefined; next = this.popFront()) {
      if (!found && next === item) found = true;
      else kept.push(next);
    }
    for (const other of kept) this.pushBack(other);
    return found;
  }

  #grow(): void {
    const { length } = this.#ring;
    const ring = new Array<T | undefined>(length * 2);
    for (let at = 0; at < this.#size; at++) ring[at] = this.#ring[(this.#head + at) & (length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
