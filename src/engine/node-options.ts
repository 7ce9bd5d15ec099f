// What every actor around a face is given: time, chance, the dead letters, whom to tell, and the engine's own rules for
// retries. Knows no face.
import type { Backoff, Clock, Random } from "../base/index.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { Observer } from "./observer.ts";

export interface NodeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly deadLetters: DeadLetters;
  readonly observer: Observer;
  /** Between attempts at a record, and at a service that is away. */
  readonly backoff: Backoff;
  /** Repetitions that a verdict `retry` gets before its record becomes a dead letter. */
  readonly retriesMax: number;
  /** True from the moment the stop began or the sources ended: batches no longer linger. */
  readonly hurry: Hurry;
}

/** Raised when nobody who may still read holds it back; wakes those who listen. */
export class Hurry {
  #holders = 0;
  #raised = false;
  #listeners: (() => void)[] = [];

  get raised(): boolean {
    return this.#raised;
  }

  /** One more source that may still read; the returned function says that it will not any more. */
  hold(): () => void {
    this.#holders++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#holders > 0) return;
      this.#raised = true;
      for (const wake of this.#listeners) wake();
    };
  }

  onRaised(wake: () => void): () => void {
    this.#listeners.push(wake);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== wake);
    };
  }
}
