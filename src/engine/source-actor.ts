// Runs a Source: reads while there is room for more unsettled deliveries, sends each under a fresh ack, and ends when the
// source has and all is settled. What was handed out before a restart stays counted and settles as ever.
import { asError } from "../base/index.ts";
import { type Envelope, rootAck } from "./ack.ts";
import type { Actor, Closing } from "./actor.ts";
import type { Channel } from "./channel.ts";
import { Connection } from "./connection.ts";
import { type Delivery, NotConnected, type Source } from "./faces.ts";
import { abortable, Gate } from "./gate.ts";
import type { NodeOptions } from "./node-options.ts";

export class SourceActor<T> implements Actor, Closing {
  readonly name: string;
  readonly #source: Source<T>;
  readonly #to: Channel<T>;
  readonly #options: NodeOptions;
  readonly #producerDone: () => void;
  readonly #readsNoMore: () => void;
  readonly #connection: Connection;
  readonly #gate = new Gate();
  readonly #draining = new AbortController();
  #inFlight = 0;
  /** Reads that an abort left behind: at most one a restart, and only while they last. */
  readonly #leftBehind = new Set<Promise<unknown>>();
  #ended = false;
  /** A settle that threw: the source's own fault, and the actor's end. */
  #fault: Error | null = null;

  constructor(source: Source<T>, to: Channel<T>, options: NodeOptions) {
    this.name = source.name;
    this.#source = source;
    this.#to = to;
    this.#options = options;
    this.#producerDone = to.register();
    this.#readsNoMore = options.hurry.hold();
    this.#connection = new Connection((signal) => source.connect(signal), { ...options, name: source.name });
  }

  /** Deliveries not yet settled. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** No more will be read: the source ended or is draining. */
  get exhausted(): boolean {
    return this.#ended || this.#draining.signal.aborted;
  }

  drain(): void {
    this.#draining.abort(new Error(`${this.name}: draining`));
    this.#readsNoMore();
    this.#gate.open();
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", this.#gate.open, { once: true });
    this.#fault = null;
    const intake = AbortSignal.any([signal, this.#draining.signal]);
    try {
      while (!this.exhausted) {
        if (!(await this.#hasRoom(signal))) continue;
        const delivery = await this.#read(intake, signal);
        if (delivery === null) continue;
        await this.#send(delivery, signal);
      }
      while (this.#inFlight > 0) {
        await this.#gate.wait();
        this.#check(signal);
      }
      this.#check(signal);
      this.#producerDone();
    } finally {
      signal.removeEventListener("abort", this.#gate.open);
    }
  }

  async finish(): Promise<void> {
    // They may still bring a record, which must settle before the source closes.
    await Promise.allSettled(this.#leftBehind);
    await this.#source.close();
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (this.#fault !== null) throw this.#fault;
  }

  /** Completions before intake: at the limit nothing is read. False when something changed and the loop looks again. */
  async #hasRoom(signal: AbortSignal): Promise<boolean> {
    this.#check(signal);
    if (this.#inFlight < this.#source.inFlightMax) return true;
    await this.#gate.wait();
    return false;
  }

  /** Null when there is nothing to send now; the loop's condition tells why. */
  async #read(intake: AbortSignal, signal: AbortSignal): Promise<Delivery<T> | null> {
    let reading: Promise<unknown> | null = null;
    try {
      const connecting = this.#connection.ensure(intake);
      if (connecting !== undefined) await connecting;
      // A source that ignores the stop and answers after an abort gets its record back as errored.
      const asked = this.#source.read(intake);
      reading = asked;
      const delivery = await abortable(asked, signal, (late) => {
        late?.settle({ kind: "errored", error: asError(signal.reason) });
      });
      this.#connection.good();
      if (delivery === null) {
        this.#ended = true;
        this.#readsNoMore();
      }
      return delivery;
    } catch (error) {
      if (signal.aborted && reading !== null) this.#leave(reading);
      signal.throwIfAborted();
      if (this.#draining.signal.aborted) return null;
      if (!(error instanceof NotConnected)) throw error;
      this.#connection.lost(error);
      return null;
    }
  }

  #leave(reading: Promise<unknown>): void {
    this.#leftBehind.add(reading);
    const forget = (): void => {
      this.#leftBehind.delete(reading);
    };
    reading.then(forget, forget);
  }

  async #send(delivery: Delivery<T>, signal: AbortSignal): Promise<void> {
    this.#inFlight++;
    const envelope: Envelope<T> = {
      payload: delivery.payload,
      sizeBytes: delivery.sizeBytes,
      traceId: delivery.traceId,
      bornAtMs: this.#options.clock.nowMs(),
      ack: rootAck((outcome) => {
        this.#inFlight--;
        this.#options.observer.settled?.(this.name, outcome.kind);
        try {
          delivery.settle(outcome);
        } catch (error) {
          this.#fault ??= asError(error);
        }
        this.#gate.open();
      }),
    };
    try {
      if (!this.#to.trySend(envelope)) await this.#to.send(envelope, signal);
    } catch (error) {
      envelope.ack.settle({ kind: "errored", error: asError(error) });
      throw error;
    }
  }
}
