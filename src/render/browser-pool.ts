// The browsers behind the renderer: one of each kind at the moment, started when a page asks for it, replaced after so many pages, bytes or
// minutes, ended when it stands idle, and kept with all others within a budget of memory. Knows seats, not what is shown in them.
import { asError, type Clock, describe, within } from "../base/index.ts";
import { abortable } from "../engine/index.ts";
import { LaunchRule } from "./launch-rule.ts";
import { MemoryBudget } from "./memory-budget.ts";
import type { ProcessMemory } from "./process-memory.ts";

/** What the pool knows of a browser. */
export interface PooledBrowser {
  readonly isConnected: boolean;
  /** Pages that were begun in it. */
  readonly pages: number;
  memory(): Promise<readonly ProcessMemory[]>;
  endProcess(pid: number): void;
  /** In order. Never rejects. */
  close(): Promise<void>;
  kill(): void;
}

export interface BrowserPoolOptions {
  readonly browserPagesMax: number;
  readonly browserBytesMax: number;
  readonly browserAgeMs: number;
  readonly browserIdleMs: number;
  readonly memoryBytesMax: number;
}

export interface BrowserPoolSetup<B, K> {
  readonly options: BrowserPoolOptions;
  readonly clock: Clock;
  /** Rejects with an error that says why it did not start. */
  readonly launch: (kind: K) => Promise<B>;
  /** Bytes that came from outside for all browsers since the beginning. */
  readonly bytesIn: () => number;
  /** What the operator should know; each message once in a row. */
  readonly onTrouble: (message: string) => void;
}

/** A page's place in a browser. */
export interface Seat<B> {
  readonly browser: B;
  /** Why the page that was lost was ended here; null: it was not. To be asked once for a page that is lost. */
  endedFor(): string | null;
  leave(): Promise<void>;
}

interface Held<B> {
  readonly browser: B;
  readonly startedMs: number;
  readonly bytesBefore: number;
  /** Pages under way; one that is replaced ends with its last page. */
  users: number;
  /** Pages that left it while it stood. */
  shown: number;
  isSpent: boolean;
  /** While nobody uses it. */
  stopIdle: () => void;
  /** Pages that were ended for their memory and have not come back yet: why, and when. */
  readonly ended: { readonly message: string; readonly atMs: number }[];
}

/** What a browser may take to end in order. */
const CLOSE_MS = 3_000;
const LOOK_MS = 250;
/** A page that was ended is noticed sooner. */
const ENDED_MS = 5_000;

export class BrowserPool<B extends PooledBrowser, K> {
  readonly #setup: BrowserPoolSetup<B, K>;
  readonly #budget: MemoryBudget<Held<B>>;
  readonly #rule = new LaunchRule();
  /** Every browser that was started and has not been ended. */
  readonly #all = new Set<Held<B>>();
  readonly #closed = new AbortController();
  /** Those of the moment; of one kind there is one. */
  readonly #held = new Map<K, Held<B>>();
  #launching: Promise<void> | null = null;
  #looking: Promise<void> | null = null;
  /** Pages that want a seat or have one: memory is looked after for them. */
  #wanted = 0;
  /** While the budget is used up: what pages wait for. */
  #full: PromiseWithResolvers<void> | null = null;
  #told = "";

  constructor(setup: BrowserPoolSetup<B, K>) {
    this.#setup = setup;
    this.#budget = new MemoryBudget(setup.options.memoryBytesMax);
  }

  /** Waits while the memory is used up or a start is tried again. Rejects with why there is no browser to be had. */
  async take(kind: K, signal: AbortSignal): Promise<Seat<B>> {
    this.#wanted++;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    try {
      const held = await this.#current(kind, signal);
      held.users++;
      held.stopIdle();
      return {
        browser: held.browser,
        endedFor: () => this.#endedIn(held),
        leave: () => this.#leave(kind, held),
      };
    } catch (thrown) {
      this.#wanted--;
      throw thrown;
    }
  }

  /** Waits for nobody: pages under way end with their browser. */
  async close(): Promise<void> {
    this.#closed.abort(new Error("the renderer is closed"));
    await this.#launching;
    await Promise.all([...this.#all].map((held) => this.#end(held)));
    await this.#looking;
  }

  async #current(kind: K, signal: AbortSignal): Promise<Held<B>> {
    for (;;) {
      signal.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      const held = this.#held.get(kind);
      if (this.#full !== null) await abortable(this.#full.promise, signal);
      else if (held === undefined) await this.#launched(kind, signal);
      else if (!this.#isSpent(held)) return held;
      else {
        this.#held.delete(kind);
        if (held.users === 0) await this.#end(held);
      }
    }
  }

  /** One start at a time, shared by all who wait for it. Rejects when there is nothing to wait for. */
  async #launched(kind: K, signal: AbortSignal): Promise<void> {
    const { clock } = this.#setup;
    if (this.#launching === null) {
      const next = this.#rule.next(clock.monotonicMs());
      if ("givenUp" in next) throw new Error(next.givenUp);
      if (next.waitMs > 0) {
        await clock.sleep(next.waitMs, signal);
        return;
      }
      this.#launching = this.#launch(kind).finally(() => {
        this.#launching = null;
      });
    }
    await abortable(this.#launching, signal);
  }

  /** Never rejects: the rule knows. */
  async #launch(kind: K): Promise<void> {
    const { clock, launch, bytesIn } = this.#setup;
    const bytesBefore = bytesIn();
    try {
      const browser = await launch(kind);
      const startedMs = clock.monotonicMs();
      const held: Held<B> = {
        browser,
        startedMs,
        bytesBefore,
        users: 0,
        shown: 0,
        isSpent: false,
        ended: [],
        stopIdle: () => undefined,
      };
      this.#all.add(held);
      this.#held.set(kind, held);
    } catch (thrown) {
      this.#failed(`the browser does not start: ${asError(thrown).message}`);
    }
  }

  #failed(message: string): void {
    this.#rule.failed(message, this.#setup.clock.monotonicMs());
    this.#tell(message);
  }

  #tell(message: string): void {
    if (message === this.#told) return;
    this.#told = message;
    this.#setup.onTrouble(message);
  }

  #isSpent({ browser, startedMs, bytesBefore, isSpent }: Held<B>): boolean {
    const { options, clock, bytesIn } = this.#setup;
    return (
      isSpent ||
      !browser.isConnected ||
      browser.pages >= options.browserPagesMax ||
      bytesIn() - bytesBefore >= options.browserBytesMax ||
      clock.monotonicMs() - startedMs >= options.browserAgeMs
    );
  }

  async #leave(kind: K, held: Held<B>): Promise<void> {
    held.users--;
    this.#wanted--;
    if (held.browser.isConnected) {
      held.shown++;
      this.#rule.succeeded();
      this.#told = "";
    } else if (held.shown === 0 && !held.isSpent && !this.#closed.signal.aborted) {
      held.isSpent = true;
      this.#failed("the browser ended before it had shown a page");
    }
    if (held.users > 0) return;
    if (held === this.#held.get(kind) && !this.#isSpent(held)) {
      held.stopIdle();
      held.stopIdle = this.#setup.clock.schedule(this.#setup.options.browserIdleMs, () => {
        if (held.users === 0) this.#endLater(held);
      });
      return;
    }
    await this.#end(held);
  }

  /** Nobody waits for it but `close`, which ends what is left. */
  #endLater(held: Held<B>): void {
    void this.#end(held);
  }

  /** In order, or by force. Never rejects. */
  async #end(held: Held<B>): Promise<void> {
    held.stopIdle();
    for (const [kind, current] of this.#held) if (current === held) this.#held.delete(kind);
    if (!(await endsWithin(this.#setup.clock, CLOSE_MS, held.browser.close()))) held.browser.kill();
    this.#all.delete(held);
  }

  #endedIn(held: Held<B>): string | null {
    const nowMs = this.#setup.clock.monotonicMs();
    const ended = held.ended.shift();
    if (ended === undefined) return null;
    return nowMs - ended.atMs < ENDED_MS ? ended.message : this.#endedIn(held);
  }

  /** One look after another while anybody wants a browser. Never rejects: what cannot be measured is told, and not limited. */
  async #look(): Promise<void> {
    const { clock } = this.#setup;
    try {
      while (this.#wanted > 0 && !this.#closed.signal.aborted) {
        await clock.sleep(LOOK_MS, this.#closed.signal);
        await this.#relieve();
      }
    } catch (thrown) {
      if (!this.#closed.signal.aborted)
        this.#tell(`the browser's memory cannot be looked at: ${describe(thrown)}`);
    } finally {
      this.#full?.resolve();
      this.#full = null;
    }
  }

  async #relieve(): Promise<void> {
    const { memoryBytesMax } = this.#setup.options;
    const looks = await Promise.all(
      [...this.#all].map(async (held) => ({
        browser: held,
        processes: await held.browser.memory(),
        pages: held.users,
      })),
    );
    const { isOver, usedBytes, replaced, ended } = this.#budget.judge(looks);
    if (isOver) this.#full ??= Promise.withResolvers();
    else {
      this.#full?.resolve();
      this.#full = null;
    }
    for (const held of replaced) {
      held.isSpent = true;
      if (held.users === 0) this.#endLater(held);
    }
    if (ended === null) return;
    const [used, allowed] = [usedBytes, memoryBytesMax].map((bytes) => Math.round(bytes / 1_048_576));
    ended.browser.ended.push({
      message: `ended as the largest page: the browser held ${used} MiB of memory, and at most ${allowed} are allowed`,
      atMs: this.#setup.clock.monotonicMs(),
    });
    ended.browser.browser.endProcess(ended.pid);
  }
}

/** Whether it ended in time. */
export async function endsWithin(clock: Clock, limitMs: number, ending: Promise<unknown>): Promise<boolean> {
  const isEnded = await within(
    clock,
    limitMs,
    ending.then(() => true),
  );
  return isEnded !== null;
}
