// Calls once when nothing was heard of for so long. One timer at a time, however often something is heard.
import type { Clock } from "../base/index.ts";

export interface IdleWatch {
  /** Something moved. */
  touch(): void;
  stop(): void;
}

export function idleWatch(clock: Clock, idleMs: number, onIdle: () => void): IdleWatch {
  let lastMs = clock.monotonicMs();
  let cancel = clock.schedule(idleMs, look);
  function look(): void {
    const leftMs = lastMs + idleMs - clock.monotonicMs();
    if (leftMs <= 0) onIdle();
    else cancel = clock.schedule(leftMs, look);
  }
  return {
    touch: () => {
      lastMs = clock.monotonicMs();
    },
    stop: () => cancel(),
  };
}
