// The end of a record that cannot be processed: its letter is written, for as long as that takes, and only then does the
// record count as done. An absent store of letters keeps the record open; it never loses one. Knows no store.
import { asError, type Backoff, backoffMs, type Clock, type Random } from "../base/index.ts";
import type { Envelope } from "./ack.ts";
import type { Observer } from "./observer.ts";

export interface Letter {
  readonly stage: string;
  readonly traceId: string;
  readonly payload: unknown;
  readonly code: string;
  /** One line for people. */
  readonly detail: string;
  readonly cause?: unknown;
}

export interface DeadLetterWriter {
  /** Resolves when the letter is safe (fsynced or answered); rejects when it is not, and is then called again. */
  write(letter: Letter, signal: AbortSignal): Promise<void>;
}

export interface DeadLettersOptions {
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
}

export class DeadLetters {
  readonly #writer: DeadLetterWriter;
  readonly #options: DeadLettersOptions;
  /** Of records whose actor is gone; they end with the runtime. Bounded by the restarts that a supervisor allows. */
  readonly #orphans = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  /** A settle that threw, for the end to tell. */
  #broken: Error | null = null;

  constructor(writer: DeadLetterWriter, options: DeadLettersOptions) {
    this.#writer = writer;
    this.#options = options;
  }

  /** Resolves once the letter is written; rejects only with the signal's reason. */
  async write(letter: Letter, signal: AbortSignal): Promise<void> {
    const { backoff, clock, random, observer } = this.#options;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      try {
        await this.#writer.write(letter, signal);
        observer.deadLetter?.(letter.stage, letter.code, letter.traceId);
        return;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        observer.deadLetterDelayed?.(letter.stage, letter.traceId, asError(error));
      }
      await clock.sleep(backoffMs(backoff, attempt, random), signal);
    }
  }

  /** Takes the record over from an actor that is being restarted because of it. */
  adopt(letter: Letter, envelope: Envelope<unknown>): void {
    const orphan = this.write(letter, this.#stop.signal)
      .then(
        () => envelope.ack.settle({ kind: "dead", code: letter.code }),
        (error: unknown) => envelope.ack.settle({ kind: "errored", error: asError(error) }),
      )
      .catch((broken: unknown) => {
        this.#broken ??= asError(broken);
      })
      .finally(() => this.#orphans.delete(orphan));
    this.#orphans.add(orphan);
  }

  /** What is not written by now settles errored. */
  async stop(reason: Error): Promise<void> {
    this.#stop.abort(reason);
    await Promise.all(this.#orphans);
    if (this.#broken !== null) throw this.#broken;
  }
}
