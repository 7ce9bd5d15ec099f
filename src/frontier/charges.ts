// What hosts were asked besides their pages, as a browser asks for what a page loads: each request moves the host's clock as a
// page does, by no more than `delayMsMax` in all. Hosts that are not at hand are remembered; bounded, in memory alone.
import type { Clock } from "../base/index.ts";
import { type HostRecord, newHost } from "./host-record.ts";
import type { FrontierOptions } from "./options.ts";
import { delayMs } from "./politeness.ts";
import { fingerprint } from "./url.ts";
import type { Workbench } from "./workbench.ts";

/** What pages load comes from few hosts. */
const HOSTS_MAX = 10_000;

export class Charges {
  readonly #options: FrontierOptions;
  readonly #clock: Clock;
  /** Oldest charge first. */
  readonly #untilMs = new Map<string, number>();

  constructor(options: FrontierOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  add(record: HostRecord, requests: number): void {
    const nowMs = this.#clock.nowMs();
    const addedMs = requests * delayMs(record, this.#options);
    const untilMs = Math.max(record.nextAtMs, nowMs) + addedMs;
    record.nextAtMs = Math.max(record.nextAtMs, Math.min(untilMs, nowMs + this.#options.delayMsMax));
  }

  /** For when the host comes to hand. */
  remember(name: string, requests: number): void {
    const record = newHost(name);
    this.settle(record);
    this.add(record, requests);
    this.put(name, record.nextAtMs);
  }

  /** No page of the host before `untilMs`, or before what was said already. */
  put(name: string, untilMs: number): void {
    const nowMs = this.#clock.nowMs();
    const latestMs = Math.max(untilMs, this.untilMs(name));
    this.#untilMs.delete(name);
    for (const [oldest, endMs] of this.#untilMs) {
      if (endMs > nowMs && this.#untilMs.size < HOSTS_MAX) break;
      this.#untilMs.delete(oldest);
    }
    if (latestMs > nowMs) this.#untilMs.set(name, latestMs);
  }

  /** ms since 1970; 0: nothing is remembered. */
  untilMs(name: string): number {
    return this.#untilMs.get(name) ?? 0;
  }

  /** A host comes to hand: what was remembered is on its own clock from now on. */
  settle(record: HostRecord): void {
    record.nextAtMs = Math.max(record.nextAtMs, this.untilMs(record.name));
    this.#untilMs.delete(record.name);
  }
}

/** `hostName`: as `hostKey` names it. */
export function chargeHost(workbench: Workbench, hostName: string, requests: number): void {
  const host = workbench.find(fingerprint(hostName));
  if (host === null) workbench.charges.remember(hostName, requests);
  else {
    workbench.charges.add(host.record, requests);
    workbench.changed(host);
  }
}
