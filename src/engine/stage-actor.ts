// Runs a Stage: takes records while fewer than `concurrencyMax` are in hand, urgent ones beyond that, and carries out the verdict
// on each. It alone decides on retries, deadlines and dead letters; it never looks into a record.
import { asError, backoffMs } from "../base/index.ts";
import type { Actor, Closing } from "./actor.ts";
import type { Channel } from "./channel.ts";
import { Charge, Conclusion, failAll } from "./charge.ts";
import type { Stage } from "./faces.ts";
import { Gate } from "./gate.ts";
import { Hand, type Held, Wedged } from "./hand.ts";
import type { NodeOptions } from "./node-options.ts";
import type { Outlet } from "./outlet.ts";
import { type Answer, CODE_TIMEOUT, causeOf, judge } from "./retry-rule.ts";

export class StageActor<In, Out> implements Actor, Closing {
  readonly name: string;
  readonly hand: Hand<Charge<In>>;
  readonly #stage: Stage<In, Out>;
  readonly #from: Channel<In>;
  readonly #conclusion: Conclusion<In, Out>;
  readonly #producerDone: () => void;
  readonly #options: NodeOptions;
  readonly #gate = new Gate();
  #fault: Error | null = null;

  /** `producerDone` is called when the stage has ended for good, and closes the channels that it alone feeds. */
  constructor(
    stage: Stage<In, Out>,
    from: Channel<In>,
    outlet: Outlet<Out>,
    producerDone: () => void,
    options: NodeOptions,
  ) {
    this.name = stage.name;
    this.hand = new Hand(stage.name, stage.deadlineMs, options.clock);
    this.#stage = stage;
    this.#from = from;
    this.#conclusion = new Conclusion(stage.name, outlet, options);
    this.#producerDone = producerDone;
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    // Ends with this run, whether it was aborted or failed: nothing of an old run sends beside the next.
    const life = new AbortController();
    const onAbort = (): void => {
      life.abort(signal.reason);
      this.#gate.open();
    };
    signal.throwIfAborted();
    signal.addEventListener("abort", onAbort, { once: true });
    const unlisten = this.#from.onReadable(this.#gate.open);
    this.#fault = null;
    try {
      await this.#pump(life.signal);
      this.#producerDone();
    } catch (error) {
      this.#letGo(asError(error), life);
      throw error;
    } finally {
      this.hand.close();
      unlisten();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async finish(): Promise<void> {}

  /** Takes while there is room in hand; ends when the channel has and the hand is empty. */
  async #pump(life: AbortSignal): Promise<void> {
    const { concurrencyMax, urgentMax = 0 } = this.#stage;
    for (;;) {
      life.throwIfAborted();
      if (this.#fault !== null) throw this.#fault;
      let ended = false;
      while (this.hand.size < concurrencyMax) {
        const envelope = this.#from.tryReceive();
        if (envelope === undefined) break;
        ended = envelope === null;
        if (envelope === null) break;
        void this.#carry(this.hand.take(new Charge(envelope), envelope.traceId), life);
      }
      while (this.hand.size >= concurrencyMax && this.hand.size < concurrencyMax + urgentMax) {
        const envelope = this.#from.tryReceiveUrgent();
        if (envelope === undefined) break;
        void this.#carry(this.hand.take(new Charge(envelope), envelope.traceId), life);
      }
      if (ended && this.hand.size === 0) return;
      await this.#gate.wait();
    }
  }

  /** One record from hand to its end. Never rejects: what breaks here is an invariant, and fails the actor. */
  async #carry(held: Held<Charge<In>>, life: AbortSignal): Promise<void> {
    const { observer, retriesMax } = this.#options;
    try {
      for (;;) {
        let answer: Answer<Out>;
        try {
          answer = await this.#stage.handle(held.content.envelope.payload, held);
        } catch (error) {
          answer = { kind: "threw", error, expired: held.expired };
        }
        if (!held.open) return;
        this.hand.pause(held);
        const verdict = judge(answer, held, retriesMax);
        if (verdict !== "again") {
          const concluding = this.#conclusion.reach(held.content, verdict, life);
          if (concluding !== undefined) await concluding;
          observer.recordHandled?.(
            this.name,
            this.#options.clock.monotonicMs() - held.takenAtMs,
            verdict.kind,
          );
          this.hand.release(held);
          this.#gate.open();
          return;
        }
        observer.retried?.(this.name, held.traceId, held.attempt, causeOf(answer));
        await this.#pause(held.attempt, life);
        this.hand.again(held);
      }
    } catch (error) {
      // It stays in hand: the end of the run, which follows, settles whatever is not claimed.
      if (!life.aborted) this.#fault ??= asError(error);
      this.#gate.open();
    }
  }

  #pause(attempt: number, life: AbortSignal): Promise<void> {
    const { backoff, clock, random } = this.#options;
    return clock.sleep(backoffMs(backoff, attempt, random), life);
  }

  /** What is in hand settles errored; but a record that wedged the stage would do so again, and is buried. */
  #letGo(error: Error, life: AbortController): void {
    life.abort(error);
    const charges = this.hand.drop(error).map((held) => held.content);
    const wedged = error instanceof Wedged ? charges.find((each) => each === error.held.content) : undefined;
    if (wedged?.claim()) {
      const { payload, traceId } = wedged.envelope;
      const letter = { stage: this.name, traceId, payload, code: CODE_TIMEOUT, detail: error.message };
      this.#options.deadLetters.adopt(letter, wedged.envelope);
    }
    failAll(charges, error);
  }
}
