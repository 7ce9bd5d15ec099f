// Leases on their way to the source: dispatched a turn ahead, handed out one by one, given back when their host has asked to
// wait meanwhile or the source closes. Knows nothing of what is fetched.
import type { Clock } from "../base/index.ts";
import type { Crawl } from "./crawls.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Intake } from "./intake.ts";
import type { Lease, Leases } from "./leases.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { FrontierOptions } from "./options.ts";
import type { SourceParts } from "./source.ts";
import type { Trees } from "./trees.ts";
import type { Workbench } from "./workbench.ts";

export type HandedOut = Pick<SourceParts, "name" | "inFlightMax" | "next" | "nextAtMs" | "giveBack">;

type Dispatch = (crawl: Crawl, limit: number) => { readonly leases: Lease[]; readonly progress: boolean };

export interface HandoutParts {
  readonly trees: Trees;
  readonly lifecycle: Lifecycle;
  readonly dispatcher: Dispatcher;
  readonly workbench: Workbench;
  readonly intake: Intake;
  readonly leases: Leases;
  /** Leased and not handed out yet. */
  readonly ahead: Lease[];
  /** Of these, what is urgent. */
  readonly aheadUrgent: Lease[];
  readonly options: FrontierOptions;
  readonly clock: Clock;
}

export class Handout {
  readonly #parts: HandoutParts;
  /** Why nothing is handed out for now, robots and sitemap requests included; null = it is. Not kept over a restart. */
  pausedReason: string | null = null;

  constructor(parts: HandoutParts) {
    this.#parts = parts;
  }

  get ordinary(): HandedOut {
    const { dispatcher, ahead, options } = this.#parts;
    return {
      name: "frontier",
      inFlightMax: options.inFlightMax,
      next: () =>
        ahead.length === 0 && this.#isResting
          ? "wait"
          : this.#next(ahead, (crawl, room) => dispatcher.dispatch(crawl, room)),
      nextAtMs: () => this.#nextAtMs(),
      giveBack: () => this.giveBack(),
    };
  }

  /** What is urgent, alone. */
  get urgent(): HandedOut {
    const { dispatcher, workbench, aheadUrgent, options } = this.#parts;
    return {
      name: "frontier.urgent",
      inFlightMax: options.urgentMax,
      next: () => this.#next(aheadUrgent, (crawl, room) => dispatcher.dispatchUrgent(crawl, room)),
      nextAtMs: () => (this.#isHalted ? null : workbench.hastened.nextAtMs()),
      giveBack: () => this.giveBack(),
    };
  }

  get #isHalted(): boolean {
    return this.#parts.lifecycle.crawl === null || this.pausedReason !== null;
  }

  /** Something is under way, and slots that come free one by one are better filled in one turn than in a turn each. */
  get #isResting(): boolean {
    const { trees, leases } = this.#parts;
    return leases.size > 0 && trees.restMs > 0;
  }

  /** `wait`: nothing may start now. `end`: the crawl is over, and is marked so. */
  #next(ahead: Lease[], dispatch: Dispatch): Lease | "wait" | "end" {
    const { trees, lifecycle, dispatcher, intake, clock } = this.#parts;
    const first = (): Lease | null => this.#first(ahead, dispatch);
    for (let lease = first(); lease !== null; lease = first()) {
      if (lease.host === null || lease.host.pausedUntilMs <= clock.nowMs()) {
        dispatcher.started(lease);
        return lease;
      }
      // Its host has asked to wait since.
      const early = lease;
      trees.turn(() => intake.giveBack(early));
    }
    const { crawl } = lifecycle;
    if (crawl === null || !lifecycle.isIdle(crawl)) return "wait";
    lifecycle.finish(crawl);
    return "end";
  }

  /** Earliest time at which there may be something to hand out; null when only an event can change that. */
  #nextAtMs(): number | null {
    const { trees, lifecycle, workbench, dispatcher, clock } = this.#parts;
    if (lifecycle.crawl === null || this.pausedReason !== null) return null;
    const times = [workbench.nextAtMs(), dispatcher.nextAtMs(lifecycle.crawl)].filter(
      (atMs) => atMs !== null,
    );
    const atMs = times.length === 0 ? null : Math.min(...times);
    return this.#isResting ? Math.max(atMs ?? 0, clock.nowMs() + trees.restMs) : atMs;
  }

  giveBack(): void {
    const { trees, intake, ahead, aheadUrgent } = this.#parts;
    const leases = [...aheadUrgent.splice(0), ...ahead.splice(0)];
    if (leases.length === 0 || trees.isBroken) return;
    trees.turn(() => {
      for (const lease of leases) intake.giveBack(lease);
    });
  }

  #first(ahead: Lease[], dispatch: Dispatch): Lease | null {
    const { lifecycle, options } = this.#parts;
    if (this.pausedReason !== null) return null;
    const { crawl } = lifecycle;
    if (ahead.length > 0 || crawl === null) return ahead.shift() ?? null;
    const room = Math.min(options.leasesPerTurnMax, options.inFlightMax);
    for (;;) {
      const { leases, progress } = dispatch(crawl, room);
      for (const lease of leases) ahead.push(lease);
      if (ahead.length > 0 || !progress) return ahead.shift() ?? null;
    }
  }
}
