// Places for connections: so many in all, so many to one host and port, and of these never all for one party; who finds none
// waits in line, for a bounded time, and whose party has fewest goes first. Knows keys only, no sockets.
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
  readonly party: string;
  readonly admit: () => void;
}

export class ConnectionSlots {
  readonly #limits: SlotLimits;
  readonly #clock: Clock;
  /** Places taken by key, by key and party, and by party; each holds only who has one. */
  readonly #taken = new Map<string, number>();
  readonly #shares = new Map<string, number>();
  readonly #held = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  #open = 0;

  constructor(limits: SlotLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get open(): number {
    return this.#open;
  }

  /**
   * Null when no place came free in time or the line is full. Rejects with the signal's reason. `party`: on whose behalf, a page.
   */
  take(key: string, party: string, signal: AbortSignal): Promise<Release | null> {
    if (signal.aborted) return Promise.reject(asError(signal.reason));
    if (this.#hasRoom(key, party)) return Promise.resolve(this.#occupy(key, party));
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
        party,
        admit: () => {
          leave();
          resolve(this.#occupy(key, party));
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

  #hasRoom(key: string, party: string): boolean {
    const { connectionsMax, connectionsPerHostMax } = this.#limits;
    return (
      this.#open < connectionsMax &&
      (this.#taken.get(key) ?? 0) < connectionsPerHostMax &&
      (this.#shares.get(shareOf(key, party)) ?? 0) < shareMax(connectionsPerHostMax)
    );
  }

  #occupy(key: string, party: string): Release {
    this.#open++;
    const share = shareOf(key, party);
    add(this.#taken, key, 1);
    add(this.#shares, share, 1);
    add(this.#held, party, 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#open--;
      add(this.#taken, key, -1);
      add(this.#shares, share, -1);
      add(this.#held, party, -1);
      this.#next()?.admit();
    };
  }

  /** Of those in line that fit, the first of a party that has fewest places. */
  #next(): Waiter | null {
    let next: Waiter | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiting) {
      const held = this.#held.get(waiter.party) ?? 0;
      if (held >= fewest || !this.#hasRoom(waiter.key, waiter.party)) continue;
      [next, fewest] = [waiter, held];
    }
    return next;
  }
}

/** Of a host's places, two thirds: whoever else wants something of the same host finds one. */
const shareMax = (perHost: number): number => Math.max(1, perHost - Math.ceil(perHost / 3));

const shareOf = (key: string, party: string): string => `${party} ${key}`;

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
