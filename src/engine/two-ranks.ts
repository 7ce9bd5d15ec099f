// A line with a second one beside it for what is urgent: urgent ones go first, each rank keeps its order, and after so many urgent
// ones in a row it is the turn of an ordinary one that waits. Unbounded by itself: its owner holds the limits.
import { Deque } from "./deque.ts";

/** Urgent ones that may go in a row before an ordinary one that waits: it is overtaken so often at most, and no more. */
export const URGENT_RUN_MAX = 8;

export class TwoRanks<T> {
  readonly #urgent = new Deque<T>();
  readonly #ordinary = new Deque<T>();
  /** Urgent ones that went in a row while an ordinary one waited. */
  #run = 0;

  get size(): number {
    return this.#urgent.size + this.#ordinary.size;
  }

  get urgentSize(): number {
    return this.#urgent.size;
  }

  /** Whose turn it is. */
  peek(): T | undefined {
    return this.#isUrgentNext ? this.#urgent.peek() : this.#ordinary.peek();
  }

  pushBack(item: T, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#ordinary).pushBack(item);
  }

  pushFront(item: T, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#ordinary).pushFront(item);
  }

  popFront(): T | undefined {
    if (this.#isUrgentNext) {
      this.#run = this.#ordinary.size > 0 ? this.#run + 1 : 0;
      return this.#urgent.popFront();
    }
    this.#run = 0;
    return this.#ordinary.popFront();
  }

  /** For who has no place for an ordinary one: it costs those that wait no turn. */
  popUrgent(): T | undefined {
    return this.#urgent.popFront();
  }

  /** An urgent one that need not stand in line goes by those who do. False: it has to, others of its rank wait or it is no turn of theirs. */
  passBy(): boolean {
    if (this.#urgent.size > 0 || (this.#ordinary.size > 0 && this.#run >= URGENT_RUN_MAX)) return false;
    this.#run = this.#ordinary.size > 0 ? this.#run + 1 : 0;
    return true;
  }

  /** O(n), for the rare waiter that gives up. */
  remove(item: T): boolean {
    return this.#urgent.remove(item) || this.#ordinary.remove(item);
  }

  get #isUrgentNext(): boolean {
    return this.#urgent.size > 0 && (this.#ordinary.size === 0 || this.#run < URGENT_RUN_MAX);
  }
}
