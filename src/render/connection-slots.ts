// Places for connections: so many in all, so many to one host and port; who finds none waits in line, for a bounded time.
// Knows keys only, no sockets.
import { asError, type Clock } from "../base/index.ts";

export interface SlotLimits {
  readonly connectionsMax: number;
  readonly connectionsPerHostMax: number;
  /** How long a place is waited for. */
  readonly waitMs: number;
  /** Beyond so many in line nobody waits. */
  readonly waitingMax: number;
}

/** Gives the place back; a second call does nothing. */
export type Release = () => void;

interface Waiter {
  readonly key: string;
  readonly admit: () => void;
}

export class ConnectionSlots {
  readonly #limits: SlotLimits;
  readonly #clock: Clock;
  /** Places taken by key; holds only keys with a place taken. */
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  #open = 0;

  constructor(limits: SlotLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get open(): number {
    return this.#open;
  }

  /** Null when no place came free in time or the line is full. Rejects with the signal's reason. */
  take(key: string, signal: AbortSignal): Promise<Release | null> {
    if (signal.aborted) return Promise.reject(asError(signal.reason));
    if (this.#hasRoom(key)) return Promise.resolve(this.#occupy(key));
    if (this.#waiting.size >= this.#limits.waitingMax) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        cancel();
        signal.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(asError(signal.reason));
      };
      const waiter: Waiter = {
        key,
        admit: () => {
          leave();
          resolve(this.#occupy(key));
        },
      };
      const cancel = this.#clock.schedule(this.#limits.waitMs, () => {
        leave();
        resolve(null);
      });
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  #hasRoom(key: string): boolean {
    const { connectionsMax, connectionsPerHostMax } = this.#limits;
    return this.#open < connectionsMax && (this.#taken.get(key) ?? 0) < connectionsPerHostMax;
  }

  #occupy(key: string): Release {
    this.#open++;
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#open--;
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
      // One place came free: the first in line that fits takes it.
      for (const waiter of this.#waiting) {
        if (!this.#hasRoom(waiter.key)) continue;
        waiter.admit();
        return;
      }
    };
  }
}
