// The link to a service behind a source, stage or sink. A service that is away is not a crash: it is sought again for ever
// with backoff, one seeker for all who wait, and readiness says so. Knows no protocol.
import { asError, type Backoff, backoffMs, type Clock, type Random } from "../base/index.ts";
import { NotConnected } from "./faces.ts";
import { abortable } from "./gate.ts";
import type { Observer } from "./observer.ts";

export interface ConnectionOptions {
  readonly name: string;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #connect: (signal: AbortSignal) => Promise<void>;
  #ready = false;
  /** Failures in a row, so that a service that accepts and then fails is not hammered. */
  #failures = 0;
  #seeking: Promise<void> | null = null;
  #seekingFor: AbortSignal | null = null;

  constructor(connect: (signal: AbortSignal) => Promise<void>, options: ConnectionOptions) {
    this.#connect = connect;
    this.#options = options;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** A call succeeded. */
  good(): void {
    this.#failures = 0;
  }

  /** A call found the service away: the next `ensure` waits and connects anew. Told once a loss. */
  lost(error: Error): void {
    if (!this.#ready) return;
    this.#ready = false;
    this.#failures++;
    this.#options.observer.readiness?.(this.#options.name, false, error);
  }

  /** Resolves when connected; rejects with the signal's reason, or with what `connect` threw when that was no NotConnected. */
  ensure(signal: AbortSignal): Promise<void> | undefined {
    if (this.#ready) return undefined;
    // A seeker whose actor was stopped is not waited for.
    if (this.#seeking === null || this.#seekingFor !== signal) {
      const seeking = this.#seek(signal).finally(() => {
        if (this.#seeking === seeking) this.#seeking = null;
      });
      this.#seeking = seeking;
      this.#seekingFor = signal;
    }
    return this.#seeking;
  }

  async #seek(signal: AbortSignal): Promise<void> {
    const { name, backoff, clock, random, observer } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      if (this.#failures > 0) await clock.sleep(backoffMs(backoff, this.#failures, random), signal);
      try {
        await abortable(this.#connect(signal), signal);
        this.#ready = true;
        observer.readiness?.(name, true, null);
        return;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (!(error instanceof NotConnected)) throw error;
        if (this.#failures === 0) observer.readiness?.(name, false, asError(error));
        this.#failures++;
      }
    }
  }
}
