// Turns on hosts for who fetches beside the crawls: a turn taken moves the host's clock as a page does, so that crawl and visitor
// together are no faster than either alone. In the order they ask; a host not at hand is remembered as what pages load is.
import type { Clock } from "../base/index.ts";
import { decodeHostRecord, type HostRecord, newHost } from "./host-record.ts";
import type { FrontierOptions } from "./options.ts";
import { delayMs } from "./politeness.ts";
import type { Trees } from "./trees.ts";
import { fingerprint } from "./url.ts";
import type { Workbench } from "./workbench.ts";

export interface BorrowedTurnsParts {
  readonly trees: Trees;
  readonly workbench: Workbench;
  readonly options: FrontierOptions;
  readonly clock: Clock;
}

/** How soon a host is looked at again whose next page is leased and not begun: its clock starts with it. */
const HELD_LOOK_MS = 20;

export class BorrowedTurns {
  readonly #parts: BorrowedTurnsParts;

  constructor(parts: BorrowedTurnsParts) {
    this.#parts = parts;
  }

  /**
   * Takes the host's next turn and resolves with 0 when it has come; with null, and none is taken, where that would be after more
   * than `waitMsMax`. Until the turn after it at least `delayMs`, and no less than the host's own delay. `name`: of `hostKey`.
   */
  async take(
    name: string,
    limits: { readonly delayMs: number; readonly waitMsMax: number },
    signal: AbortSignal,
  ): Promise<0 | null> {
    const { clock } = this.#parts;
    const lastMs = clock.nowMs() + limits.waitMsMax;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isHeld(name)) {
        if (clock.nowMs() >= lastMs) return null;
        await clock.sleep(HELD_LOOK_MS, signal);
        continue;
      }
      const nowMs = clock.nowMs();
      const atMs = this.#take(name, limits.delayMs, nowMs, Math.max(nowMs, lastMs));
      if (atMs === null) return null;
      if (atMs <= nowMs) return 0;
      await clock.sleep(atMs - nowMs, signal);
      // Meanwhile the host may have asked to be left alone: then this turn is lost.
      if (this.#pausedUntilMs(name) <= clock.nowMs()) return 0;
    }
  }

  /** What the visitor was told: no turn, of a crawl neither, before `untilMs`. */
  hold(name: string, untilMs: number): Promise<void> {
    const { workbench } = this.#parts;
    const host = workbench.find(fingerprint(name));
    if (host === null) workbench.charges.put(name, untilMs);
    else {
      host.pausedUntilMs = Math.max(host.pausedUntilMs, untilMs);
      host.record.nextAtMs = Math.max(host.record.nextAtMs, untilMs);
      workbench.changed(host);
    }
    return Promise.resolve();
  }

  /** When the turn comes; null, and nothing is taken, where that is after `lastMs`. */
  #take(name: string, delayAskedMs: number, nowMs: number, lastMs: number): number | null {
    const { workbench, options } = this.#parts;
    const host = workbench.find(fingerprint(name));
    const record = host?.record ?? this.#resting(name);
    const atMs = Math.max(nowMs, record.nextAtMs);
    if (atMs > lastMs) return null;
    record.nextAtMs = atMs + Math.max(delayAskedMs, delayMs(record, options));
    if (host === null) workbench.charges.put(name, record.nextAtMs);
    else workbench.changed(host);
    return atMs;
  }

  #isHeld(name: string): boolean {
    return this.#parts.workbench.find(fingerprint(name))?.place === "held";
  }

  #pausedUntilMs(name: string): number {
    return this.#parts.workbench.find(fingerprint(name))?.pausedUntilMs ?? 0;
  }

  /** As it will be when it comes to hand. In a turn, which first writes what the workbench owes the disk. */
  #resting(name: string): HostRecord {
    const { trees, workbench } = this.#parts;
    const bytes = trees.turn(() => trees.hosts.getBinaryFast(fingerprint(name)));
    const record = bytes === undefined ? newHost(name) : decodeHostRecord(bytes, () => name);
    record.nextAtMs = Math.max(record.nextAtMs, workbench.charges.untilMs(name));
    return record;
  }
}
