// What an actor has in hand: the works it has begun and not ended, each with one deadline while room code runs. One timer
// an actor serves them all, and an AbortController is made only for the work that asks for its signal.
import type { Clock } from "../base/index.ts";
import type { Work } from "./faces.ts";

export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

/** Names the record that kept an actor beyond deadline and grace; the reason of that actor's restart. */
export class Wedged extends Error {
  override readonly name = "Wedged";
  readonly held: Held<unknown>;

  constructor(stage: string, held: Held<unknown>, inHandMs: number) {
    super(`${stage}: record ${held.traceId} in hand for ${Math.round(inHandMs)} ms, deaf to its deadline`);
    this.held = held;
  }
}

/** One work in hand: a record, or a batch. */
export class Held<Content> implements Work {
  readonly content: Content;
  readonly traceId: string;
  readonly takenAtMs: number;
  attempt = 1;
  retries = 0;
  unexpected = 0;
  /** When room code last began; null while the engine itself is at it (sending, waiting to retry). */
  runningSinceMs: number | null = null;
  expired = false;
  /** False once the actor was stopped: whoever returns late finds nothing left to settle. */
  open = true;
  #controller: AbortController | null = null;

  constructor(content: Content, traceId: string, takenAtMs: number) {
    this.content = content;
    this.traceId = traceId;
    this.takenAtMs = takenAtMs;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /** The next attempt has a deadline and a signal of its own. */
  renew(): void {
    this.#controller = null;
    this.expired = false;
  }
}

export class Hand<Content> {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #stage: string;
  /** In the order in which room code began, so that the first running one is the first due. */
  readonly #held = new Set<Held<Content>>();
  #cancelTimer: (() => void) | null = null;

  constructor(stage: string, deadlineMs: number, clock: Clock) {
    this.#stage = stage;
    this.#deadlineMs = deadlineMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#held.size;
  }

  take(content: Content, traceId: string): Held<Content> {
    const held = new Held(content, traceId, this.#clock.monotonicMs());
    this.#held.add(held);
    this.#begin(held, held.takenAtMs);
    return held;
  }

  /** Room code has returned; the engine goes on with the work. */
  pause(held: Held<Content>): void {
    held.runningSinceMs = null;
  }

  /** Room code begins after a wait of the engine's own; the attempt stays the same. */
  resume(held: Held<Content>): void {
    if (!this.#held.delete(held)) return;
    this.#held.add(held);
    this.#begin(held, this.#clock.monotonicMs());
  }

  /** Another attempt begins: its deadline starts anew, behind those of all others. */
  again(held: Held<Content>): void {
    if (!this.#held.delete(held)) return;
    this.#held.add(held);
    held.attempt++;
    held.renew();
    this.#begin(held, this.#clock.monotonicMs());
  }

  release(held: Held<Content>): void {
    this.#held.delete(held);
  }

  /** The running work that is longest beyond its deadline and `graceMs`, if any. */
  wedged(graceMs: number): { held: Held<Content>; inHandMs: number } | null {
    const nowMs = this.#clock.monotonicMs();
    for (const held of this.#held) {
      if (held.runningSinceMs === null) continue;
      const inHandMs = nowMs - held.runningSinceMs;
      return inHandMs > this.#deadlineMs + graceMs ? { held, inHandMs } : null;
    }
    return null;
  }

  /** Everything is let go, each work aborted; what was held is the caller's to settle. */
  drop(reason: Error): readonly Held<Content>[] {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const dropped = [...this.#held];
    this.#held.clear();
    for (const held of dropped) {
      held.open = false;
      held.abort(reason);
    }
    return dropped;
  }

  /** Nothing is held and no timer is left behind. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #begin(held: Held<Content>, nowMs: number): void {
    held.runningSinceMs = nowMs;
    this.#cancelTimer ??= this.#clock.schedule(this.#deadlineMs, this.#sweep);
  }

  readonly #sweep = (): void => {
    this.#cancelTimer = null;
    const nowMs = this.#clock.monotonicMs();
    for (const held of this.#held) {
      if (held.runningSinceMs === null || held.expired) continue;
      const dueInMs = held.runningSinceMs + this.#deadlineMs - nowMs;
      if (dueInMs > 0) {
        this.#cancelTimer = this.#clock.schedule(dueInMs, this.#sweep);
        return;
      }
      held.expired = true;
      held.abort(new DeadlineExceeded(`${this.#stage}: no answer within ${this.#deadlineMs} ms`));
    }
  };
}
