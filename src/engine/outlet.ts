// A stage's way out: its outputs become envelopes under the input's ack, each into the channel that the route names.
// Whatever happens on the way, every part is either in a channel or settled. Knows no verdicts.
import { asError } from "../base/index.ts";
import { type Ack, DELIVERED, type Envelope, settleAll } from "./ack.ts";
import type { Channel } from "./channel.ts";

/** An output unwrapped on its way: what goes into a channel of another type than the stage's outputs. */
export class Placed {
  readonly channel: Channel<unknown>;
  readonly payload: unknown;

  private constructor(channel: Channel<unknown>, payload: unknown) {
    this.channel = channel;
    this.payload = payload;
  }

  /** The pair fits by its signature; which type it was need not be known further on. */
  static in<T>(channel: Channel<T>, payload: T): Placed {
    return new Placed(channel as Channel<unknown>, payload);
  }
}

/** Where outputs go, as they are or unwrapped; null: this output ends here and counts as delivered. */
export type Route<Out> = (output: Out) => Channel<Out> | Placed | null;

export class Outlet<Out> {
  readonly #route: Route<Out>;

  constructor(route: Route<Out>) {
    this.#route = route;
  }

  /**
   * Undefined when all went at once; else resolves when the last one had room. Fails (with the signal's reason, or because
   * a channel was aborted) only after every part that found no place was settled errored.
   */
  emit(from: Envelope<unknown>, outputs: readonly Out[], signal: AbortSignal): Promise<void> | undefined {
    const parts = from.ack.split(outputs.length);
    let at = 0;
    try {
      for (; at < parts.length; at++) {
        const blocked = this.#place(from, outputs[at] as Out, parts[at] as Ack, signal);
        if (blocked !== undefined) return this.#rest(from, outputs, parts, at, blocked, signal);
      }
    } catch (error) {
      settleFrom(parts, at, asError(error));
      throw error;
    }
    return undefined;
  }

  async #rest(
    from: Envelope<unknown>,
    outputs: readonly Out[],
    parts: readonly Ack[],
    blockedAt: number,
    blocked: Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let at = blockedAt;
    try {
      await blocked;
      for (at++; at < parts.length; at++) {
        await this.#place(from, outputs[at] as Out, parts[at] as Ack, signal);
      }
    } catch (error) {
      settleFrom(parts, at, asError(error));
      throw error;
    }
  }

  #place(from: Envelope<unknown>, output: Out, ack: Ack, signal: AbortSignal): Promise<void> | undefined {
    const to = this.#route(output);
    if (to === null) {
      ack.settle(DELIVERED);
      return undefined;
    }
    if (to instanceof Placed) return this.#send(from, to.channel, to.payload, ack, signal);
    return this.#send(from, to, output, ack, signal);
  }

  #send<T>(
    from: Envelope<unknown>,
    to: Channel<T>,
    payload: T,
    ack: Ack,
    signal: AbortSignal,
  ): Promise<void> | undefined {
    const envelope: Envelope<T> = {
      payload,
      sizeBytes: to.sizeOf(payload, from.sizeBytes),
      traceId: from.traceId,
      bornAtMs: from.bornAtMs,
      ack,
    };
    return to.trySend(envelope) ? undefined : to.send(envelope, signal);
  }
}

function settleFrom(parts: readonly Ack[], first: number, error: Error): void {
  settleAll(parts.slice(first), { kind: "errored", error });
}
