// Looks over the actors' hands and has an actor restarted that sits on a record beyond its deadline and a grace: room code
// that neither answers nor heeds its signal. It names the record and the stage; knows no supervisor, only whom to ask.
import type { Clock } from "../base/index.ts";
import type { Actor } from "./actor.ts";
import { type Hand, Wedged } from "./hand.ts";
import type { Observer } from "./observer.ts";

export interface WatchdogOptions {
  readonly clock: Clock;
  /** How often it looks. */
  readonly checkMs: number;
  /** How long after its deadline a work may take to come back. */
  readonly graceMs: number;
  readonly observer: Observer;
  readonly restart: (actor: string, reason: Error) => boolean;
}

export interface Watched {
  readonly name: string;
  readonly hand: Hand<unknown>;
}

export function watchdog(watched: readonly Watched[], options: WatchdogOptions): Actor {
  const { clock, checkMs, graceMs, observer, restart } = options;
  return {
    name: "watchdog",
    async run(signal) {
      for (;;) {
        await clock.sleep(checkMs, signal);
        for (const { name, hand } of watched) {
          const wedged = hand.wedged(graceMs);
          if (wedged === null) continue;
          const { held, inHandMs } = wedged;
          observer.stalled?.(name, held.traceId, inHandMs);
          restart(name, new Wedged(name, held, inHandMs));
        }
      }
    },
  };
}
