// The bounded queue between two stages: by items and by bytes, first in first out, senders served in the order they came; what its
// maker calls urgent goes before the rest. It outlives the actors at its ends, and knows nothing of what flows through it.
import { assert, type Clock, InvariantError } from "../base/index.ts";
import { type Ack, type Envelope, settleAll } from "./ack.ts";
import { Deque } from "./deque.ts";
import { TwoRanks } from "./two-ranks.ts";

export interface ChannelLimits {
  readonly itemsMax: number;
  /** A record larger than this passes alone. */
  readonly bytesMax: number;
}

export interface ChannelOptions<T> extends ChannelLimits {
  /** Bytes that a payload holds in memory; without it a stage's output counts as much as its input did. */
  readonly sizeOf?: (payload: T) => number;
  /** What goes before the rest, see TwoRanks: few records. A sixteenth of the limits is kept for them. Without it nothing is urgent. */
  readonly isUrgent?: (payload: T) => boolean;
}

export interface Channel<T> {
  readonly name: string;
  readonly limits: ChannelLimits;
  /** Records and bytes that wait now. */
  readonly depth: number;
  readonly bytes: number;
  /** Milliseconds, ever growing, in which at least one sender had to wait. */
  readonly blockedMs: number;
  /** Senders that wait now. */
  readonly blocked: number;
  readonly closed: boolean;
  sizeOf(payload: T, otherwise: number): number;
  isUrgent(payload: T): boolean;
  /** Waits for room, in turn. Rejects with the signal's reason; the record is then still the sender's. */
  send(envelope: Envelope<T>, signal: AbortSignal): Promise<void>;
  /** False when there is no room now or others of its rank wait. */
  trySend(envelope: Envelope<T>): boolean;
  /** Next record; null when the channel is closed and empty. */
  receive(signal: AbortSignal): Promise<Envelope<T> | null>;
  /** Undefined when nothing waits now. */
  tryReceive(): Envelope<T> | null | undefined;
  /** Next urgent record, if one waits now. */
  tryReceiveUrgent(): Envelope<T> | undefined;
  /** Back to the front of its rank, past the limits: what a dying actor had taken and not begun. Refused (false) once aborted. */
  putBack(envelope: Envelope<T>): boolean;
  /** `wake` runs whenever something can be received or the end has come; returns the way out. */
  onReadable(wake: () => void): () => void;
  /** One more producer; the returned function says it is done. The last one done closes the channel. */
  register(): () => void;
  /** No more sends; what waits (senders too) is still handed out. */
  close(): void;
  /** Drops: what waits settles errored, senders and receivers are rejected, later sends too. */
  abort(reason: Error): void;
}

interface Sender<T> {
  readonly envelope: Envelope<T>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Receiver<T> {
  readonly resolve: (envelope: Envelope<T> | null) => void;
  readonly reject: (reason: unknown) => void;
}

const SENT = Promise.resolve();

export function channel<T>(name: string, options: ChannelOptions<T>, clock: Clock): Channel<T> {
  return new BoundedChannel(name, options, clock);
}

class BoundedChannel<T> implements Channel<T> {
  readonly name: string;
  readonly limits: ChannelLimits;
  readonly #sizeOf: ((payload: T) => number) | undefined;
  readonly #isUrgent: ((payload: T) => boolean) | undefined;
  /** Of the limits, what ordinary records may fill; all of it where nothing is urgent. */
  readonly #ordinary: ChannelLimits;
  readonly #clock: Clock;
  readonly #queue = new TwoRanks<Envelope<T>>();
  readonly #senders = new TwoRanks<Sender<T>>();
  readonly #receivers = new Deque<Receiver<T>>();
  /** Copied on change and never while being walked; one or two actors in practice. */
  #listeners: readonly (() => void)[] = [];
  #bytes = 0;
  #producers = 0;
  #closed = false;
  #aborted: Error | null = null;
  #blockedMs = 0;
  #blockedSinceMs = 0;

  constructor(name: string, options: ChannelOptions<T>, clock: Clock) {
    assert(options.itemsMax >= 1 && options.bytesMax >= 1, `channel ${name}: limits are at least 1`);
    this.name = name;
    this.limits = { itemsMax: options.itemsMax, bytesMax: options.bytesMax };
    this.#sizeOf = options.sizeOf;
    this.#isUrgent = options.isUrgent;
    this.#ordinary = options.isUrgent === undefined ? this.limits : ordinaryLimits(options);
    this.#clock = clock;
  }

  get depth(): number {
    return this.#queue.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get blocked(): number {
    return this.#senders.size;
  }

  get blockedMs(): number {
    const running = this.#senders.size > 0 ? this.#clock.monotonicMs() - this.#blockedSinceMs : 0;
    return this.#blockedMs + running;
  }

  sizeOf(payload: T, otherwise: number): number {
    return this.#sizeOf === undefined ? otherwise : this.#sizeOf(payload);
  }

  isUrgent(payload: T): boolean {
    return this.#isUrgent?.(payload) === true;
  }

  trySend(envelope: Envelope<T>): boolean {
    if (this.#closed) throw this.#aborted ?? new InvariantError(`channel ${this.name}: send after close`);
    const isUrgent = this.isUrgent(envelope.payload);
    if (!this.#fits(envelope.sizeBytes, isUrgent)) return false;
    if (this.#senders.size > 0 && !(isUrgent && this.#senders.passBy())) return false;
    this.#accept(envelope, isUrgent);
    return true;
  }

  send(envelope: Envelope<T>, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      if (this.trySend(envelope)) return SENT;
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (!this.#senders.remove(sender)) return;
        this.#unblocked();
        reject(signal.reason);
        // The one that gave up may have been the large one that kept smaller ones waiting, or the last before the end.
        this.#admit();
        if (this.#ended) this.#announce();
      };
      const sender: Sender<T> = {
        envelope,
        resolve: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
        reject: (reason) => {
          signal.removeEventListener("abort", onAbort);
          reject(reason);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (this.#senders.size === 0) this.#blockedSinceMs = this.#clock.monotonicMs();
      this.#senders.pushBack(sender, this.isUrgent(envelope.payload));
    });
  }

  tryReceive(): Envelope<T> | null | undefined {
    const envelope = this.#take();
    if (envelope === undefined || envelope === null) return envelope;
    if (this.#senders.size > 0) this.#admit();
    if (this.#closed && this.#ended) this.#announce();
    return envelope;
  }

  tryReceiveUrgent(): Envelope<T> | undefined {
    const envelope = this.#queue.popUrgent();
    if (envelope === undefined) return undefined;
    this.#bytes -= envelope.sizeBytes;
    if (this.#senders.size > 0) this.#admit();
    if (this.#closed && this.#ended) this.#announce();
    return envelope;
  }

  receive(signal: AbortSignal): Promise<Envelope<T> | null> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#aborted !== null) return Promise.reject(this.#aborted);
    const envelope = this.tryReceive();
    if (envelope !== undefined) return Promise.resolve(envelope);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (this.#receivers.remove(receiver)) reject(signal.reason);
      };
      const receiver: Receiver<T> = {
        resolve: (value) => {
          signal.removeEventListener("abort", onAbort);
          resolve(value);
        },
        reject: (reason) => {
          signal.removeEventListener("abort", onAbort);
          reject(reason);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#receivers.pushBack(receiver);
    });
  }

  putBack(envelope: Envelope<T>): boolean {
    if (this.#aborted !== null) return false;
    this.#queue.pushFront(envelope, this.isUrgent(envelope.payload));
    this.#bytes += envelope.sizeBytes;
    this.#announce();
    return true;
  }

  onReadable(wake: () => void): () => void {
    this.#listeners = [...this.#listeners, wake];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== wake);
    };
  }

  register(): () => void {
    assert(!this.#closed, `channel ${this.name}: a producer comes before the close`);
    this.#producers++;
    let done = false;
    return () => {
      if (done) return;
      done = true;
      this.#producers--;
      if (this.#producers === 0) this.close();
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#announce();
  }

  abort(reason: Error): void {
    if (this.#aborted !== null) return;
    this.#aborted = reason;
    this.#closed = true;
    if (this.#senders.size > 0) this.#blockedMs += this.#clock.monotonicMs() - this.#blockedSinceMs;
    for (let next = this.#senders.popFront(); next !== undefined; next = this.#senders.popFront()) {
      next.reject(reason);
    }
    const dropped: Ack[] = [];
    for (let next = this.#take(); next; next = this.#take()) dropped.push(next.ack);
    for (let next = this.#receivers.popFront(); next !== undefined; next = this.#receivers.popFront()) {
      next.reject(reason);
    }
    for (const wake of this.#listeners) wake();
    settleAll(dropped, { kind: "errored", error: reason });
  }

  get #ended(): boolean {
    return this.#closed && this.#queue.size === 0 && this.#senders.size === 0;
  }

  #fits(sizeBytes: number, isUrgent: boolean): boolean {
    const { size } = this.#queue;
    const { itemsMax, bytesMax } = isUrgent ? this.limits : this.#ordinary;
    return size === 0 || (size < itemsMax && this.#bytes + sizeBytes <= bytesMax);
  }

  #accept(envelope: Envelope<T>, isUrgent: boolean): void {
    this.#queue.pushBack(envelope, isUrgent);
    this.#bytes += envelope.sizeBytes;
    this.#announce();
  }

  /** Waiting senders that fit now, strictly in turn: a small record never overtakes a large one of its rank. */
  #admit(): void {
    for (let next = this.#senders.peek(); next !== undefined; next = this.#senders.peek()) {
      const isUrgent = this.isUrgent(next.envelope.payload);
      if (!this.#fits(next.envelope.sizeBytes, isUrgent)) return;
      this.#senders.popFront();
      this.#unblocked();
      this.#accept(next.envelope, isUrgent);
      next.resolve();
    }
  }

  #unblocked(): void {
    if (this.#senders.size === 0) this.#blockedMs += this.#clock.monotonicMs() - this.#blockedSinceMs;
  }

  #announce(): void {
    while (this.#receivers.size > 0) {
      const next = this.#take();
      if (next === undefined) break;
      this.#receivers.popFront()?.resolve(next);
    }
    for (const wake of this.#listeners) wake();
  }

  #take(): Envelope<T> | null | undefined {
    const envelope = this.#queue.popFront();
    if (envelope === undefined) return this.#ended ? null : undefined;
    this.#bytes -= envelope.sizeBytes;
    return envelope;
  }
}

/** The share that is kept for what is urgent; a channel of one item has none. */
const KEPT = 16;

function ordinaryLimits({ itemsMax, bytesMax }: ChannelLimits): ChannelLimits {
  const items = itemsMax === 1 ? 0 : Math.max(1, Math.floor(itemsMax / KEPT));
  return { itemsMax: itemsMax - items, bytesMax: bytesMax - Math.floor(bytesMax / KEPT) };
}
