// What a topology builds its graph with: channels, and actors around the rooms' faces; and the one place that runs such a
// graph and stops it, against the flow and within a deadline. Knows no room.
import {
  asError,
  assert,
  type Backoff,
  type Clock,
  type Random,
  systemClock,
  systemRandom,
} from "../base/index.ts";
import type { Actor, ActorSnapshot, Closing } from "./actor.ts";
import { BatchStageActor } from "./batch-stage-actor.ts";
import { type Channel, type ChannelOptions, channel } from "./channel.ts";
import { DeadLetters, type DeadLetterWriter } from "./dead-letters.ts";
import type { BatchStage, Sink, Source, Stage } from "./faces.ts";
import { Gate } from "./gate.ts";
import { Hurry, type NodeOptions } from "./node-options.ts";
import type { Observer } from "./observer.ts";
import { Outlet, type Route } from "./outlet.ts";
import { sinkActor } from "./sink-actor.ts";
import { SourceActor } from "./source-actor.ts";
import { StageActor } from "./stage-actor.ts";
import { type Supervisor, type SupervisorOptions, supervisor } from "./supervisor.ts";
import { type Watched, watchdog } from "./watchdog.ts";

export interface RuntimeOptions {
  readonly deadLetters: DeadLetterWriter;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly observer?: Observer;
  /** Between attempts at a record, at a service that is away, and at a dead letter. */
  readonly backoff?: Backoff;
  /** Repetitions that a `retry` verdict gets before its record is a dead letter. */
  readonly retriesMax?: number;
  /** How long a stopped actor may take to end. */
  readonly shutdownMs?: number;
  /** How often the watchdog looks, and how long beyond its deadline it lets a record be. */
  readonly watchdogCheckMs?: number;
  readonly watchdogGraceMs?: number;
}

/** Where a stage's outputs go: one channel, or several and the rule that picks one (null: the output ends here, delivered). */
export type Target<Out> =
  | { readonly to: Channel<Out> }
  | { readonly to: readonly Pick<Channel<never>, "register">[]; readonly route: Route<Out> }
  | { readonly to: null };

export interface StageLoad {
  readonly name: string;
  /** Records (of a batch stage: batches) in hand. */
  readonly busy: number;
  /** Records that wait in its channel, and how many may. */
  readonly waiting: number;
  readonly waitingMax: number;
}

export interface RunOptions {
  /** Asks for the end without loss: sources stop reading, all that is under way is finished. */
  readonly drain: AbortSignal;
  /** Asks for the end now: what is not done settles errored. */
  readonly abort?: AbortSignal;
  /** From the drain to the end; three quarters for draining, then what is left is aborted. */
  readonly stopDeadlineMs: number;
  /** Of the root supervisor. */
  readonly restartsMax?: number;
  readonly periodMs?: number;
}

export interface Runtime {
  channel<T>(name: string, options: ChannelOptions<T>): Channel<T>;
  source<T>(source: Source<T>, target: { readonly to: Channel<T> }): Actor;
  stage<In, Out>(stage: Stage<In, Out>, flow: { readonly from: Channel<In> } & Target<Out>): Actor;
  batchStage<In, Out>(stage: BatchStage<In, Out>, flow: { readonly from: Channel<In> } & Target<Out>): Actor;
  sink<T>(sink: Sink<T>, flow: { readonly from: Channel<T> }): Actor;
  /** A supervisor of its own for some actors, sinks first and sources last: 5 restarts in 30 s, then the root decides. */
  lane(
    name: string,
    children: readonly Actor[],
    options?: Partial<Pick<SupervisorOptions, "strategy" | "restartsMax" | "periodMs" | "backoff">>,
  ): Supervisor;
  /**
   * Runs the actors, sinks first and sources last, until the sources end ("drained" too), the drain is done, or the stop
   * deadline or `abort` cut it short ("aborted"). When it resolves every record is settled and every room closed. Rejects
   * with RestartsExceeded when the root gave up, with what a room's `close` threw otherwise. Once a runtime.
   */
  run(children: readonly Actor[], options: RunOptions): Promise<"drained" | "aborted">;
  /** For gauges: depth, bytes and blockedMs of each. */
  readonly channels: readonly Channel<never>[];
  /** For live views: each stage and sink with what it has in hand and what waits before it, in the order they were made. */
  load(): readonly StageLoad[];
  /** The supervision tree. */
  snapshot(): ActorSnapshot | null;
  /** Restarts an actor by name; false when it is not running. */
  restart(name: string, reason: Error): boolean;
}

const RECORD_BACKOFF: Backoff = { firstMs: 100, maxMs: 30_000, factor: 2, jitter: 0.2 };
const LANE_BACKOFF: Backoff = { firstMs: 100, maxMs: 5_000, factor: 2, jitter: 0.2 };
const ROOT_BACKOFF: Backoff = { firstMs: 1_000, maxMs: 10_000, factor: 2, jitter: 0.2 };

/** The graph was stopped before it had drained. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

export function createRuntime(options: RuntimeOptions): Runtime {
  return new GraphRuntime(options);
}

class GraphRuntime implements Runtime {
  readonly #options: RuntimeOptions;
  readonly #node: NodeOptions;
  readonly #channels: Channel<never>[] = [];
  readonly #watched: (Watched & { readonly from: Channel<never> })[] = [];
  readonly #sources: Closing[] = [];
  readonly #others: Closing[] = [];
  #root: Supervisor | null = null;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const observer = options.observer ?? {};
    const backoff = options.backoff ?? RECORD_BACKOFF;
    this.#node = {
      clock,
      random,
      observer,
      backoff,
      retriesMax: options.retriesMax ?? 2,
      hurry: new Hurry(),
      deadLetters: new DeadLetters(options.deadLetters, { backoff, clock, random, observer }),
    };
  }

  get channels(): readonly Channel<never>[] {
    return this.#channels;
  }

  channel<T>(name: string, options: ChannelOptions<T>): Channel<T> {
    const made = channel(name, options, this.#node.clock);
    this.#channels.push(made as Channel<never>);
    return made;
  }

  source<T>(source: Source<T>, { to }: { readonly to: Channel<T> }): Actor {
    const actor = new SourceActor(source, to, this.#node);
    this.#sources.push(actor);
    return actor;
  }

  stage<In, Out>(stage: Stage<In, Out>, flow: { readonly from: Channel<In> } & Target<Out>): Actor {
    const { outlet, done } = wayOut<Out>(flow);
    return this.#add(new StageActor(stage, flow.from, outlet, done, this.#node), flow.from);
  }

  batchStage<In, Out>(stage: BatchStage<In, Out>, flow: { readonly from: Channel<In> } & Target<Out>): Actor {
    const { outlet, done } = wayOut<Out>(flow);
    return this.#add(new BatchStageActor(stage, flow.from, outlet, done, this.#node), flow.from);
  }

  sink<T>(sink: Sink<T>, { from }: { readonly from: Channel<T> }): Actor {
    return this.#add(sinkActor(sink, from, this.#node), from);
  }

  lane(
    name: string,
    children: readonly Actor[],
    options: Partial<Pick<SupervisorOptions, "strategy" | "restartsMax" | "periodMs" | "backoff">> = {},
  ): Supervisor {
    const limits = {
      strategy: "one_for_one",
      restartsMax: 5,
      periodMs: 30_000,
      backoff: LANE_BACKOFF,
    } as const;
    return this.#supervise({ ...limits, ...options, name }, children);
  }

  async run(children: readonly Actor[], options: RunOptions): Promise<"drained" | "aborted"> {
    assert(this.#root === null, "a runtime runs once");
    const { clock, deadLetters } = this.#node;
    const { drain, abort, stopDeadlineMs, restartsMax = 3, periodMs = 300_000 } = options;
    const root = this.#supervise(
      { name: "root", strategy: "one_for_one", restartsMax, periodMs, backoff: ROOT_BACKOFF },
      children,
    );
    this.#root = root;
    const life = new AbortController();
    let cancelDeadline: (() => void) | null = null;
    const onDrain = (): void => {
      cancelDeadline ??= clock.schedule(stopDeadlineMs * 0.75, () =>
        life.abort(new Stopped(`not drained within three quarters of ${stopDeadlineMs} ms`)),
      );
      root.drain();
    };
    const onAbort = (): void => life.abort(new Stopped("stopped at once"));
    if (drain.aborted) onDrain();
    else drain.addEventListener("abort", onDrain, { once: true });
    if (abort?.aborted) onAbort();
    else abort?.addEventListener("abort", onAbort, { once: true });

    const guarding = new AbortController();
    const guard = this.#watchdog(root, guarding.signal);
    let failure: unknown = null;
    try {
      await root.run(life.signal);
    } catch (error) {
      failure = error;
    }
    drain.removeEventListener("abort", onDrain);
    abort?.removeEventListener("abort", onAbort);
    (cancelDeadline as (() => void) | null)?.();
    guarding.abort();
    await guard;

    const stopped = failure === null ? new Stopped("the graph has ended") : asError(failure);
    const late: Error[] = [];
    for (const each of this.#channels) {
      try {
        each.abort(stopped);
      } catch (error) {
        // A broken invariant in one channel must not keep the records of the others open.
        late.push(asError(error));
      }
    }
    await deadLetters.stop(stopped).catch((error: unknown) => late.push(asError(error)));
    late.push(...(await this.#close(stopDeadlineMs * 0.25)));
    if (failure !== null && !life.signal.aborted) throw failure;
    if (late.length === 1) throw late[0];
    if (late.length > 1) throw new AggregateError(late, "several things failed at the end");
    return failure === null ? "drained" : "aborted";
  }

  load(): readonly StageLoad[] {
    return this.#watched.map(({ name, hand, from }) => ({
      name,
      busy: hand.size,
      waiting: from.depth,
      waitingMax: from.limits.itemsMax,
    }));
  }

  snapshot(): ActorSnapshot | null {
    return this.#root?.snapshot() ?? null;
  }

  restart(name: string, reason: Error): boolean {
    return this.#root?.restart(name, reason) ?? false;
  }

  #add<A extends Actor & Closing & Watched, T>(actor: A, from: Channel<T>): A {
    const { name, hand } = actor;
    this.#watched.push({ name, hand, from: from as Channel<never> });
    this.#others.push(actor);
    return actor;
  }

  #supervise(
    options: Omit<SupervisorOptions, "clock" | "random" | "observer">,
    children: readonly Actor[],
  ): Supervisor {
    const { clock, random, observer } = this.#node;
    const shutdownMs = this.#options.shutdownMs ?? 2_000;
    return supervisor(
      { ...options, clock, random, observer },
      children.map((actor) => ({ actor, shutdownMs })),
    );
  }

  async #watchdog(root: Supervisor, signal: AbortSignal): Promise<void> {
    const { clock, observer } = this.#node;
    const dog = watchdog(this.#watched, {
      clock,
      observer,
      checkMs: this.#options.watchdogCheckMs ?? 1_000,
      graceMs: this.#options.watchdogGraceMs ?? 10_000,
      restart: (name, reason) => root.restart(name, reason),
    });
    await dog.run(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** Sources last: what settles late still finds them open. Within the time that is left; a room that hangs is left behind. */
  async #close(withinMs: number): Promise<readonly Error[]> {
    const failures: Error[] = [];
    const gate = new Gate();
    let late = false;
    const cancel = this.#node.clock.schedule(withinMs, () => {
      late = true;
      gate.open();
    });
    for (const room of [...this.#others, ...this.#sources]) {
      let closed = false;
      const closing = room.finish().then(
        () => {
          closed = true;
          gate.open();
        },
        (error: unknown) => {
          closed = true;
          failures.push(asError(error));
          gate.open();
        },
      );
      while (!(closed || late)) await gate.wait();
      if (closed) await closing;
      else failures.push(new Stopped("a room did not close in time"));
    }
    cancel();
    return failures;
  }
}

function wayOut<Out>(target: Target<Out>): { outlet: Outlet<Out>; done: () => void } {
  const { to } = target;
  if (to === null) return { outlet: new Outlet<Out>(() => null), done: () => {} };
  if (!("route" in target)) {
    const only = to as Channel<Out>;
    return { outlet: new Outlet<Out>(() => only), done: only.register() };
  }
  const dones = target.to.map((each) => each.register());
  return {
    outlet: new Outlet(target.route),
    done: () => {
      for (const done of dones) done();
    },
  };
}
