// Whether further tasks may wait. Those there are, are counted seldom: what was made since is added to the last count, which
// errs on the side of more, and only what would be refused, or is old, is counted anew. Other processes are seen by the next
// count. Knows no rows.
import type { Clock } from "../base/index.ts";

export interface PendingRoomParts {
  /** Tasks that wait; `pendingMax` where there are more. */
  count(): Promise<number>;
  readonly pendingMax: number;
  readonly clock: Clock;
}

/** Other processes make tasks too. */
const OLD_MS = 60_000;
/** Between two counts where all that is asked for would be refused. */
const AGAIN_MS = 250;

export class PendingRoom {
  readonly #parts: PendingRoomParts;
  #waiting = 0;
  #countedAtMs: number | null = null;
  #counting: Promise<void> | null = null;

  constructor(parts: PendingRoomParts) {
    this.#parts = parts;
  }

  /** False: there is no room for so many, and none was taken. */
  async take(tasks: number): Promise<boolean> {
    const { pendingMax } = this.#parts;
    if (this.#isOlder(OLD_MS)) await this.#recount();
    if (this.#waiting + tasks > pendingMax && this.#isOlder(AGAIN_MS)) await this.#recount();
    if (this.#waiting + tasks > pendingMax) return false;
    this.#waiting += tasks;
    return true;
  }

  #isOlder(ms: number): boolean {
    return this.#countedAtMs === null || this.#parts.clock.monotonicMs() - this.#countedAtMs > ms;
  }

  #recount(): Promise<void> {
    this.#counting ??= this.#count().finally(() => {
      this.#counting = null;
    });
    return this.#counting;
  }

  async #count(): Promise<void> {
    const { count, clock } = this.#parts;
    const before = this.#waiting;
    const counted = await count();
    // What was made meanwhile may not be in it.
    this.#waiting = counted + (this.#waiting - before);
    this.#countedAtMs = clock.monotonicMs();
  }
}
