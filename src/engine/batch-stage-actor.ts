// Runs a BatchStage: gathers records, handles up to `inFlightMax` batches at once, and carries out one verdict an item. A
// service that is away is sought again for ever; a batch that throws twice is halved until the item that does it stands alone.
import { asError, assert, backoffMs } from "../base/index.ts";
import type { Envelope } from "./ack.ts";
import type { Actor, Closing } from "./actor.ts";
import { Batcher } from "./batcher.ts";
import type { Channel } from "./channel.ts";
import { Charge, Conclusion, failAll } from "./charge.ts";
import { Connection } from "./connection.ts";
import { type BatchStage, NotConnected, type Verdict } from "./faces.ts";
import { abortable, Gate } from "./gate.ts";
import { Hand, type Held } from "./hand.ts";
import type { NodeOptions } from "./node-options.ts";
import type { Outlet } from "./outlet.ts";
import { causeOf, judge, type Tries } from "./retry-rule.ts";

/** An item of a batch and how often it was tried. */
interface Item<In> extends Tries {
  readonly charge: Charge<In>;
}

export class BatchStageActor<In, Out> implements Actor, Closing {
  readonly name: string;
  readonly hand: Hand<readonly Item<In>[]>;
  readonly #stage: BatchStage<In, Out>;
  readonly #from: Channel<In>;
  readonly #conclusion: Conclusion<In, Out>;
  readonly #producerDone: () => void;
  readonly #options: NodeOptions;
  readonly #connection: Connection;
  readonly #batcher: Batcher<Envelope<In>>;
  readonly #gate = new Gate();
  #inFlight = 0;
  #fault: Error | null = null;
  #cancelLinger: (() => void) | null = null;

  constructor(
    stage: BatchStage<In, Out>,
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
    this.#connection = new Connection((signal) => stage.connect(signal), { ...options, name: stage.name });
    this.#batcher = new Batcher(stage.batch, (envelope) => envelope.sizeBytes);
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
    const unhurry = this.#options.hurry.onRaised(this.#gate.open);
    this.#fault = null;
    this.#inFlight = 0;
    try {
      await this.#connection.ensure(life.signal);
      await this.#pump(life.signal);
      this.#producerDone();
    } catch (error) {
      this.#letGo(asError(error), life);
      throw error;
    } finally {
      this.hand.close();
      this.#cancelLinger?.();
      this.#cancelLinger = null;
      unlisten();
      unhurry();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async finish(): Promise<void> {
    await this.#stage.close();
  }

  async #pump(life: AbortSignal): Promise<void> {
    const { inFlightMax, lingerMs } = this.#stage.batch;
    const { clock, hurry } = this.#options;
    for (;;) {
      life.throwIfAborted();
      if (this.#fault !== null) throw this.#fault;
      let ended = false;
      while (!this.#batcher.full) {
        const envelope = this.#from.tryReceive();
        if (envelope === undefined) break;
        ended = envelope === null;
        if (envelope === null) break;
        this.#batcher.add(envelope, clock.monotonicMs(), this.#from.isUrgent(envelope.payload));
      }
      if (this.#inFlight < inFlightMax) {
        const batch = this.#batcher.take(clock.monotonicMs(), ended || hurry.raised);
        if (batch !== null) {
          this.#launch(batch, life);
          continue;
        }
        if (ended && this.#batcher.size === 0 && this.#inFlight === 0) return;
        const { dueAtMs } = this.#batcher;
        if (dueAtMs !== null) this.#linger(Math.min(lingerMs, dueAtMs - clock.monotonicMs()));
      }
      await this.#gate.wait();
    }
  }

  #linger(delayMs: number): void {
    this.#cancelLinger ??= this.#options.clock.schedule(Math.max(0, delayMs), () => {
      this.#cancelLinger = null;
      this.#gate.open();
    });
  }

  #launch(batch: readonly Envelope<In>[], life: AbortSignal): void {
    this.#inFlight++;
    const items = batch.map((envelope) => ({ charge: new Charge(envelope), retries: 0, unexpected: 0 }));
    void this.#carry(this.#take(items), life, this.#options.clock.monotonicMs()).then(
      () => {
        if (life.aborted) return;
        this.#inFlight--;
        this.#gate.open();
      },
      (error: unknown) => {
        if (life.aborted) return;
        this.#fault ??= asError(error);
        this.#gate.open();
      },
    );
  }

  #take(items: readonly Item<In>[]): Held<readonly Item<In>[]> {
    return this.hand.take(items, items[0]?.charge.envelope.traceId ?? "");
  }

  /** A batch from hand to its end. Rejects on an abort, when the run settles what is in hand, and on a broken invariant. */
  async #carry(held: Held<readonly Item<In>[]>, life: AbortSignal, launchedAtMs: number): Promise<void> {
    const { observer, clock } = this.#options;
    for (;;) {
      const answer = await this.#attempt(held, life);
      if (!held.open) return;
      this.hand.pause(held);
      if (answer.kind === "verdicts") {
        const again = await this.#concludeAll(held, answer.verdicts, life, launchedAtMs);
        if (!held.open) return;
        this.hand.release(held);
        observer.batchHandled?.(this.name, clock.monotonicMs() - launchedAtMs, held.content.length);
        if (again.length === 0) return;
        // Only what asked for it goes another round, with an attempt number that goes on counting.
        const next = this.#take(again);
        this.hand.pause(next);
        next.attempt = held.attempt;
        await this.#repeat(next, life);
        return this.#carry(next, life, launchedAtMs);
      }
      observer.retried?.(this.name, held.traceId, held.attempt, answer.error);
      if (answer.kind === "threw" && held.unexpected++ > 0)
        return this.#halve(held, answer.error, life, launchedAtMs);
      await this.#repeat(held, life);
    }
  }

  async #attempt(
    held: Held<readonly Item<In>[]>,
    life: AbortSignal,
  ): Promise<
    { kind: "verdicts"; verdicts: readonly Verdict<Out>[] } | { kind: "threw" | "away"; error: Error }
  > {
    try {
      const connecting = this.#connection.ensure(life);
      if (connecting !== undefined) {
        this.hand.pause(held);
        await connecting;
        this.hand.resume(held);
      }
      const payloads = held.content.map((item) => item.charge.envelope.payload);
      const verdicts = await abortable(this.#stage.handle(payloads, held), life);
      assert(
        verdicts.length === payloads.length,
        `${this.name}: ${verdicts.length} verdicts on ${payloads.length} items`,
      );
      this.#connection.good();
      return { kind: "verdicts", verdicts };
    } catch (thrown) {
      if (life.aborted) throw life.reason;
      const error = asError(thrown);
      // A batch that gets no answer in time is a service away, and an absent service is never a reason for a dead letter.
      if (!(error instanceof NotConnected || held.expired)) return { kind: "threw", error };
      this.#connection.lost(error);
      return { kind: "away", error };
    }
  }

  /** The items that are to be tried again. */
  async #concludeAll(
    held: Held<readonly Item<In>[]>,
    verdicts: readonly Verdict<Out>[],
    life: AbortSignal,
    launchedAtMs: number,
  ): Promise<readonly Item<In>[]> {
    const { observer, clock, retriesMax } = this.#options;
    const again: Item<In>[] = [];
    for (let at = 0; at < verdicts.length; at++) {
      const item = held.content[at];
      const answer = verdicts[at];
      assert(item !== undefined && answer !== undefined, "one verdict an item");
      const verdict = judge(answer, item, retriesMax);
      if (verdict === "again") {
        observer.retried?.(this.name, item.charge.envelope.traceId, held.attempt, causeOf(answer));
        again.push(item);
        continue;
      }
      const concluding = this.#conclusion.reach(item.charge, verdict, life);
      if (concluding !== undefined) await concluding;
      observer.recordHandled?.(this.name, clock.monotonicMs() - launchedAtMs, verdict.kind);
    }
    return again;
  }

  async #repeat(held: Held<readonly Item<In>[]>, life: AbortSignal): Promise<void> {
    const { backoff, clock, random } = this.#options;
    await clock.sleep(backoffMs(backoff, held.attempt, random), life);
    this.hand.again(held);
  }

  /** One bad item must not fail the others: each half is tried for itself; a single one that throws again is judged alone. */
  async #halve(
    held: Held<readonly Item<In>[]>,
    error: Error,
    life: AbortSignal,
    launchedAtMs: number,
  ): Promise<void> {
    const { content } = held;
    const [only] = content;
    if (content.length === 1 && only !== undefined) {
      only.unexpected = held.unexpected - 1;
      const verdict = judge<Out>({ kind: "threw", error, expired: false }, only, 0);
      assert(verdict !== "again", "a batch is halved after its repetition");
      await this.#conclusion.reach(only.charge, verdict, life);
      this.#options.observer.recordHandled?.(
        this.name,
        this.#options.clock.monotonicMs() - launchedAtMs,
        verdict.kind,
      );
      this.hand.release(held);
      return;
    }
    const middle = content.length >> 1;
    // Both halves are in hand before the whole is let go, so that an abort in between finds every item.
    const halves = [this.#take(content.slice(0, middle)), this.#take(content.slice(middle))];
    this.hand.release(held);
    for (const half of halves) this.hand.pause(half);
    for (const half of halves) {
      half.attempt = held.attempt;
      half.unexpected = 1;
      this.hand.again(half);
      await this.#carry(half, life, launchedAtMs);
    }
  }

  /** Batches under way settle errored; what was only gathered goes back to where it came from. */
  #letGo(error: Error, life: AbortController): void {
    life.abort(error);
    const charges = this.hand.drop(error).flatMap((held) => held.content.map((item) => item.charge));
    for (const envelope of this.#batcher.empty().reverse()) {
      if (!this.#from.putBack(envelope)) charges.push(new Charge(envelope));
    }
    failAll(charges, error);
  }
}
