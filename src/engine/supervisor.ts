// Erlang's supervision with backoff: children start left to right and stop right to left, a failed one is restarted alone,
// with those after it, or with all; too many restarts in too short a time fail upward. Knows nothing of what children do.
import {
  asError,
  assert,
  type Backoff,
  backoffMs,
  type Clock,
  describe,
  type Random,
} from "../base/index.ts";
import type { Actor, ActorSnapshot } from "./actor.ts";
import { Gate } from "./gate.ts";
import type { Observer } from "./observer.ts";

export interface SupervisorOptions {
  readonly name: string;
  readonly strategy: "one_for_one" | "rest_for_one" | "one_for_all";
  /** More restarts than this within `periodMs` (monotonic) fail upward. */
  readonly restartsMax: number;
  readonly periodMs: number;
  /** Before each restart; the sum of `restartsMax` of them at their longest must stay below `periodMs`. */
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer?: Observer;
}

export interface ChildSpec {
  readonly actor: Actor;
  /** How long a stopped child may take to end before it is left behind and named. */
  readonly shutdownMs: number;
}

export interface Supervisor extends Actor {
  drain(): void;
  snapshot(): ActorSnapshot;
  restart(name: string, reason: Error): boolean;
}

/** Too many restarts: the supervisor has stopped its children and gives up. */
export class RestartsExceeded extends Error {
  override readonly name = "RestartsExceeded";
}

export function supervisor(options: SupervisorOptions, children: readonly ChildSpec[]): Supervisor {
  return new ErlangSupervisor(options, children);
}

interface Child {
  readonly spec: ChildSpec;
  state: ActorSnapshot["state"];
  restarts: number;
  lastError: Error | null;
  abort: AbortController | null;
  /** Resolves when the current run has ended, whichever way. */
  ended: Promise<void>;
}

class ErlangSupervisor implements Supervisor {
  readonly name: string;
  readonly #options: SupervisorOptions;
  readonly #children: readonly Child[];
  readonly #gate = new Gate();
  /** Children that failed and wait for their turn. */
  readonly #failed = new Set<Child>();
  #restartTimesMs: number[] = [];

  constructor(options: SupervisorOptions, children: readonly ChildSpec[]) {
    const { name, restartsMax, periodMs, backoff } = options;
    let longestMs = 0;
    for (let nth = 1; nth <= restartsMax; nth++) longestMs += backoffMs(backoff, nth) * (1 + backoff.jitter);
    assert(
      longestMs < periodMs,
      `supervisor ${name}: ${restartsMax} backoffs take ${longestMs} ms, so the limit within ${periodMs} ms could never trip`,
    );
    const names = new Set(children.map((child) => child.actor.name));
    assert(names.size === children.length, `supervisor ${name}: children have names of their own`);
    this.name = name;
    this.#options = options;
    this.#children = children.map((spec) => ({
      spec,
      state: "idle",
      restarts: 0,
      lastError: null,
      abort: null,
      ended: Promise.resolve(),
    }));
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    signal.addEventListener("abort", this.#gate.open, { once: true });
    this.#restartTimesMs = [];
    this.#failed.clear();
    try {
      for (const child of this.#children) if (child.state !== "done") this.#start(child);
      for (;;) {
        signal.throwIfAborted();
        const [failed] = this.#failed;
        if (failed !== undefined) await this.#revive(failed, signal);
        else if (this.#children.every((child) => child.state === "done")) return;
        else await this.#gate.wait();
      }
    } catch (error) {
      await this.#stop(this.#children, asError(error), "stopped");
      throw error;
    } finally {
      signal.removeEventListener("abort", this.#gate.open);
    }
  }

  /** Right to left, so that sources hear of it first. */
  drain(): void {
    for (const child of this.#children.toReversed()) child.spec.actor.drain?.();
  }

  restart(name: string, reason: Error): boolean {
    for (const child of this.#children) {
      const { spec, state, abort } = child;
      if (spec.actor.name === name) {
        if (state !== "running" || abort === null) return false;
        abort.abort(reason);
        void this.#leaveIfDeaf(child, abort, reason);
        return true;
      }
      if (spec.actor.restart?.(name, reason)) return true;
    }
    return false;
  }

  snapshot(): ActorSnapshot {
    const states = this.#children.map((child) => child.state);
    const inner: ActorSnapshot["state"] = states.includes("waiting")
      ? "waiting"
      : states.includes("running")
        ? "running"
        : (states[0] ?? "done");
    return {
      name: this.name,
      state: inner,
      restarts: this.#children.reduce((sum, child) => sum + child.restarts, 0),
      lastError: null,
      children: this.#children.map(({ spec, state, restarts, lastError }) => {
        const below = spec.actor.snapshot?.();
        return {
          name: spec.actor.name,
          state,
          restarts,
          lastError: lastError === null ? null : describe(lastError),
          children: below?.children ?? [],
        };
      }),
    };
  }

  #start(child: Child): void {
    const abort = new AbortController();
    child.abort = abort;
    child.state = "running";
    // An abandoned run that ends later must not speak for the one that replaced it.
    const current = (): boolean => child.abort === abort;
    child.ended = this.#run(child.spec.actor, abort.signal).then(
      () => {
        if (!current()) return;
        child.state = "done";
        this.#gate.open();
      },
      (error: unknown) => {
        if (!current()) return;
        child.lastError = asError(error);
        if (child.state === "running") {
          child.state = "failed";
          this.#failed.add(child);
        }
        this.#gate.open();
      },
    );
  }

  /** An actor that throws before its first wait has failed like any other. */
  async #run(actor: Actor, signal: AbortSignal): Promise<void> {
    await actor.run(signal);
  }

  async #revive(failed: Child, signal: AbortSignal): Promise<void> {
    const { strategy, restartsMax, periodMs, backoff, clock, random, observer, name } = this.#options;
    const error = failed.lastError ?? new Error("failed");
    const nowMs = clock.monotonicMs();
    this.#restartTimesMs = this.#restartTimesMs.filter((atMs) => nowMs - atMs < periodMs);
    this.#restartTimesMs.push(nowMs);
    if (this.#restartTimesMs.length > restartsMax) {
      throw new RestartsExceeded(
        `${name}: ${failed.spec.actor.name} failed, more than ${restartsMax} restarts within ${periodMs} ms`,
        { cause: error },
      );
    }
    const group = this.#group(failed, strategy).filter((child) => child.state !== "done");
    await this.#stop(
      group,
      new Error(`${name}: restarting with ${failed.spec.actor.name}`, { cause: error }),
      "waiting",
    );
    const delayMs = backoffMs(backoff, this.#restartTimesMs.length, random);
    observer?.restarted?.(failed.spec.actor.name, error, delayMs);
    for (const child of group) child.state = "waiting";
    await clock.sleep(delayMs, signal);
    for (const child of group) {
      this.#failed.delete(child);
      if (child === failed || strategy !== "one_for_one") child.restarts++;
      this.#start(child);
    }
  }

  #group(failed: Child, strategy: SupervisorOptions["strategy"]): readonly Child[] {
    if (strategy === "one_for_one") return [failed];
    return strategy === "one_for_all" ? this.#children : this.#children.slice(this.#children.indexOf(failed));
  }

  /** Right to left, each within its `shutdownMs`. What does not end is left behind and named. */
  async #stop(children: readonly Child[], reason: Error, state: "stopped" | "waiting"): Promise<void> {
    for (const child of children.toReversed()) {
      if (child.state !== "running") continue;
      child.state = state;
      child.abort?.abort(reason);
      if (await this.#endsInTime(child)) continue;
      child.abort = null;
      child.lastError = new Error(`did not end within ${child.spec.shutdownMs} ms`);
      this.#options.observer?.abandoned?.(child.spec.actor.name);
    }
  }

  /** A child that does not even heed its restart is left behind, and its successor started all the same. */
  async #leaveIfDeaf(child: Child, abort: AbortController, reason: Error): Promise<void> {
    if (await this.#endsInTime(child)) return;
    if (child.abort !== abort || child.state !== "running") return;
    this.#options.observer?.abandoned?.(child.spec.actor.name);
    child.abort = null;
    child.lastError = reason;
    child.state = "failed";
    this.#failed.add(child);
    this.#gate.open();
  }

  #endsInTime(child: Child): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.schedule(child.spec.shutdownMs, () => resolve(false));
      void child.ended.then(() => {
        cancel();
        resolve(true);
      });
    });
  }
}
